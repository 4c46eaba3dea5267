package v1alpha1

// ServiceType is how a Service is reached, in Kubernetes' words.
type ServiceType string

// The types of a Service that has addresses of its own.
const (
	ClusterIP    ServiceType = "ClusterIP"
	NodePort     ServiceType = "NodePort"
	LoadBalancer ServiceType = "LoadBalancer"

	// HostPort makes no Service: the pods listen on their nodes.
	HostPort ServiceType = "HostPort"
)

// Values lists the types that a spec may ask for.
func (ServiceType) Values() []string {
	return []string{string(ClusterIP), string(NodePort), string(LoadBalancer), string(HostPort)}
}

// Refuse says why there is no type ExternalName, with a cluster IP or without.
func (ServiceType) Refuse(word string) string {
	if word != "ExternalName" {
		return ""
	}
	return "the API server refuses a cluster IP, and so a node port, on an ExternalName Service, which is an alias in DNS: " +
		"a PerPod entry of another type leads to each pod; for an alias of a name outside, see externalName of ExternalEndpoints"
}

// StringMap is a map whose keys can be taken out again: a null removes what a
// profile or an outer level says under the same key.
type StringMap map[string]*string

// Access says how clients reach a Service. It stands at four levels: the spec, a
// component, an entry of services, a pod. The nearest wins, field by field, maps key
// by key. Absent inherits; an empty value means none.
type Access struct {
	// Domain is the DNS domain that hosts lie under by default, and under which
	// external-dns is told of them. A trailing dot is dropped.
	Domain *string `json:"domain,omitempty" example:"kafka.example.com"`

	// Annotations are those of the Services. Values take placeholders.
	Annotations StringMap `json:"annotations,omitempty"`

	// Labels are those of the Services, headless ones included. Values take placeholders.
	Labels StringMap `json:"labels,omitempty"`

	// ExternalTrafficPolicy is Cluster or Local, for traffic from outside.
	ExternalTrafficPolicy *TrafficPolicy `json:"externalTrafficPolicy,omitempty"`

	// InternalTrafficPolicy is Cluster or Local, for traffic from inside.
	InternalTrafficPolicy *TrafficPolicy `json:"internalTrafficPolicy,omitempty"`

	// NodeAddressType is the kind of address that clients call a node by, where they
	// reach pods through nodes: InternalIP (pods know it without asking anybody),
	// ExternalIP, Hostname, InternalDNS or ExternalDNS. Default: InternalIP.
	NodeAddressType *NodeAddressType `json:"nodeAddressType,omitempty"`

	// ExternalIPs are addresses of nodes that take traffic for the Service's port.
	// Kubernetes 1.36 deprecates them (KEP-5707).
	ExternalIPs []string `json:"externalIPs,omitempty" example:"[192.0.2.10]"`

	// IPFamilies are IPv4, IPv6 or both, the primary one first.
	IPFamilies []IPFamily `json:"ipFamilies,omitempty" example:"[IPv4, IPv6]"`

	// IPFamilyPolicy is SingleStack, PreferDualStack or RequireDualStack.
	IPFamilyPolicy *IPFamilyPolicy `json:"ipFamilyPolicy,omitempty"`

	// PublishNotReadyAddresses lets pods be reached before they are ready.
	PublishNotReadyAddresses *bool `json:"publishNotReadyAddresses,omitempty"`

	// SessionAffinity is None or ClientIP.
	SessionAffinity *SessionAffinity `json:"sessionAffinity,omitempty"`

	// LoadBalancer is what Services of type LoadBalancer ask of their provider.
	LoadBalancer *LoadBalancerSettings `json:"loadBalancer,omitempty"`

	// ExternalDNS is what external-dns is told of hosts under the domain.
	ExternalDNS *ExternalDNS `json:"externalDNS,omitempty"`
}

