package preflight

import (
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// names are who has the names of all kinds, by the object without its name.
type names map[source.Object]map[string]holder

// A holder is who has taken a name.
type holder struct {
	said string // after the object: " in FILE", " of SPEC"
	ours bool
}

// of returns those of a kind in a namespace, with room for many more.
func (n names) of(kind source.Object, many int) map[string]holder {
	in, ok := n[kind]
	if !ok {
		in = make(map[string]holder, many)
		n[kind] = in
	}
	return in
}

// claim holds that every object of ours is the only one of its kind and name.
func (n names) claim(s claimant) {
	for _, k := range emit.Kinds {
		many := 0
		for range k.Names(s.Plan) {
			many++
		}
		if many > 0 {
			n.claimKind(s, k, many)
		}
	}
}

func (n names) claimKind(s claimant, k emit.Kind, many int) {
	kind := source.Object{APIVersion: k.GroupVersion().String(), Kind: k.Kind, Namespace: s.Plan.Namespace}
	if k.Cluster {
		kind.Namespace = ""
	}
	kind = kind.Unversioned()
	in, ours := n.of(kind, many), holder{" of " + s.title, true}
	for i, name := range k.Names(s.Plan) {
		by, ok := in[name]
		if !ok || name == "" {
			in[name] = ours
			continue
		}
		at, wayOut := k.Written(s.Plan, i)
		if !by.ours {
			wayOut += "; or, if Sallyport is to make it, take the other out, or hand it over with the annotation " + plan.OwnerAnnotation + ": " + s.Plan.Owner
		}
		o := kind
		o.Name = name
		s.Found.ErrorOnce(source.NameClash, at, wayOut, "the name of %s is taken by %s%s", o, o, by.said)
	}
}
