package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// What becomes of a pair of ipFamilies and ipFamilyPolicy.
const (
	taken    = "taken"                     // the API server accepts it, and accepts it again
	refuses  = "refused by Sallyport"      // with an error
	noFamily = "refused by the API server" // it does not have the family, which nobody knows offline
)

// familyPairs checks all pairs of ipFamilies and ipFamilyPolicy in both kinds of specs: what is
// rendered is accepted the first time and the second time. want is what becomes of a pair; "" is no
// family or no policy.
func familyPairs(r *row, start func() (*controlPlane, error), want func(kind, families, policy string) string) {
	use(r, start)
	pairs := 0
	for _, kind := range []string{"ExternalAccess", "ExternalEndpoints"} {
		for _, families := range []string{"", "IPv4", "IPv6", "IPv4, IPv6"} {
			for _, policy := range []string{"", "SingleStack", "PreferDualStack", "RequireDualStack"} {
				pairs++
				r.equal(fmt.Sprintf("%s with [%s] and %q", kind, families, policy), want(kind, families, policy), familyPair(r, kind, families, policy))
			}
		}
	}
	r.note = fmt.Sprintf("%d pairs", pairs)
}

func familyPair(r *row, kind, families, policy string) string {
	spec := filepath.Join(r.dir, "spec.yaml")
	settings := fmt.Sprintf("  ipFamilies: [%s]\n", families)
	if policy != "" {
		settings += "  ipFamilyPolicy: " + policy + "\n"
	}
	rest := "  components: [{name: c, selector: {a: b}, ports: [{name: p, containerPort: 80}], services: [{name: s, mode: Shared, type: ClusterIP}]}]\n"
	if kind == "ExternalEndpoints" {
		addresses := map[string]string{"": "192.0.2.1", "IPv4": "192.0.2.1", "IPv6": "2001:db8::1", "IPv4, IPv6": `192.0.2.1", "2001:db8::1`}[families]
		rest = fmt.Sprintf("  ports: [{port: 80}]\n  endpoints: [{addresses: [%q]}]\n", addresses)
		rest = strings.ReplaceAll(rest, `\"`, `"`)
	}
	r.write(spec, "apiVersion: sallyport.dev/v1alpha1\nkind: "+kind+"\nmetadata: {name: pair, namespace: families}\nspec:\n"+settings+rest)
	rendered := r.try(".", "", "sallyport", "render", spec)
	if rendered.status != 0 {
		return refuses
	}
	defer r.remove(rendered.stdout)
	if first := r.tryApply(rendered.stdout); first.status != 0 {
		return noFamily
	}
	if second := r.tryApply(rendered.stdout); second.status != 0 {
		return "refused the second time: " + second.stderr
	}
	return taken
}

// bothFamilies is what a cluster with both families makes of a pair.
func bothFamilies(_, families, policy string) string {
	switch two := strings.Contains(families, ","); {
	case two && policy == "SingleStack":
		return refuses
	case !two && families != "" && strings.HasSuffix(policy, "DualStack"):
		return refuses
	}
	return taken
}

// oneFamily is what a cluster with one family makes of a pair.
func oneFamily(has string) func(kind, families, policy string) string {
	return func(kind, families, policy string) string {
		rendered := bothFamilies(kind, families, policy)
		if kind == "ExternalEndpoints" && families == "" && policy != "PreferDualStack" {
			families = "IPv4" // that of its addresses is named
		}
		other := families != "" && families != has
		if rendered == taken && (policy == "RequireDualStack" || other) {
			return noFamily
		}
		return rendered
	}
}
