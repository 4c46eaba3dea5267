package decide

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
)

// A balancerDecider decides what depends on the load balancers of all Services.
type balancerDecider struct{ *decider }

// decide decides which Services share addresses, and adds the annotations of providers. It
// checks both, and the annotations of external-dns.
func (d balancerDecider) decide() {
	d.findShared()
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		if s.Annotates() {
			d.checkAnnouncement(s)
		}
		d.annotate(s)
		d.checkAnnotationsSize(s)
	}
}

// findShared finds the addresses that several Services have: an address that a PerPod entry
// sets for all of its pods, even if there is only one, and an address that is written more than
// once. The sharing key depends on the address alone, because a spec does not know the Services
// of other specs.
func (d balancerDecider) findShared() {
	count, now := map[string]int{}, map[string]int{}
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		for _, a := range s.RequestedAddresses() {
			count[a]++
			now[a]++
			if s.Pod != nil && len(s.Access.LoadBalancer.Addresses) == 0 && !d.ownAddress(s) {
				count[a]++
			}
		}
	}
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		b := s.Balancer
		if b == nil {
			continue
		}
		b.Shared = slices.ContainsFunc(b.Addresses, func(a string) bool { return count[a] > 1 })
		b.Later = b.Shared && !slices.ContainsFunc(b.Addresses, func(a string) bool { return now[a] > 1 })
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

// ownAddress reports whether the address was written for the Service's pod alone.
func (d balancerDecider) ownAddress(s *plan.Service) bool {
	return s.Levels.OnePod() && d.found.User.Has(s.Levels[0].Field("loadBalancer", "address"))
}

// annotate adds the annotations that the provider reads, and reports what the provider does not
// support.
func (d balancerDecider) annotate(s *plan.Service) {
	p := provider.Of(s)
	if p == nil {
		return
	}
	s.Balancer.InField = p.InField != nil && p.InField(s)
	annotations, labels := p.Metadata(s)
	wayOut := "take it out: the annotations of " + string(p.Name) + " are set by loadBalancer"
	d.addAnnotations(s, annotations, "loadBalancer sets this annotation", wayOut)
	d.addLabels(s, labels, "take it out: loadBalancer sets it")
	p.Report(d.found, s)
}
