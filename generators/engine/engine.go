// Package engine checks what engines require of the way they are exposed. A component names the
// rules in requires; the table of rules is closed. A rule only reads the plan.
package engine

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// rules is the table of rules: a function for each requirement.
var rules = map[v1alpha1.Requirement]func(checker){
	v1alpha1.SamePort:             samePort,
	v1alpha1.DNSName:              dnsName,
	v1alpha1.IPAddress:            ipAddress,
	v1alpha1.IPv4Address:          ipv4Address,
	v1alpha1.ServiceNamedAsPod:    serviceNamedAsPod,
	v1alpha1.NoHostnameOnNodePort: noHostnameOnNodePort,
	v1alpha1.NoTLSRoute:           noTLSRoute,
	v1alpha1.StartTogether:        startTogether,
	v1alpha1.KafkaListeners:       kafkaListeners,
	v1alpha1.BitnamiKafka:         bitnamiKafka,
}

// Check checks the components of a plan against the rules of their engines.
func Check(p *plan.Plan, found *finding.Findings) {
	for _, c := range p.Components {
		CheckComponent(c, c.Spec.Requires, found)
	}
}

// CheckComponent checks a component against rules that need not be those of its engine.
func CheckComponent(c *plan.Component, requires []v1alpha1.Requirement, found *finding.Findings) {
	for _, r := range requires {
		if rule, ok := rules[r]; ok {
			rule(checker{c, found})
		}
	}
}

// A checker checks one component against the rules of its engine.
type checker struct {
	component *plan.Component
	found     *finding.Findings
}

// ruleBroken reports that a rule is broken.
func (c checker) ruleBroken(at source.Path, wayOut, format string, args ...any) {
	c.found.ErrorOnce(source.EngineRule, at, wayOut, format, args...)
}

// where returns the path at which a setting of a Service is written.
func (c checker) where(s *plan.Service, setting string) source.Path {
	return c.found.Where(s.Levels, plan.Setting(setting))
}

// host returns the path at which the host of a Service is written.
func (c checker) host(s *plan.Service) source.Path {
	return c.found.Where(s.Levels[:1], plan.Setting("host"))
}

// samePort is for engines that advertise one port for all pods, the port that they listen on:
// Cassandra, RocketMQ.
func samePort(c checker) {
	for _, a := range c.component.Advertised() {
		s := a.Service
		for _, port := range s.Ports {
			if port.Advertised != port.Target {
				c.ruleBroken(s.PortPath(c.found.Written, port.Name, "advertisedPort"), "give each pod an address of its own, with the port that it listens on; or set step at the component's port, if each pod can listen on a number of its own",
					"the advertised port of %s is %s, but the engine advertises the port that it listens on, %d", s.Clients(), number(port), port.Target)
			}
		}
	}
}

// number returns the advertised port for messages.
func number(port plan.Port) string {
	if port.Advertised == 0 {
		return "chosen by the cluster"
	}
	return plan.Number(port.Advertised).Text
}

// dnsName is for engines that only advertise names: the horizons of MongoDB.
func dnsName(c checker) {
	for _, a := range c.component.Advertised() {
		s, host := a.Service, a.Host
		switch {
		case host.Source == plan.Known && plan.IsIP(host.Text):
			c.ruleBroken(c.host(s), "set a domain, or a host with a name in it",
				"a DNS name is required: the advertised host of %s is %s, which is an IP address", s.Clients(), host.Text)
		case host.Source == plan.Node && host.Address.IsIP():
			c.ruleBroken(c.where(s, "nodeAddressType"), "set a host, or nodeAddressType to Hostname, InternalDNS or ExternalDNS",
				"a DNS name is required: the advertised host of %s is the %s of its node", s.Clients(), host.Address)
		case host.Source == plan.PodIP:
			c.ruleBroken(c.host(s), "set a host",
				"a DNS name is required: the advertised host of %s is its own IP address", s.Clients())
		case host.Source == plan.Ingress:
			c.ruleBroken(c.host(s), "set a domain, or a host",
				"a DNS name is required: the advertised host of %s is that of its load balancer, which may be an IP address", s.Clients())
		}
	}
}

// ipAddress is for engines that only advertise IP addresses: cluster-announce-ip of Redis
// Cluster.
func ipAddress(c checker) { c.addresses("an IP address", plan.IsIP) }

// ipv4Address is for engines that have a setting for each IP family:
// cluster-announce-client-ipv4 of Valkey.
func ipv4Address(c checker) {
	c.addresses("an IPv4 address", func(host string) bool {
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Is4()
	})
}

