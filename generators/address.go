package generators

import (
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A told is what clients are told for a port of a pod.
type told struct {
	svc        *service // nil: nobody outside is told; the address is the pod's own name
	host, port value
}

// A value is known offline, or found at pod start.
type value struct {
	text  string
	token string // how it is found: see discovery.go; "" where text is known
}

func known(text string) value { return value{text: text} }

// isNode tells whether the value is an address of the pod's node.
func (v value) isNode() bool { return ofNode.MatchString(v.token) }

// picked is a port as messages tell it: 0 is what the cluster picks.
func picked(port int32) string {
	if port == 0 {
		return "that the cluster picks"
	}
	return strconv.Itoa(int(port))
}

// addresses indexes the Services of a component by the ports that they carry.
type addresses struct {
	perPod map[string][]*service // by port; the Service of a pod is at its position
	local  map[string]*service   // by port: a Shared NodePort of policy Local
}

// index sorts the Services of all components, once they are all there: the plan's slice
// grows no more.
func (p *planner) index() {
	p.byName = make(map[string]*component, len(p.components))
	for _, c := range p.components {
		p.byName[c.Name] = c
		c.addresses = addresses{perPod: map[string][]*service{}, local: map[string]*service{}}
	}
	for i := range p.rehearsed {
		s := &p.rehearsed[i]
		for _, port := range s.ports {
			at := p.componentNamed(s.component).perPod
			at[port.name] = append(at[port.name], s)
		}
	}
	for i := range p.services {
		s := &p.services[i]
		c := p.componentNamed(s.component)
		if s.mode == v1alpha1.Headless && c.headless == "" {
			c.headless = s.name
		}
		for _, port := range s.ports {
			switch {
			case s.pod != nil:
				c.perPod[port.name] = append(c.perPod[port.name], s)
			case s.mode == v1alpha1.Shared && s.typ == v1alpha1.NodePort && *s.access.ExternalTrafficPolicy == v1alpha1.PolicyLocal:
				p.oneLocal(c, port.name, s)
			}
		}
	}
}

// oneLocal enters a node port of policy Local; a listener has one advertised address.
func (p *planner) oneLocal(c *component, port string, s *service) {
	if other := c.local[port]; other != nil {
		p.found.Errorf(source.Contradiction, portOf(s.levels.Entry(), port), "leave the port to one of the two, or make one of another type or policy",
			"entries %s and %s both lead to the pod of the node by port %s, and a listener has one advertised address", other.entry, s.entry, port)
		return
	}
	c.local[port] = s
}

func (p *planner) componentNamed(name string) *component {
	c, ok := p.byName[name]
	if !ok {
		panic("generators: no component " + name)
	}
	return c
}

// told decides the address of a port of a pod (DESIGN 1.5): that of the PerPod entry which
// carries the port; else that of a node port of policy Local, which leads to the pod on
// its own node; else the pod's own name, for clients inside.
func (p *planner) told(c *component, pod *pod, port v1alpha1.Port) told {
	svc := c.local[port.Name]
	if all := c.perPod[port.Name]; len(all) > 0 {
		svc = all[pod.position]
	}
	if svc == nil {
		return told{host: known(p.podFQDN(c, pod)), port: known(strconv.Itoa(int(port.ContainerPort)))}
	}
	return told{svc: svc, host: p.toldHost(svc), port: svc.portOf(port.Name)}
}

// toldHost is what clients of a pod call it: a node port of policy Local leads to the pod
// on its own node only, whatever name all nodes have.
func (p *planner) toldHost(s *service) value {
	if s.pod == nil && s.typ == v1alpha1.NodePort {
		return value{token: nodeToken(*s.access.NodeAddressType)}
	}
	return p.hostOf(s)
}

// hostOf is what clients call a Service: its host; the first external IP; the load
// balancer's address; inside the cluster the Service's name; else what must be asked for.
func (p *planner) hostOf(s *service) value {
	address, _, _ := strings.Cut(s.address, ",")
	switch {
	case s.host != "":
		return known(s.host)
	case len(s.access.ExternalIPs) > 0:
		return known(s.access.ExternalIPs[0])
	case s.balanced() && isIP(address):
		return known(address)
	case s.balanced():
		return value{token: ingressToken(s.name)}
	case s.typ == v1alpha1.ClusterIP:
		return known(p.serviceFQDN(s.name))
	}
	return value{token: nodeToken(*s.access.NodeAddressType)}
}

// portOf is the number that clients are told: the cluster's own choice of a node port has
// to be asked for.
func (s *service) portOf(name string) value {
	for _, port := range s.ports {
		if port.name == name && port.advertised != 0 {
			return known(strconv.Itoa(int(port.advertised)))
		}
	}
	return value{token: portToken(s.name, name)}
}

// podFQDN is a pod's name in the cluster, by way of the component's headless Service.
func (p *planner) podFQDN(c *component, pod *pod) string {
	if c.headless == "" || p.namespace == "" {
		return ""
	}
	return pod.name + "." + p.serviceFQDN(c.headless)
}

// serviceFQDN is a Service's name in the cluster: as far as the namespace and the
// cluster's domain are known.
func (p *planner) serviceFQDN(service string) string {
	switch {
	case service == "" || p.namespace == "":
		return service
	case p.clusterDomain == "":
		return service + "." + p.namespace + ".svc"
	}
	return service + "." + p.namespace + ".svc." + p.clusterDomain
}

// checkFQDN says what the name of a pod, or of the Service that leads to it, is missing
// where one is needed.
func (p *planner) checkFQDN(c *component, s *service) bool {
	switch {
	case s != nil && (s.typ != v1alpha1.ClusterIP || s.reachable() != ""):
		return true
	case s == nil && c.headless == "":
		p.found.ErrorOnce(source.Required, c.path.Field("services"), "add {name: headless, mode: Headless}, with create: false if it exists already",
			"the names of pods go through a headless Service, and component %s has none", c.Name)
	case p.namespace == "":
		p.found.ErrorOnce(source.Required, (source.Path{}).Field("metadata", "namespace"), "write the namespace of the workload", "the names of pods and Services have the namespace in them")
	default:
		return true
	}
	return false
}
