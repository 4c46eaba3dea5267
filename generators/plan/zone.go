package plan

import (
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// A PublicName is a name at which clients outside the cluster reach a Service, and what it points at.
type PublicName struct {
	Name    string
	Service *Service
	Targets []string // addresses, or one other name; nil: not known offline
	TTL     int32    // in seconds; 0: not set
}

// Records returns the records of the name. There are none if the targets are not known.
func (n PublicName) Records() []Record { return Records(n.Name, n.TTL, n.Targets) }

// ByExternalDNS reports whether external-dns publishes the name.
func (n PublicName) ByExternalDNS() bool { return slices.Contains(n.Service.Announced, n.Name) }

// Publisher names who publishes the name.
func (n PublicName) Publisher() string {
	switch {
	case n.ByExternalDNS():
		return "external-dns"
	case n.Service.Type == v1alpha1.TLSRoute && !n.Service.Unpublished():
		return "external-dns, if it reads TLSRoutes, or you"
	}
	return "you"
}

// PublicNames yields the hosts and aliases in the spec, each with its Service.
func (p *Plan) PublicNames(yield func(PublicName) bool) {
	for s := range p.Outside {
		for _, name := range append([]string{s.Hostname}, s.Aliases...) {
			if name == "" || IsIP(name) {
				continue
			}
			n := PublicName{Name: name, Service: s, Targets: s.IPs(), TTL: *s.Access.ExternalDNS.TTL}
			if n.ByExternalDNS() {
				n.Targets = s.Targets()
			}
			if !yield(n) {
				return
			}
		}
	}
}
