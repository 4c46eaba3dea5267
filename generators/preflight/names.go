package preflight

import (
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// names are the objects that have claimed names, by kind and namespace.
type names map[source.Object]map[string]holder

// A nameOwner is an object that has claimed a name.
type holder struct {
	said string // added to the object in messages: " in FILE", " of SPEC"
	ours bool
}

// ofKind returns the names of a kind in a namespace. A new map has room for size names.
func (n names) of(kind source.Object, many int) map[string]holder {
	in, ok := n[kind]
	if !ok {
		in = make(map[string]holder, many)
		n[kind] = in
	}
	return in
}

// claim checks that the name of every object is unique for its kind.
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
			wayOut += "; or let Sallyport generate the object: take out the other one, or give it the annotation " + plan.OwnerAnnotation + ": " + s.Plan.Owner
		}
		o := kind
		o.Name = name
		s.Found.ErrorOnce(source.NameClash, at, wayOut, "the name of %s is already used by %s%s", o, o, by.said)
	}
}