// LoadBalancerSettings say what is wanted of a load balancer; the provider's table
// says by which fields and annotations.
type LoadBalancerSettings struct {
	// Provider is who makes the load balancers. None writes fields of the Service alone.
	// Default: None.
	Provider *Provider `json:"provider,omitempty"`

	// Class is the Services' spec.loadBalancerClass.
	Class *string `json:"class,omitempty" example:"service.k8s.aws/nlb"`

	// Address is the load balancer's address, as the provider writes it. Services
	// of one address share it, and the ports of a PerPod entry then count up.
	Address *string `json:"address,omitempty" example:"203.0.113.7"`

	// Addresses are one for each pod, or one of each family with a comma between, in the
	// order of ids; a range a-b stands for all of its addresses. They take the place of
	// address.
	Addresses []string `json:"addresses,omitempty" example:"[203.0.113.7-203.0.113.9]"`

	// SharingKey is what Services of one address have in common. Default: the address
	// itself, so that two specs agree; of two families, the IPv4 one.
	SharingKey *string `json:"sharingKey,omitempty"`

	// AddressPool is the provider's pool to take the address from.
	AddressPool *string `json:"addressPool,omitempty"`

	// SourceRanges are the CIDRs that clients may come from.
	SourceRanges []string `json:"sourceRanges,omitempty" example:"[203.0.113.0/24]"`

	// AllocateNodePorts is false where the load balancer needs no node ports. Default:
	// true.
	AllocateNodePorts *bool `json:"allocateNodePorts,omitempty"`

	// EdgeLB is the pool that dklb makes for the Service on DC/OS.
	EdgeLB *EdgeLB `json:"edgeLB,omitempty"`
}

// NodeAddressType is one of Kubernetes' types of a node's addresses.
type NodeAddressType string

// The types of a node's addresses that are no names. InternalIP is the default: the
// downward API knows it.
const (
	InternalIP NodeAddressType = "InternalIP"
	ExternalIP NodeAddressType = "ExternalIP"
)

// IsIP tells whether such an address is an IP and no name.
func (t NodeAddressType) IsIP() bool { return t == InternalIP || t == ExternalIP }

// Values lists the types of node addresses.
func (NodeAddressType) Values() []string {
	return []string{string(InternalIP), string(ExternalIP), "Hostname", "InternalDNS", "ExternalDNS"}
}

// ExternalDNS is what the annotations for external-dns say.
type ExternalDNS struct {
	// Enabled is false to write no annotations. Default: true.
	Enabled *bool `json:"enabled,omitempty"`

	// TTL is how long clients may keep the records, in seconds.
	TTL *int32 `json:"ttl,omitempty" is:"natural" example:"300"`

	// Prefixes are those of the annotations. external-dns 0.22 renamed its own and reads
	// only one. Default: both, the old and the new.
	Prefixes []string `json:"prefixes,omitempty" is:"prefix" example:"[external-dns.kubernetes.io/]"`
}

// TrafficPolicy is which nodes answer for a Service.
type TrafficPolicy string

// The two traffic policies.
const (
	PolicyCluster TrafficPolicy = "Cluster"
	PolicyLocal   TrafficPolicy = "Local"
)

// Values lists the traffic policies.
func (TrafficPolicy) Values() []string { return []string{string(PolicyCluster), string(PolicyLocal)} }

// IPFamily is IPv4 or IPv6.
type IPFamily string

// The two IP families.
const (
	IPv4 IPFamily = "IPv4"
	IPv6 IPFamily = "IPv6"
)

// Values lists the families.
func (IPFamily) Values() []string { return []string{string(IPv4), string(IPv6)} }

// IPFamilyPolicy is how many families a Service has.
type IPFamilyPolicy string

// The three IP family policies.
const (
	SingleStack      IPFamilyPolicy = "SingleStack"
	PreferDualStack  IPFamilyPolicy = "PreferDualStack"
	RequireDualStack IPFamilyPolicy = "RequireDualStack"
)

// Values lists the policies.
func (IPFamilyPolicy) Values() []string {
	return []string{string(SingleStack), string(PreferDualStack), string(RequireDualStack)}
}

// SessionAffinity is whether a client stays with one pod.
type SessionAffinity string

// The two session affinities.
const (
	AffinityNone     SessionAffinity = "None"
	AffinityClientIP SessionAffinity = "ClientIP"
)

// Values lists the session affinities.
func (SessionAffinity) Values() []string {
	return []string{string(AffinityNone), string(AffinityClientIP)}
}
