package preflight

import (
	"iter"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// A hostClaim is the first Service that external-dns publishes under a name.
type hostClaim struct {
	claim
	balancer string // which several Services may share; "": one of its own
}

// claimHost checks that a DNS name leads to one load balancer: the Hostname of a Service, and the
// names in annotations that the user wrote.
func (t *claims) claimHost(s claimant, svc *plan.Service) {
	if provider.Of(svc) == nil {
		return
	}
	if svc.Announced {
		at := func() source.Path { return s.Found.Where(svc.Levels.Own(), plan.Setting("host")) }
		t.claimName(s, svc, svc.Hostname, at, "use $(pod) in the host, or set the same loadBalancer.address for both")
	}
	if len(svc.Annotations) < 2 {
		return // nearly all have that of the owner alone
	}
	for key, host := range published(svc.Annotations) {
		at := func() source.Path { return s.Found.WhereMetadata(svc.Levels, "annotations", key) }
		t.claimName(s, svc, host, at, "use $(pod) in the annotation, or write it on one Service only")
	}
}

func (t *claims) claimName(s claimant, svc *plan.Service, host string, at func() source.Path, wayOut string) {
	by, ok := t.hosts[host]
	switch {
	case !ok:
		t.hosts[host] = hostClaim{s.claim(svc), svc.BalancerID()}
	case by.svc != svc && (svc.BalancerID() == "" || svc.BalancerID() != by.balancer):
		s.Found.ErrorOnce(source.HostClash, at(), wayOut,
			"external-dns would publish %s for Service %s and for %s, so that clients reach one of the two at random", host, svc.Name, by)
	}
}

// published are the names under which annotations tell external-dns to publish a Service, with
// the annotation's key.
func published(annotations map[string]string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		var keys []string
		for key := range annotations {
			if strings.HasPrefix(key, "external-dns.") && strings.HasSuffix(key, "/hostname") {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		for _, key := range keys {
			for _, host := range strings.Split(annotations[key], ",") {
				if host = strings.TrimSuffix(strings.TrimSpace(host), "."); host != "" && !yield(key, host) {
					return
				}
			}
		}
	}
}

// claimAnnotated claims the addresses that annotations of the user request from a provider that
// the spec does not name.
func (t *claims) claimAnnotated(s claimant, svc *plan.Service) {
	own := provider.Of(svc)
	if own == nil {
		return
	}
	for _, p := range provider.All {
		if p == own || p.ReadForeign == nil {
			continue
		}
		for _, a := range p.ReadForeign(svc.Annotations, nil).Addresses {
			if a = strings.TrimSpace(a); a != "" && !slices.Contains(svc.RequestedAddresses(), a) {
				t.claimAddress(s, svc, a)
			}
		}
	}
}
