package generators

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Read decodes the specs and the profiles among documents and returns the other documents unchanged. A spec that
// occurs twice counts once: kpt passes the functionConfig again as an item. If the copies are
// in files, the first file by name counts, whatever the order of the input.
// If there are too many, none is decoded.
func Read(docs []*source.Document) (specs []*v1alpha1.Spec, others []*source.Document, ds source.Diagnostics) {
	if ds := tooMany(docs); ds != nil {
		return nil, slices.DeleteFunc(slices.Clone(docs), v1alpha1.Ours), ds
	}
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

// A limit is how many documents of a kind of ours a run may have: an ExternalAccess of profile kafka
// takes a millisecond, and an ExternalEndpoints a tenth of that.
type limit struct {
	kind, noun string
	most       int
	wayOut     string
}

var limits = []limit{
	{v1alpha1.KindExternalAccess, "specs", 1000, "split the input"},
	{v1alpha1.KindExternalEndpoints, "specs", 10_000, "split the input"},
	{v1alpha1.KindExternalAccessProfile, "profiles", 1000, "take out those that no spec names"},
}

// tooMany reports more documents of a kind than a run may have, at the first of them by namespace
// and name that is beyond the limit. Copies count once.
func tooMany(docs []*source.Document) source.Diagnostics {
	byKind := map[string]map[source.Object]*source.Document{}
	for _, doc := range docs {
		o := doc.Object()
		if !v1alpha1.Ours(doc) {
			continue
		}
		if byKind[o.Kind] == nil {
			byKind[o.Kind] = map[source.Object]*source.Document{}
		}
		if _, copied := byKind[o.Kind][o]; !copied {
			byKind[o.Kind][o] = doc
		}
	}
	var ds source.Diagnostics
	for _, l := range limits {
		found := slices.Collect(maps.Keys(byKind[l.kind]))
		if len(found) <= l.most {
			continue
		}
		slices.SortFunc(found, func(a, b source.Object) int {
			return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
		})
		r := source.NewReporter(byKind[l.kind][found[l.most]])
		r.Errorf(source.InputLimit, source.Path{}.Field("metadata", "name"), l.wayOut,
			"the input has %d %s of kind %s, and %d is the limit", len(found), l.noun, l.kind, l.most)
		ds = append(ds, r.Diagnostics()...)
	}
	return ds
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
