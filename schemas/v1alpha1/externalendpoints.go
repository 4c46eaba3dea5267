package v1alpha1

// ExternalEndpoints makes addresses outside the cluster available under one name inside it.
type ExternalEndpoints struct {
	// APIVersion is the group and the version of the kind.
	APIVersion string `json:"apiVersion"`

	// Kind is the kind of the object.
	Kind string `json:"kind"`

	// Metadata names the spec, and the Service.
	Metadata Metadata `json:"metadata"`

	// Spec describes the Service and the addresses behind it.
	Spec ExternalEndpointsSpec `json:"spec"`
}

// ExternalEndpointsSpec is the spec of an ExternalEndpoints. It has the access
// settings of the one Service.
type ExternalEndpointsSpec struct {
	// Ports are the ports of the Service.
	Ports []EndpointPort `json:"ports,omitempty" patchMergeKey:"name,optional"`

	// Endpoints are the addresses outside the cluster.
	Endpoints []Endpoint `json:"endpoints,omitempty"`

	// Headless is true if clients connect to the addresses themselves (clusterIP: None). Ports
	// are then not translated. Default: false.
	Headless *bool `json:"headless,omitempty"`

	// Emit lists the kinds of objects to generate for the addresses. Default: EndpointSlice.
	Emit []EndpointsKind `json:"emit,omitempty" example:"[EndpointSlice, Endpoints]"`

	// ExternalName is a DNS name outside the cluster. The Service becomes an alias (CNAME) of
	// it, without endpoints.
	ExternalName *string `json:"externalName,omitempty" example:"mydb.abc.eu-west-1.rds.amazonaws.com"`

	// NetworkPolicy lets pods connect to the addresses.
	NetworkPolicy *EgressPolicy `json:"networkPolicy,omitempty"`

	Common `json:",inline"`

	// Type is the type of the Service. Default: ClusterIP.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`
}

// EndpointPort is a port of the Service and the ports that it forwards to.
type EndpointPort struct {
	// Name identifies the port. It is a DNS label. A single port does not need it.
	Name string `json:"name,omitempty" is:"label" example:"http"`

	// Port is the port of the Service, 1 to 65535.
	Port int32 `json:"port" is:"port" example:"80"`

	// TargetPorts are the ports of the backends on each address. Default: port.
	TargetPorts []int32 `json:"targetPorts,omitempty" is:"port" example:"[8080, 8081]"`

	// NodePort is the port on the nodes, 30000 to 32767. Default: the cluster allocates one.
	NodePort *int32 `json:"nodePort,omitempty" is:"nodePort" example:"30080"`

	// Protocol is TCP, UDP or SCTP. Default: TCP.
	Protocol Protocol `json:"protocol,omitempty"`

	// AppProtocol is a hint for load balancers and meshes (KEP-1422).
	AppProtocol *string `json:"appProtocol,omitempty" example:"kubernetes.io/h2c"`
}

// Endpoint is a group of addresses that have the same ports.
type Endpoint struct {
	// Addresses are IP addresses and ranges a-b.
	Addresses []string `json:"addresses" example:"[192.168.7.50-192.168.7.55]"`

	// Ports override targetPorts for these addresses, by the name of the Service's port. An
	// empty list means that these addresses do not serve the port.
	Ports map[string][]int32 `json:"ports,omitempty" is:"port" example:"{http: [8080]}"`

	// Ready is false for addresses that get no traffic for now. Default: true.
	Ready *bool `json:"ready,omitempty"`

	// Zone is the zone of the addresses. kube-proxy sends the traffic of nodes in a zone to
	// the addresses in it, if every address that is ready has a zone.
	Zone *string `json:"zone,omitempty" example:"eu-west-1a"`

	// Hostname is the name of the machine at the addresses, of which it has one, or one of each
	// family. A headless Service has $(hostname).$(name).$(namespace).svc in DNS for it. It is a
	// DNS label.
	Hostname *string `json:"hostname,omitempty" is:"label" example:"db-1"`

	// NodeName is the node that the addresses are on, if they are on a node of the cluster. With
	// policy Local, a node only uses the addresses that are on it.
	NodeName *string `json:"nodeName,omitempty" is:"subdomain" example:"node-1"`

	// Hints are for which nodes the addresses are. kube-proxy ignores the hints of a Service
	// unless every address that is ready has some.
	Hints *EndpointHints `json:"hints,omitempty"`
}

// EndpointHints are for which nodes addresses are.
type EndpointHints struct {
	// ForZones are the zones of the nodes, up to eight. Default: the zone of the addresses.
	ForZones []string `json:"forZones,omitempty" example:"[eu-west-1a, eu-west-1b]"`
}

// EndpointsKind is a kind of object that lists addresses.
type EndpointsKind string

// The two kinds.
const (
	EmitEndpointSlice EndpointsKind = "EndpointSlice"
	EmitEndpoints     EndpointsKind = "Endpoints"
)

// Values lists the kinds.
func (EndpointsKind) Values() []string { return texts(EmitEndpointSlice, EmitEndpoints) }
