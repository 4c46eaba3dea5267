package v1alpha1

import (
	"net/netip"
	"strings"
)

// ExternalDNS has the settings for external-dns: what it reads in annotations or in a DNSEndpoint.
type ExternalDNS struct {
	// By is how external-dns gets the hosts: Annotations of the Services, or one DNSEndpoint with the
	// name of the spec, which external-dns reads with --source=crd. A DNSEndpoint also publishes the
	// hosts of the types HostPort and PodIP, of routes, of ClusterIP Services with a target or
	// externalIPs, and of Services that another tool makes. What they point at must be known: the
	// target, or else the addresses of load balancers and Gateways and the externalIPs. It has the common labels and annotations.
	// Headless entries always have annotations: only external-dns knows the addresses of their pods.
	// Default: Annotations.
	By *DNSBy `json:"by,omitempty"`

	// Enabled is false to publish nothing. It is true at a Headless entry to publish its pods,
	// as $(pod).$(domain) by default: clients then need a route to the addresses of pods. The entry
	// has the domain and the other settings of the levels around it. Default: true, and false for
	// Headless entries.
	Enabled *bool `json:"enabled,omitempty"`

	// TTL is how long clients may cache the records, in seconds.
	TTL *int32 `json:"ttl,omitempty" is:"natural" example:"300"`

	// Prefixes are the prefixes of the annotations. A DNSEndpoint has none. external-dns 0.22 renamed its prefix, and
	// reads only one of the two. Default: both, the old and the new.
	Prefixes []string `json:"prefixes,omitempty" is:"prefix" example:"[external-dns.kubernetes.io/]"`

	// Target is what the hosts point at, instead of the load balancer or the nodes: a DNS name, or
	// addresses separated by commas. It can contain placeholders.
	Target *string `json:"target,omitempty" example:"edge.example.com"`

	// Access is which addresses of nodes the hosts of NodePort Services point at. It cannot be used
	// with a DNSEndpoint. Default: external-dns takes the public ones if there are any.
	Access *DNSAccess `json:"access,omitempty"`
}

// DNSBy is how external-dns gets the hosts.
type DNSBy string

// The two ways.
const (
	ByAnnotations DNSBy = "Annotations"
	ByDNSEndpoint DNSBy = "DNSEndpoint"
)

// Values lists the ways.
func (DNSBy) Values() []string { return texts(ByAnnotations, ByDNSEndpoint) }

// DNSAccess is which addresses of nodes are published.
type DNSAccess string

// The two kinds of addresses.
const (
	AccessPublic  DNSAccess = "public"  // of type ExternalIP
	AccessPrivate DNSAccess = "private" // of type InternalIP
)

// Values lists the kinds of addresses.
func (DNSAccess) Values() []string { return texts(AccessPublic, AccessPrivate) }

// writes reports whether an annotation is one that complete settings can make.
func (dns *ExternalDNS) writes(name string) bool {
	switch name {
	case "hostname", "ttl":
		return *dns.By != ByDNSEndpoint
	case "target":
		return *dns.By != ByDNSEndpoint && *dns.Target != ""
	case "access":
		return *dns.Access != ""
	}
	return false
}

// announcesPods reports whether an entry publishes its pods instead of a Service.
func (e *Service) announcesPods() bool {
	dns := e.ExternalDNS
	return e.Mode == Headless && dns != nil && dns.Enabled != nil && *dns.Enabled
}

// AnnouncesPods reports whether external-dns makes a record for each pod of a headless Service.
func (t *Target) AnnouncesPods() bool {
	return t.Mode == Headless && t.HasPods && *t.Access.ExternalDNS.Enabled && *t.Access.Domain != ""
}

// InDNS reports whether external-dns makes records for the Service.
func (t *Target) InDNS() bool {
	return *t.Access.Domain != "" && (t.FromOutside() || t.ByEndpoint() && leadsTo(t)) || t.AnnouncesPods()
}

// mayBeInDNS reports whether there are hosts that external-dns publishes, or that clients expect it to
// publish.
func mayBeInDNS(t *Target) bool {
	return t.InDNS() || t.HasHost() && (!t.IsService() || t.IsRouted()) && *t.Access.Domain != ""
}

// published reports whether external-dns gets the hosts of the Service.
func published(t *Target) bool { return t.InDNS() && *t.Access.ExternalDNS.Enabled }

// ByEndpoint reports whether the names of the Service are in a DNSEndpoint, if external-dns
// publishes them. Only external-dns knows the addresses of pods.
func (t *Target) ByEndpoint() bool {
	return t.Mode != Headless && *t.Access.ExternalDNS.By == ByDNSEndpoint
}

// leadsTo reports whether there may be an address that leads to the Service, without a load balancer
// and without node ports.
func leadsTo(t *Target) bool {
	if !t.IsService() {
		return t.Mode == PerPod
	}
	return t.IsRouted() || t.HasAddress() && (*t.Access.ExternalDNS.Target != "" || len(t.Access.ExternalIPs) > 0)
}

// hasWay reports whether the hosts of the Service can be published in one way or the other.
func hasWay(t *Target) bool { return t.Mode != Headless && t.InDNS() }

// byAnnotations reports whether annotations of the Service publish its hosts.
func byAnnotations(t *Target) bool { return published(t) && !t.ByEndpoint() }

// takesTarget reports whether the host of the Service can point at something else. The records of
// pods cannot.
func takesTarget(t *Target) bool { return hasWay(t) && published(t) }

// pointsAtNodes reports whether the host of the Service points at the nodes that external-dns finds.
func pointsAtNodes(t *Target) bool {
	return takesTarget(t) && byAnnotations(t) && t.Type == NodePort && *t.Access.ExternalDNS.Target == ""
}

// ParseDNSTarget returns what a host points at in its canonical form, or what is wrong with the
// text and what to write instead.
func ParseDNSTarget(text string) (target, wrong, wayOut string) {
	var parts []string
	names := 0
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSuffix(strings.TrimSpace(part), ".")
		if ip, err := netip.ParseAddr(part); err == nil {
			if why := endpointIP(ip); why != "" {
				return "", part + " cannot be used here: " + why, "write an address that clients can reach"
			}
			parts = append(parts, ip.String())
			continue
		}
		if wrong, wayOut := HostName.Problem(part); wrong != "" {
			return "", wrong, wayOut
		}
		if IsLocal(part) {
			return "", "it leads each client to its own machine", "write a name that clients on other machines can reach"
		}
		names++
		parts = append(parts, part)
	}
	if names > 0 && len(parts) > 1 {
		return "", "a name in DNS is an alias of one other name, or has addresses", "write one DNS name, or addresses separated by commas"
	}
	return strings.Join(parts, ","), "", ""
}
