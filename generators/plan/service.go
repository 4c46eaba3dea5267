package plan

import (
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Service is one Service and the host that its clients are given. With type HostPort it is
// not made: the pods listen on their nodes.
type Service struct {
	v1alpha1.Target

	Name         string
	Component    *Component // nil: of an ExternalEndpoints
	Entry        string
	Pod          *Pod // nil: for all pods of the component
	Emit         bool // false: it counts, but another tool makes it
	ExternalName string

	Labels       map[string]string
	Annotations  map[string]string // without what external-dns reads: Announcement
	Selector     map[string]string // nil for a single pod: it is selected by its name
	Families     []v1alpha1.IPFamily
	FamilyPolicy v1alpha1.IPFamilyPolicy
	Ports        []Port

	Hostname  string // what clients call it by the spec, a name or an address; "": they are given another host
	Host      Value  // what clients are given
	Announced bool   // external-dns makes records of the Hostname
	Balancer  Balancer

	Levels v1alpha1.Levels // where its settings stand
}

// A Balancer is what a Service asks of its load balancer, and shares with others.
type Balancer struct {
	Addresses  []string // one, or one of each family; nil: not written
	InField    bool     // spec.loadBalancerIP has them
	SharingKey string   // what Services that may share the addresses have in common
	Shared     bool     // the spec has another Service at an address, or may have when it is scaled
	Pool       string   // the one that makes the load balancer, where the provider has pools with names; "": none
}

// A Port is one that a Service opens.
type Port struct {
	Name        string
	Protocol    v1alpha1.Protocol
	AppProtocol string
	Number      int32
	Target      int32
	NodePort    int32 // 0: the cluster picks, or there is none
	HostPort    int32 // on the pod's node; 0: none
	Advertised  int32 // what clients are given; 0: the node port that the cluster picks
}

// Advertised is the port number that clients of a Service are given.
func (s *Service) Advertised(port *Port) Value {
	if port.Advertised != 0 {
		return Number(port.Advertised)
	}
	return Value{Source: NodePort, Service: s.Name, Port: port.Name}
}

// Port returns the port of a name; nil where the Service has none.
func (s *Service) Port(name string) *Port {
	for i := range s.Ports {
		if s.Ports[i].Name == name {
			return &s.Ports[i]
		}
	}
	return nil
}

// Reachable returns the host or address at which clients find the Service, as far as the
// spec has one. The address may be a name that only the provider knows.
func (s *Service) Reachable() string {
	switch {
	case s.Hostname != "":
		return s.Hostname
	case len(s.Access.ExternalIPs) > 0:
		return s.Access.ExternalIPs[0]
	}
	return s.Balancer.Address()
}

// Address is the addresses in one text, as providers read them.
func (b *Balancer) Address() string { return strings.Join(b.Addresses, ",") }

// FrontDoor is the one load balancer that several Services may have: its pool, or its
// address.
func (s *Service) FrontDoor() string {
	if s.Balancer.Pool != "" {
		return s.Balancer.Pool
	}
	return s.Balancer.Address()
}

// Clients are those that are given the Service's address, for messages.
func (s *Service) Clients() string {
	if s.Pod == nil {
		return "each pod"
	}
	return "pod " + s.Pod.Name
}

// ComponentName is the component's; "" for an ExternalEndpoints.
func (s *Service) ComponentName() string {
	if s.Component == nil {
		return ""
	}
	return s.Component.Spec.Name
}

// PortPath is where a number of one of its ports was written, for the pod or for the entry,
// or would be.
func (s *Service) PortPath(w v1alpha1.Written, port, field string) source.Path {
	if at := PortPath(s.Levels[0], port).Field(field); s.Levels.OnePod() && w.Wrote(at) {
		return at
	}
	return PortPath(s.Levels.Entry(), port).Field(field)
}

// PortPath is where an entry has a port.
func PortPath(entry source.Path, name string) source.Path {
	return entry.Field("ports").Item("name", name)
}

// Setting is a setting's place below one of the Levels.
func Setting(fields ...string) source.Path { return source.Path{}.Field(fields...) }
