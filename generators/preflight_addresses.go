package generators

import (
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A sharer is who was first at an address.
type sharer struct {
	claim
	key   string
	local bool
}

// agree is how two Services come to one sharing key.
func (s sharer) agree(key string) string {
	switch {
	case s.svc != nil || key == "":
		return "set the same loadBalancer.sharingKey for both"
	case s.key == "":
		return "give that one the annotation " + metalLBPrefixes[0] + "allow-shared-ip: " + key
	}
	return "set loadBalancer.sharingKey to that of the other"
}

// claimAddresses holds that an address, port and protocol lead to one Service, and
// that Services of one address share it in the same way.
func (c *clashes) claimAddresses(p *planner, s *service) {
	for _, a := range s.access.ExternalIPs {
		c.claimAddress(p, s, a)
	}
	for _, a := range s.addresses() {
		free := c.claimAddress(p, s, a)
		if by, ok := c.sharing[a]; !ok {
			c.sharing[a] = sharer{p.claim(s), s.sharingKey, *s.access.ExternalTrafficPolicy == v1alpha1.PolicyLocal}
		} else if meet := s.provider().meet; meet != nil && free {
			meet(p, s, by)
		}
	}
}

// claimAddress takes the Service's ports at an address, and tells whether all were free.
func (c *clashes) claimAddress(p *planner, s *service, address string) bool {
	free := true
	for _, port := range s.ports {
		if port.number == 0 {
			continue // it could not be counted
		}
		key := endpoint{address, port.number, port.protocol}
		if by, ok := c.addresses[key]; !ok || by.svc == s {
			c.addresses[key] = p.claim(s)
		} else {
			free = false
			p.found.ErrorOnce(source.AddressClash, p.portPath(s, port.name, "port"), takeAnother(s, by),
				"%s port %d/%s of Service %s is taken by %s", address, port.number, port.protocol, s.name, by)
		}
	}
	return free
}

// takeAnother is the way out where an address has a port twice: between pods of one
// entry, nothing else can differ than what counts.
func takeAnother(s *service, by claim) string {
	if s.pod != nil && by.svc != nil && by.svc.component == s.component && by.svc.entry == s.entry {
		return "let the port count, with steps: {port: 1}, or give each pod its own address"
	}
	return "write another port, or another address"
}
