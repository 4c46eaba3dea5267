package generators

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A provider is who makes load balancers: what it reads off a Service, and what it
// cannot do. Each has a file of its own.
type provider struct {
	// addressField is set where spec.loadBalancerIP says the address.
	addressField bool
	// annotations says what the provider reads there; nil: nothing.
	annotations func(*service) map[string]string
	// check reports what the provider would leave pending in silence.
	check func(*planner, *service)
	// meet reports what it makes of a second Service at an address; nil: addresses are not asked for.
	meet func(*planner, *service, sharer)
}

var providers = map[v1alpha1.Provider]provider{
	v1alpha1.ProviderNone: noProvider,
	"MetalLB":             metalLB,
	"EdgeLB":              edgeLB,
}

func (s *service) provider() provider { return providers[*s.access.LoadBalancer.Provider] }

// noProvider is the part of a load balancer that Kubernetes itself has fields for.
var noProvider = provider{
	addressField: true,
	check: func(p *planner, s *service) {
		if s.shared && s.address != "" {
			p.notToldToShare(s)
		}
	},
	meet: func(p *planner, s *service, _ sharer) { p.notToldToShare(s) },
}

func (p *planner) notToldToShare(s *service) {
	at := p.found.Where(s.levels, setting("loadBalancer", "address"))
	p.found.WarnOnce(source.SharedAddress, at, "name the provider, so that it is told to share the address",
		"most load balancers give an address to one Service, and several ask for %s", s.address)
}

// share finds the addresses that several Services have: what a PerPod entry says for
// all of its pods, with one replica too, and what is written more than once. The key
// follows from the address alone, shared or not: no spec sees what others there are.
func (p *planner) share() {
	count := map[string]int{}
	for i := range p.services {
		s := &p.services[i]
		for _, a := range s.addresses() {
			count[a]++
			if s.pod != nil && len(s.access.LoadBalancer.Addresses) == 0 && !p.ownAddress(s) {
				count[a]++
			}
		}
	}
	for i := range p.services {
		s := &p.services[i]
		s.shared = slices.ContainsFunc(s.addresses(), func(a string) bool { return count[a] > 1 })
		if key := s.access.LoadBalancer.SharingKey; key != nil {
			s.sharingKey, s.shared = *key, s.shared || *key != ""
		} else if s.address != "" {
			s.sharingKey = slices.MinFunc(s.addresses(), byFamily)
		}
	}
}

// byFamily puts IPv4 before IPv6.
func byFamily(a, b string) int {
	return cmp.Compare(strings.Count(a, ":"), strings.Count(b, ":"))
}

// ownAddress tells whether the address was written for the Service's pod alone.
func (p *planner) ownAddress(s *service) bool {
	return s.levels.OnePod() && p.found.User.Has(s.levels[0].Field("loadBalancer", "address"))
}

// annotate writes what the provider reads, and checks what it cannot do.
func (p *planner) annotate(s *service) {
	if !s.balanced() {
		return
	}
	if annotations := s.provider().annotations; annotations != nil {
		p.addAnnotations(s, annotations(s), "loadBalancer writes it", "take it out: "+string(*s.access.LoadBalancer.Provider)+" is told by loadBalancer")
	}
	s.provider().check(p, s)
}
