package preflight

import (
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// names are the objects that have claimed names, by kind and namespace.
type names map[source.Object]map[string]nameOwner

// A nameOwner is an object that has claimed a name.
type nameOwner struct {
	where string // added to the object in messages: " in FILE", " of SPEC"
	ours  bool
	owned bool // it has the annotation of another spec
}

// ofKind returns the names of a kind in a namespace. A new map has room for size names.
func (n names) ofKind(kind source.Object, size int) map[string]nameOwner {
	owners, ok := n[kind]
	if !ok {
		owners = make(map[string]nameOwner, size)
		n[kind] = owners
	}
	return owners
}

// claim checks that the name of every object is unique for its kind.
func (n names) claim(s claimant) {
	for _, k := range emit.Kinds {
		if made := k.Names(s.Plan); len(made) > 0 {
			n.claimKind(s, k, made)
		}
	}
}

// adopting names the command that prints how to hand an object over, for the kinds that it reads.
func adopting(kind string) string {
	switch kind {
	case "Service", "Endpoints", "EndpointSlice":
		return ", as sallyport import --adopt prints it"
	}
	return ""
}

// anywhere returns who owns a name in no namespace. Such an object is of any namespace: charts
// leave it to whoever installs them. Objects of ours have the namespace of their spec.
func (n names) anywhere(kind source.Object, name string) (nameOwner, bool) {
	kind.Namespace = ""
	by, ok := n[kind][name]
	return by, ok && !by.ours
}

func (n names) claimKind(s claimant, k emit.Kind, made []string) {
	kind := source.Object{APIVersion: k.GroupVersion().String(), Kind: k.Kind, Namespace: s.Plan.Namespace}
	if k.Cluster {
		kind.Namespace = ""
	}
	kind = kind.Unversioned()
	owners, us := n.ofKind(kind, len(made)), nameOwner{where: " of " + s.title, ours: true}
	for i, name := range made {
		by, ok := owners[name]
		if !ok {
			by, ok = n.anywhere(kind, name)
		}
		if !ok || name == "" {
			owners[name] = us
			continue
		}
		at, wayOut := k.Written(s.Plan, i)
		if !by.ours {
			wayOut += "; or let Sallyport generate the object: take out the other one, or give it the annotation " + plan.OwnerAnnotation + ": " + s.Plan.Owner
			if !by.owned {
				wayOut += adopting(k.Kind)
			}
		}
		o := kind
		o.Name = name
		s.Found.ErrorOnce(source.NameClash, at, wayOut, "the name of %s is already used by %s%s", o, o, by.where)
	}
}
