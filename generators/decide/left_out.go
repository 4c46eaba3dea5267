package decide

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// toldInside records that a pod advertises its name in the cluster for a port.
func (c *component) toldInside(pod *plan.Pod, port string) {
	if first := c.inside[port]; first == nil || pod.Position < first.Position {
		if c.inside == nil {
			c.inside = map[string]*plan.Pod{}
		}
		c.inside[port] = pod
	}
}

// leftOut warns about a pod that no PerPod entry of a port is for, if a Service for all pods leads clients from
// outside to it: it sends them to a name that only the cluster knows.
func leftOut(d *decider, c *component) {
	for _, e := range c.Spec.Services {
		if len(e.Only) == 0 || e.Mode != v1alpha1.PerPod {
			continue
		}
		at := v1alpha1.LevelsOf(c.Spec.Name, e.Name, "").Entry().Field("only")
		for _, sp := range e.Ports {
			pod := c.inside[sp.Name]
			i := slices.IndexFunc(c.Shared, func(s *plan.Service) bool { return s.Port(sp.Name) != nil && leadsToAll(d, s) })
			if pod == nil || i < 0 || !c.Enabled {
				continue
			}
			d.found.WarnOnce(source.Contradiction, at, "add the pod, or a PerPod entry for it; or give entry "+c.Shared[i].Entry+" a selector that leaves the pod out; or accept the warning if clients outside never need the pod",
				"entry %s leads clients from outside to pod %s too, which has no Service of its own for port %s: it sends them to %s, a name that only the cluster knows",
				c.Shared[i].Entry, pod.Name, sp.Name, c.FQDN(pod))
		}
	}
}

// leadsToAll reports whether a Service leads clients from outside to all pods of its component.
func leadsToAll(d *decider, s *plan.Service) bool {
	return (s.FromOutside() || s.IsRouted() || len(s.Access.ExternalIPs) > 0) && !d.found.Wrote(s.Levels.Entry().Field("selector"))
}
