package v1alpha1

// ServiceType is how clients reach a Service, as in Kubernetes, or through a Gateway.
type ServiceType string

// The types of a Service that has addresses of its own.
const (
	ClusterIP    ServiceType = "ClusterIP"
	NodePort     ServiceType = "NodePort"
	LoadBalancer ServiceType = "LoadBalancer"

	// HostPort makes no Service: the pods listen on their nodes.
	HostPort ServiceType = "HostPort"

	// PodIP makes no Service: clients reach the pods at their own addresses, of the primary IP
	// family, in a network that routes them.
	PodIP ServiceType = "PodIP"
)

// Values lists the types that a spec can have.
func (ServiceType) Values() []string {
	return texts(ClusterIP, NodePort, LoadBalancer, HostPort, PodIP, TLSRoute, TCPRoute, UDPRoute)
}

// MakesService is false for the types with which clients reach the pods without a Service.
func (t ServiceType) MakesService() bool { return t != HostPort && t != PodIP }

// Refuse returns what to use instead of the type ExternalName.
func (ServiceType) Refuse(word string) string {
	if word != "ExternalName" {
		return ""
	}
	return "an ExternalName Service is only an alias in DNS, without a cluster IP and node ports: " +
		"use a PerPod entry of another type to reach each pod, or externalName of ExternalEndpoints for an alias of a name outside"
}

// StringMap is a map with keys that can be removed: a null removes the value that a profile
// or an outer level has under the same key.
type StringMap map[string]*string

// Access has the settings for how clients reach a Service. There are four levels: the spec,
// a component, an entry of services, a pod. The nearest level overrides the others, field by
// field, and key by key in maps. An absent field is inherited; an empty value means none.
type Access struct {
	// Domain is the DNS domain of hosts by default. external-dns publishes the hosts under
	// it. A trailing dot is dropped.
	Domain *string `json:"domain,omitempty" example:"kafka.example.com"`

	// Annotations are the annotations of the Services. Values can contain placeholders.
	Annotations StringMap `json:"annotations,omitempty"`

	// Labels are the labels of the Services, including headless ones. Values can contain
	// placeholders.
	Labels StringMap `json:"labels,omitempty"`

	// ExternalTrafficPolicy is Cluster or Local, for traffic from outside.
	ExternalTrafficPolicy *TrafficPolicy `json:"externalTrafficPolicy,omitempty"`

	// InternalTrafficPolicy is Cluster or Local, for traffic from inside.
	InternalTrafficPolicy *TrafficPolicy `json:"internalTrafficPolicy,omitempty"`

	// NodeAddressType is the type of node address that is advertised to clients that reach
	// pods through nodes: InternalIP (which pods know without the API server), ExternalIP,
	// Hostname, InternalDNS or ExternalDNS. Default: InternalIP.
	NodeAddressType *NodeAddressType `json:"nodeAddressType,omitempty"`

	// ExternalIPs are addresses of nodes that accept traffic for the port of the Service.
	// Kubernetes 1.36 deprecates them (KEP-5707).
	ExternalIPs []string `json:"externalIPs,omitempty" example:"[192.0.2.10]"`

	// IPFamilies are IPv4, IPv6 or both, the primary one first. Both need a cluster that has
	// both; to use what the cluster has, write ipFamilyPolicy: PreferDualStack instead.
	IPFamilies []IPFamily `json:"ipFamilies,omitempty" example:"[IPv4, IPv6]"`

	// IPFamilyPolicy is SingleStack, PreferDualStack or RequireDualStack. A dual-stack policy
	// with a single family in ipFamilies is an error. Default: RequireDualStack if ipFamilies
	// names both families.
	IPFamilyPolicy *IPFamilyPolicy `json:"ipFamilyPolicy,omitempty"`

	// PublishNotReadyAddresses makes pods reachable before they are ready.
	PublishNotReadyAddresses *bool `json:"publishNotReadyAddresses,omitempty"`

	// SessionAffinity is None or ClientIP.
	SessionAffinity *SessionAffinity `json:"sessionAffinity,omitempty"`

	// TrafficDistribution is which pods the nodes prefer: PreferSameZone or PreferSameNode, for
	// which Kubernetes 1.34 is required (KEP-3015), or PreferClose, the name of PreferSameZone since
	// Kubernetes 1.31 (KEP-4444). Other pods are used if the preferred ones are not ready.
	TrafficDistribution *TrafficDistribution `json:"trafficDistribution,omitempty"`

	// LoadBalancer has the settings for Services of type LoadBalancer.
	LoadBalancer *LoadBalancerSettings `json:"loadBalancer,omitempty"`

	// Gateway has the settings for Services of type TLSRoute, TCPRoute and UDPRoute.
	Gateway *GatewaySettings `json:"gateway,omitempty"`

	// ExternalDNS has the settings for how external-dns publishes the hosts under the domain.
	ExternalDNS *ExternalDNS `json:"externalDNS,omitempty"`
}

