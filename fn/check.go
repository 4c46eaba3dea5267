package fn

import (
	"slices"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/patch"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Check finds what Filter would report about the documents beside specs, and changes none.
type Check struct {
	Others []*source.Document // without what was injected for the specs: as Filter plans with them
	Found  source.Diagnostics

	in *injector
}

// NewCheck reads the documents beside specs.
func NewCheck(specs []*v1alpha1.Spec, others []*source.Document) *Check {
	r := &reconciler{specs: specs, scope: ownership.NewScope(specs, false)}
	for _, doc := range others {
		if isStatefulSet(doc) && !doc.InList() && doc.Scalar("metadata", "annotations", recordAnnotation) != "" {
			r.items = append(r.items, inputItem{doc: doc, node: doc.Node()})
		}
	}
	c := &Check{Others: slices.Clone(others), Found: ownership.CheckClaims(others)}
	var found source.Diagnostics
	c.in, found = newInjector(r, c.Others)
	c.Found = append(c.Found, found...)
	return c
}

// Inject reports the patches that cannot be injected.
func (c *Check) Inject(patches []*patch.Patch) source.Diagnostics {
	for _, p := range patches {
		known := slices.ContainsFunc(c.in.sets, func(s *statefulSet) bool { return s.doc == p.Target })
		if p.Target != nil && !known && !p.Target.InList() {
			s, _ := c.in.newStatefulSet(&inputItem{doc: p.Target, node: p.Target.Node()}) // it has no record
			c.in.sets = append(c.in.sets, s)
		}
	}
	return c.in.apply(patches)
}
