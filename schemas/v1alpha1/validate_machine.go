package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// zones returns the zones whose nodes use the addresses.
func (e Endpoint) zones() []string {
	switch {
	case e.Hints != nil && e.Hints.ForZones != nil:
		return e.Hints.ForZones
	case *e.Zone != "":
		return []string{*e.Zone}
	}
	return nil
}

// maxZoneHints is the limit of the API server (maxZoneHints in
// k8s.io/kubernetes/pkg/apis/discovery/validation).
const maxZoneHints = 8

// machine checks which machine and which nodes a group of addresses is for.
func (v endpointsValidator) machine(s ExternalEndpointsSpec, ep Endpoint, p source.Path) {
	if at := p.Field("hostname"); *ep.Hostname != "" {
		v.plainForm(at, *ep.Hostname, DNSLabel)
		if !*s.Headless {
			v.Errorf(source.UnusableSetting, at, "set headless to true, or take it out", "DNS only has names of endpoints for a headless Service")
		}
		if f := ep.crowded(); f != "" {
			v.Errorf(source.Contradiction, at, "list each machine with its hostname as an entry of endpoints",
				"%s is the name of one machine, and there are several %s addresses", *ep.Hostname, f)
		}
	}
	if *ep.NodeName != "" {
		v.plainForm(p.Field("nodeName"), *ep.NodeName, DNSSubdomain)
	}
	if at := p.Field("hints", "forZones"); v.User.Has(at) {
		v.zoneHints(s, ep.Hints.ForZones, at)
	}
}

// plainForm checks the form of a text without placeholders.
func (v endpointsValidator) plainForm(p source.Path, text string, c Check) {
	if v.literal(p, text); !strings.Contains(text, "$(") {
		v.form(p, text, c)
	}
}

func (v endpointsValidator) zoneHints(s ExternalEndpointsSpec, zones []string, p source.Path) {
	for i, zone := range zones {
		if v.plainForm(p.Index(i), zone, LabelValue); slices.Contains(zones[:i], zone) {
			v.Errorf(source.Duplicate, p.Index(i), "keep one of them", "%s occurs twice in the list", zone)
		} else if zone == "" {
			v.Errorf(source.Required, p.Index(i), "write the name of a zone, or an empty list for none", "a zone of the list is empty")
		}
	}
	switch {
	case len(zones) > maxZoneHints:
		v.Errorf(source.NumberRange, p, "list fewer zones", "there are %d zones, and the API server takes %d", len(zones), maxZoneHints)
	case len(zones) == 0:
	case !slices.Contains(s.Emit, EmitEndpointSlice):
		v.Errorf(source.UnusableSetting, p, "add EndpointSlice to emit", "Endpoints have no hints")
	case *s.Headless:
		v.Errorf(source.UnusableSetting, p, "take it out", "kube-proxy reads hints, and it has no part in a headless Service")
	}
}

// crowded returns the family of which a group has several addresses; "": there is none.
func (e Endpoint) crowded() IPFamily {
	seen := map[IPFamily]bool{}
	for _, text := range e.Addresses {
		ips, _ := ParseAddresses(text) // the check of addresses reports the error
		for _, ip := range ips {
			f := FamilyOf(ip)
			if seen[f] {
				return f
			}
			seen[f] = true
		}
	}
	return ""
}

// hostnames checks that two machines do not have one name.
func (v endpointsValidator) hostnames(s ExternalEndpointsSpec) {
	first := map[string]source.Path{}
	for i, ep := range s.Endpoints {
		at := specPath.Field("endpoints").Index(i)
		if by, ok := first[*ep.Hostname]; ok && *ep.Hostname != "" {
			v.Errorf(source.Duplicate, at.Field("hostname"), "give each machine its own; the IPv4 and the IPv6 address of one belong into one entry",
				"%s is already the hostname of %s", *ep.Hostname, by)
			continue
		}
		first[*ep.Hostname] = at
	}
}

// hinted reports hints that kube-proxy ignores, because an address that is ready has none. Hints
// that follow from a zone are a warning: a zone may be there for people.
func (v endpointsValidator) hinted(s ExternalEndpointsSpec) {
	list := specPath.Field("endpoints")
	hints := func(i int) source.Path { return list.Index(i).Field("hints", "forZones") }
	with, written := -1, false
	without := slices.IndexFunc(s.Endpoints, func(ep Endpoint) bool { return *ep.Ready && len(ep.Hints.ForZones) == 0 })
	for i, ep := range s.Endpoints {
		if isWritten := v.User.Has(hints(i)); len(ep.Hints.ForZones) > 0 && (with < 0 || isWritten && !written) {
			with, written = i, isWritten
		}
	}
	switch {
	case with < 0 || without < 0 || *s.Headless || !slices.Contains(s.Emit, EmitEndpointSlice):
	case written:
		v.Errorf(source.UnusableSetting, hints(with), "write the hints or the zone of all addresses",
			"kube-proxy ignores the hints of a Service unless every address that is ready has some, and %s has none", list.Index(without))
	case !v.User.Has(hints(without)):
		v.Warnf(source.UnusableSetting, list.Index(with).Field("zone"), "write the zone of all addresses",
			"kube-proxy ignores the zones of a Service unless every address that is ready has one, and %s has none", list.Index(without))
	}
}

// policies rejects Local if no address is on a node, and warns about those that are on none.
func (v endpointsValidator) policies(s ExternalEndpointsSpec) {
	onNodes := func(ep Endpoint) bool { return *ep.NodeName != "" }
	anyOnNode, local := slices.ContainsFunc(s.Endpoints, onNodes), false
	for name, policy := range map[string]TrafficPolicy{
		"externalTrafficPolicy": *s.ExternalTrafficPolicy, "internalTrafficPolicy": *s.InternalTrafficPolicy} {
		if local = local || policy == PolicyLocal; policy == PolicyLocal && !anyOnNode {
			v.Errorf(source.Contradiction, specPath.Field(name), "write Cluster, or take it out",
				"Local drops all traffic here: addresses outside the cluster are on no node")
		}
	}
	elsewhere := slices.IndexFunc(s.Endpoints, func(ep Endpoint) bool { return *ep.Ready && !onNodes(ep) })
	if local && anyOnNode && elsewhere >= 0 {
		v.Warnf(source.UnusableSetting, specPath.Field("endpoints").Index(elsewhere), "write their nodeName, or the policy Cluster",
			"with policy Local, no node uses these addresses: they have no nodeName")
	}
}
