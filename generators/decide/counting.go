package decide

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// reservedPorts are the numbers that counting leaves out.
type reservedPorts struct {
	numbers []int32            // in ascending order, each once
	skips   map[series][]int64 // those of a series, as steps from its base
}

// A series is base, base+step, base+2·step, ...
type series struct{ base, step int32 }

func newReservedPorts(in []int32) *reservedPorts {
	numbers := slices.Clone(in)
	slices.Sort(numbers)
	return &reservedPorts{numbers: slices.Compact(numbers)}
}

// skipped returns the reserved numbers of a series, as steps from its base. It caches them,
// because it is called for each pod.
func (r *reservedPorts) skipped(s series) []int64 {
	out, ok := r.skips[s]
	if !ok {
		for _, n := range r.numbers {
			if distance := int64(n) - int64(s.base); distance >= 0 && distance%int64(s.step) == 0 {
				out = append(out, distance/int64(s.step))
			}
		}
		if r.skips == nil {
			r.skips = map[series][]int64{}
		}
		r.skips[s] = out
	}
	return out
}

// nth returns the number of the pod with an id: the id-th number of the series that is not
// reserved. Without a step it is the base. A number beyond the highest port is returned as it
// is, because it is reported as an error.
func (r *reservedPorts) nth(s series, id int32) int64 {
	if s.step <= 0 {
		return int64(s.base)
	}
	n := int64(s.base) + int64(s.step)*int64(id)
	if len(r.numbers) == 0 || n > math.MaxUint16 {
		return n
	}
	skipped := r.skipped(s)
	// The i-th reserved number moves the result if at most id numbers before it in the series
	// are not reserved. Then all reserved numbers before it do so too.
	passed := sort.Search(len(skipped), func(i int) bool { return skipped[i]-int64(i) > int64(id) })
	beyond := (math.MaxUint16-n)/int64(s.step) + 1
	return n + int64(s.step)*min(int64(passed), beyond)
}

// A counter decides the numbers of one port of one Service.
type counter struct {
	d        *decider
	reserved *reservedPorts
	pod      plan.Pod // the zero Pod for a Service of all pods: nothing counts
	nth      int32    // of the component's pods, by id, from 0
	entry    source.Path
	name     string // of the port
	listens  int32  // the number that the pod listens on

	advertisesNodePort bool  // see v1alpha1.Target
	listener           int32 // the port of the Gateway's listener, with a route
}

func (n *counter) port(e *v1alpha1.Service, cp *v1alpha1.Port, sp *v1alpha1.ServicePort, own v1alpha1.Numbers) plan.Port {
	out := plan.Port{Name: sp.Name, PortName: sp.PortName, Protocol: cp.Protocol, AppProtocol: *cp.AppProtocol, Target: n.listens}
	if *e.Type == v1alpha1.HostPort {
		out.HostPort = *sp.HostPort
	}
	if out.Number = n.listens; own.Port != nil || *sp.Port != cp.ContainerPort || *sp.Steps.Port != *cp.Step {
		out.Number = n.count("port", *sp.Port, *sp.Steps.Port, own.Port, 1, math.MaxUint16)
	}
	if written := cmp.Or(own.NodePort, sp.NodePort); *written != 0 {
		out.NodePort = n.count("nodePort", *sp.NodePort, *sp.Steps.NodePort, own.NodePort, v1alpha1.NodePortMin, v1alpha1.NodePortMax)
	}
	out.Advertised = n.advertised(e, sp, own, out)
	return out
}

// advertised is what clients are given: the number written for it; else what the type opens. A
// step of its own, as pods of one pool of load balancers have it, counts up from that.
func (n *counter) advertised(e *v1alpha1.Service, sp *v1alpha1.ServicePort, own v1alpha1.Numbers, p plan.Port) int32 {
	opened, base, step, exact := p.Number, *sp.Port, *sp.Steps.Port, own.Port
	switch {
	case n.advertisesNodePort:
		opened, base, step, exact = p.NodePort, *sp.NodePort, *sp.Steps.NodePort, own.NodePort
	case *e.Type == v1alpha1.HostPort:
		opened, base, step, exact = *sp.HostPort, *sp.HostPort, 0, nil
	case e.Type.IsRoute():
		opened, base = n.listener, 0 // it counts itself
	}
	advertised := *sp.Steps.AdvertisedPort
	switch {
	case *sp.AdvertisedPort != 0 || own.AdvertisedPort != nil:
		return n.count("advertisedPort", *sp.AdvertisedPort, advertised, own.AdvertisedPort, 1, math.MaxUint16)
	case e.Mode == v1alpha1.PerPod && advertised != step && base != 0 && exact == nil:
		return n.count("advertisedPort", base, advertised, nil, 1, math.MaxUint16)
	}
	return opened
}

