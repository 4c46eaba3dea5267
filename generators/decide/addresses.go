package decide

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// hostOf is the host that clients of a Service are given: its own; the first external IP; the
// load balancer's address; inside the cluster the Service's name; else what only the cluster
// knows.
func (d *decider) hostOf(s *plan.Service) plan.Value {
	switch {
	case s.Hostname != "":
		return plan.Text(s.Hostname)
	case len(s.Access.ExternalIPs) > 0:
		return plan.Text(s.Access.ExternalIPs[0])
	case s.Type == v1alpha1.LoadBalancer && len(s.Balancer.Addresses) > 0 && plan.IsIP(s.Balancer.Addresses[0]):
		return plan.Text(s.Balancer.Addresses[0])
	case s.Type == v1alpha1.LoadBalancer:
		return plan.Value{Source: plan.Ingress, Service: s.Name}
	case s.Type == v1alpha1.ClusterIP:
		return plan.Text(d.plan.FQDN(s.Name))
	}
	return plan.Value{Source: plan.Node, Address: *s.Access.NodeAddressType}
}

// index sorts the Services by the component and the ports that they carry, once they are all
// there: the plan's list does not grow any more.
func (d *decider) index() {
	for _, c := range d.plan.Components {
		c.PerPod, c.Local = map[string][]*plan.Service{}, map[string]plan.Address{}
	}
	for i := range d.exemplars {
		s := &d.exemplars[i]
		for _, port := range s.Ports {
			s.Component.PerPod[port.Name] = append(s.Component.PerPod[port.Name], s)
		}
	}
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		c := s.Component
		if s.Mode == v1alpha1.Headless && c.Headless == "" {
			c.Headless = s.Name
		}
		if s.Pod != nil {
			c.Singles = append(c.Singles, s)
		}
		for j := range s.Ports {
			port := &s.Ports[j]
			switch {
			case s.Pod != nil:
				c.PerPod[port.Name] = append(c.PerPod[port.Name], s)
			case s.Mode == v1alpha1.Shared && s.Type == v1alpha1.NodePort && *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal:
				d.local(s, port)
			}
		}
	}
	for _, c := range d.plan.Components {
		if c.Headless != "" && d.plan.Namespace != "" {
			c.PodDomain = d.plan.FQDN(c.Headless)
		}
	}
}

// local enters a node port of policy Local, which leads to the pod on the node, whatever name
// all nodes have; a listener has one advertised address.
func (d *decider) local(s *plan.Service, port *plan.Port) {
	c := s.Component
	if other, ok := c.Local[port.Name]; ok {
		d.found.Errorf(source.Contradiction, plan.PortPath(s.Levels.Entry(), port.Name), "leave the port to one of the two, or make one of another type or policy",
			"entries %s and %s both lead to the pod of the node by port %s, and a listener has one advertised address", other.Service.Entry, s.Entry, port.Name)
		return
	}
	host := plan.Value{Source: plan.Node, Address: *s.Access.NodeAddressType}
	c.Local[port.Name] = plan.Address{Service: s, Host: host, Port: s.Advertised(port)}
}

// checkFQDN reports what the name of a pod, or of the Service that leads to it, is missing
// where one is needed, and tells whether it is complete.
func (d *decider) checkFQDN(c *component, s *plan.Service) bool {
	switch {
	case s != nil && (s.Type != v1alpha1.ClusterIP || s.Reachable() != ""):
		return true
	case s == nil && c.Headless == "":
		d.found.ErrorOnce(source.Required, c.Path.Field("services"), "add {name: headless, mode: Headless}, with create: false if it exists already",
			"the names of pods go through a headless Service, and component %s has none", c.Spec.Name)
	case d.plan.Namespace == "":
		d.found.ErrorOnce(source.Required, (source.Path{}).Field("metadata", "namespace"), "write the namespace of the workload", "the names of pods and Services have the namespace in them")
	default:
		return true
	}
	return false
}