// addresses checks that all advertised hosts are addresses that the engine takes.
func (c checker) addresses(what string, takes func(host string) bool) {
	for _, a := range c.component.Advertised() {
		s, host := a.Service, a.Host
		switch {
		case s.ExternalIPInvalid():
		case host.Source == plan.Known && !takes(host.Text):
			c.ruleBroken(c.host(s), "set the host or loadBalancer.address to "+what+`, or domain: ""`,
				"%s is required: the advertised host of %s is %s", what, s.Clients(), host.Text)
		case host.Source == plan.Ingress && s.Access.LoadBalancer.Provider.Row().StatusName:
			c.ruleBroken(c.host(s), "set the host to "+what,
				"%s is required: the advertised host of %s is that of its load balancer, and those of %s have a DNS name", what, s.Clients(), *s.Access.LoadBalancer.Provider)
		case host.Source == plan.Node && !host.Address.IsIP():
			c.ruleBroken(c.where(s, "nodeAddressType"), "set it to InternalIP or ExternalIP",
				"%s is required: the advertised host of %s is the %s of its node", what, s.Clients(), host.Address)
		}
	}
}

// serviceNamedAsPod is for engines that get the Service with the name of their pod from the API
// server: the segment stores of Pravega.
func serviceNamedAsPod(c checker) {
	c.podsWithoutService()
	for _, s := range c.component.Singles {
		switch at := s.Levels.Entry(); {
		case !s.IsService():
			c.ruleBroken(c.where(s, "type"), "set type to LoadBalancer or NodePort",
				"a Service is required for pod %s, which reads it from the API server: type %s has none", s.Pod.Name, s.Type)
		case s.Name != s.Pod.Name:
			c.ruleBroken(at.Field("serviceName"), "write serviceName: $(pod)",
				"the Service of pod %s must have the name of the pod, which reads it from the API server; it has the name %s", s.Pod.Name, s.Name)
		case s.ByEndpoint() && len(s.Announced) > 0:
			c.ruleBroken(c.found.Where(s.Levels, plan.Setting("externalDNS", "by")), "write by: Annotations for the component",
				"pod %s reads its host from the hostname annotation of its Service, and with by: DNSEndpoint there is none", s.Pod.Name)
		case slices.ContainsFunc(s.Announced, func(name string) bool { return name != s.Hostname }):
			c.ruleBroken(c.found.Where(s.Levels.Own(), plan.Setting("aliases")), "take them out, or write names that are not under the domain",
				"pod %s reads its host from the hostname annotation of its Service, which would have other names: %s", s.Pod.Name, strings.Join(s.Announced, ", "))
		}
	}
}

// podsWithoutService reports pods that have no Service because an entry is only for others.
func (c checker) podsWithoutService() {
	i := slices.IndexFunc(c.component.Spec.Services, func(e v1alpha1.Service) bool { return len(e.Only) > 0 })
	if i < 0 || !c.component.Enabled {
		return
	}
	has := map[string]bool{}
	for _, s := range c.component.Singles {
		has[s.Pod.Name] = true
	}
	for _, pod := range c.component.Pods {
		if !has[pod.Name] {
			c.ruleBroken(c.component.Path.Field("services").Item("name", c.component.Spec.Services[i].Name).Field("only"), "take it out, or add the other pods",
				"a Service is required for pod %s, which reads it from the API server, and no entry makes one for it", pod.Name)
		}
	}
}

// noHostnameOnNodePort is for Pravega. Its start script only reads the node port of a Service
// without a hostname annotation. Without the port it waits forever.
func noHostnameOnNodePort(c checker) {
	for _, s := range c.component.Singles {
		if s.Type != v1alpha1.NodePort {
			continue
		}
		at, wayOut := plan.Setting("domain"), `set domain: "" or externalDNS: {enabled: false} for the component`
		if key := ownHostname(s.Annotations); key != "" {
			at, wayOut = plan.Setting("annotations").MapKey(key), "take it out"
		} else if !s.Annotates() {
			continue
		}
		c.ruleBroken(c.found.Where(s.Levels, at), wayOut,
			"pod %s would wait forever for its node port: the engine does not read it from a Service with a hostname annotation", s.Pod.Name)
	}
}

// ownHostname returns the key of an external-dns hostname annotation of the user, or "".
func ownHostname(annotations map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if strings.HasPrefix(key, "external-dns.") && strings.HasSuffix(key, "/hostname") {
			return key
		}
	}
	return ""
}
