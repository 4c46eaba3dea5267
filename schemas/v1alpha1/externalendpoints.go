package v1alpha1

// ExternalEndpoints gives addresses outside the cluster one stable name inside.
type ExternalEndpoints struct {
	APIVersion string                `json:"apiVersion"`
	Kind       string                `json:"kind"`
	Metadata   Metadata              `json:"metadata"`
	Spec       ExternalEndpointsSpec `json:"spec"`
}

// ExternalEndpointsSpec is the spec of an ExternalEndpoints. It has the access
// settings of the one Service.
type ExternalEndpointsSpec struct {
	// Ports of the Service.
	Ports []EndpointPort `json:"ports,omitempty" patchMergeKey:"name,optional"`

	// Endpoints are the addresses outside.
	Endpoints []Endpoint `json:"endpoints,omitempty"`

	// Headless gives clients the addresses themselves (clusterIP: None). Ports are
	// not translated then.
	Headless *bool `json:"headless,omitempty"`

	// Emit lists the kinds that carry the addresses. Default: EndpointSlice.
	Emit []EndpointsKind `json:"emit,omitempty"`

	// ExternalName is a DNS name outside that the Service is an alias (CNAME) of.
	// It takes the place of endpoints.
	ExternalName *string `json:"externalName,omitempty"`

	// Type of the Service. Default: ClusterIP.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`
}

// EndpointPort is a port of the Service and what it leads to.
type EndpointPort struct {
	// Name of the port, a DNS label. One port may go without.
	Name string `json:"name,omitempty"`

	// Port is the Service's, 1 to 65535.
	Port int32 `json:"port"`

	// TargetPorts are the backends on each address. Default: port.
	TargetPorts []int32 `json:"targetPorts,omitempty"`

	// NodePort is the one on the nodes, 30000 to 32767. Default: the cluster picks.
	NodePort *int32 `json:"nodePort,omitempty"`

	// Protocol is TCP, UDP or SCTP. Default: TCP.
	Protocol Protocol `json:"protocol,omitempty"`

	// AppProtocol is a hint for load balancers and meshes (KEP-1422).
	AppProtocol *string `json:"appProtocol,omitempty"`
}

// Endpoint is a group of addresses that have the same ports.
type Endpoint struct {
	// Addresses are IPs and ranges a-b.
	Addresses []string `json:"addresses"`

	// Ports are other backends than targetPorts for these addresses, by the name of
	// the Service's port. An empty list: the port is not served here.
	Ports map[string][]int32 `json:"ports,omitempty"`

	// Ready is false for addresses that are listed but out of rotation. Default:
	// true.
	Ready *bool `json:"ready,omitempty"`

	// Zone is where the addresses are, for topology aware routing.
	Zone *string `json:"zone,omitempty"`
}

// EndpointsKind is a kind that carries addresses.
type EndpointsKind string

// The two kinds.
const (
	EmitEndpointSlice EndpointsKind = "EndpointSlice"
	EmitEndpoints     EndpointsKind = "Endpoints"
)

// Values lists the kinds.
func (EndpointsKind) Values() []string {
	return []string{string(EmitEndpointSlice), string(EmitEndpoints)}
}
