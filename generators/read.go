package generators

import (
	"fmt"
	"reflect"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Read decodes the specs and the profiles among documents and returns the other documents unchanged. A spec that
// occurs twice counts once: kpt passes the functionConfig again as an item. If the copies are
// in files, the first file by name counts, whatever the order of the input.
func Read(docs []*source.Document) (specs []*v1alpha1.Spec, others []*source.Document, ds source.Diagnostics) {
	type read struct {
		spec  *v1alpha1.Spec
		found source.Diagnostics
	}
	copies := map[string][]read{}
	var owners []string
	var profiles []*source.Document
	for _, doc := range docs {
		if !v1alpha1.Ours(doc) {
			others = append(append(others, doc), doc.Members()...)
			ds = append(ds, hidden(doc)...)
			continue
		}
		if v1alpha1.IsProfile(doc) {
			profiles = append(profiles, doc)
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
			ds = append(append(ds, notIn(other.found, all[0].found)...), checkCopy(all[0].spec, other.spec)...)
		}
	}
	return specs, others, append(ds, readProfiles(profiles, specs)...)
}

// hidden reports the specs in a List, where they are not read.
func hidden(doc *source.Document) source.Diagnostics {
	r := source.NewReporter(doc)
	for i, member := range doc.Members() {
		if v1alpha1.Ours(member) {
			r.Errorf(source.HiddenSpec, source.Path{}.Field("items").Index(i), "move it into a document of its own",
				"%s is in a %s, where specs are not read", member.Object(), doc.Object().Kind)
		}
	}
	return r.Diagnostics()
}

// notIn returns the diagnostics that are not among those already reported, by code, path and
// message.
func notIn(found, reported source.Diagnostics) source.Diagnostics {
	return slices.DeleteFunc(found, func(d source.Diagnostic) bool {
		return slices.ContainsFunc(reported, func(t source.Diagnostic) bool {
			return t.Code == d.Code && t.Path == d.Path && t.Message == d.Message
		})
	})
}

func equalSpecs(a, b *v1alpha1.Spec) bool {
	if a.Access != nil {
		return reflect.DeepEqual(a.Access.Spec, b.Access.Spec)
	}
	return reflect.DeepEqual(a.Endpoints.Spec, b.Endpoints.Spec)
}

// checkCopy reports a spec that occurs again.
func checkCopy(first, second *v1alpha1.Spec) source.Diagnostics {
	where := placeOf(first.Doc, "functionConfig")
	at, r := source.Path{}.Field("metadata", "name"), source.NewReporter(second.Doc)
	switch {
	case !equalSpecs(first, second):
		r.Errorf(source.SpecConflict, at, "rename one of them, or take one out",
			"%s occurs again in %s, with a different content", second.Object(), where)
	case second.Doc.File != "" && first.Doc.Before(second.Doc):
		r.Warnf(source.SpecCopy, at, "take one out, or rename it if it is meant for something else",
			"the same %s is in %s; its objects are made once, from there", second.Object(), where)
	}
	return r.Diagnostics()
}

// placeOf names the place of a document of ours, which may be in no file.
func placeOf(doc *source.Document, otherwise string) string {
	if doc.File == "" {
		return otherwise
	}
	return fmt.Sprintf("%s, document %d", doc.File, doc.Index+1)
}
