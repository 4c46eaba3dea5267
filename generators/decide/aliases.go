package decide

import (
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// aliases expands and checks the names that a Service has besides its host. at is the path of the
// list. A name that is wrong is empty, so that the others keep their places.
func (n resolver) aliases(templates []string, s scope, at source.Path, host string) []string {
	out := make([]string, len(templates))
	for i, template := range templates {
		name, ok := n.expand(template, s, at.Index(i))
		name = strings.TrimSuffix(name, ".")
		switch {
		case !ok:
		case plan.IsIP(name):
			n.found.ErrorOnce(source.Invalid, at.Index(i), "write a DNS name; an address can be the host",
				"an alias is a DNS name, and %s is an IP address", name)
		case !v1alpha1.HostName.Passes(name):
			n.check(at.Index(i), name, v1alpha1.HostName)
		case name == host || slices.Contains(out, name):
			n.found.ErrorOnce(source.Duplicate, at.Index(i), "take it out", "%s is already a name of the same Service", name)
		default:
			n.reachable(name, at.Index(i))
			out[i] = name
		}
	}
	return out
}

// announced returns the names of a Service that external-dns publishes.
func announced(s *plan.Service, domain string, room []string) []string {
	if !s.InDNS() {
		return nil
	}
	return underDomain(s, domain, room)
}

// underDomain returns the names of a Service that are under the domain, unless the spec says that
// external-dns does not publish them. It appends them to room, so that the Services of an entry share
// an allocation.
func underDomain(s *plan.Service, domain string, room []string) []string {
	if !*s.Access.ExternalDNS.Enabled {
		return nil
	}
	out := room[len(room):]
	if under(s.Hostname, domain) {
		out = append(out, s.Hostname)
	}
	for _, name := range s.Aliases {
		if under(name, domain) {
			out = append(out, name)
		}
	}
	return slices.Clip(out)
}
