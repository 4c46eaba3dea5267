package decide

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
)

// balancers decides what Services share, and then what providers and external-dns read of
// them.
func (d *decider) balancers() {
	d.share()
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		if s.Announced {
			d.announce(s)
		}
		d.annotate(s)
		d.weighAnnotations(s)
	}
}

// share finds the addresses that several Services have: what a PerPod entry says for
// all of its pods, with one replica too, and what is written more than once. The key
// follows from the address alone, shared or not: no spec sees what others there are.
func (d *decider) share() {
	count := map[string]int{}
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		for _, a := range s.Balancer.Addresses {
			count[a]++
			if s.Pod != nil && len(s.Access.LoadBalancer.Addresses) == 0 && !d.ownAddress(s) {
				count[a]++
			}
		}
	}
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		b := &s.Balancer
		b.Shared = slices.ContainsFunc(b.Addresses, func(a string) bool { return count[a] > 1 })
		if key := s.Access.LoadBalancer.SharingKey; key != nil {
			b.SharingKey, b.Shared = *key, b.Shared || *key != ""
		} else if len(b.Addresses) > 0 {
			b.SharingKey = slices.MinFunc(b.Addresses, byFamily)
		}
	}
}

// byFamily puts IPv4 before IPv6.
func byFamily(a, b string) int {
	return cmp.Compare(strings.Count(a, ":"), strings.Count(b, ":"))
}

// ownAddress tells whether the address was written for the Service's pod alone.
func (d *decider) ownAddress(s *plan.Service) bool {
	return s.Levels.OnePod() && d.found.User.Has(s.Levels[0].Field("loadBalancer", "address"))
}

// annotate decides what the provider reads, and checks what it cannot do.
func (d *decider) annotate(s *plan.Service) {
	p := provider.Of(s)
	if p == nil {
		return
	}
	s.Balancer.InField = p.AddressField
	if p.Annotations != nil {
		d.addAnnotations(s, p.Annotations(s), "loadBalancer writes it", "take it out: "+string(p.Name)+" is told by loadBalancer")
	}
	if p.Check != nil {
		p.Check(d.found, s)
	}
}

// namesOf lists what each of many is called.
func namesOf[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = name(v)
	}
	return out
}
