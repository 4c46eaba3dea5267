package preflight

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A sharer is who was first at an address.
type sharer struct {
	claim
	key   string
	local bool
}

// claimAddresses holds that an address, port and protocol lead to one Service, and
// that Services of one address share it in the same way.
func (t *taken) claimAddresses(s claimant, svc *plan.Service) {
	for _, a := range svc.Access.ExternalIPs {
		t.claimAddress(s, svc, a)
	}
	for _, a := range svc.Balancer.Addresses {
		free := t.claimAddress(s, svc, a)
		if by, ok := t.sharing[a]; !ok {
			t.sharing[a] = sharer{s.claim(svc), svc.Balancer.SharingKey, *svc.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal}
		} else if meet := provider.Of(svc).Meet; meet != nil && free {
			meet(s.Found, svc, provider.Sharer{Name: by.String(), Key: by.key, Local: by.local, IsOurs: by.svc != nil})
		}
	}
}

// claimAddress takes the Service's ports at an address, and tells whether all were free.
func (t *taken) claimAddress(s claimant, svc *plan.Service, address string) bool {
	free := true
	for _, port := range svc.Ports {
		if port.Number == 0 {
			continue // it could not be counted
		}
		key := endpoint{address, port.Number, port.Protocol}
		if by, ok := t.addresses[key]; !ok || by.svc == svc {
			t.addresses[key] = s.claim(svc)
		} else {
			free = false
			s.Found.ErrorOnce(source.AddressClash, svc.PortPath(s.Found.Written, port.Name, "port"), takeAnother(svc, by),
				"%s port %d/%s of Service %s is taken by %s", address, port.Number, port.Protocol, svc.Name, by)
		}
	}
	return free
}

// takeAnother is the way out where an address has a port twice: between pods of one
// entry, nothing else can differ than what counts.
func takeAnother(s *plan.Service, by claim) string {
	if s.Pod != nil && by.svc != nil && by.svc.Component == s.Component && by.svc.Entry == s.Entry {
		return "let the port count, with steps: {port: 1}, or give each pod its own address"
	}
	return "write another port, or another address"
}
