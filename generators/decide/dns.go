package decide

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// announce decides whether external-dns publishes a Service, and what its host points at.
func (e *entry) announce(s *plan.Service, scope scope, at *entryPaths) {
	dns := s.Access.ExternalDNS
	s.Announced = announced(s, scope.domain, e.announced)
	if s.Unpublished() && scope.domain != "" {
		s.Unannounced = underDomain(s, scope.domain, nil)
	}
	e.announced = append(e.announced, s.Announced...)
	if len(s.Announced) > 0 && *dns.Target != "" {
		s.DNSTarget = e.d.names.dnsTarget(*dns.Target, s.Announced, scope, at.target)
	}
	if s.AnnouncesPods() && s.Hostname != "" && scope.domain != invalidDomain {
		e.checkAnnounced(s, scope.domain)
	}
}

// checkAnnounced reports a Headless entry that asks for names in DNS, and does not get them.
func (e *entry) checkAnnounced(s *plan.Service, domain string) {
	switch written := e.d.found.Where(s.Levels, plan.Setting("externalDNS", "enabled")); {
	case len(s.Announced) == 0:
		e.d.found.ErrorOnce(source.UnusableSetting, written, "write a host under the domain, or take it out",
			"external-dns only publishes hosts under the domain, and %s is not under %s", s.Hostname, domain)
	case !s.Emit:
		e.d.found.WarnOnce(source.UnusableSetting, written, "take create out; or take this out, and write the annotation there",
			"another tool makes Service %s, so that external-dns does not get %s from here", s.Name, s.Hostname)
	}
}

// dnsTarget expands and checks what the announced names of a Service point at.
func (n resolver) dnsTarget(template string, names []string, s scope, at source.Path) string {
	text, ok := n.expand(template, s, at)
	if !ok {
		return ""
	}
	target, wrong, wayOut := v1alpha1.ParseDNSTarget(text)
	switch {
	case wrong != "":
		n.found.ErrorOnce(source.Invalid, at, wayOut, "%q: %s", text, wrong)
	case slices.Contains(names, target):
		n.found.ErrorOnce(source.Contradiction, at, "name what it points at, or take it out", "the name %s would point at itself", target)
	}
	return target
}
