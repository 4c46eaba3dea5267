package plan

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Page is the address table with what those who open firewalls, publish names and issue certificates
// need of it.
type Page struct {
	Table
	Firewall []FirewallRule
	Names    []PublicName
	Subjects []Subject
}

// A Subject is who gets a certificate: the pods of a component.
type Subject struct {
	Component string
	Secret    string // in which cert-manager puts the certificate; "": it is not in the spec
	TLS       bool   // the spec says that clients use TLS
	Names     Names
	Missing   []Gap // the Services whose addresses are not known offline
}

// Page returns the page of a plan.
func (p *Plan) Page() Page {
	out := Page{Table: p.Table(), Firewall: p.Firewall()}
	for n := range p.PublicNames {
		out.Names = append(out.Names, n)
	}
	for _, c := range p.Components {
		s := Subject{Component: c.Spec.Name, Names: p.CertificateNames(c), TLS: c.Certificate != nil || c.speaksTLS()}
		if c.Certificate != nil {
			s.Secret = c.Certificate.Secret
		}
		for i := range p.Services {
			svc := &p.Services[i]
			if svc.Component == c && svc.Nameless() {
				s.Missing = append(s.Missing, svc.Missing())
			}
			s.TLS = s.TLS || svc.Component == c && svc.Type == v1alpha1.TLSRoute
		}
		out.Subjects = append(out.Subjects, s)
	}
	return out
}

// speaksTLS reports whether a listener of the component has a protocol with TLS, such as SASL_SSL.
func (c *Component) speaksTLS() bool {
	return slices.ContainsFunc(c.Spec.Ports, func(p v1alpha1.Port) bool {
		return p.Listener != nil && p.Listener.Protocol != nil && (strings.Contains(*p.Listener.Protocol, "SSL") || strings.Contains(*p.Listener.Protocol, "TLS"))
	})
}
