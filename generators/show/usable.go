package show

import (
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An entry is a complete entry of services. Its methods are about paths below it.
type entry struct {
	v1alpha1.Service
	target v1alpha1.Target
	made   bool // it makes Services, or another tool does
}

func newEntry(e v1alpha1.Service) *entry {
	return &entry{e, e.Target(), e.Mode == v1alpha1.Headless || e.Type.MakesService()}
}

// can reports whether a field can be written into the entry: one that it cannot use is an error.
func (e *entry) can(p source.Path) bool {
	names := p.Names()
	switch names[0] {
	case "serviceName", "selector":
		return e.made
	case "ports":
		return e.port(names)
	}
	return v1alpha1.CanUse(&e.target, p)
}

// tells reports whether a setting that the entry inherits, or a default of it, is worth a line and can
// be written: what is written counts for its pods too.
func (e *entry) tells(p source.Path) bool {
	switch names := p.Names(); names[0] {
	case "selector":
		return false // it is that of the component, or the name of the pod
	case "domain":
		return false // without the hosts of this entry, nothing may use it at the outer level
	case "type":
		return e.Mode != v1alpha1.Headless
	case "host":
		return len(e.Pods) == 0 && (e.Mode != v1alpha1.Shared || !e.target.ThroughNodes()) // with policy Local, each node has one
	case "ipFamilyPolicy":
		return len(e.Pods) == 0
	case "gateway":
		return len(names) < 2 || names[1] != "listenerSet" || listens(&e.target)
	}
	return true
}

// listens reports whether there is a ListenerSet to make. Without one, its name would take the place
// of parentRefs.
func listens(t *v1alpha1.Target) bool { return t.Access.Gateway.ListenerSet.ParentRef.Name != "" }

// port reports whether a field of a port can be written.
func (e *entry) port(names []string) bool {
	i := slices.IndexFunc(e.Ports, func(p v1alpha1.ServicePort) bool { return len(names) > 1 && p.Name == names[1] })
	if len(names) < 3 || i < 0 {
		return true
	}
	switch field := names[2]; field {
	case "port", "portName":
		return e.made && (field == "port" || e.Ports[i].PortName != e.Ports[i].Name)
	case "hostPort":
		return e.target.OpensHostPorts()
	case "nodePort":
		return e.target.FromOutside()
	case "advertisedPort":
		return e.Mode != v1alpha1.Headless
	case "steps":
		if e.Mode != v1alpha1.PerPod || len(names) > 3 && names[3] != "advertisedPort" && !e.made {
			return false
		}
		return len(names) < 4 || names[3] != "nodePort" || *e.Ports[i].NodePort != 0
	}
	return true
}

// endpoints is the place of the only Service of an ExternalEndpoints. Behind an alias there are no
// addresses.
func endpoints(s v1alpha1.ExternalEndpointsSpec, t *v1alpha1.Target) *place {
	alias := *s.ExternalName != ""
	return &place{can: func(p source.Path) bool {
		names := p.Names()[1:]
		switch {
		case len(names) == 0:
			return true
		case alias && (slices.Contains([]string{"emit", "type", "headless"}, names[0]) || names[len(names)-1] == "targetPorts"):
			return false
		case names[0] == "type" && *s.Headless:
			return false
		case len(names) > 1 && names[1] == "listenerSet" && !listens(t):
			return false
		}
		return v1alpha1.CanUse(t, p[1:])
	}}
}