// count returns the pod's own number, or the number counted up to its id. It reports a number
// outside its range.
func (n *counter) count(field string, base, step int32, own *int32, lowest, highest int64) int32 {
	value := n.reserved.nth(series{base, step}, n.nth)
	if own != nil {
		value = int64(*own)
	}
	if first := int64(base); own == nil && value >= lowest && (first < lowest || first > highest) {
		value = first // the first pod has it, whether there are pods with it or not
	}
	if lowest <= value && value <= highest {
		return int32(value)
	}
	at, found := n.path(own != nil).Field(field), n.d.found
	if own == nil && value == int64(base) && !found.Wrote(at) {
		return base // the container port, which validation has checked
	}
	if n.pod.Name != "" && value != int64(base) && own == nil {
		found.ErrorOnce(source.NumberRange, at, "start with a lower number, or reduce the pods",
			"counted up from %d, the number of pod %s is %d, which is not between %d and %d", base, n.pod.Name, value, lowest, highest)
	} else {
		found.ErrorOnce(source.NumberRange, at, "stay within that range", "%d is not between %d and %d", value, lowest, highest)
	}
	return 0
}

// path returns the path of the port's numbers, or of the pod's own numbers.
func (n *counter) path(own bool) source.Path {
	if own {
		return plan.PortPath(n.entry.Field("pods").Item("pod", n.pod.Name), n.name)
	}
	return plan.PortPath(n.entry, n.name)
}

// checkPortsDiffer checks that a Service has each port only once, be it written, counted up or
// taken from the container.
func (d *decider) checkPortsDiffer(s *plan.Service) {
	for i, one := range s.Ports {
		for _, o := range s.Ports[:i] {
			if o.Number == one.Number && o.Protocol == one.Protocol && one.Number != 0 {
				d.portTwice(s, o, one)
			}
		}
	}
}

// checkNodePorts checks that a Service has each node port only once, and warns about those that
// the cluster may have assigned to another Service.
func (d *decider) checkNodePorts(s *plan.Service) {
	uses := d.nodePorts[:0]
	for one := range s.NodePorts() {
		if plan.InNodePortBand(one.Number) {
			d.found.WarnOnce(source.NodePortBand, one.At(s, d.found.Written), "stay within 30000 to 30085, which the cluster assigns last; or accept it, if the number is reserved: annotation sallyport.dev/accept: NodePortBand",
				"%d, of Service %s, is in the band (%d to %d) from which the cluster assigns node ports to other Services", one.Number, s.Name, plan.NodePortBand, plan.NodePortBandEnd)
		}
		for _, o := range uses {
			if o.Number == one.Number && !o.Shares(one) {
				d.found.ErrorOnce(source.NodePortClash, one.At(s, d.found.Written), "give one of them another number",
					"%s and %s both have node port %d in Service %s", o, one, one.Number, s.Name)
			}
		}
		uses = append(uses, one)
	}
	d.nodePorts = uses
}

func (d *decider) portTwice(s *plan.Service, a, b plan.Port) {
	at := s.PortPath(d.found.Written, b.Name, "port")
	if a.Target == b.Target && !d.found.Wrote(at) && !d.found.Wrote(s.PortPath(d.found.Written, a.Name, "port")) {
		return // validation reports that both cannot listen there
	}
	d.found.ErrorOnce(source.PortClash, at, "give one of them another number",
		"ports %s and %s are both %d/%s in Service %s", a.Name, b.Name, b.Number, b.Protocol, s.Name)
}

// portsOf decides the ports of one Service of an entry. The result is valid until the next
// call. own has the settings of the Service's pod, or is nil.
func (e *entry) portsOf(s *plan.Service, own *v1alpha1.Pod, at source.Path) []plan.Port {
	advertisesNodePort := s.AdvertisesNodePort()
	out := e.d.ports[:0]
	for j := range e.spec.Ports {
		sp := &e.spec.Ports[j]
		i := slices.IndexFunc(e.c.Spec.Ports, func(cp v1alpha1.Port) bool { return cp.Name == sp.Name })
		if i < 0 {
			continue // validation reports a port that does not exist
		}
		n := &counter{d: e.d, reserved: e.c.reserved, entry: at, name: sp.Name, advertisesNodePort: advertisesNodePort}
		if s.Route != nil {
			n.listener = e.listenerPort(s, sp)
			s.Route.Port = n.listener
		}
		if s.Pod != nil {
			n.pod, n.nth = *s.Pod, e.c.nth(s.Pod)
		}
		n.listens = e.c.Listens(&e.c.Spec.Ports[i], s.Pod)
		out = append(out, n.port(&e.spec, &e.c.Spec.Ports[i], sp, ownNumbers(own, sp.Name)))
	}
	e.d.ports = out
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
