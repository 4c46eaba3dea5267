package compare

import (
	"fmt"
	"maps"
	"net/netip"
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
		for _, c := range was {
			out = append(out, compareList(c, is)...)
		}
	}
	return out
}

// compareList compares a list of addresses with those that have its addresses now.
func compareList(c *object, is []*object) []Difference {
	var out []Difference
	pair := is[0]
	if i := slices.IndexFunc(is, func(m *object) bool { return m.Name == c.Name }); i >= 0 {
		pair = is[i]
	} else {
		out = append(out, Difference{Object: c.Object, Meant: true, Now: "the same addresses are in " + strings.Join(namesIn(is), ", "),
			Why: "delete it when those are there, because kube-proxy reads both"})
		delete(child(c.tree, "metadata"), "ownerReferences")
	}
	out = append(out, extras(c)...)
	pair = &object{Object: pair.Object, tree: maps.Clone(pair.tree)}
	pair.tree["metadata"] = cloneTree(pair.tree["metadata"])
	for _, o := range []*object{c, pair} {
		for _, field := range []string{"subsets", "endpoints", "ports", "addressType"} {
			delete(o.tree, field)
		}
	}
	for _, diff := range compare(c, pair) {
		out = append(out, explain(diff, c, pair))
	}
	return out
}

func cloneTree(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, inner := range m {
		out[k] = cloneTree(inner)
	}
	return out
}

// said are the fields of an address that a spec can say.
var said = map[string]bool{"addresses": true, "conditions.ready": true, "hostname": true, "nodeName": true, "zone": true, "hints.forZones": true, "ip": true}

// extras lists the fields of addresses that a spec cannot say.
func extras(o *object) []Difference {
	var out []Difference
	add := func(at string, tree map[string]any) {
		for _, k := range slices.Sorted(maps.Keys(tree)) {
			inner, ok := tree[k].(map[string]any)
			if !ok || k == "targetRef" {
				inner = map[string]any{"": tree[k]}
			}
			for _, sub := range slices.Sorted(maps.Keys(inner)) {
				if field := strings.TrimSuffix(k+"."+sub, "."); !said[field] {
					out = append(out, Difference{Object: o.Object, Field: at + "." + field, Came: text(inner[sub])})
				}
			}
		}
	}
	for i, one := range list(o.tree["endpoints"]) {
		e, _ := one.(map[string]any)
		add(fmt.Sprintf("endpoints[%d]", i), e)
	}
	for i, one := range list(o.tree["subsets"]) {
		subset, _ := one.(map[string]any)
		for _, field := range []string{"addresses", "notReadyAddresses"} {
			for n, one := range list(subset[field]) {
				a, _ := one.(map[string]any)
				add(fmt.Sprintf("subsets[%d].%s[%d]", i, field, n), a)
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
						out = append(out, fmt.Sprint(Canonical(str(address["ip"])), address["hostname"], address["nodeName"], field, portText(port)))
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
					out = append(out, fmt.Sprint(Canonical(str(a)), text(rest), portText(port)))
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

// Canonical returns an address as the API server writes it.
func Canonical(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil {
		return ip.String()
	}
	return address
}
