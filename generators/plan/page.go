package plan

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
		s := Subject{Component: c.Spec.Name, Names: p.CertificateNames(c)}
		if c.Certificate != nil {
			s.Secret = c.Certificate.Secret
		}
		for i := range p.Services {
			if svc := &p.Services[i]; svc.Component == c && svc.Nameless() {
				s.Missing = append(s.Missing, svc.Missing())
			}
		}
		out.Subjects = append(out.Subjects, s)
	}
	return out
}
