package generators

import (
	"fmt"
	"reflect"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Read decodes the documents that are ours and returns the rest as they are. A spec
// that arrives twice counts once: kpt hands its function the config and the item. Of two
// that stand in files the first by name counts, whatever order they came in.
func Read(docs []*source.Document) (specs []*v1alpha1.Spec, others []*source.Document, ds source.Diagnostics) {
	type read struct {
		spec  *v1alpha1.Spec
		found source.Diagnostics
	}
	copies := map[string][]read{}
	var owners []string
	for _, doc := range docs {
		if !v1alpha1.Ours(doc) {
			others = append(append(others, doc), doc.Members()...)
			ds = append(ds, hidden(doc)...)
			continue
		}
		spec, found := v1alpha1.Decode(doc)
		if spec == nil {
			ds = append(ds, found...)
			continue
		}
		owner := spec.Owner()
		if copies[owner] == nil {
			owners = append(owners, owner)
		}
		copies[owner] = append(copies[owner], read{spec, found})
	}
	for _, owner := range owners {
		all := copies[owner]
		slices.SortStableFunc(all, func(a, b read) int {
			if a.spec.Doc.Before(b.spec.Doc) {
				return -1
			}
			return 1
		})
		specs, ds = append(specs, all[0].spec), append(ds, all[0].found...)
		for _, other := range all[1:] {
			ds = append(append(ds, besides(other.found, all[0].found)...), twice(all[0].spec, other.spec)...)
		}
	}
	return specs, others, ds
}

// hidden reports the specs in a List: nobody looks into one.
func hidden(doc *source.Document) source.Diagnostics {
	r := source.NewReporter(doc)
	for i, member := range doc.Members() {
		if v1alpha1.Ours(member) {
			r.Errorf(source.HiddenSpec, source.Path{}.Field("items").Index(i), "write it as a document of its own",
				"%s stands in a %s, where it is not read", member.Object(), doc.Object().Kind)
		}
	}
	return r.Diagnostics()
}

// besides are the mistakes of a second copy that the first does not have at the same
// place.
func besides(found, told source.Diagnostics) source.Diagnostics {
	return slices.DeleteFunc(found, func(d source.Diagnostic) bool {
		return slices.ContainsFunc(told, func(t source.Diagnostic) bool {
			return t.Code == d.Code && t.Path == d.Path && t.Message == d.Message
		})
	})
}

func same(a, b *v1alpha1.Spec) bool {
	if a.Access != nil {
		return reflect.DeepEqual(a.Access.Spec, b.Access.Spec)
	}
	return reflect.DeepEqual(a.Endpoints.Spec, b.Endpoints.Spec)
}

// twice is what there is to say of a spec that has come already.
func twice(first, second *v1alpha1.Spec) source.Diagnostics {
	where := "functionConfig"
	if first.Doc.File != "" {
		where = fmt.Sprintf("%s, document %d", first.Doc.File, first.Doc.Index+1)
	}
	at, r := source.Path{}.Field("metadata", "name"), source.NewReporter(second.Doc)
	switch {
	case !same(first, second):
		r.Errorf(source.SpecConflict, at, "rename one, or take one out",
			"there is another %s, in %s, and it says something else", second.Object(), where)
	case second.Doc.File != "" && first.Doc.Before(second.Doc):
		r.Warnf(source.SpecCopy, at, "take one out, or rename it if it is for something else",
			"the same %s is in %s; what it asks for is made once, for that one", second.Object(), where)
	}
	return r.Diagnostics()
}
