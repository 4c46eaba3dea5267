package provider

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A Key is an annotation that a provider reads, or a label.
type Key struct {
	Of     string // the setting of loadBalancer, or another one, that it carries; "": none
	Name   string
	Label  bool
	Value  func(*plan.Service) string // "": it is left out. Nil: it is only read, from Services of others
	Change Change                     // what the provider does when its value changes

	Written bool // the provider writes it by itself, so that it differs from what is in Git

	Older string            // the key that carries the same, and that the provider prefers; "": there is none
	As    map[string]string // what values are under that key, where they are others
	Field bool              // spec.loadBalancerIP carries the same
}

// Metadata returns the annotations and the labels that carry the settings of a Service.
func (p *Provider) Metadata(s *plan.Service) (annotations, labels map[string]string) {
	for _, k := range p.Keys {
		if k.Value == nil {
			continue
		}
		value := k.Value(s)
		if value == "" {
			continue
		}
		to := &annotations
		if k.Label {
			to = &labels
		}
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[k.Name] = value
	}
	return annotations, labels
}

// Request reads what a Service of another tool requests with its annotations.
func (p *Provider) Request(annotations map[string]string, ports []int32) Request {
	if p.ReadForeign != nil {
		return p.ReadForeign(annotations, ports)
	}
	var out Request
	for _, k := range p.Keys {
		text := annotations[k.Name]
		switch {
		case text == "" || k.Label:
		case k.Of == "address":
			out.Addresses = append(out.Addresses, strings.Split(text, ",")...)
		case k.Of == "sharingKey":
			out.Key = cmp.Or(out.Key, text)
		case k.Of == "name":
			out.Name = text
		}
	}
	return out
}

// The values of keys, in the words of rows.

func always(*plan.Service) bool { return true }

func constant(value string) func(*plan.Service) string {
	return func(*plan.Service) string { return value }
}

// where returns the addresses of which something holds, with commas between them.
func where(holds func(string) bool) func(*plan.Service) string {
	return func(s *plan.Service) string {
		var out []string
		for _, a := range s.Balancer.Addresses {
			if holds(a) {
				out = append(out, a)
			}
		}
		return strings.Join(out, ",")
	}
}

func address(s *plan.Service) string    { return s.Balancer.Address() }
func sharingKey(s *plan.Service) string { return s.Balancer.SharingKey }
func pool(s *plan.Service) string       { return *s.Access.LoadBalancer.AddressPool }
func name(s *plan.Service) string       { return s.Balancer.Name }
func subnets(s *plan.Service) string    { return strings.Join(s.Access.LoadBalancer.Subnets, ",") }

// internal returns the values for load balancers inside the network and those that the internet can
// reach. Without the setting there is none.
func internal(inside, outside string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		switch set := s.Access.LoadBalancer.Internal; {
		case set == nil:
			return ""
		case *set:
			return inside
		}
		return outside
	}
}

// proxied returns a value for load balancers that speak the PROXY protocol.
func proxied(value string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if *s.Access.LoadBalancer.ProxyProtocol {
			return value
		}
		return ""
	}
}

// withIPv6 returns a value for Services that have IPv6, alone or beside IPv4.
func withIPv6(value string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if slices.Contains(s.Families, v1alpha1.IPv6) || s.FamilyPolicy == v1alpha1.RequireDualStack {
			return value
		}
		return ""
	}
}

// local returns a value for Services with externalTrafficPolicy Local.
func local(value string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if isLocal(s) {
			return value
		}
		return ""
	}
}

// nthName returns a name among the addresses.
func nthName(n int) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if all := s.Balancer.Addresses; n < len(all) && !plan.IsIP(all[n]) {
			return all[n]
		}
		return ""
	}
}

// inside and outside pick a value for the load balancers inside the network, and for the others.
func inside(value func(*plan.Service) string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if s.Access.LoadBalancer.Inside() {
			return value(s)
		}
		return ""
	}
}

func outside(value func(*plan.Service) string) func(*plan.Service) string {
	return func(s *plan.Service) string {
		if s.Access.LoadBalancer.Inside() {
			return ""
		}
		return value(s)
	}
}

func isLocal(s *plan.Service) bool {
	return *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal
}

func isIPv6(a string) bool { return plan.IsIP(a) && strings.Contains(a, ":") }
func isIPv4(a string) bool { return plan.IsIP(a) && !strings.Contains(a, ":") }
func isName(a string) bool { return !plan.IsIP(a) }

// allIPs reports whether the addresses are IPs, which spec.loadBalancerIP takes.
func allIPs(s *plan.Service) bool { return !slices.ContainsFunc(s.Balancer.Addresses, isName) }
