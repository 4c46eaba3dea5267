package importer

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// compareBackends compares the lists of addresses, and takes out of both sides what does not differ but
// in its order, or in the names of EndpointSlices.
func compareBackends(came map[source.Object]*source.Document, made *[]*object) []Difference {
	var out []Difference
	for _, kind := range []string{"Endpoints", "EndpointSlice"} {
		var was, is []*object
		for _, doc := range came { // sorted below
			if doc.Object().Kind == kind {
				if c, err := cameObject(doc); err == nil {
					was = append(was, c)
				}
			}
		}
		slices.SortFunc(was, func(a, b *object) int { return strings.Compare(a.Name, b.Name) })
		for _, m := range *made {
			if m.Kind == kind {
				is = append(is, m)
			}
		}
		if len(was) == 0 || len(is) == 0 || sameNames(was, is) && len(was) == len(is) && kind == "EndpointSlice" || !slices.Equal(addressesIn(was), addressesIn(is)) {
			continue
		}
		for _, c := range was {
			delete(came, key(c.Object))
		}
		*made = slices.DeleteFunc(*made, func(m *object) bool { return m.Kind == kind })
		if kind == "Endpoints" {
			delete(was[0].tree, "subsets")
			delete(is[0].tree, "subsets")
			for _, diff := range compare(was[0], is[0]) {
				out = append(out, explain(diff, was[0], is[0]))
			}
			continue
		}
		for _, c := range was {
			if !slices.ContainsFunc(is, func(m *object) bool { return m.Name == c.Name }) {
				out = append(out, Difference{Object: c.Object, Meant: true, Now: "the same addresses are in " + strings.Join(namesIn(is), ", "),
					Why: "delete it when those are there, because kube-proxy reads both"})
			}
		}
	}
	return out
}

func namesIn(all []*object) []string {
	var out []string
	for _, o := range all {
		out = append(out, o.Name)
	}
	return out
}

func sameNames(a, b []*object) bool {
	x, y := namesIn(a), namesIn(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// addressesIn returns the addresses with their ports and traits as texts, in one order.
func addressesIn(all []*object) []string {
	var out []string
	for _, o := range all {
		for _, one := range list(o.tree["subsets"]) {
			subset, _ := one.(map[string]any)
			for _, p := range list(subset["ports"]) {
				port, _ := p.(map[string]any)
				for _, field := range []string{"addresses", "notReadyAddresses"} {
					for _, a := range list(subset[field]) {
						address, _ := a.(map[string]any)
						out = append(out, fmt.Sprint(canonical(str(address["ip"])), address["hostname"], address["nodeName"], field, portText(port)))
					}
				}
			}
		}
		for _, one := range list(o.tree["endpoints"]) {
			e, _ := one.(map[string]any)
			rest := map[string]any{"hostname": e["hostname"], "nodeName": e["nodeName"], "zone": e["zone"], "hints": e["hints"], "ready": at(e, "conditions", "ready") != false}
			for _, p := range list(o.tree["ports"]) {
				port, _ := p.(map[string]any)
				for _, a := range list(e["addresses"]) {
					out = append(out, fmt.Sprint(canonical(str(a)), text(rest), portText(port)))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func portText(p map[string]any) string {
	protocol := str(p["protocol"])
	if protocol == "" {
		protocol = "TCP"
	}
	return fmt.Sprint(str(p["name"]), p["port"], protocol, str(p["appProtocol"]))
}
