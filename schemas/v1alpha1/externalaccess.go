// Package v1alpha1 is what users may write: the two kinds of the API group
// sallyport.dev, how they are read, merged with a profile, completed and checked.
// It is pure: no files, no clock, no environment.
package v1alpha1

// The group, the version and the kinds.
const (
	Group      = "sallyport.dev"
	APIVersion = Group + "/v1alpha1"

	KindExternalAccess    = "ExternalAccess"
	KindExternalEndpoints = "ExternalEndpoints"
)

// Metadata is the part of an object's metadata that a spec may carry. Labels and
// annotations are the spec's own (functions and tools read them) and are never
// copied to what is generated.
type Metadata struct {
	// Name goes into the names of what is generated.
	Name string `json:"name" is:"subdomain" example:"kafka"`

	// Namespace is that of all that is generated. Absent: whoever applies it decides.
	Namespace string `json:"namespace,omitempty" is:"label" example:"streaming"`

	// Labels are those of the spec itself, and not of what is generated.
	Labels map[string]string `json:"labels,omitempty"`

	// Annotations are those of the spec itself, such as config.kubernetes.io/function.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ExternalAccess says who must reach the pods of a workload from outside the
// cluster.
type ExternalAccess struct {
	// APIVersion is the group and the version of the kind.
	APIVersion string `json:"apiVersion"`

	// Kind says what the object is.
	Kind string `json:"kind"`

	// Metadata names the spec.
	Metadata Metadata `json:"metadata"`

	// Spec says which pods must be reached, and how.
	Spec ExternalAccessSpec `json:"spec"`
}

// ExternalAccessSpec is the spec of an ExternalAccess, and what a profile is a part
// of.
type ExternalAccessSpec struct {
	// Profile names a built-in partial spec that fills the blanks of this one.
	Profile string `json:"profile,omitempty" is:"profile"`

	// Enabled is false for access from inside alone: no PerPod Services, Shared ones
	// of type ClusterIP without access settings, no RBAC. Default: true.
	Enabled *bool `json:"enabled,omitempty"`

	// ClusterDomain ends the names of pods and Services. Default: cluster.local.
	ClusterDomain *string `json:"clusterDomain,omitempty"`

	// ReservedPorts are numbers that counting from pod to pod skips.
	ReservedPorts []int32 `json:"reservedPorts,omitempty" is:"port" example:"[12346]"`

	// RBAC is what the pods themselves may read of the API.
	RBAC *RBAC `json:"rbac,omitempty"`

	// Inject is true where the StatefulSets are to be patched as render --patch has it,
	// among the items of a function or in the stream of sallyport filter. What is injected
	// goes again when this does. Default: false.
	Inject *bool `json:"inject,omitempty"`

	// Type is that of all Services that are not headless.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Components are the sets of pods. A profile's are merged by name.
	Components []Component `json:"components,omitempty" patchMergeKey:"name"`
}

// RBAC is the ServiceAccount of the pods and the rules that the engine documents
// for it. ClusterRole and its binding are called $(namespace)-$(serviceAccountName).
type RBAC struct {
	// ServiceAccountName is the account that the pods run as. Default: $(name).
	ServiceAccountName *string `json:"serviceAccountName,omitempty"`

	// Create is false where another tool makes the account and its roles. Default:
	// true.
	Create *bool `json:"create,omitempty"`

	// Rules are those of the Role, in the spec's namespace.
	Rules []PolicyRule `json:"rules,omitempty"`

	// ClusterRules are those of the ClusterRole.
	ClusterRules []PolicyRule `json:"clusterRules,omitempty"`
}

// PolicyRule is the part of Kubernetes' rbac/v1 PolicyRule that speaks of objects.
type PolicyRule struct {
	// APIGroups are those of the resources; "" is the core group.
	APIGroups []string `json:"apiGroups" example:"[\"\"]"`

	// Resources are kinds in the plural; "*" stands for all.
	Resources []string `json:"resources" example:"[services]"`

	// ResourceNames narrow the rule down to objects of these names.
	ResourceNames []string `json:"resourceNames,omitempty"`

	// Verbs are what may be done with them.
	Verbs []string `json:"verbs" example:"[get, list]"`
}

// Component is a set of pods.
type Component struct {
	// Name tells the component apart, and goes into the names of its Services. It is a
	// DNS label.
	Name string `json:"name" is:"label" example:"broker"`

	// Workload is the StatefulSet: its pods are $(workload)-0, $(workload)-1, ...
	// It takes placeholders.
	Workload string `json:"workload,omitempty" example:"$(name)-$(component)"`

	// Replicas is the number of the workload's pods. Something that is made for each pod
	// needs it.
	Replicas *int32 `json:"replicas,omitempty" is:"count" example:"3"`

	// Ordinals are those of the workload's pods.
	Ordinals *Ordinals `json:"ordinals,omitempty"`

	// IDOffset is added to a pod's ordinal to make its id. Ids are unique in a
	// component, and counting goes by them. Default: 0.
	IDOffset *int32 `json:"idOffset,omitempty"`

	// Pools are more StatefulSets of the same component. A profile's are merged by
	// workload.
	Pools []Pool `json:"pools,omitempty" patchMergeKey:"workload"`

	// Selector matches the pods of all pools. Shared and Headless entries need it.
	// Values take placeholders.
	Selector StringMap `json:"selector,omitempty" example:"{app: kafka}"`

	// Create is false where another tool makes the component's objects, but for entries
	// that say otherwise. Default: true.
	Create *bool `json:"create,omitempty"`

	// Requires names rules that the engine makes for how it is exposed.
	Requires []Requirement `json:"requires,omitempty"`

	// Type is that of the component's Services that are not headless.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Ports are what the pods listen on, in this order. A profile's are merged by name.
	Ports []Port `json:"ports,omitempty" patchMergeKey:"name"`

	// Services are what should come out, one entry for each kind of Service. A profile's
	// are merged by name.
	Services []Service `json:"services,omitempty" patchMergeKey:"name"`

	// Config is the component's ConfigMap.
	Config *Config `json:"config,omitempty"`
}

// Ordinals are those of a StatefulSet (KEP-3335).
type Ordinals struct {
	// Start is the first pod's ordinal. Default: 0.
	Start *int32 `json:"start,omitempty" is:"count"`
}

// Pool is one more StatefulSet of a component.
type Pool struct {
	// Workload is the StatefulSet. It takes placeholders.
	Workload string `json:"workload" example:"kafka-b"`

	// Replicas is the number of its pods. Something that is made for each pod needs it.
	Replicas *int32 `json:"replicas,omitempty" is:"count" example:"2"`

	// Ordinals are those of its pods.
	Ordinals *Ordinals `json:"ordinals,omitempty"`

	// IDOffset is added to a pod's ordinal to make its id. Default: 0.
	IDOffset *int32 `json:"idOffset,omitempty" example:"3"`
}

// Port is one that the pods listen on.
type Port struct {
	// Name tells the port apart, also in the Services. It is a DNS label.
	Name string `json:"name" is:"label" example:"external"`

	// ContainerPort is the number that the container listens on, 1 to 65535.
	ContainerPort int32 `json:"containerPort,omitempty" is:"port" example:"9094"`

	// Protocol is TCP, UDP or SCTP. Default: TCP.
	Protocol Protocol `json:"protocol,omitempty"`

	// AppProtocol is a hint for load balancers and meshes (KEP-1422).
	AppProtocol *string `json:"appProtocol,omitempty" example:"kubernetes.io/h2c"`

	// Listener is what engines that name listeners call the port.
	Listener *Listener `json:"listener,omitempty"`
}

// Listener is a port in the words of engines that name listeners, such as Kafka.
type Listener struct {
	// Name is what the engine calls the listener. Default: the port's name in capitals.
	Name *string `json:"name,omitempty" is:"word" example:"PARTNERS"`

	// Protocol is what the listener speaks, in the engine's words.
	Protocol *string `json:"protocol,omitempty" is:"word" example:"SASL_SSL"`

	// Advertised is false for a listener that clients are not told of. Default: true.
	Advertised *bool `json:"advertised,omitempty"`
}

// Requirement is a rule that an engine makes.
type Requirement string

// The rules: the closed table is generators/requires.go.
const (
	SamePort             Requirement = "SamePort"             // clients must be told the port that the pod listens on
	DNSName              Requirement = "DNSName"              // clients must be told a name
	IPAddress            Requirement = "IPAddress"            // clients must be told an address
	ServiceNamedAsPod    Requirement = "ServiceNamedAsPod"    // the pod asks for the Service of its own name
	NoHostnameOnNodePort Requirement = "NoHostnameOnNodePort" // the pod waits forever for a node port if there is a name
	KafkaListeners       Requirement = "KafkaListeners"       // what Kafka refuses to start with
)

// Values lists the rules.
func (Requirement) Values() []string {
	return texts(SamePort, DNSName, IPAddress, ServiceNamedAsPod, NoHostnameOnNodePort, KafkaListeners)
}

// Protocol is a transport protocol.
type Protocol string

// The protocols that Services know.
const (
	TCP  Protocol = "TCP"
	UDP  Protocol = "UDP"
	SCTP Protocol = "SCTP"
)

// Values lists the protocols.
func (Protocol) Values() []string { return texts(TCP, UDP, SCTP) }

// Mode is what an entry of services makes.
type Mode string

// The modes.
const (
	PerPod   Mode = "PerPod"   // one Service for each pod
	Shared   Mode = "Shared"   // one Service for all pods
	Headless Mode = "Headless" // DNS names for the pods, no address
)

// Values lists the modes.
func (Mode) Values() []string { return texts(PerPod, Shared, Headless) }

// Service is one kind of Service for a component's pods.
type Service struct {
	// Name tells the entry apart, and goes into the names of its Services. It is a DNS
	// label.
	Name string `json:"name" is:"label" example:"external"`

	// Mode is PerPod, Shared or Headless.
	Mode Mode `json:"mode,omitempty"`

	// ServiceName is the Service's metadata.name. It takes placeholders. Default: PerPod
	// $(pod)-$(service), others $(name)-$(component)-$(service).
	ServiceName string `json:"serviceName,omitempty" example:"$(pod)"`

	// Host is what clients call it. It takes placeholders. Default under a domain:
	// PerPod $(pod).$(domain), Shared $(serviceName).$(domain).
	Host *string `json:"host,omitempty" example:"b$(id).$(domain)"`

	// Create is false where another tool makes the Service, or nobody does. Its
	// names, hosts and ports still count. Default: the component's, or true.
	Create *bool `json:"create,omitempty"`

	// Selector replaces the default: PerPod statefulset.kubernetes.io/pod-name,
	// others the component's. Values take placeholders.
	Selector StringMap `json:"selector,omitempty"`

	// Type is that of the entry's Services.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Ports are what the Services open. A profile's are merged by name. Default: all
	// ports of the component.
	Ports []ServicePort `json:"ports,omitempty" patchMergeKey:"name"`

	// Pods say what single pods have otherwise.
	Pods []Pod `json:"pods,omitempty" patchMergeKey:"pod"`
}

// ServicePort is a port of the component as the Services of an entry open it. A
// number is that of the pod with id 0.
type ServicePort struct {
	// Name is that of the component's port.
	Name string `json:"name"`

	// Numbers of the port.
	Numbers `json:",inline"`

	// HostPort is the one on the pod's node, for type HostPort. It is the same for all
	// pods, which share a template. Default: containerPort.
	HostPort *int32 `json:"hostPort,omitempty" is:"port"`

	// Steps say how far each number counts up from id to id.
	Steps *Steps `json:"steps,omitempty"`
}

// Numbers are what a port is called at each place.
type Numbers struct {
	// Port is the Service's. Default: containerPort; for one pod, what the entry counts.
	Port *int32 `json:"port,omitempty" is:"number"`

	// NodePort is the one on the nodes, 30000 to 32767. Default: the cluster picks; for
	// one pod, what the entry counts.
	NodePort *int32 `json:"nodePort,omitempty" is:"nodePort" example:"30000"`

	// AdvertisedPort is what clients are told. Default: what the type opens; for one pod,
	// what the entry counts.
	AdvertisedPort *int32 `json:"advertisedPort,omitempty" is:"number"`
}

// Steps are how far numbers count up from id to id.
type Steps struct {
	// Port is how far the Service's port counts up. Default: 1 where the pods share one
	// address, else 0.
	Port *int32 `json:"port,omitempty" is:"natural"`

	// NodePort is how far the node port counts up. Default: 1.
	NodePort *int32 `json:"nodePort,omitempty" is:"natural"`

	// AdvertisedPort is how far the number counts up that clients are told. Default: 1
	// where the pods share one host or address, else 0.
	AdvertisedPort *int32 `json:"advertisedPort,omitempty" is:"natural"`
}

// Pod is what one pod of a PerPod entry has otherwise.
type Pod struct {
	// Pod is the pod's name.
	Pod string `json:"pod" example:"kafka-2"`

	// Host is what clients call it. It takes placeholders. Default: the entry's.
	Host *string `json:"host,omitempty" example:"old-name.example.com"`

	Access `json:",inline"`

	// Ports are those of this pod. The numbers are exact.
	Ports []PodPort `json:"ports,omitempty" patchMergeKey:"name"`
}

// PodPort is a port of one pod.
type PodPort struct {
	// Name is that of the entry's port.
	Name string `json:"name"`

	// Numbers of this pod, exact.
	Numbers `json:",inline"`
}

// Config is a component's ConfigMap.
type Config struct {
	// Name is the ConfigMap's. It takes placeholders. Default: $(name)-$(component).
	Name string `json:"name,omitempty"`

	// Env are keys for envFrom, the same for all pods. Values take placeholders; an
	// empty value leaves the key out.
	Env StringMap `json:"env,omitempty" keys:"^[-._a-zA-Z][-._a-zA-Z0-9]*$" example:"{EXTERNAL_ACCESS: $(enabled)}"`

	// Lists are texts that repeat, for use in files as $(list:NAME).
	Lists map[string]*List `json:"lists,omitempty"`

	// Files are texts by the name of the file. They take placeholders. A file that
	// mentions its pod comes to one key for each pod, POD.FILE.
	Files StringMap `json:"files,omitempty" keys:"^[-._a-zA-Z0-9]+$" example:"{listeners.properties: advertised.listeners=$(list:advertised)}"`

	// Discovery is how addresses that are not known offline are found.
	Discovery *Discovery `json:"discovery,omitempty"`

	// Container is the one that reads the files and has the ports, for inject and
	// render --patch.
	Container string `json:"container,omitempty" is:"label" example:"kafka"`

	// MountPath is where the container finds the files, for inject and render --patch.
	// Default: /etc/sallyport.
	MountPath string `json:"mountPath,omitempty" is:"path"`
}

// List is a text for each of several things.
type List struct {
	// Over is what the list goes over: Listeners (the ports that have a listener),
	// Advertised (those that clients are told of) or Pods.
	Over ListOver `json:"over"`

	// Item is the text for one. It takes the placeholders of the pod, and over ports also
	// listener, protocol, host, port and bindPort.
	Item string `json:"item" example:"$(listener)://$(host):$(port)"`

	// Separator stands between items. Default: ",".
	Separator *string `json:"separator,omitempty"`
}

// ListOver is what a list goes over.
type ListOver string

// What lists go over.
const (
	OverListeners  ListOver = "Listeners"
	OverAdvertised ListOver = "Advertised"
	OverPods       ListOver = "Pods"
)

// Values lists what lists go over.
func (ListOver) Values() []string { return texts(OverListeners, OverAdvertised, OverPods) }

// Discovery is how a pod learns an address that only the cluster knows.
type Discovery struct {
	// By is Script (discover.sh in an init container) or Engine (it reads the API
	// itself; rbac.rules say what). Default: Script.
	By *DiscoveryBy `json:"by,omitempty"`

	// Image is the init container's: it has a POSIX shell and kubectl. There is no default.
	Image *string `json:"image,omitempty"`

	// Timeout is how long to wait for an address, such as 90s or 5m. Default: 5m.
	Timeout *string `json:"timeout,omitempty" is:"duration" example:"90s"`
}

// DiscoveryBy is who discovers.
type DiscoveryBy string

// Who discovers.
const (
	ByScript DiscoveryBy = "Script"
	ByEngine DiscoveryBy = "Engine"
)

// Values lists who discovers.
func (DiscoveryBy) Values() []string { return texts(ByScript, ByEngine) }
