package decide

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// hostOf returns the host that is advertised for a Service: its own host, else the first
// external IP, else the address of the Gateway or the load balancer, else the Service's name for type
// ClusterIP, else a host that only the cluster or the pod knows.
func (d *decider) hostOf(s *plan.Service) plan.Value {
	switch {
	case s.Hostname != "":
		return plan.Text(s.Hostname)
	case len(s.Access.ExternalIPs) > 0:
		return plan.Text(s.Access.ExternalIPs[0])
	case s.Route != nil:
		return plan.Text(s.Route.Address)
	case s.Type == v1alpha1.LoadBalancer && s.KnownAddress() != "":
		return plan.Text(s.KnownAddress())
	case s.Type == v1alpha1.LoadBalancer:
		return plan.Value{Source: plan.Ingress, Service: s.Name}
	case s.Type == v1alpha1.ClusterIP:
		return plan.Text(d.plan.FQDN(s.Name))
	case s.Type == v1alpha1.PodIP:
		return plan.Value{Source: plan.PodIP}
	}
	return plan.Value{Source: plan.Node, Address: *s.Access.NodeAddressType}
}

// index sorts the Services by component and port. It is called when all Services are planned:
// the index points into the plan's list, which must not grow any more.
func (d *decider) index() {
	for _, c := range d.plan.Components {
		c.PerPod, c.Local = map[string][]*plan.Service{}, map[string]plan.Address{}
	}
	for i := range d.exemplars {
		s := &d.exemplars[i]
		for _, port := range s.Ports {
			addPerPod(s, port.Name)
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
			d.oneHost(s, &d.plan.Services[max(i-1, 0)])
		} else if s.Mode == v1alpha1.Shared && s.IsService() {
			c.Shared = append(c.Shared, s)
		}
		for j := range s.Ports {
			port := &s.Ports[j]
			switch {
			case s.Pod != nil:
				addPerPod(s, port.Name)
			case s.Mode == v1alpha1.Shared && s.Type == v1alpha1.NodePort && *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal:
				d.addLocalPort(s, port)
			}
		}
	}
	for _, c := range d.plan.Components {
		if c.Headless != "" && d.plan.Namespace != "" && d.seen.nameless[c.Spec.Name] == nil {
			c.PodDomain = d.plan.FQDN(c.Headless)
		}
	}
}

// addPerPod records the Service of a pod that has a port.
func addPerPod(s *plan.Service, port string) {
	all, at := s.Component.PerPod[port], s.Pod.Position
	for len(all) <= at {
		all = append(all, nil)
	}
	all[at] = s
	s.Component.PerPod[port] = all
}

// oneHost warns if two pods have node ports on one host, and each node only leads to its own
// pods. The host can be a balancer that asks the nodes, so that it is no error.
func (d *decider) oneHost(s, before *plan.Service) {
	if s.Type == v1alpha1.NodePort && *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal && s != before &&
		before.Pod != nil && before.Component == s.Component && before.Entry == s.Entry && s.Host.Source == plan.Known && s.Host == before.Host {
		d.found.WarnOnce(source.Contradiction, d.found.Where(s.Levels, plan.Setting("externalTrafficPolicy")),
			"take externalTrafficPolicy out, or use $(pod) in the host; a balancer that checks the nodes is right too",
			"pods %s and %s advertise one host, %s, and with externalTrafficPolicy Local a node only leads to its own pods", before.Pod.Name, s.Pod.Name, s.Host.Text)
	}
}

// addLocalPort records a node port with externalTrafficPolicy Local as the advertised address
// of each pod on its own node. A port has only one advertised address.
func (d *decider) addLocalPort(s *plan.Service, port *plan.Port) {
	c := s.Component
	if other, ok := c.Local[port.Name]; ok {
		d.found.Errorf(source.Contradiction, plan.PortPath(s.Levels.Entry(), port.Name), "remove the port from one of the two, or change the type or policy of one",
			"entries %s and %s both lead to the pod on the node through port %s, and a listener can advertise only one address", other.Service.Entry, s.Entry, port.Name)
		return
	}
	host := plan.Value{Source: plan.Node, Address: *s.Access.NodeAddressType}
	c.Local[port.Name] = plan.Address{Service: s, Host: host, Port: s.Advertised(port)}
}

// checkFQDN reports whether the DNS name of a pod, or of the Service that leads to it, is
// known. If not, it reports what is missing.
func (d *decider) checkFQDN(c *component, s *plan.Service) bool {
	switch {
	case s != nil && (s.Type != v1alpha1.ClusterIP || s.Reachable() != ""):
		return true
	case s == nil && c.Headless == "":
		d.found.ErrorOnce(source.Required, c.Path.Field("services"), "add {name: headless, mode: Headless}, with create: false if it exists already",
			"a headless Service is required for the DNS names of pods: component %s has none", c.Spec.Name)
	case s == nil && d.seen.nameless[c.Spec.Name] != nil:
		d.found.ErrorOnce(source.Undetermined, c.Path.Field("config", "files"), "write the serviceName into the StatefulSet, or take the names of pods out of the files",
			"files of component %s have names of pods in DNS, and its pods have none", c.Spec.Name)
	case d.plan.Namespace == "":
		d.found.ErrorOnce(source.Required, (source.Path{}).Field("metadata", "namespace"), "write the namespace of the workload", "the namespace is required: the DNS names of pods and Services contain it")
	default:
		if s == nil {
			d.nameNotRead(c)
		}
		return true
	}
	return false
}

// nameNotRead says that the names of pods in files contain a name which is neither in the spec nor in
// a StatefulSet of the input.
func (d *decider) nameNotRead(c *component) {
	i := slices.IndexFunc(c.Spec.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 || len(d.seen.pkg.Sets) > 0 {
		return
	}
	at := c.Path.Field("services").Item("name", c.Spec.Services[i].Name).Field("serviceName")
	if !d.found.User.Has(at) {
		d.found.InfoOnce(source.UnknownName, at, "write the serviceName of the StatefulSet, or add the StatefulSet to the input",
			"files of component %s have names of pods in DNS, which are right if the StatefulSet has serviceName: %s", c.Spec.Name, c.Headless)
	}
}
