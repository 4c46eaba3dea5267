package plan

import (
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Gap is an address that is not known offline.
type Gap struct {
	Service *Service
	What    string // is missing
	WayOut  string
}

// A FirewallRule is what a firewall must let pass: clients outside that reach a Service, or pods that
// reach addresses outside.
type FirewallRule struct {
	Out      bool   // from the cluster
	Address  string // of the destination, "nodes" or "pods"; "": not known
	Port     int32  // 0: not known
	Protocol v1alpha1.Protocol
	Sources  []string // nil: any
	Service  *Service
	PortName string
	Gap      *Gap // what the spec does not have; nil: nothing
}

// What names what the rule is for.
func (r FirewallRule) What() string {
	if r.Out {
		return r.Service.Name
	}
	return r.Service.Display() + " " + r.PortName
}

// Firewall returns the rules for the plan, in its order.
func (p *Plan) Firewall() []FirewallRule {
	var out []FirewallRule
	for s := range p.Outside {
		for i := range s.Ports {
			out = append(out, firewallOf(s, &s.Ports[i])...)
		}
	}
	if p.Backends == nil {
		return out
	}
	for _, g := range p.Backends.Groups {
		for _, a := range g.Addresses {
			for _, port := range g.Ports {
				out = append(out, FirewallRule{Out: true, Address: a.IP, Port: port.Target, Protocol: port.Protocol, Service: &p.Services[0], PortName: port.Name})
			}
		}
	}
	return out
}

// firewallOf returns what lets clients reach a port of a Service.
func firewallOf(s *Service, port *Port) []FirewallRule {
	var out []FirewallRule
	add := func(number int32, gap *Gap, addresses ...string) {
		for _, a := range addresses {
			out = append(out, FirewallRule{Address: a, Port: number, Protocol: port.Protocol, Sources: s.Access.LoadBalancer.SourceRanges,
				Service: s, PortName: port.Name, Gap: gap})
		}
	}
	add(port.Number, nil, s.Access.ExternalIPs...)
	switch {
	case s.OpensHostPorts():
		add(port.HostPort, nil, "nodes")
	case s.Type == v1alpha1.PodIP:
		add(port.Target, nil, "pods")
	case s.Type == v1alpha1.NodePort && port.NodePort != 0:
		add(port.NodePort, nil, "nodes")
	case s.Type == v1alpha1.NodePort:
		add(0, &Gap{s, "the cluster assigns the node port", "set nodePort at the port of the entry"}, "nodes")
	case len(s.Access.ExternalIPs) > 0:
	case len(s.IPs()) == 0:
		number := port.Advertised
		if number == 0 {
			number = port.Number
		}
		gap := s.Missing()
		add(number, &gap, s.Hostname)
	case s.Route != nil:
		add(s.Route.Port, nil, s.IPs()...)
	default:
		add(port.Number, nil, s.IPs()...)
	}
	return out
}

// Missing returns what a Service lacks if the spec does not set its addresses.
func (s *Service) Missing() Gap {
	switch {
	case s.Type == v1alpha1.NodePort || s.Type == v1alpha1.HostPort:
		return Gap{s, "the addresses of the nodes are not in the spec", "add lines with the addresses of the nodes"}
	case s.Type == v1alpha1.PodIP:
		return Gap{s, "the addresses of the pods are not in the spec", "add lines with the addresses of the pods"}
	case s.IsRouted():
		return Gap{s, "the address of the Gateway is not in the spec", "set gateway.address, or add the address from the status of the Gateway"}
	case s.Balanced():
		return Gap{s, "the address of the load balancer is not in the spec", "set loadBalancer.address or addresses, or add the address from the status of the Service"}
	}
	return Gap{s, "what leads to the Service is not in the spec", "add a line with the address that leads to the Service"}
}

// RecordTypes names the types of DNS records that can point at a Service of which the address is not known: some
// providers give names to load balancers.
func (s *Service) RecordTypes() string {
	if s.Balanced() && s.Access.LoadBalancer.Provider.Row().StatusName {
		return "CNAME or alias"
	}
	return "A or AAAA"
}

// Outside yields the Services that clients outside the cluster can reach.
func (p *Plan) Outside(yield func(*Service) bool) {
	for i := range p.Services {
		s := &p.Services[i]
		outside := s.Outside() || s.OpensHostPorts() || s.Type == v1alpha1.PodIP || s.HasAddress() && (s.Hostname != "" || len(s.Access.ExternalIPs) > 0)
		if outside && !yield(s) {
			return
		}
	}
}

// Source names the sources for people.
func (r FirewallRule) Source() string {
	switch {
	case r.Out:
		return "cluster"
	case len(r.Sources) == 0:
		return "any"
	}
	return strings.Join(r.Sources, ",")
}
