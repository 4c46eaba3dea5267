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
	spec string           // that makes it, for messages
	doc  *source.Document // nil: a spec makes it
}

// where is added to the object in messages.
func (o nameOwner) where() string {
	if o.doc == nil {
		return " of " + o.spec
	}
	if owner := ownerOf(o.doc); owner != "" {
		return placeOf(o.doc) + ", generated for " + owner
	}
	return placeOf(o.doc) + ", which Sallyport did not generate"
}

// placeOf is added to a foreign object in messages.
func placeOf(doc *source.Document) string {
	if doc.File == "" {
		return " of the package"
	}
	return " in " + doc.File
}

// ownerOf returns the spec that a document has the annotation of, or "".
func ownerOf(doc *source.Document) string {
	return doc.Scalar("metadata", "annotations", plan.OwnerAnnotation)
}

// kindOf returns the kind and namespace of an object.
func kindOf(o source.Object) source.Object {
	o = o.Unversioned()
	o.Name = ""
	return o
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

// newNames has room for the names of documents.
func newNames(docs []*source.Document) names {
	n, sizes := names{}, map[source.Object]int{}
	for _, doc := range docs {
		sizes[kindOf(doc.Object())]++
	}
	for kind, size := range sizes {
		n.ofKind(kind, size)
	}
	return n
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
	return by, ok && by.doc != nil
}

func (n names) claimKind(s claimant, k emit.Kind, made []string) {
	kind := source.Object{APIVersion: k.GroupVersion().String(), Kind: k.Kind, Namespace: s.Plan.Namespace}
	if k.Cluster {
		kind.Namespace = ""
	}
	kind = kind.Unversioned()
	owners, us := n.ofKind(kind, len(made)), nameOwner{spec: s.title}
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
		if by.doc != nil {
			wayOut += "; or let Sallyport generate the object: take out the other one, or give it the annotation " + plan.OwnerAnnotation + ": " + s.Plan.Owner
			if ownerOf(by.doc) == "" {
				wayOut += adopting(k.Kind)
			}
		}
		o := kind
		o.Name = name
		s.Found.ErrorOnce(source.NameClash, at, wayOut, "the name of %s is already used by %s%s", o, o, by.where())
	}
}
