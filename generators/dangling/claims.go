package dangling

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// A use is a place that has a node port.
type use struct {
	doc *source.Document
	at  source.Path
}

// claims checks what only one object of a cluster can have: a name, and a node port. What the specs of the input generate again
// is checked with them.
func (c *checker) claims(docs []*source.Document) {
	first, ports := map[source.Object]*source.Document{}, map[int32]use{}
	name := source.Path{}.Field("metadata", "name")
	for _, doc := range docs {
		o := doc.Object().Unversioned()
		if c.specs[Owner(doc)] {
			continue
		}
		if other := first[o]; other != nil && (Owner(doc) != "" || Owner(other) != "") {
			c.claimed(doc, source.NameClash, name, "take one out", "the input has it twice: %s", other.Place(name))
			continue
		}
		first[o] = doc
		if o.Kind == "Service" && o.APIVersion == "" {
			c.nodePorts(doc, ports)
		}
	}
}

// nodePorts checks the node ports of a Service. The way out for the band is in the spec, which may have accepted it: it is
// only information.
func (c *checker) nodePorts(doc *source.Document, taken map[int32]use) {
	var svc struct {
		Spec struct {
			Health int32 `yaml:"healthCheckNodePort"`
			Ports  []struct {
				NodePort int32 `yaml:"nodePort"`
			}
		}
	}
	if doc.ReadInto(&svc) != nil {
		return
	}
	spec, live := source.Path{}.Field("spec"), doc.Scalar("metadata", "uid") != "" // the cluster has assigned it, or accepted it
	claim := func(number int32, at source.Path) {
		if number == 0 {
			return
		}
		by, ok := taken[number]
		switch {
		case !ok:
			taken[number] = use{doc, at}
		case by.doc != doc && (Owner(doc) != "" || Owner(by.doc) != ""):
			c.claimed(doc, source.NodePortClash, at, "set another number for one of them: a node port can belong to only one Service of the cluster",
				"node port %d is used twice: also at %s", number, by.doc.Place(by.at))
		}
		if band := (mistake{Owner(doc), "band"}); Owner(doc) != "" && !live && plan.InNodePortBand(number) && !c.reported[band] {
			c.reported[band] = true
			r := source.NewReporter(doc)
			r.Infof(source.NodePortBand, at, "stay within 30000 to 30085 in the spec, unless the number is reserved",
				"%d is in the band (%d to %d) from which the cluster assigns node ports to other Services", number, plan.NodePortBand, plan.NodePortBandEnd)
			c.found = append(c.found, r.Diagnostics()...)
		}
	}
	claim(svc.Spec.Health, spec.Field("healthCheckNodePort"))
	for i, p := range svc.Spec.Ports {
		claim(p.NodePort, spec.Field("ports").Index(i).Field("nodePort"))
	}
}

// claimed reports an error about a name or a node port.
func (c *checker) claimed(doc *source.Document, code source.Code, at source.Path, wayOut, format string, args ...any) {
	r := source.NewReporter(doc)
	r.Errorf(code, at, wayOut, format, args...)
	c.found = append(c.found, r.Diagnostics()...)
}
