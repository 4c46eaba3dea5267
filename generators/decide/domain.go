package decide

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// invalidDomain is the domain of a Service if that is invalid, which is reported.
const invalidDomain = "invalid"

// domain returns the domain of a Service after expansion.
func (d *decider) domain(template string, s scope, at source.Path, cache *entryCache) string {
	if template == "" {
		return ""
	}
	domain, ok := d.names.expand(template, s, at)
	if !ok {
		cache.domainUsed = true
		return invalidDomain // as below
	}
	if domain == cache.domain {
		return domain
	}
	if !d.names.isDomain(domain, at, "write "+domain+" as the host of an entry, or as loadBalancer.address") {
		cache.domainUsed = true
		return invalidDomain // hosts under it are not errors of their own
	}
	cache.domain = domain
	return domain
}

// isDomain reports whether a text is a domain. What is none is reported; asAddress is the way out for an
// IP address.
func (n resolver) isDomain(domain string, at source.Path, asAddress string) bool {
	if plan.IsIP(domain) {
		n.found.ErrorOnce(source.Invalid, at, asAddress, "a domain is a DNS name, and %s is an IP address", domain)
		return false
	}
	n.check(at, domain, v1alpha1.HostName)
	n.reachable(domain, at)
	return v1alpha1.HostName.Passes(domain)
}

// domain returns the domain of a component, or "" if it has none. Errors in it are reported for the
// Services.
func (c *component) domain() string {
	domain, err := c.scope.expand(*cmp.Or(c.Spec.Domain, new("")))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSpace(domain.string), ".")
}

// under reports whether a host is the domain or a name in it.
func under(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// A domainUse records whether a domain that is written at a path is used.
type domainUse struct {
	at   source.Path
	used bool
}

// recordDomain records whether a Service uses its domain.
func (d *decider) recordDomain(s *plan.Service, domain string, at source.Path, cache *entryCache) {
	if domain == "" || cache.domainUsed {
		return
	}
	cache.domainUsed = under(s.Hostname, domain) || s.AnnouncesPods() || slices.ContainsFunc(s.Aliases, func(a string) bool { return under(a, domain) })
	for _, m := range []v1alpha1.StringMap{s.Access.Labels, s.Access.Annotations} {
		for _, text := range m {
			cache.domainUsed = cache.domainUsed || v1alpha1.Mentions(*text, "domain")
		}
	}
	use := &domainUse{at: at}
	if old, ok := d.domains[use.at.String()]; ok {
		use = old
	}
	use.used = use.used || cache.domainUsed
	d.domains[use.at.String()] = use
}

// unusedDomains reports domains that no Service uses.
func (d *decider) unusedDomains() {
	for _, use := range d.domains {
		if !use.used && !d.found.Wrong(use.at) {
			d.found.Errorf(source.UnusableSetting, use.at, "take it out, or write hosts under it",
				"no Service that this applies to has a host under this domain")
		}
	}
}
