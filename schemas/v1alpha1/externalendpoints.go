package v1alpha1

// ExternalEndpoints gives addresses outside the cluster one stable name inside.
type ExternalEndpoints struct {
	// APIVersion is the group and the version of the kind.
	APIVersion string `json:"apiVersion"`

	// Kind says what the object is.
	Kind string `json:"kind"`

	// Metadata names the spec, and the Service.
	Metadata Metadata `json:"metadata"`

	// Spec says which addresses the Service stands for.
	Spec ExternalEndpointsSpec `json:"spec"`
}

// ExternalEndpointsSpec is the spec of an ExternalEndpoints. It has the access
// settings of the one Service.
type ExternalEndpointsSpec struct {
	// Ports are the Service's.
	Ports []EndpointPort `json:"ports,omitempty" patchMergeKey:"name,optional"`

	// Endpoints are the addresses outside.
	Endpoints []Endpoint `json:"endpoints,omitempty"`

	// Headless gives clients the addresses themselves (clusterIP: None). Ports are
	// not translated then. Default: false.
	Headless *bool `json:"headless,omitempty"`

	// Emit lists the kinds that carry the addresses. Default: EndpointSlice.
	Emit []EndpointsKind `json:"emit,omitempty" example:"[EndpointSlice, Endpoints]"`

	// ExternalName is a DNS name outside that the Service is an alias (CNAME) of.
	// It takes the place of endpoints.
	ExternalName *string `json:"externalName,omitempty" example:"mydb.abc.eu-west-1.rds.amazonaws.com"`

	// Type is the Service's. Default: ClusterIP.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`
}

// EndpointPort is a port of the Service and what it leads to.
type EndpointPort struct {
	// Name tells the port apart. It is a DNS label. A single port may go without.
	Name string `json:"name,omitempty" is:"label" example:"http"`

	// Port is the Service's, 1 to 65535.
	Port int32 `json:"port" is:"port" example:"80"`

	// TargetPorts are the backends on each address. Default: port.
	TargetPorts []int32 `json:"targetPorts,omitempty" is:"port" example:"[8080, 8081]"`

	// NodePort is the one on the nodes, 30000 to 32767. Default: the cluster picks.
	NodePort *int32 `json:"nodePort,omitempty" is:"nodePort" example:"30080"`

	// Protocol is TCP, UDP or SCTP. Default: TCP.
	Protocol Protocol `json:"protocol,omitempty"`

	// AppProtocol is a hint for load balancers and meshes (KEP-1422).
	AppProtocol *string `json:"appProtocol,omitempty" example:"kubernetes.io/h2c"`
}

// Endpoint is a group of addresses that have the same ports.
type Endpoint struct {
	// Addresses are IPs and ranges a-b.
	Addresses []string `json:"addresses" example:"[192.168.7.50-192.168.7.55]"`

	// Ports are other backends than targetPorts for these addresses, by the name of
	// the Service's port. An empty list: the port is not served here.
	Ports map[string][]int32 `json:"ports,omitempty" is:"port" example:"{http: [8080]}"`

	// Ready is false for addresses that are listed but out of rotation. Default:
	// true.
	Ready *bool `json:"ready,omitempty"`

	// Zone is where the addresses are, for topology aware routing.
	Zone *string `json:"zone,omitempty" example:"eu-west-1a"`
}

// EndpointsKind is a kind that carries addresses.
type EndpointsKind string

// The two kinds.
const (
	EmitEndpointSlice EndpointsKind = "EndpointSlice"
	EmitEndpoints     EndpointsKind = "Endpoints"
)

// Values lists the kinds.
func (EndpointsKind) Values() []string { return texts(EmitEndpointSlice, EmitEndpoints) }
