package generators

import (
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// MetalLB 0.14.9 renamed its prefix; older ones do not read the new one, newer ones
// still read the old one.
var metalLBPrefixes = []string{"metallb.io/", "metallb.universe.tf/"}

// metalLB reads annotations alone: an address in spec.loadBalancerIP as well is an
// error to it. Source: website/content/usage and internal/allocator of MetalLB.
var metalLB = provider{
	annotations: func(s *service) map[string]string {
		out := map[string]string{}
		for _, prefix := range metalLBPrefixes {
			for key, value := range map[string]string{
				"loadBalancerIPs": s.address,
				"address-pool":    *s.access.LoadBalancer.AddressPool,
				"allow-shared-ip": s.sharingKey,
			} {
				if value != "" {
					out[prefix+key] = value
				}
			}
		}
		return out
	},
	check: func(p *planner, s *service) {
		if !s.shared || *s.access.ExternalTrafficPolicy != v1alpha1.PolicyLocal {
			return
		}
		p.sharedLocal(s)
	},
	meet: func(p *planner, s *service, by sharer) {
		switch at := p.found.Where(s.levels, setting("loadBalancer", "address")); {
		case by.key != s.sharingKey || s.sharingKey == "":
			p.found.ErrorOnce(source.SharedAddress, at, by.agree(s.sharingKey),
				"%s would stay pending: %s has the same address with the sharing key %q, and it has %q", s.name, by, by.key, s.sharingKey)
		case *s.access.ExternalTrafficPolicy == v1alpha1.PolicyLocal:
			p.sharedLocal(s)
		case by.local:
			p.found.ErrorOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster for both, or write another address",
				"%s would stay pending: %s has the same address under policy Local", s.name, by)
		}
	},
}

func (p *planner) sharedLocal(s *service) {
	p.found.ErrorOnce(source.SharedLocal, p.found.Where(s.levels, setting("externalTrafficPolicy")), "set externalTrafficPolicy: Cluster next to the address",
		"under policy Local, MetalLB shares an address only among Services with the same selector: %s would stay pending", s.name)
}
