package generators

import (
	"fmt"
	"reflect"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Read decodes the documents that are ours and returns the rest as they are. A spec
// that arrives twice counts once: kpt hands its function the config and the item.
func Read(docs []*source.Document) (specs []*v1alpha1.Spec, others []*source.Document, ds source.Diagnostics) {
	seen, told := map[string]*v1alpha1.Spec{}, map[string]source.Diagnostics{}
	for _, doc := range docs {
		if !v1alpha1.Ours(doc) {
			others = append(others, doc)
			continue
		}
		spec, found := v1alpha1.Decode(doc)
		if spec == nil {
			ds = append(ds, found...)
			continue
		}
		if first, ok := seen[spec.Owner()]; ok {
			if ds = append(ds, besides(found, told[spec.Owner()])...); !same(first, spec) {
				ds = append(ds, conflict(first, spec)...)
			}
			continue
		}
		ds = append(ds, found...)
		seen[spec.Owner()], told[spec.Owner()] = spec, found
		specs = append(specs, spec)
	}
	return specs, others, ds
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

func conflict(first, second *v1alpha1.Spec) source.Diagnostics {
	where := "functionConfig"
	if first.Doc.File != "" {
		where = fmt.Sprintf("%s, document %d", first.Doc.File, first.Doc.Index+1)
	}
	r := source.NewReporter(second.Doc)
	r.Errorf(source.SpecConflict, source.Path{}.Field("metadata", "name"), "rename one, or take one out",
		"there is another %s, in %s, and it says something else", second.Object(), where)
	return r.Diagnostics()
}
