package preflight

import (
	"iter"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A hostClaim is the first Service that external-dns publishes under a name.
type hostClaim struct {
	claim
	target   string // what the name points at, if several Services may have it; "": something of its own
	endpoint bool   // it is in a DNSEndpoint
}

// publisher names what external-dns reads the name from. Those of one name must be equal.
func (c hostClaim) publisher() string {
	switch {
	case c.svc == nil:
		return c.title
	case c.endpoint:
		return "the DNSEndpoint of " + c.title
	}
	return "annotations of " + c.String()
}

// twice reports whether external-dns reads a name from a DNSEndpoint and from something else.
func (c hostClaim) twice(other hostClaim) bool {
	return c.endpoint != other.endpoint || c.endpoint && c.publisher() != other.publisher()
}

// nodes is what the names of NodePort Services point at.
const nodes = "the nodes"

// targetOf returns what the names of a Service point at. Names of pods point at the pods.
func targetOf(svc *plan.Service) string {
	switch {
	case svc.Route != nil && len(svc.Targets()) == 0:
		return svc.Route.Via() // its address is not known, which is reported where it is needed
	case svc.ByEndpoint():
		return strings.Join(slices.Sorted(slices.Values(svc.Targets())), ",")
	case svc.DNSTarget != "":
		return svc.DNSTarget
	case svc.Type == v1alpha1.NodePort && svc.FromOutside():
		return nodes
	}
	return svc.BalancerID()
}

// claimHost checks that a DNS name leads to one load balancer, to nodes or to one pod, and that
// external-dns reads it from a DNSEndpoint or from annotations: the announced
// names of a Service, the names of pods under its Hostname, and the names in annotations that the
// user wrote.
func (t *claims) claimHost(s claimant, svc *plan.Service) {
	host := func() source.Path { return s.Found.Where(svc.Levels.Own(), plan.Setting("host")) }
	for _, name := range svc.Announced {
		if name != svc.Hostname {
			t.claimName(s, svc, name, svc.ByEndpoint(), aliasPath(s, svc, name), "use $(pod) in the alias, or write it on one Service only")
			continue
		}
		if svc.AnnouncesPods() {
			for i := range svc.Component.Pods {
				t.claimName(s, svc, svc.Component.Pods[i].Name+"."+name, false, host, "")
			}
		}
		t.claimName(s, svc, name, svc.ByEndpoint(), host, "")
	}
	if len(svc.Annotations) < 2 || !svc.FromOutside() && !svc.ByEndpoint() {
		return // nearly all have that of the owner alone
	}
	for key, host := range published(svc.Annotations) {
		at := func() source.Path { return s.Found.WhereMetadata(svc.Levels, "annotations", key) }
		t.claimName(s, svc, host, false, at, "use $(pod) in the annotation, or write it on one Service only")
	}
}

// claimName claims a name. Without a way out for what is written at the path, it is that for hosts.
func (t *claims) claimName(s claimant, svc *plan.Service, host string, endpoint bool, at func() source.Path, wayOut string) {
	by, ok := t.hosts[host]
	mine := hostClaim{s.claim(svc), targetOf(svc), endpoint}
	switch target := mine.target; {
	case !ok:
		t.hosts[host] = mine
	case mine.twice(by):
		s.Found.ErrorOnce(source.HostClash, at(), twiceWayOut(mine, by),
			"external-dns would read %s from %s and from %s, and mix what they point at", host, mine.publisher(), by.publisher())
	case by.svc != svc && (target == "" || target != by.target):
		if wayOut == "" {
			wayOut = hostWayOut(svc, by.svc)
		}
		s.Found.ErrorOnce(source.HostClash, at(), wayOut,
			"external-dns would publish %s for %s and for %s, so that clients reach one of the two at random", host, svc.Title(), by)
	}
}

// twiceWayOut returns the way out for a name that external-dns reads from two places.
func twiceWayOut(a, b hostClaim) string {
	switch {
	case a.svc == b.svc:
		return "take the annotation out"
	case b.svc != nil && a.title == b.title:
		return "write the same externalDNS.by for both, or set another host for one of the two"
	}
	return "take the name out of one of the two, or set externalDNS.enabled to false here"
}

// checkPublished warns about names under the domain that nothing in the input publishes,
// and about those that external-dns publishes for another Service. It is called when all names are
// claimed.
func (t *claims) checkPublished(s claimant, svc *plan.Service) {
	for _, name := range svc.Unannounced {
		switch by, ok := t.hosts[name]; {
		case !ok:
			s.Found.WarnOnce(source.NotPublished, s.Found.Where(svc.Levels, plan.Setting("domain")), publishWayOut(svc),
				"nothing publishes %s, a name of %s: external-dns reads annotations of Services and names of TLSRoutes, and type %s makes neither", name, svc.Title(), svc.Type)
		case by.svc != nil && !by.svc.AnnouncesPods():
			s.Found.WarnOnce(source.HostClash, s.Found.Where(svc.Levels.Own(), plan.Setting("host")), "set another host for one of the two, or set externalDNS.enabled to false for the one whose records you make",
				"external-dns publishes %s for %s, and it is a name of %s too", name, by, svc.Title())
		}
	}
}

// publishWayOut returns who can make records of the names of a Service.
func publishWayOut(svc *plan.Service) string {
	if svc.Type == v1alpha1.PodIP {
		return "add a Headless entry with externalDNS: {enabled: true}, which publishes the pods; or write externalDNS.by: DNSEndpoint, with a target; or make the records yourself, and set externalDNS.enabled to false"
	}
	if svc.IsRouted() {
		return "write externalDNS.by: DNSEndpoint, with gateway.address or a target; or make the records yourself, and set externalDNS.enabled to false"
	}
	return "write externalDNS.by: DNSEndpoint, with a target; or make the records yourself, and set externalDNS.enabled to false"
}

// hostWayOut returns the way out for two Services with one host. Only load balancers can be shared.
func hostWayOut(a, b *plan.Service) string {
	if a.Balanced() && (b == nil || b.Balanced()) {
		return "use $(pod) in the host, or set the same loadBalancer.address for both"
	}
	return "set another host for one of the two"
}

// aliasPath returns where an alias of a Service is written.
func aliasPath(s claimant, svc *plan.Service, name string) func() source.Path {
	return func() source.Path {
		return s.Found.Where(svc.Levels.Own(), plan.Setting("aliases")).Index(slices.Index(svc.Aliases, name))
	}
}

// claimAliases checks that clients reach one Service at a name that others publish than
// external-dns, with a port.
func (t *claims) claimAliases(s claimant, svc *plan.Service) {
	for _, name := range svc.Aliases {
		if name == "" || slices.Contains(svc.Announced, name) {
			continue // it is wrong; or claimHost compares it
		}
		for _, port := range svc.Ports {
			key := endpoint{name, port.Advertised, port.Protocol}
			by, ok := t.advertised[key]
			if !ok || port.Advertised == 0 {
				t.advertised[key] = s.claim(svc)
				continue
			}
			if by.svc == svc {
				continue // its ports are not advertised apart, which is reported
			}
			s.Found.ErrorOnce(source.AdvertisedClash, aliasPath(s, svc, name)(), "use $(pod) in the alias, or write it on one Service only",
				"%s and %s would both be reached at %s:%d", svc.Title(), by, name, port.Advertised)
		}
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
		if p == own {
			continue
		}
		for _, a := range p.Request(svc.Annotations, nil).Addresses {
			if a = strings.TrimSpace(a); a != "" && !slices.Contains(svc.RequestedAddresses(), a) {
				t.claimAddress(s, svc, a)
			}
		}
	}
}
