// Package engine has what engines make of how they are exposed: the closed table of rules
// that a component's requires names. A rule reads the plan.
package engine

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// rules is the table: one function for each requirement.
var rules = map[v1alpha1.Requirement]func(holder){
	v1alpha1.SamePort:             samePort,
	v1alpha1.DNSName:              dnsName,
	v1alpha1.IPAddress:            ipAddress,
	v1alpha1.ServiceNamedAsPod:    serviceNamedAsPod,
	v1alpha1.NoHostnameOnNodePort: noHostnameOnNodePort,
	v1alpha1.KafkaListeners:       kafkaListeners,
}

// Check holds each component to the rules of its engine.
func Check(p *plan.Plan, found *finding.Findings) {
	for _, c := range p.Components {
		for _, r := range c.Spec.Requires {
			if rule, ok := rules[r]; ok {
				rule(holder{c, found})
			}
		}
	}
}

// A holder holds one component to the rules of its engine.
type holder struct {
	c     *plan.Component
	found *finding.Findings
}

// broken reports that a rule is not kept.
func (h holder) broken(at source.Path, wayOut, format string, args ...any) {
	h.found.ErrorOnce(source.EngineRule, at, wayOut, format, args...)
}

// where is where a setting of a Service is written.
func (h holder) where(s *plan.Service, setting string) source.Path {
	return h.found.Where(s.Levels, plan.Setting(setting))
}

// host is where the host of a Service is written.
func (h holder) host(s *plan.Service) source.Path {
	return h.found.Where(s.Levels[:1], plan.Setting("host"))
}

// samePort is for engines that advertise one number for all of their pods, the one that
// they listen on: Cassandra, RocketMQ.
func samePort(h holder) {
	for _, a := range h.c.Advertised() {
		s := a.Service
		for _, port := range s.Ports {
			if port.Advertised != port.Target {
				h.broken(s.PortPath(h.found.Written, port.Name, "advertisedPort"), "give each pod an address of its own, and the port that it listens on",
					"clients of %s are told port %s, and the engine tells them %d, which it listens on", s.Clients(), number(port), port.Target)
			}
		}
	}
}

// number is a port as messages have it.
func number(port plan.Port) string {
	if port.Advertised == 0 {
		return "that the cluster picks"
	}
	return plan.Number(port.Advertised).Text
}

// dnsName is for engines whose clients check names: MongoDB's horizons.
func dnsName(h holder) {
	for _, a := range h.c.Advertised() {
		s, host := a.Service, a.Host
		switch {
		case host.Source == plan.Known && plan.IsIP(host.Text):
			h.broken(h.host(s), "set a domain, or a host with a name in it",
				"clients of %s are told %s, and the engine takes names only", s.Clients(), host.Text)
		case host.Source == plan.Node && host.Address.IsIP():
			h.broken(h.where(s, "nodeAddressType"), "set a host, or nodeAddressType to Hostname, InternalDNS or ExternalDNS",
				"clients of %s are told the %s of its node, and the engine takes names only", s.Clients(), host.Address)
		case host.Source == plan.Ingress:
			h.broken(h.host(s), "set a domain, or a host",
				"clients of %s are told what the load balancer has, which may be an address, and the engine takes names only", s.Clients())
		}
	}
}

// ipAddress is for engines that announce an address: Redis Cluster's
// cluster-announce-ip takes no name.
func ipAddress(h holder) {
	for _, a := range h.c.Advertised() {
		s, host := a.Service, a.Host
		switch {
		case host.Source == plan.Known && !plan.IsIP(host.Text):
			h.broken(h.host(s), `set loadBalancer.address, a host that is an address, or domain: ""`,
				"clients of %s are told %s, and the engine takes addresses only", s.Clients(), host.Text)
		case host.Source == plan.Node && !host.Address.IsIP():
			h.broken(h.where(s, "nodeAddressType"), "set it to InternalIP or ExternalIP",
				"clients of %s are told the %s of its node, and the engine takes addresses only", s.Clients(), host.Address)
		}
	}
}

// serviceNamedAsPod is for engines that ask the API for the Service of their own name:
// Pravega's segment stores.
func serviceNamedAsPod(h holder) {
	for _, s := range h.c.Singles {
		switch at := s.Levels.Entry(); {
		case !s.IsService():
			h.broken(h.where(s, "type"), "write LoadBalancer or NodePort",
				"pod %s asks the API for its Service, and with HostPort there is none", s.Pod.Name)
		case s.Name != s.Pod.Name:
			h.broken(at.Field("serviceName"), "write serviceName: $(pod)",
				"pod %s asks the API for the Service of its own name, and this one is called %s", s.Pod.Name, s.Name)
		}
	}
}

// noHostnameOnNodePort is for Pravega: its start script reads the port only where there
// is no hostname annotation, and without the port it waits forever.
func noHostnameOnNodePort(h holder) {
	for _, s := range h.c.Singles {
		if s.Type != v1alpha1.NodePort {
			continue
		}
		at, wayOut := plan.Setting("domain"), `set domain: "" or externalDNS: {enabled: false} for the component`
		if key := ownHostname(s.Annotations); key != "" {
			at, wayOut = plan.Setting("annotations").MapKey(key), "take it out"
		} else if !s.Announced {
			continue
		}
		h.broken(h.found.Where(s.Levels, at), wayOut,
			"pod %s would wait forever for its node port: the engine does not read it where the Service has a hostname annotation", s.Pod.Name)
	}
}

// ownHostname returns the annotation by which a user names a Service to external-dns.
func ownHostname(annotations map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if strings.HasPrefix(key, "external-dns.") && strings.HasSuffix(key, "/hostname") {
			return key
		}
	}
	return ""
}
