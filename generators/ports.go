package generators

import (
	"cmp"
	"math"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// ports plans the ports of one Service, in a list that the next one is made in. own is
// what its pod has otherwise, or nil.
func (p *planner) ports(c *component, e *v1alpha1.Service, own *v1alpha1.Pod, pod *pod, entry source.Path) []port {
	access := &e.Access
	if own != nil {
		access = &own.Access
	}
	out := p.scratch[:0]
	for j := range e.Ports {
		sp := &e.Ports[j]
		i := slices.IndexFunc(c.Ports, func(cp v1alpha1.Port) bool { return cp.Name == sp.Name })
		if i < 0 {
			continue // Validate has told
		}
		cp := &c.Ports[i]
		n := &numbers{planner: p, reserved: c.reserved, access: access, entry: entry, name: sp.Name}
		if pod != nil {
			n.pod = *pod
		}
		out = append(out, n.port(e, cp, sp, ownNumbers(own, sp.Name)))
	}
	p.scratch = out
	return out
}

func ownNumbers(own *v1alpha1.Pod, name string) v1alpha1.Numbers {
	if own != nil {
		for _, pp := range own.Ports {
			if pp.Name == name {
				return pp.Numbers
			}
		}
	}
	return v1alpha1.Numbers{}
}

// numbers counts the numbers of one port of one Service.
type numbers struct {
	*planner
	reserved []int32
	pod      pod // the zero pod for a Service of all pods: it has id 0, and nothing counts
	entry    source.Path
	name     string // the port's

	access *v1alpha1.Access
}

func portOf(entry source.Path, name string) source.Path {
	return entry.Field("ports").Item("name", name)
}

func (n *numbers) port(e *v1alpha1.Service, cp *v1alpha1.Port, sp *v1alpha1.ServicePort, own v1alpha1.Numbers) port {
	out := port{name: sp.Name, protocol: cp.Protocol, appProtocol: *cp.AppProtocol, target: cp.ContainerPort}
	if *e.Type == v1alpha1.HostPort {
		out.hostPort = *sp.HostPort
	}
	out.number = n.count("port", *sp.Port, *sp.Steps.Port, own.Port, 1, math.MaxUint16)
	if written := cmp.Or(own.NodePort, sp.NodePort); *written != 0 {
		out.nodePort = n.count("nodePort", *sp.NodePort, *sp.Steps.NodePort, own.NodePort, nodePortMin, nodePortMax)
		n.checkBand(out.nodePort, own.NodePort != nil)
	}
	out.advertised = n.advertised(e, sp, own, out)
	return out
}

// advertised is what clients are told: the number written for it; else what the type
// opens, counted up where that alone would be the same for pods of one host.
func (n *numbers) advertised(e *v1alpha1.Service, sp *v1alpha1.ServicePort, own v1alpha1.Numbers, p port) int32 {
	opened, base, step, exact := p.number, *sp.Port, *sp.Steps.Port, own.Port
	switch {
	case *e.Type == v1alpha1.NodePort && len(n.access.ExternalIPs) == 0:
		opened, base, step, exact = p.nodePort, *sp.NodePort, *sp.Steps.NodePort, own.NodePort
	case *e.Type == v1alpha1.HostPort:
		opened, base, step, exact = *sp.HostPort, 0, 0, nil
	}
	switch {
	case e.Mode != v1alpha1.PerPod && *sp.AdvertisedPort == 0:
		return opened
	case *sp.AdvertisedPort != 0 || own.AdvertisedPort != nil:
		return n.count("advertisedPort", *sp.AdvertisedPort, *sp.Steps.AdvertisedPort, own.AdvertisedPort, 1, math.MaxUint16)
	case step == 0 && base != 0 && exact == nil:
		return n.count("advertisedPort", base, *sp.Steps.AdvertisedPort, nil, 1, math.MaxUint16)
	}
	return opened
}

// count returns the pod's own number, or the counted one, and reports one that is out
// of its range.
func (n *numbers) count(field string, base, step int32, own *int32, lowest, highest int64) int32 {
	value := nth(base, step, n.pod.id, n.reserved)
	if own != nil {
		value = int64(*own)
	}
	if lowest <= value && value <= highest {
		return int32(value)
	}
	at := n.path(own != nil).Field(field)
	if own == nil && value == int64(base) && !n.found.Wrote(at) {
		return base // the container's port, which Validate has checked
	}
	if n.pod.name != "" && value != int64(base) && own == nil {
		n.found.ErrorOnce(source.NumberRange, at, "start lower, or make fewer of it",
			"counting up from %d, pod %s would get %d, which is not between %d and %d", base, n.pod.name, value, lowest, highest)
	} else {
		n.found.ErrorOnce(source.NumberRange, at, "stay within that range", "%d is not between %d and %d", value, lowest, highest)
	}
	return 0
}

// path is where the port's numbers stand, or the pod's own ones.
func (n *numbers) path(own bool) source.Path {
	if own {
		return portOf(n.entry.Field("pods").Item("pod", n.pod.name), n.name)
	}
	return portOf(n.entry, n.name)
}

// checkBand warns of node ports that the cluster may have given to somebody else.
func (n *numbers) checkBand(number int32, own bool) {
	if number < staticEnd || number > nodePortMax {
		return
	}
	n.found.WarnOnce(source.NodePortBand, n.path(own).Field("nodePort"), "use 30000 to 30085, which it gives away last",
		"%d is in the band (%d to %d) from which the cluster picks node ports for others", number, staticEnd, nodePortMax)
}

// checkPortsDiffer holds that a Service has each port and each node port once, by what
// they come to: written, counted up or the container's.
func (p *planner) checkPortsDiffer(s *service) {
	for i, one := range s.ports {
		for _, o := range s.ports[:i] {
			same := o.number == one.number && o.protocol == one.protocol
			if same && one.number != 0 {
				p.portTwice(s, o, one)
			}
			if o.nodePort != one.nodePort || one.nodePort == 0 || o.number == one.number { // TCP and UDP of one number may share
				continue
			}
			p.found.ErrorOnce(source.NodePortClash, p.portPath(s, one.name, "nodePort"), "give one of them another number",
				"ports %s and %s both have node port %d in Service %s", o.name, one.name, one.nodePort, s.name)
		}
	}
}

func (p *planner) portTwice(s *service, a, b port) {
	at := p.portPath(s, b.name, "port")
	if a.target == b.target && !p.found.Wrote(at) && !p.found.Wrote(p.portPath(s, a.name, "port")) {
		return // Validate has told that both cannot listen there
	}
	p.found.ErrorOnce(source.PortClash, at, "give one of them another number",
		"ports %s and %s are both %d/%s in Service %s", a.name, b.name, b.number, b.protocol, s.name)
}
