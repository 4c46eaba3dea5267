package v1alpha1

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// A familiesValidator checks IP families, and that addresses are of them.
type familiesValidator struct{ *validator }

// families checks that ipFamilies and ipFamilyPolicy agree.
func (v familiesValidator) families(a Access, where func(...string) source.Path) {
	p, policy := where("ipFamilies"), *a.IPFamilyPolicy
	switch n := len(a.IPFamilies); {
	case n > 2 || len(slices.Compact(slices.Clone(a.IPFamilies))) != n:
		v.Errorf(source.Duplicate, p, "name each family once", "a Service can have each of the two IP families only once")
	case n == 2 && policy == SingleStack:
		v.Errorf(source.Contradiction, p, "keep one family, or set ipFamilyPolicy to PreferDualStack",
			"ipFamilyPolicy SingleStack allows only one family")
	case n == 1 && (policy == PreferDualStack || policy == RequireDualStack):
		v.Errorf(source.Contradiction, p, "name both families, or leave ipFamilies out",
			"ipFamilyPolicy %s needs both families: the API server adds the other one, and then rejects this manifest when it is applied again", policy)
	}
}

// A stack is what a spec says about the IP families of a Service.
type stack struct {
	families []IPFamily // all families of the Service; nil: not known
	policy   IPFamilyPolicy
}

func stackOf(families []IPFamily, policy IPFamilyPolicy) stack {
	if len(families) == 0 && policy == RequireDualStack {
		families = []IPFamily{IPv4, IPv6}
	}
	return stack{families, policy}
}

// Families returns the IP families and the policy of the Service. They follow from the set of
// the addresses and not from their order, because the first family of a Service cannot change.
// Both families are not named, because a cluster with one family rejects the name of the other
// one whatever the policy. A headless Service without a selector has both families by default.
func (s ExternalEndpointsSpec) Families() ([]IPFamily, IPFamilyPolicy) {
	policy := *s.IPFamilyPolicy
	if len(s.IPFamilies) > 0 {
		return s.IPFamilies, policy
	}
	var has []IPFamily
	for _, ep := range s.Endpoints {
		for _, text := range ep.Addresses {
			if f := familiesOfText(text); len(f) > 0 && !slices.Contains(has, f[0]) {
				has = append(has, f[0])
			}
		}
	}
	switch {
	case len(has) == 2 && policy == "":
		return nil, PreferDualStack
	case len(has) == 1 && !*s.Headless && (policy == "" || policy == SingleStack):
		return has, policy
	}
	return nil, policy
}

// addressesFit checks that the addresses of a Service are of families that it has. The load
// balancer leaves a Service with others pending, and kube-proxy ignores the others.
func (v familiesValidator) addressesFit(t *Target, st stack, ls Levels) {
	if !t.HasAddress() || v.DecodeFailedAt(v.Where(ls, at("ipFamilies")), v.Where(ls, at("ipFamilyPolicy"))) {
		return
	}
	for i, s := range t.Access.ExternalIPs {
		v.fits(st, familiesOfText(s), false, "kube-proxy ignores an external IP of another family", v.Where(ls, at("externalIPs")).Index(i))
	}
	if !t.Balanced() {
		return
	}
	lb := t.Access.LoadBalancer
	row := t.provider()
	if !row.NoAddress {
		why := "its load balancer cannot get the address"
		if p := v.Where(ls, at("loadBalancer", "address")); !v.Wrong(p) {
			v.fits(st, familiesOfText(*lb.Address), row.AllFamilies, why, p)
		}
		for i, s := range lb.Addresses {
			if p := v.Where(ls, at("loadBalancer", "addresses")).Index(i); !v.Wrong(p) {
				v.fits(st, familiesOfText(s), row.AllFamilies, why, p)
			}
		}
	}
	v.open(st, lb.SourceRanges, v.Where(ls, at("loadBalancer", "sourceRanges")))
}

// fits checks the families of one address, or of one address of each family. all means that
// each family of the Service must have an address.
func (v familiesValidator) fits(st stack, has []IPFamily, all bool, why string, p source.Path) {
	if len(has) == 0 {
		return // not an IP address, or none at all
	}
	foreign := slices.ContainsFunc(has, func(f IPFamily) bool { return !slices.Contains(st.families, f) })
	switch {
	case len(st.families) > 0 && foreign:
		v.Errorf(source.Contradiction, p, "write an address of a family of the Service, or change ipFamilies",
			"the Service has the family %s: %s", familyText(st.families), why)
	case len(st.families) == 2 && all && len(has) == 1:
		v.Errorf(source.Contradiction, p, "write an IPv4 and an IPv6 address with a comma between them, or one family in ipFamilies",
			"the Service has both families, and its load balancer needs an address of each")
	case len(st.families) > 0:
	case st.policy == PreferDualStack && all && len(has) == 1:
		v.Warnf(source.Contradiction, p, "write an IPv4 and an IPv6 address with a comma between them, or ipFamilyPolicy: SingleStack",
			"in a cluster with both families the Service has both, and its load balancer then needs an address of each")
	case st.policy == PreferDualStack:
	case len(has) == 2:
		v.Errorf(source.Contradiction, p, "write ipFamilyPolicy: RequireDualStack, or an address of one family",
			"these are addresses of both families, and without a dual-stack ipFamilyPolicy the Service has one")
	case has[0] == IPv6:
		v.Warnf(source.Contradiction, p, "write ipFamilies: [IPv6]",
			"the Service has the first family of the cluster, which is usually IPv4, and this address is IPv6")
	}
}

// open warns if some ranges restrict the clients of one family only. kube-proxy looks at the
// ranges of each family apart, and no range means all clients.
func (v familiesValidator) open(st stack, ranges []string, p source.Path) {
	has := map[IPFamily]bool{}
	for _, s := range ranges {
		if prefix, err := netip.ParsePrefix(s); err == nil {
			has[FamilyOf(prefix.Addr())] = true
		}
	}
	families := st.families
	if len(families) == 0 {
		families = []IPFamily{IPv4}
		if st.policy == PreferDualStack {
			families = []IPFamily{IPv4, IPv6}
		}
	}
	for _, f := range families {
		if len(has) > 0 && !has[f] {
			v.Warnf(source.Contradiction, p, fmt.Sprintf("add the ranges of %s, or write ipFamilies without it", f),
				"all clients with an %s address may connect: the Service %s the family, and no range is of it", f, may(len(st.families) > 0))
		}
	}
}

func may(surely bool) string {
	if surely {
		return "has"
	}
	return "may have"
}

// familiesOfText returns the families of an address, a range, or several with commas between
// them. It returns nil for anything else.
func familiesOfText(text string) []IPFamily {
	var out []IPFamily
	for _, s := range strings.Split(text, ",") {
		first, _, ok := parseRange(s)
		if !ok {
			ip, err := netip.ParseAddr(strings.TrimSpace(s))
			if err != nil {
				return nil
			}
			first = ip
		}
		if f := FamilyOf(first); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func familyText(families []IPFamily) string {
	return strings.Join(each(families, func(f IPFamily) string { return string(f) }), " and ")
}