// LoadBalancerSettings are requests to the provider of a load balancer. The provider
// determines in which fields and annotations they are written.
type LoadBalancerSettings struct {
	// Provider is what provides the load balancers. None sets fields of the Service only.
	// Default: None.
	Provider *Provider `json:"provider,omitempty"`

	// Class is the spec.loadBalancerClass of the Services. Default: that of the provider, if it has
	// one.
	Class *string `json:"class,omitempty" example:"service.k8s.aws/nlb"`

	// Address is the address of the load balancer, as the provider takes it: an IP, a name, an id,
	// or one for each subnet with commas between them. Services with the same address share it. The
	// ports of a PerPod entry then count up.
	Address *string `json:"address,omitempty" example:"203.0.113.7"`

	// Addresses has the address for each pod, in the order of ids. A range a-b means all addresses in it. It cannot be combined with
	// address. A longer list restarts pods that have files, because it changes their hash: list
	// those of pods to come.
	Addresses []string `json:"addresses,omitempty" example:"[203.0.113.7-203.0.113.9]"`

	// SharingKey is the key that Services with the same address have in common. Default: the
	// address itself, so that two specs have the same key; of two families, the IPv4 one.
	SharingKey *string `json:"sharingKey,omitempty"`

	// AddressPool is the provider's pool from which the address is allocated.
	AddressPool *string `json:"addressPool,omitempty"`

	// SourceRanges are the CIDRs from which clients may connect.
	SourceRanges []string `json:"sourceRanges,omitempty" example:"[203.0.113.0/24]"`

	// AllocateNodePorts is false if the load balancer needs no node ports. Default: true.
	AllocateNodePorts *bool `json:"allocateNodePorts,omitempty"`

	// Internal is true for a load balancer that only clients in the provider's network can reach,
	// and false for one that the internet can reach. Default: what the provider does by itself.
	Internal *bool `json:"internal,omitempty"`

	// Subnets are the subnets of the load balancer, by the names or ids that the provider has for them.
	Subnets []string `json:"subnets,omitempty" example:"[subnet-0a1b2c3d]"`

	// ProxyProtocol is true if the load balancer sends the address of the client in the PROXY
	// protocol. The pods must expect that.
	ProxyProtocol *bool `json:"proxyProtocol,omitempty"`

	// Name is the name of the load balancer itself. Each has its own. It can contain placeholders.
	Name *string `json:"name,omitempty" example:"$(serviceName)"`

	// EdgeLB describes the pool that dklb creates for the Service on DC/OS.
	EdgeLB *EdgeLB `json:"edgeLB,omitempty"`
}

// NodeAddressType is one of Kubernetes' types of a node's addresses.
type NodeAddressType string

// The types of node addresses that are IP addresses. InternalIP is the default, because the
// downward API provides it.
const (
	InternalIP NodeAddressType = "InternalIP"
	ExternalIP NodeAddressType = "ExternalIP"
)

// IsIP reports whether such an address is an IP address and not a name.
func (t NodeAddressType) IsIP() bool { return t == InternalIP || t == ExternalIP }

// Values lists the types of node addresses.
func (NodeAddressType) Values() []string {
	return texts(InternalIP, ExternalIP, "Hostname", "InternalDNS", "ExternalDNS")
}

// TrafficPolicy is to which pods a node forwards the traffic of a Service.
type TrafficPolicy string

// The two traffic policies.
const (
	PolicyCluster TrafficPolicy = "Cluster"
	PolicyLocal   TrafficPolicy = "Local"
)

// Values lists the traffic policies.
func (TrafficPolicy) Values() []string { return texts(PolicyCluster, PolicyLocal) }

// IPFamily is IPv4 or IPv6.
type IPFamily string

// The two IP families.
const (
	IPv4 IPFamily = "IPv4"
	IPv6 IPFamily = "IPv6"
)

// Values lists the families.
func (IPFamily) Values() []string { return texts(IPv4, IPv6) }

// IPFamilyPolicy is how many IP families a Service has.
type IPFamilyPolicy string

// The three IP family policies.
const (
	SingleStack      IPFamilyPolicy = "SingleStack"
	PreferDualStack  IPFamilyPolicy = "PreferDualStack"
	RequireDualStack IPFamilyPolicy = "RequireDualStack"
)

// Values lists the policies.
func (IPFamilyPolicy) Values() []string { return texts(SingleStack, PreferDualStack, RequireDualStack) }

// SessionAffinity is whether all connections of a client go to one pod.
type SessionAffinity string

// The two session affinities.
const (
	AffinityNone     SessionAffinity = "None"
	AffinityClientIP SessionAffinity = "ClientIP"
)

// Values lists the session affinities.
func (SessionAffinity) Values() []string { return texts(AffinityNone, AffinityClientIP) }

// TrafficDistribution is which pods the nodes prefer.
type TrafficDistribution string

// The three distributions.
const (
	PreferSameZone TrafficDistribution = "PreferSameZone" // pods in the zone of the node
	PreferSameNode TrafficDistribution = "PreferSameNode" // pods on the node, and then those in its zone
	PreferClose    TrafficDistribution = "PreferClose"    // deprecated: the former name of PreferSameZone
)

// Values lists the distributions.
func (TrafficDistribution) Values() []string {
	return texts(PreferSameZone, PreferSameNode, PreferClose)
}
