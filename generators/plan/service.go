package plan

import (
	"iter"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Service is a Service with the host that is advertised for it. With the types HostPort and PodIP
// there is no such object: clients reach the pods at their nodes, or at their own addresses.
type Service struct {
	v1alpha1.Target

	Name         string
	Component    *Component // nil: of an ExternalEndpoints
	Entry        string
	Pod          *Pod // nil: for all pods of the component
	Emit         bool // false: another tool creates it
	ExternalName string

	Labels       map[string]string
	Annotations  map[string]string // without those of Announcement
	Selector     map[string]string // nil: a single pod is selected by its name
	Families     []v1alpha1.IPFamily
	FamilyPolicy v1alpha1.IPFamilyPolicy
	Ports        []Port

	HealthCheckNodePort int32 // 0: assigned by the cluster, or none

	Hostname    string    // the host that the spec sets, a name or an IP address; "": none
	Aliases     []string  // more names, which are not advertised
	Host        Value     // what is advertised to clients
	Announced   []string  // the names of which external-dns makes records, by annotations or by a DNSEndpoint: the Hostname and the Aliases, or $(pod).Hostname for the pods of a headless Service
	Unannounced []string  // names under the domain that external-dns does not publish, because there is no Service
	DNSTarget   string    // what they point at, if the spec sets it: a name, or addresses separated by commas
	Balancer    *Balancer // nil: it has no load balancer. Pods of an entry share it where it is equal
	Route       *Route    // nil: no Gateway leads to it

	Levels v1alpha1.Levels // the paths at which its settings can be written
}

// A Balancer holds what a Service requests of its load balancer.
type Balancer struct {
	Addresses  []string // one, or one of each family; nil: not set
	InField    bool     // they are set in spec.loadBalancerIP
	SharingKey string   // equal for Services that can share the addresses
	Shared     bool     // the spec has another Service with one of the addresses, or gets one with more replicas
	Name       string   // of the load balancer itself; "": the provider makes one up
	Later      bool     // it is Shared only when there are more pods
	Pool       string   // the pool that provides the load balancer, if the provider has pools with names; "": none
}

// A Port is a port of a Service.
type Port struct {
	Name        string // in the spec
	PortName    string // in the Service
	Protocol    v1alpha1.Protocol
	AppProtocol string
	Number      int32
	Target      int32
	NodePort    int32 // 0: assigned by the cluster, or none
	HostPort    int32 // on the pod's node; 0: none
	Advertised  int32 // 0: the node port that the cluster assigns
}

// Advertised returns the port number that is advertised for a port.
func (s *Service) Advertised(port *Port) Value {
	if port.Advertised != 0 {
		return Number(port.Advertised)
	}
	return Value{Source: NodePort, Service: s.Name, Port: port.PortName}
}

// ownName returns the name that a port has in its Service alone, or "".
func (p *Port) ownName() string {
	if p.PortName == p.Name {
		return ""
	}
	return p.PortName
}

// Port returns the port with a name, or nil.
func (s *Service) Port(name string) *Port {
	for i := range s.Ports {
		if s.Ports[i].Name == name {
			return &s.Ports[i]
		}
	}
	return nil
}

// Reachable returns the host or address at which clients reach the Service, or "" if the spec
// does not set one. An address can be a name that only the provider knows.
func (s *Service) Reachable() string {
	switch {
	case s.Hostname != "":
		return s.Hostname
	case len(s.Access.ExternalIPs) > 0:
		return s.Access.ExternalIPs[0]
	case s.Route != nil:
		return s.Route.Address
	}
	return strings.Join(s.RequestedAddresses(), ",")
}

// ExternalIPInvalid reports whether what is advertised is an external IP that is no IP address, which
// validation reports.
func (s *Service) ExternalIPInvalid() bool {
	return s.Hostname == "" && len(s.Access.ExternalIPs) > 0 && !IsIP(s.Access.ExternalIPs[0])
}

// RequestedAddresses returns the addresses that the Service requests of its load balancer.
func (s *Service) RequestedAddresses() []string {
	if s.Balancer == nil {
		return nil
	}
	return s.Balancer.Addresses
}

// KnownAddress returns the IP address at which clients reach the load balancer, of the first family;
// "": only the status of the Service has it. Of several subnets each has one, which may lead to the
// pods of its zone only.
func (s *Service) KnownAddress() string {
	all := s.RequestedAddresses()
	if len(all) == 0 || !IsIP(all[0]) || s.Access.LoadBalancer.Provider.Row().StatusName && len(all) > 1 && sameFamily(all[0], all[1]) {
		return ""
	}
	return all[0]
}

func sameFamily(a, b string) bool { return strings.Contains(a, ":") == strings.Contains(b, ":") }

// Address returns the addresses in one text, as providers read them.
func (b *Balancer) Address() string { return strings.Join(b.Addresses, ",") }

// BalancerID identifies the load balancer of the Service among several Services: its pool, or
// its address.
func (s *Service) BalancerID() string {
	switch {
	case s.Balancer == nil:
		return ""
	case s.Balancer.Pool != "":
		return s.Balancer.Pool
	}
	return s.Balancer.Address()
}

// Clients names the pod to which clients of the Service connect, for messages.
func (s *Service) Clients() string {
	if s.Pod == nil {
		return "each pod"
	}
	return "pod " + s.Pod.Name
}

// ComponentName returns the name of the component, or "" for an ExternalEndpoints.
func (s *Service) ComponentName() string {
	if s.Component == nil {
		return ""
	}
	return s.Component.Spec.Name
}

// PortPath returns the path at which a number of a port is written, for the pod or for the
// entry, or would be.
func (s *Service) PortPath(w v1alpha1.Written, port, field string) source.Path {
	if at := PortPath(s.Levels[0], port).Field(field); s.Levels.OnePod() && w.Wrote(at) {
		return at
	}
	return PortPath(s.Levels.Entry(), port).Field(field)
}

// A NodePortUse is a node port that a Service asks for. No other Service of the cluster can have
// the same.
type NodePortUse struct {
	Number int32
	port   *Port // nil: the health check
}

// NodePorts returns all node ports that the Service asks for.
func (s *Service) NodePorts() iter.Seq[NodePortUse] {
	return func(yield func(NodePortUse) bool) {
		for i := range s.Ports {
			if port := &s.Ports[i]; port.NodePort != 0 && !yield(NodePortUse{port.NodePort, port}) {
				return
			}
		}
		if s.HealthCheckNodePort != 0 {
			yield(NodePortUse{s.HealthCheckNodePort, nil})
		}
	}
}

// String names what uses the number, for messages.
func (u NodePortUse) String() string {
	if u.port == nil {
		return "the health check"
	}
	return "port " + u.port.Name
}

// Protocol returns the protocol of the port. The cluster allocates node ports without regard to it.
func (u NodePortUse) Protocol() v1alpha1.Protocol {
	if u.port == nil {
		return v1alpha1.TCP
	}
	return u.port.Protocol
}

// At returns the path at which the number is written, or would be.
func (u NodePortUse) At(s *Service, w v1alpha1.Written) source.Path {
	if u.port == nil {
		return HealthCheckPath(w, s.Levels)
	}
	return s.PortPath(w, u.port.Name, "nodePort")
}

// CountsUp reports whether the number is not written for the pod of the Service alone: then it is counted
// up from pod to pod.
func (u NodePortUse) CountsUp(s *Service, w v1alpha1.Written) bool {
	return u.port != nil && s.Pod != nil && u.At(s, w).String() == PortPath(s.Levels.Entry(), u.port.Name).Field("nodePort").String()
}

// Shares reports whether two ports of a Service may have one node port: TCP and UDP of one
// number.
func (u NodePortUse) Shares(other NodePortUse) bool {
	return u.port != nil && other.port != nil && u.port.Number == other.port.Number
}

// HealthCheckPath returns the path of the number of a health check, at the pod or at the entry.
func HealthCheckPath(w v1alpha1.Written, ls v1alpha1.Levels) source.Path {
	return w.Where(ls.Own(), Setting("healthCheckNodePort"))
}

// PortPath returns the path of a port in an entry.
func PortPath(entry source.Path, name string) source.Path {
	return entry.Field("ports").Item("name", name)
}

// Setting returns the path of a setting relative to one of the Levels.
func Setting(fields ...string) source.Path { return source.Path{}.Field(fields...) }

// Pods is the selector as text, the same for Services of the same pods.
func (s *Service) Pods() string {
	if s.Selector == nil && s.Pod != nil {
		return labels.Set{PodNameLabel: s.Pod.Name}.String()
	}
	return labels.Set(s.Selector).String()
}
