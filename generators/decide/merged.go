package decide

import (
	"maps"
	"slices"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/gateway"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A merged is an ExternalAccess with what its profile and the package add, without defaults, for who
// wants to see all of it.
type merged struct {
	access v1alpha1.ExternalAccess
	pkg    *workload.Package
	ports  []readPort
}

// A readPort is the port of a listener of the package that leads to a Service.
type readPort struct {
	component, entry, pod string // pod "": the Service of all pods, or one of several at the same listener
	port                  int32
	parent                plan.Parent
	alone                 bool // the pod has a listener of its own, which does not count
}

// readAccount records what the package says about the ServiceAccount, and where.
func (m *merged) readAccount(found *finding.Findings, at source.Path, line string, set func(*v1alpha1.RBAC)) {
	if m == nil {
		return // the plan of pods to come
	}
	var r v1alpha1.RBAC
	if written := m.access.Spec.RBAC; written != nil {
		r = *written
	}
	set(&r)
	m.access.Spec.RBAC, found.Inferred[at.String()] = &r, line
}

// readPort records the port of the listener that leads to a Service.
func (m *merged) readPort(e *entry, s *plan.Service, port int32, parent plan.Parent) {
	if m == nil || s.Pod != nil && len(e.c.Pods) == 0 {
		return
	}
	r := readPort{component: e.c.Spec.Name, entry: e.spec.Name, port: port, parent: parent, alone: s.Pod != nil && s.Type != v1alpha1.TLSRoute}
	if s.Pod != nil {
		r.pod = s.Pod.Name
	}
	m.ports = append(m.ports, r)
}

// Merged returns an ExternalAccess with all that its profile and the package add, without defaults, and
// who has written what; nil: it is an ExternalEndpoints.
func (d Decision) Merged() (*v1alpha1.ExternalAccess, v1alpha1.Written) {
	w := d.Found.Written
	if d.merged == nil {
		return nil, w
	}
	out := d.merged.access
	w.Inferred = maps.Clone(w.Inferred)
	out.Spec.Components = slices.Clone(out.Spec.Components)
	for i := range out.Spec.Components {
		c := &out.Spec.Components[i]
		c.Services = slices.Clone(c.Services)
		for j := range c.Services {
			c.Services[j].Pods = slices.Clip(slices.Clone(c.Services[j].Pods))
			d.merged.addPorts(c.Name, &c.Services[j], w)
		}
	}
	return &out, w
}

// addPorts writes the ports of listeners into an entry: one for all pods, or one for each.
func (m *merged) addPorts(component string, e *v1alpha1.Service, w v1alpha1.Written) {
	lines := gateway.Checker{Package: m.pkg, Namespace: m.access.Metadata.Namespace}
	ports := slices.DeleteFunc(slices.Clone(m.ports), func(r readPort) bool { return r.component != component || r.entry != e.Name })
	if len(ports) == 0 {
		return
	}
	at, first := v1alpha1.LevelsOf(component, e.Name, "").Entry(), ports[0]
	if !first.alone && !slices.ContainsFunc(ports, func(r readPort) bool { return r.port != first.port }) {
		e.Gateway = withPort(e.Gateway, first.port)
		w.Inferred[at.Field("gateway", "port").String()] = lines.Line(first.parent)
		return
	}
	index := map[string]int{}
	for i, p := range e.Pods {
		index[p.Pod] = i
	}
	for _, r := range ports {
		i, ok := index[r.pod]
		if !ok {
			i, index[r.pod] = len(e.Pods), len(e.Pods)
			e.Pods = append(e.Pods, v1alpha1.Pod{Pod: r.pod})
		}
		pod := at.Field("pods").Item("pod", r.pod)
		e.Pods[i].Gateway = withPort(e.Pods[i].Gateway, r.port)
		w.Inferred[pod.Field("gateway", "port").String()] = lines.Line(r.parent)
		if !ok {
			w.Inferred[pod.Field("pod").String()] = lines.Line(r.parent)
		}
	}
}

func withPort(g *v1alpha1.GatewaySettings, port int32) *v1alpha1.GatewaySettings {
	out := v1alpha1.GatewaySettings{}
	if g != nil {
		out = *g
	}
	out.Port = &port
	return &out
}
