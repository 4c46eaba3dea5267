package plan

import (
	"maps"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Component is a set of pods, and the Services that lead to them.
type Component struct {
	Spec      v1alpha1.Component // complete
	Path      source.Path
	Enabled   bool
	Pods      []Pod      // by id
	Workloads []string   // the names of its StatefulSets
	Openings  []Opening  // what its pods open on their nodes
	ConfigMap *ConfigMap // nil: none

	Headless  string // the Service that the pods' names go through; "": none
	PodDomain string // what follows a pod's name in DNS; "": its name is not known

	Singles []*Service            // those that lead to a single pod
	PerPod  map[string][]*Service // by port; the Service of a pod is at its position
	Local   map[string]Address    // by port: a Shared Service whose node port leads to the pod of the node
	Asked   map[Value]bool        // what its files leave to be discovered
}

// An Address is what clients of a pod are given for a port.
type Address struct {
	Service    *Service // nil: nobody outside is given it; the host is the pod's own name
	Host, Port Value
}

// An Opening is a port that the pods of a component open on their nodes.
type Opening struct {
	*v1alpha1.Port
	At   source.Path // of the entry's port
	Host int32
}

// FQDN is a pod's name in the cluster, by way of the headless Service.
func (c *Component) FQDN(pod *Pod) string {
	if c.PodDomain == "" {
		return ""
	}
	return pod.Name + "." + c.PodDomain
}

// Address returns the address of a port of a pod (DESIGN 1.5): that of the PerPod entry which
// carries the port; else that of a node port of policy Local, which leads to the pod on its
// own node; else the pod's own name, for clients inside.
func (c *Component) Address(pod *Pod, port string, containerPort int32) Address {
	if all := c.PerPod[port]; len(all) > 0 {
		s := all[pod.Position]
		return Address{s, s.Host, s.Advertised(s.Port(port))}
	}
	if a, ok := c.Local[port]; ok {
		return a
	}
	return Address{nil, Text(c.FQDN(pod)), Number(containerPort)}
}

// Advertised returns the hosts that clients of single pods are given, one for each Service:
// those of single pods, and node ports of policy Local. They have no port.
func (c *Component) Advertised() []Address {
	var out []Address
	for _, s := range c.Singles {
		out = append(out, Address{Service: s, Host: s.Host})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Local)) {
		a := c.Local[name]
		there := slices.ContainsFunc(out, func(o Address) bool { return o.Service == a.Service })
		if len(c.PerPod[name]) == 0 && !there {
			out = append(out, Address{Service: a.Service, Host: a.Host})
		}
	}
	return out
}

// asks tells whether anybody finds a value for a Service when its pod starts.
func (c *Component) asks(s *Service, v Value) bool {
	switch {
	case c.Spec.Config == nil:
		return false
	case *c.Spec.Config.Discovery.By == v1alpha1.ByEngine:
		return s.Pod != nil
	}
	return c.Asked[v]
}
