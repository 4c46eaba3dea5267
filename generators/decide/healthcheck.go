package decide

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// healthCheckPort decides the port on the nodes at which the load balancer of a Service asks for
// pods; 0: the cluster allocates one, or there is none. That of an entry counts up as node ports
// do, because a number belongs to one Service of the cluster.
func (e *entry) healthCheckPort(s *plan.Service) int32 {
	base, found := *s.Own.HealthCheckNodePort, e.d.found
	if base < v1alpha1.NodePortMin || base > v1alpha1.NodePortMax {
		return 0 // validation reports one that is out of range
	}
	if s.Pod == nil || s.OnePod && found.Wrote(s.Levels[0].Field("healthCheckNodePort")) {
		return base
	}
	n := e.c.reserved.nth(series{base, 1}, s.Pod.ID-e.c.firstID)
	if n > v1alpha1.NodePortMax {
		found.ErrorOnce(source.NumberRange, plan.HealthCheckPath(found.Written, s.Levels), "start with a lower number, or reduce the pods",
			"counted up from %d, the number of pod %s is %d, which is not between %d and %d", base, s.Pod.Name, n, v1alpha1.NodePortMin, v1alpha1.NodePortMax)
		return 0
	}
	return int32(n)
}
