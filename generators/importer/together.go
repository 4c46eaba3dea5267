package importer

import (
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/generators"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// once returns the documents without those that the input has twice: kubectl get services,all prints each
// Service twice. It reports two that differ. What a spec of the input generates is not imported.
func once(in *draft.Input, docs []*source.Document) []*source.Document {
	first := map[source.Object]*source.Document{}
	made := map[string]bool{} // the owners of what specs of the input generate
	for _, doc := range docs {
		if v1alpha1.Ours(doc) {
			o := doc.Object()
			made[o.Kind+"/"+o.Namespace+"/"+o.Name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(docs), func(doc *source.Document) bool {
		o := doc.Object()
		if made[doc.Scalar("metadata", "annotations", plan.OwnerAnnotation)] {
			return true
		}
		if !draft.IsService(doc) && o.Kind != "Endpoints" && o.Kind != "EndpointSlice" || o.Name == "" {
			return false
		}
		before := first[o.Unversioned()]
		if before == nil {
			first[o.Unversioned()] = doc
			return false
		}
		if !sameTree(before, doc) {
			in.Errorf(doc, source.Duplicate, source.Path{}.Field("metadata", "name"), "take one of them out", "another %s is at %s", o, before.Place(source.Path{}.Field("metadata", "name")))
		}
		return true
	})
}

func sameTree(a, b *source.Document) bool {
	var x, y any
	return a.Node().Decode(&x) == nil && b.Node().Decode(&y) == nil && reflect.DeepEqual(x, y)
}

// maxTogether is how many specs are checked together: as many as a run can have.
const maxTogether = 1000

// together reports what is only wrong where all specs are rendered at once, such as a node port that two
// of them have.
func together(specs []*Spec) source.Diagnostics {
	if len(specs) < 2 || len(specs) > maxTogether {
		return nil
	}
	var texts []string
	var beside []*source.Document
	of := map[source.Object]*Spec{}
	for _, s := range specs {
		of[s.Object] = s
		texts, beside = append(texts, s.Text), append(beside, s.beside...)
	}
	docs, ds := source.Parse("", []byte(strings.Join(texts, "---\n")))
	read, _, more := generators.Read(docs)
	slices.SortFunc(beside, draft.CompareObjects)
	var out source.Diagnostics
	for _, found := range append(append(ds, more...), generators.Run(read, slices.Compact(beside)).Diagnostics...) {
		one := &trial{Draft: &draft.Draft{}, found: source.Diagnostics{found}}
		if s := of[found.Object]; s != nil {
			one.Came = s.Came
		}
		out = append(out, one.refused()...)
	}
	return out
}
