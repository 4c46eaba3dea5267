package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// An unshared provider makes a load balancer for each Service. Services cannot have one address.
type unshared struct{ name string } // for messages

// apart is the way out for Services that cannot share an address. All Gateways have TCPRoutes, and not those of
// all providers tell clients apart by name.
const apart = "list addresses, one for each pod; to share one load balancer, use type TCPRoute and a Gateway, with a port for each pod"

func (u unshared) check(found *finding.Findings, s *plan.Service) {
	at := setting(found, s, "address")
	switch {
	case !s.Balancer.Shared || len(s.Balancer.Addresses) == 0 || found.Wrong(at) || found.WrongIn(setting(found, s, "addresses")):
	case s.Balancer.Later:
		found.WarnOnce(source.SharedAddress, at, apart, "from the second replica on, several Services would ask %s for %s, and it makes a load balancer for each", u.name, s.Balancer.Address())
	default:
		u.checkSharing(found, s, Sharer{})
	}
}

func (u unshared) checkSharing(found *finding.Findings, s *plan.Service, _ Sharer) {
	found.ErrorOnce(source.SharedAddress, setting(found, s, "address"), apart, "several Services ask %s for %s, and it makes a load balancer for each", u.name, s.Balancer.Address())
}

// pending joins checks of one provider.
func pending(all ...func(*finding.Findings, *plan.Service)) func(*finding.Findings, *plan.Service) {
	return func(found *finding.Findings, s *plan.Service) {
		for _, check := range all {
			check(found, s)
		}
	}
}
