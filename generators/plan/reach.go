package plan

import (
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// IPs returns the IP addresses at which clients outside the cluster reach the Service, as far as
// the spec sets them. An address that only the provider can resolve is none.
func (s *Service) IPs() []string {
	var out []string
	add := func(all ...string) {
		for _, a := range all {
			if IsIP(a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	add(s.Hostname)
	add(s.Access.ExternalIPs...)
	add(s.RequestedAddresses()...)
	if s.Route != nil {
		add(s.Route.Address)
	}
	return out
}

// Display names the Service for people: the types HostPort and PodIP make none, and the pods of an
// entry are the same.
func (s *Service) Display() string {
	if !s.IsService() {
		return s.ComponentName() + "." + s.Entry
	}
	return s.Name
}

// Title names the Service in messages, or the pod that clients reach without one.
func (s *Service) Title() string {
	if !s.IsService() && s.Pod != nil {
		return "pod " + s.Pod.Name
	}
	return "Service " + s.Name
}

// Nameless reports whether an address of the Service is advertised that no certificate can have,
// because it is not known offline.
func (s *Service) Nameless() bool {
	return s.Mode != v1alpha1.Headless && s.Hostname == "" && len(s.IPs()) == 0 && s.Host.Source != Known && s.nodesHost() == ""
}
