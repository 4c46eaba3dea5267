package dangling

import (
	"cmp"

	"sallyport.dev/schemas/source"
)

// route checks the Services of a route, and the Gateways and ListenerSets beside it.
func (c *checker) route(doc *source.Document) {
	var route struct {
		Spec struct {
			ParentRefs []struct{ Kind, Namespace, Name string } `yaml:"parentRefs"`
			Rules      []struct {
				BackendRefs []struct{ Name string } `yaml:"backendRefs"`
			}
		}
	}
	if doc.ReadInto(&route) != nil {
		return
	}
	spec, namespace := source.Path{}.Field("spec"), doc.Object().Namespace
	for i, rule := range route.Spec.Rules {
		for j, ref := range rule.BackendRefs {
			c.serviceThere(doc, spec.Field("rules").Index(i).Field("backendRefs").Index(j).Field("name"), ref.Name)
		}
	}
	for i, ref := range route.Spec.ParentRefs {
		there := c.parents[cmp.Or(ref.Kind, "Gateway")]
		if ref.Namespace != "" || has(there, ref.Name, namespace) {
			continue
		}
		if other, alike := near(ref.Name, names(there, namespace), doc.Object().Name); alike {
			c.report(report{doc: doc, owner: Owner(doc), what: affix, at: spec.Field("parentRefs").Index(i).Field("name"), wayOut: inLayer},
				"there is no %s %s in the input: it is called %s", cmp.Or(ref.Kind, "Gateway"), ref.Name, other)
		}
	}
}
