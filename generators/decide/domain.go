package decide

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// domain is the one that the host of a Service may lie under.
func (d *decider) domain(template string, s scope, at source.Path, same *entryCache) string {
	if template == "" {
		return ""
	}
	domain, ok := d.names.expand(template, s, at)
	if !ok || domain == same.domain {
		return domain
	}
	if !v1alpha1.HostName.Passes(domain) {
		d.names.check(at, domain, v1alpha1.HostName)
		same.domainUsed = true
		return "invalid" // hosts under it are no mistakes of their own
	}
	same.domain = domain
	return domain
}

// under tells whether a host is the domain or a name in it.
func under(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// A domainUse tells whether anything makes use of a domain that is written at a place.
type domainUse struct {
	at   source.Path
	used bool
}

// noteDomain remembers whether a Service makes use of its domain.
func (d *decider) noteDomain(s *plan.Service, domain string, at source.Path, same *entryCache) {
	if domain == "" || same.domainUsed {
		return
	}
	same.domainUsed = under(s.Hostname, domain)
	for _, m := range []v1alpha1.StringMap{s.Access.Labels, s.Access.Annotations} {
		for _, text := range m {
			same.domainUsed = same.domainUsed || v1alpha1.Mentions(*text, "domain")
		}
	}
	use := &domainUse{at: at}
	if old, ok := d.domains[use.at.String()]; ok {
		use = old
	}
	use.used = use.used || same.domainUsed
	d.domains[use.at.String()] = use
}

// unusedDomains reports domains that say nothing of any Service.
func (d *decider) unusedDomains() {
	for _, use := range d.domains {
		if !use.used {
			d.found.Errorf(source.UnusableSetting, use.at, "take it out, or write hosts that lie under it",
				"no host of a Service that this reaches lies under the domain")
		}
	}
}
