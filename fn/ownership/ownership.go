// Package ownership identifies objects and the specs that they were generated from, and
// decides which objects a run may replace or drop. The KRM function, the filter and the
// program's output directories have the same rule.
package ownership

import (
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Of returns the spec that a document was generated from, or "" if it was not generated. The
// annotation alone is not enough: the kind must be one that Sallyport makes.
func Of(doc *source.Document) string {
	if !emit.Makes(doc.Object()) {
		return ""
	}
	return claim(doc)
}

func claim(doc *source.Document) string {
	return doc.Scalar("metadata", "annotations", plan.OwnerAnnotation)
}

// CheckClaims warns about documents that have the annotation and are of a kind that Sallyport does
// not make. They stay.
func CheckClaims(docs []*source.Document) source.Diagnostics {
	var ds source.Diagnostics
	for _, doc := range docs {
		if claim(doc) != "" && Of(doc) == "" {
			r := source.NewReporter(doc)
			r.Warnf(source.IgnoredKey, source.Path{}.Field("metadata", "annotations").MapKey(plan.OwnerAnnotation), "take it out",
				"the annotation has no effect: Sallyport makes no %s", doc.Object().Kind)
			ds = append(ds, r.Diagnostics()...)
		}
	}
	return ds
}

// ObjectOf identifies an object.
func ObjectOf(o encode.Object) source.Object {
	gvk := o.GetObjectKind().GroupVersionKind()
	return source.Object{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}
}

// Meet reports whether two objects may be the same one: their kinds and names are equal, and
// their namespaces are, or one of them has none. An object without a namespace may be of any.
func Meet(a, b source.Object) bool {
	if a.Namespace == "" || b.Namespace == "" {
		a.Namespace, b.Namespace = "", ""
	}
	return a.Unversioned() == b.Unversioned()
}

// A Scope is what a run may replace and drop.
type Scope struct {
	owners map[string]bool
	all    bool
}

// NewScope returns the scope of a run over specs. If they are all the specs of a package
// or directory, objects whose spec is not among them are orphans, and in scope as well.
func NewScope(specs []*v1alpha1.Spec, all bool) Scope {
	s := Scope{owners: make(map[string]bool, len(specs)), all: all}
	for _, spec := range specs {
		s.owners[spec.Owner()] = true
	}
	return s
}

// Has reports whether the objects of an owner are in scope.
func (s Scope) Has(owner string) bool { return s.all || s.owners[owner] }

// Renders reports whether the owner is a spec of the run.
func (s Scope) Renders(owner string) bool { return s.owners[owner] }

// HasDocument reports whether a document was generated and is in scope.
func (s Scope) HasDocument(doc *source.Document) bool {
	owner := Of(doc)
	return owner != "" && s.Has(owner)
}
