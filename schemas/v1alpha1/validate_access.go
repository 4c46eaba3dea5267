package v1alpha1

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
)

// access checks the values of complete settings, each where it was written.
func (v *validator) access(a Access, ls Levels) {
	where := func(fields ...string) source.Path { return v.Where(ls, at(fields...)) }
	for i, s := range a.ExternalIPs {
		v.address(where("externalIPs").Index(i), s)
	}
	if len(a.ExternalIPs) > 0 {
		v.Warnf(source.Deprecated, where("externalIPs"), "use a load balancer that has these addresses, or node ports",
			"Kubernetes 1.36 deprecates externalIPs (KEP-5707)")
	}
	v.families(a, where)
	lb := a.LoadBalancer
	if *lb.Class != "" {
		v.syntax(where("loadBalancer", "class"), *lb.Class, validation.IsQualifiedName(*lb.Class))
	}
	for i, s := range lb.SourceRanges {
		v.cidr(where("loadBalancer", "sourceRanges").Index(i), s)
	}
	if *lb.Provider == ProviderMetalLB && *lb.Address != "" {
		for _, s := range strings.Split(*lb.Address, ",") {
			v.address(where("loadBalancer", "address"), strings.TrimSpace(s))
		}
	}
	v.addressList(*lb.Provider, lb.Addresses, where("loadBalancer", "addresses"))
	for _, l := range ls {
		if p := join(l, at("loadBalancer")); v.User.Has(p.Field("address")) && v.User.Has(p.Field("addresses")) {
			v.Errorf(source.Contradiction, p.Field("addresses"), "keep one of the two", "address and addresses are one setting")
		}
	}
	v.edgeLB(*lb.EdgeLB, func(field string) source.Path { return where("loadBalancer", "edgeLB", field) })
	dns := a.ExternalDNS
	if *dns.TTL < 0 {
		v.Errorf(source.NumberRange, where("externalDNS", "ttl"), "write seconds", "a TTL is not negative")
	}
	for i, s := range dns.Prefixes {
		p := where("externalDNS", "prefixes").Index(i)
		if name, ok := strings.CutSuffix(s, "/"); !ok {
			v.Errorf(source.Invalid, p, "write "+s+"/", "%q does not end with a slash", s)
		} else {
			v.syntax(p, s, validation.IsDNS1123Subdomain(name))
		}
	}
}

// edgeLB checks what dklb would refuse: docs/usage and pkg/translator/api.
func (v *validator) edgeLB(e EdgeLB, where func(string) source.Path) {
	for field, n := range map[string]float64{"size": float64(*e.Size), "memory": float64(*e.Memory), "cpus": *e.CPUs} {
		if n < 0 {
			v.Errorf(source.NumberRange, where(field), "", "%v is below 0", n)
		}
	}
	for field, text := range map[string]string{"constraints": *e.Constraints, "cloudProviderConfiguration": *e.CloudProviderConfiguration} {
		if text != "" && !json.Valid([]byte(text)) {
			v.Errorf(source.Invalid, where(field), "write JSON, in single quotes", "%q is not JSON", text)
		}
	}
	inside := *e.Role != "" && *e.Role != PublicRole
	if !inside && *e.Network != "" {
		v.Errorf(source.Contradiction, where("network"), "take it out, or set role to \"*\"",
			"pools of the role %s are on the hosts' network, and dklb refuses another", PublicRole)
	}
	if *e.CloudProviderConfiguration != "" && !strings.HasPrefix(*e.Name, "cloud") {
		v.Errorf(source.Contradiction, where("name"), "write a name that begins with cloud",
			"dklb gives a pool with a cloudProviderConfiguration a random name unless it begins with cloud")
	}
}

// PublicRole is dklb's default role.
const PublicRole = "slave_public"

func (v *validator) address(p source.Path, s string) {
	ip, err := netip.ParseAddr(s)
	if err != nil {
		v.Errorf(source.Invalid, p, "write it as 192.0.2.1 or 2001:db8::1", "%q is not an IP address", s)
		return
	}
	if why := endpointIP(ip); why != "" {
		v.Errorf(source.Invalid, p, "", "%s cannot be used here: %s", s, why)
	}
}

// addressList checks a list of one address for each pod.
func (v *validator) addressList(provider Provider, list []string, p source.Path) {
	if _, err := ExpandAddresses(list); err != nil {
		v.Errorf(source.Invalid, p, "", "%v", err)
		return
	}
	seen := map[string]bool{}
	for i, s := range list {
		all, _ := ExpandAddresses([]string{s})
		for _, a := range all {
			if seen[a] {
				v.Errorf(source.Duplicate, p.Index(i), "give each pod its own, or write address: for one that they share",
					"%s stands twice in the list", a)
			}
			seen[a] = true
		}
		if provider == ProviderMetalLB {
			v.address(p.Index(i), all[0])
		}
	}
}

func (v *validator) cidr(p source.Path, s string) {
	prefix, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		v.Errorf(source.Invalid, p, "write it as 203.0.113.0/24", "%q is not a CIDR", s)
	case prefix.Masked() != prefix:
		v.Errorf(source.Invalid, p, "write "+prefix.Masked().String(), "%s has bits set beyond the prefix length", s)
	}
}

func (v *validator) families(a Access, where func(...string) source.Path) {
	p := where("ipFamilies")
	if len(a.IPFamilies) > 2 || len(slices.Compact(slices.Clone(a.IPFamilies))) != len(a.IPFamilies) {
		v.Errorf(source.Duplicate, p, "name each family once", "there are two IP families, and a Service has each at most once")
	} else if len(a.IPFamilies) == 2 && *a.IPFamilyPolicy == SingleStack {
		v.Errorf(source.Contradiction, p, "keep one family, or set ipFamilyPolicy to PreferDualStack",
			"ipFamilyPolicy is SingleStack, and here are two families")
	}
}
