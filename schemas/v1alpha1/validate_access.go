package v1alpha1

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// An accessValidator checks the settings of a level.
type accessValidator struct{ *validator }

// access checks the values of the complete settings of a Service. It reports each at the level that
// sets it.
func (v accessValidator) access(t Target, ls Levels) {
	a := *t.Access
	where := func(fields ...string) source.Path { return v.Where(ls, at(fields...)) }
	for i, s := range a.ExternalIPs {
		v.address(where("externalIPs").Index(i), s)
	}
	if len(a.ExternalIPs) > 0 {
		v.Warnf(source.Deprecated, where("externalIPs"), "use a load balancer that has these addresses, or node ports",
			"Kubernetes 1.36 deprecates externalIPs (KEP-5707)")
	}
	v.distribution(a, where)
	v.ranges(reflect.ValueOf(a), where)
	familiesValidator(v).families(a, where)
	v.annotations(a, ls)
	v.balancer(t, ls, where)
	dns := a.ExternalDNS
	for i, s := range dns.Prefixes {
		p := where("externalDNS", "prefixes").Index(i)
		if !strings.HasSuffix(s, "/") {
			v.Errorf(source.Invalid, p, "write "+s+"/", "%q does not end with a slash", s)
		} else {
			v.form(p, s, annotationPrefix)
		}
	}
}

// balancer checks what is asked of a load balancer. A Service for all pods has no use for a list of
// addresses, one for each pod.
func (v accessValidator) balancer(t Target, ls Levels, where func(...string) source.Path) {
	if !slices.ContainsFunc(ls, func(l source.Path) bool { return v.Wrote(l, at("loadBalancer")) }) {
		return // nearly all specs of a large input
	}
	lb := t.Access.LoadBalancer
	if *lb.Class != "" {
		v.form(where("loadBalancer", "class"), *lb.Class, QualifiedName)
	}
	for i, s := range lb.SourceRanges {
		v.cidr(where("loadBalancer", "sourceRanges").Index(i), s)
	}
	if *lb.Address != "" {
		v.balancerAddress(lb, *lb.Address, where("loadBalancer", "address"))
	}
	v.literal(where("loadBalancer", "addressPool"), *lb.AddressPool)
	v.subnets(where("loadBalancer", "subnets"), lb.Subnets)
	if lb.SharingKey != nil {
		v.literal(where("loadBalancer", "sharingKey"), *lb.SharingKey)
	}
	if t.Mode != Shared || !t.HasPods {
		v.addressList(lb, lb.Addresses, where("loadBalancer", "addresses"))
	}
	for _, l := range ls {
		p := join(l, at("loadBalancer"))
		if slices.ContainsFunc(v.documents(), func(d *source.Document) bool { return d.Has(p.Field("address")) && d.Has(p.Field("addresses")) }) {
			v.Errorf(source.Contradiction, p.Field("addresses"), "keep one of the two", "address and addresses exclude each other")
		}
	}
	for _, row := range providers {
		if row.check != nil {
			row.check(v.validator, lb, where)
		}
	}
}

// literal reports a placeholder in a field where placeholders are not replaced.
func (v *validator) literal(p source.Path, text string) {
	if strings.Contains(text, "$(") {
		v.Errorf(source.UnknownPlaceholder, p, "write the value itself: placeholders can be used in names, hosts, labels, annotations, selectors, pool names and config",
			"placeholders are not replaced in this field: %q", text)
	}
}

func (v accessValidator) address(p source.Path, s string) {
	ip, err := netip.ParseAddr(s)
	if err != nil {
		v.Errorf(source.Invalid, p, "write it as 192.0.2.1 or 2001:db8::1", "%q is not an IP address", s)
		return
	}
	if why := endpointIP(ip); why != "" {
		v.Errorf(source.Invalid, p, "write an address that clients can reach", "%s cannot be used here: %s", s, why)
	}
}

// addressList checks a list of one address for each pod.
func (v accessValidator) addressList(lb *LoadBalancerSettings, list []string, p source.Path) {
	if _, err := ExpandAddresses(list); err != nil {
		v.Errorf(source.Invalid, p, "write it as 192.0.2.1-192.0.2.9", "%v", err)
		return
	}
	seen := map[string]bool{}
	for i, s := range list {
		all, _ := ExpandAddresses(strings.Split(s, ","))
		if again := slices.IndexFunc(all, func(a string) bool { return seen[a] && a != "" }); again >= 0 {
			v.Errorf(source.Duplicate, p.Index(i), "give each pod its own, or use address for one that they share",
				"%s occurs twice in the list", all[again])
		}
		for _, a := range all {
			seen[a] = true
		}
		if _, _, isRange := parseRange(s); isRange {
			s = all[0]
		}
		v.balancerAddress(lb, s, p.Index(i))
	}
}

// subnets checks the ids or names of subnets. Providers join them with commas.
func (v accessValidator) subnets(p source.Path, list []string) {
	for i, s := range list {
		v.literal(p.Index(i), s)
		if s == "" || strings.ContainsAny(s, ", \t\n") {
			v.Errorf(source.Invalid, p.Index(i), "write one id or name of a subnet in each item", "%q is no subnet", s)
		}
	}
}

func (v accessValidator) cidr(p source.Path, s string) {
	prefix, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		v.Errorf(source.Invalid, p, "write it as 203.0.113.0/24", "%q is not a CIDR", s)
	case prefix.Masked() != prefix:
		v.Errorf(source.Invalid, p, "write "+prefix.Masked().String(), "%s has bits set beyond the prefix length", s)
	}
}
