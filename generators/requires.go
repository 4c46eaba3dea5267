package generators

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// rules is the closed table of what engines make of how they are exposed. Data names
// them (a component's requires), and each is one function here.
var rules = map[v1alpha1.Requirement]func(*planner, *component){
	v1alpha1.SamePort:             samePort,
	v1alpha1.DNSName:              dnsName,
	v1alpha1.IPAddress:            ipAddress,
	v1alpha1.ServiceNamedAsPod:    serviceNamedAsPod,
	v1alpha1.NoHostnameOnNodePort: noHostnameOnNodePort,
	v1alpha1.KafkaListeners:       kafkaListeners,
}

// require holds a component to the rules of its engine.
func (p *planner) require(c *component) {
	for _, r := range c.Requires {
		if rule, ok := rules[r]; ok {
			rule(p, c)
		}
	}
}

// perPodServices are those of a component that lead to a single pod.
func (p *planner) perPodServices(c *component) []*service {
	var out []*service
	for i := range p.services {
		if s := &p.services[i]; s.component == c.Name && s.pod != nil {
			out = append(out, s)
		}
	}
	return out
}

// toldServices are those whose address clients of a pod are told: of single pods, and node
// ports of policy Local.
func (p *planner) toldServices(c *component) []*service {
	out := p.perPodServices(c)
	for _, name := range slices.Sorted(maps.Keys(c.local)) {
		if s := c.local[name]; len(c.perPod[name]) == 0 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// who is told, for messages.
func (s *service) who() string {
	if s.pod == nil {
		return "each pod"
	}
	return "pod " + s.pod.name
}

func (p *planner) ruleBroken(at source.Path, wayOut, format string, args ...any) {
	p.found.ErrorOnce(source.EngineRule, at, wayOut, format, args...)
}

// samePort is for engines that advertise one number for all of their pods, the one that
// they listen on: Cassandra, RocketMQ.
func samePort(p *planner, c *component) {
	for _, s := range p.toldServices(c) {
		for _, port := range s.ports {
			if port.advertised != port.target {
				p.ruleBroken(p.portPath(s, port.name, "advertisedPort"), "give each pod an address of its own, and the port that it listens on",
					"clients of %s are told port %s, and the engine tells them %d, which it listens on", s.who(), picked(port.advertised), port.target)
			}
		}
	}
}

// dnsName is for engines whose clients check names: MongoDB's horizons.
func dnsName(p *planner, c *component) {
	for _, s := range p.toldServices(c) {
		host, address := p.toldHost(s), *s.access.NodeAddressType
		switch {
		case host.token == "" && isIP(host.text):
			p.ruleBroken(p.found.Where(s.levels[:1], setting("host")), "set a domain, or a host with a name in it",
				"clients of %s are told %s, and the engine takes names only", s.who(), host.text)
		case host.isNode() && address.IsIP():
			p.ruleBroken(p.found.Where(s.levels, setting("nodeAddressType")), "set a host, or nodeAddressType to Hostname, InternalDNS or ExternalDNS",
				"clients of %s are told the %s of its node, and the engine takes names only", s.who(), address)
		case host.token != "" && !host.isNode():
			p.ruleBroken(p.found.Where(s.levels[:1], setting("host")), "set a domain, or a host",
				"clients of %s are told what the load balancer has, which may be an address, and the engine takes names only", s.who())
		}
	}
}

// ipAddress is for engines that announce an address: Redis Cluster's
// cluster-announce-ip takes no name.
func ipAddress(p *planner, c *component) {
	for _, s := range p.toldServices(c) {
		host, address := p.toldHost(s), *s.access.NodeAddressType
		switch {
		case host.token == "" && !isIP(host.text):
			p.ruleBroken(p.found.Where(s.levels[:1], setting("host")), `set loadBalancer.address, a host that is an address, or domain: ""`,
				"clients of %s are told %s, and the engine takes addresses only", s.who(), host.text)
		case host.isNode() && !address.IsIP():
			p.ruleBroken(p.found.Where(s.levels, setting("nodeAddressType")), "set it to InternalIP or ExternalIP",
				"clients of %s are told the %s of its node, and the engine takes addresses only", s.who(), address)
		}
	}
}

// serviceNamedAsPod is for engines that ask the API for the Service of their own name:
// Pravega's segment stores.
func serviceNamedAsPod(p *planner, c *component) {
	for _, s := range p.perPodServices(c) {
		switch at := s.levels.Entry(); {
		case s.onNodes():
			p.ruleBroken(p.found.Where(s.levels, setting("type")), "write LoadBalancer or NodePort",
				"pod %s asks the API for its Service, and with HostPort there is none", s.pod.name)
		case s.name != s.pod.name:
			p.ruleBroken(at.Field("serviceName"), "write serviceName: $(pod)",
				"pod %s asks the API for the Service of its own name, and this one is called %s", s.pod.name, s.name)
		}
	}
}

// noHostnameOnNodePort is for Pravega: its start script reads the port only where there
// is no hostname annotation, and without the port it waits forever.
func noHostnameOnNodePort(p *planner, c *component) {
	for _, s := range p.perPodServices(c) {
		if s.typ != v1alpha1.NodePort {
			continue
		}
		at, wayOut := setting("domain"), `set domain: "" or externalDNS: {enabled: false} for the component`
		if key := ownHostname(s.annotations); key != "" {
			at, wayOut = setting("annotations").MapKey(key), "take it out"
		} else if !s.announced {
			continue
		}
		p.ruleBroken(p.found.Where(s.levels, at), wayOut,
			"pod %s would wait forever for its node port: the engine does not read it where the Service has a hostname annotation", s.pod.name)
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
