package plan

import (
	"maps"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Component is a set of pods with the Services that lead to them.
type Component struct {
	Spec        v1alpha1.Component // complete: no field is nil
	Path        source.Path
	Enabled     bool
	Pods        []Pod        // by id
	Workloads   []string     // the names of its StatefulSets
	Openings    []Opening    // the host ports of its pods
	ConfigMap   *ConfigMap   // nil: none
	Certificate *Certificate // nil: none

	OneByOne []OneByOne // its StatefulSets whose pods start one after another

	Counted map[string][]int32 // by port with a step, then by position of the pod: the number that it listens on

	Headless  string // the Service in the DNS names of the pods; "": none
	PodDomain string // what follows the name of a pod in DNS; "": not known

	Singles    []*Service            // the Services of single pods
	PerPod     map[string][]*Service // by port, then by position of the pod; nil: no Service of the pod has the port
	Later      []*Service            // with a certificate with wildcards, those of pods that more replicas can make, with their names only
	Local      map[string]Address    // by port: the Shared Service whose node port leads to the pod on the node
	Shared     []*Service            // the Services for all pods that are not headless
	ConfigHash map[string]string     // by StatefulSet, of what its pods read when they start; "": nothing
	Discovered map[Value]bool        // the values of its Services that are discovered for files

	// ContainerEnv are variables of the container, by StatefulSet and name, as Kubernetes reads
	// them: it expands $(SALLYPORT_POD_NAME), and $$ is $.
	ContainerEnv map[string]map[string]string
}

// A OneByOne is a StatefulSet that starts a pod when the one before is ready, and asks a port of clients whether it is.
type OneByOne struct {
	Set      string
	Place    string // of the probe
	Replicas int
}

// HasServiceOfOnePod reports whether Services of single pods are made for the component, now or when
// it has more pods: a template that depended on the pods that are there would restart them.
func (c *Component) HasServiceOfOnePod() bool {
	return c.Enabled && slices.ContainsFunc(c.Spec.Services, func(e v1alpha1.Service) bool {
		return e.Mode == v1alpha1.PerPod && *e.Create && e.Type.MakesService()
	})
}

// An Address is the advertised address of a port of a pod.
type Address struct {
	Service    *Service // nil: not advertised to clients outside; the host is the DNS name of the pod
	Host, Port Value
}

// An Opening is a port that the pods of a component open on their nodes.
type Opening struct {
	*v1alpha1.Port
	At   source.Path // of the port in the entry
	Host int32
}

// FQDN returns the DNS name of a pod in the cluster, through the headless Service.
func (c *Component) FQDN(pod *Pod) string {
	if c.PodDomain == "" {
		return ""
	}
	return pod.Name + "." + c.PodDomain
}

// Address returns the advertised address of a port of a pod: that of the PerPod entry with the
// port; else that of a node port with externalTrafficPolicy Local, which leads to the pod on its
// own node; else the DNS name of the pod, for clients inside the cluster.
func (c *Component) Address(pod *Pod, port *v1alpha1.Port) Address {
	if s := c.own(pod, port.Name); s != nil {
		return Address{s, s.Host, s.Advertised(s.Port(port.Name))}
	}
	if a, ok := c.Local[port.Name]; ok {
		return a
	}
	return Address{nil, Text(c.FQDN(pod)), Number(c.Listens(port, pod))}
}

// own returns the Service of a pod that has a port, or nil.
func (c *Component) own(pod *Pod, port string) *Service {
	if all := c.PerPod[port]; pod.Position < len(all) {
		return all[pod.Position]
	}
	return nil
}

// Listens returns the number that a pod listens on. Without a pod, it is that of the first one.
func (c *Component) Listens(port *v1alpha1.Port, pod *Pod) int32 {
	if all, ok := c.Counted[port.Name]; ok && pod != nil {
		return all[pod.Position]
	}
	return port.ContainerPort
}

// SharedAddress returns the advertised address of a port of all pods: that of the first Shared
// Service with the port that leads in from outside, or else of the first one.
func (c *Component) SharedAddress(port string) (Address, bool) {
	var first *Service
	for _, s := range c.Shared {
		if s.Port(port) != nil && (first == nil || first.Type == v1alpha1.ClusterIP && s.Type != v1alpha1.ClusterIP) {
			first = s
		}
	}
	if first == nil {
		return Address{}, false
	}
	return Address{first, first.Host, first.Advertised(first.Port(port))}, true
}

// Advertised returns the advertised hosts of single pods, one for each Service: the Services of
// single pods, and those of node ports with externalTrafficPolicy Local. The addresses have no
// port.
func (c *Component) Advertised() []Address {
	var out []Address
	for _, s := range c.Singles {
		out = append(out, Address{Service: s, Host: s.Host})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Local)) {
		a := c.Local[name]
		there := slices.ContainsFunc(out, func(o Address) bool { return o.Service == a.Service })
		all := len(c.PerPod[name]) > 0 && !slices.ContainsFunc(c.Pods, func(pod Pod) bool { return c.own(&pod, name) == nil })
		if !all && !there {
			out = append(out, Address{Service: a.Service, Host: a.Host})
		}
	}
	return out
}

// discovers reports whether a value of a Service is discovered when its pod starts.
func (c *Component) discovers(s *Service, v Value) bool {
	switch {
	case c.Spec.Config != nil && *c.Spec.Config.Discovery.By == v1alpha1.ByEngine:
		return s.Pod != nil
	}
	return c.Discovered[v]
}
