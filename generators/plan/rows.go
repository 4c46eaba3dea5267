package plan

import (
	"cmp"

	"sallyport.dev/schemas/v1alpha1"
)

func (p *Plan) row(s *Service, port *Port) Row {
	row := Row{Component: s.ComponentName(), Entry: s.Entry, Pod: "*", Service: s.Name, Type: string(s.Type), PortName: port.Name, Protocol: otherThanTCP(port.Protocol),
		Port: port.Number, NodePort: port.NodePort, Target: port.Target, DNSName: s.Hostname, Aliases: s.Aliases, LoadBalancer: s.BalancerID(),
		HealthCheckNodePort: s.HealthCheckNodePort}
	switch {
	case !s.IsService():
		row.Service, row.NodePort = "", port.HostPort
	case s.IsAlias:
		row.Type = "ExternalName"
	}
	if s.Pod != nil {
		row.Pod = s.Pod.Name
	}
	row.ServicePort = port.ownName()
	if s.Route != nil {
		row.ListenerPort, row.Gateway = s.Route.Port, s.Route.Via()
	}
	if IsIP(row.DNSName) || row.DNSName == "" {
		row.DNSName, row.InCluster = p.FQDN(row.Service), true
	}
	host, number := s.Host, s.Advertised(port)
	if name := s.nodesHost(); name != "" {
		host = Text(name)
	}
	row.Address, row.How = HostPort(host.String(), number.String()), s.how(host, number)
	return row
}

// aliasRow is the row of an alias without ports: clients connect to any port of the machine that it names.
func (p *Plan) aliasRow(s *Service) Row {
	return Row{Pod: "*", Service: s.Name, Type: "ExternalName", DNSName: p.FQDN(s.Name), InCluster: true, Address: s.ExternalName, How: KnownOffline}
}

// otherThanTCP returns a protocol, or "" for TCP.
func otherThanTCP(p v1alpha1.Protocol) string {
	if p == v1alpha1.TCP {
		return ""
	}
	return string(p)
}

// headlessRows returns the ports at which pods reach each other by the name of a headless
// Service: those that it has, and those that it cannot have because they count up from pod to pod.
func (p *Plan) headlessRows(s *Service) []Row {
	var out []Row
	c := s.Component
	named := len(c.Pods) > 0 && c.Headless == s.Name && c.PodDomain != ""
	row := func(port *Port) Row {
		return Row{Component: c.Spec.Name, Entry: s.Entry, Pod: "*", Service: s.Name, Type: string(v1alpha1.Headless), PortName: port.Name, ServicePort: port.ownName(),
			Protocol: otherThanTCP(port.Protocol), Port: port.Number, Target: port.Target, How: KnownOffline, InCluster: true}
	}
	for i := range s.Ports {
		port := &s.Ports[i]
		if one := row(port); named {
			out = append(out, c.insideRows(s, one, &v1alpha1.Port{Name: port.Name, ContainerPort: port.Target})...)
		} else {
			one.DNSName = p.FQDN(s.Name)
			one.Address = HostPort(one.DNSName, Number(port.Target).Text)
			if len(s.Announced) > 0 {
				one.DNSName, one.InCluster = s.Hostname, false
			}
			out = append(out, one)
		}
	}
	for i := range c.Spec.Ports {
		if port := &c.Spec.Ports[i]; named && c.Counted[port.Name] != nil {
			out = append(out, c.insideRows(s, row(&Port{Name: port.Name, Protocol: port.Protocol}), port)...)
		}
	}
	return out
}

// insideRows returns the row of a port for each pod. A row without numbers gets those of the pod.
func (c *Component) insideRows(s *Service, row Row, port *v1alpha1.Port) []Row {
	var out []Row
	for i := range c.Pods {
		one, pod := row, &c.Pods[i]
		one.Pod, one.DNSName, one.Inside = pod.Name, c.FQDN(pod), c.Address(pod, port).Service != nil
		one.Port, one.Target = cmp.Or(row.Port, c.Listens(port, pod)), c.Listens(port, pod)
		one.Address = HostPort(one.DNSName, Number(one.Target).Text)
		if len(s.Announced) > 0 {
			one.DNSName, one.InCluster = pod.Name+"."+s.Hostname, false
		}
		out = append(out, one)
	}
	return out
}

// machineRows returns the ports of the addresses outside the cluster that have names in DNS.
func (p *Plan) machineRows(s *Service) []Row {
	if p.Backends == nil {
		return nil
	}
	var out []Row
	type opening struct{ address, port string }
	seen := map[opening]bool{}
	for _, g := range p.Backends.Groups {
		for _, b := range g.Addresses {
			if b.Hostname == "" || !b.Ready {
				continue // DNS has no name, or leaves it out
			}
			for _, target := range g.Ports {
				row := p.row(s, s.Port(target.Name))
				row.Pod, row.Target, row.DNSName, row.InCluster = b.Hostname, target.Target, b.Hostname+"."+p.FQDN(s.Name), true
				row.Address, row.How = HostPort(row.DNSName, Number(target.Target).Text), KnownOffline
				if key := (opening{row.Address, row.PortName}); !seen[key] { // it has addresses of both families
					seen[key] = true
					out = append(out, row)
				}
			}
		}
	}
	return out
}

// nodesHost returns the host at which clients reach the node port of a Service for all pods, which
// has no host of its own: the one at which they reach the node ports of its pods, if all of these
// have the same. Each node forwards the ports of all Services, unless their policy is Local. It
// returns "" if there is none.
func (s *Service) nodesHost() string {
	if s.Component == nil || s.Pod != nil || s.Type != v1alpha1.NodePort || s.Host.Source != Node || *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal {
		return ""
	}
	host := ""
	for _, one := range s.Component.Singles {
		if one.Type != v1alpha1.NodePort {
			continue
		}
		if one.Hostname == "" || host != "" && one.Hostname != host {
			return ""
		}
		host = one.Hostname
	}
	return host
}
