// Package v1alpha1 has the two kinds of the API group sallyport.dev, which users write. It
// decodes them, merges them with a profile, completes them and checks them. It is pure: no
// files, no clock, no environment.
package v1alpha1

// The group, the version and the kinds.
const (
	Group      = "sallyport.dev"
	APIVersion = Group + "/v1alpha1"

	KindExternalAccess    = "ExternalAccess"
	KindExternalEndpoints = "ExternalEndpoints"
)

// Metadata is the part of an object's metadata that a spec can have. Labels and annotations belong
// to the spec itself, for functions and tools. They are never copied to generated objects.
type Metadata struct {
	// Name becomes part of the names of the generated objects.
	Name string `json:"name" is:"subdomain" example:"kafka"`

	// Namespace is the namespace of all generated objects. If absent, it is up to the tool
	// that applies them.
	Namespace string `json:"namespace,omitempty" is:"label" example:"streaming"`

	// Labels belong to the spec itself. Generated objects do not get them.
	Labels map[string]string `json:"labels,omitempty"`

	// Annotations belong to the spec itself, such as config.kubernetes.io/function. Warnings about
	// the spec are not reported if sallyport.dev/accept lists their codes, separated by commas.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// kustomize runs a spec with this annotation as a function, under transformers or generators.
const (
	FunctionAnnotation = "config.kubernetes.io/function"
	Function           = "exec: {path: sallyport}"
)

// ExternalAccess describes how clients outside the cluster reach the pods of a workload.
type ExternalAccess struct {
	// APIVersion is the group and the version of the kind.
	APIVersion string `json:"apiVersion"`

	// Kind is the kind of the object.
	Kind string `json:"kind"`

	// Metadata names the spec.
	Metadata Metadata `json:"metadata"`

	// Spec describes which pods clients reach, and how.
	Spec ExternalAccessSpec `json:"spec"`
}

// ExternalAccessSpec is the spec of an ExternalAccess. A profile is a part of one.
type ExternalAccessSpec struct {
	// Profile names a partial spec, which provides the fields that this spec does not set. It is
	// built in, or an ExternalAccessProfile in the input.
	Profile string `json:"profile,omitempty" is:"profile"`

	// Enabled is false for access from inside the cluster only: no PerPod Services, Shared
	// Services of type ClusterIP without access settings, no RBAC. Default: true.
	Enabled *bool `json:"enabled,omitempty"`

	// ClusterDomain is the DNS domain of the cluster, with which the names of pods and
	// Services end. Default: cluster.local.
	ClusterDomain *string `json:"clusterDomain,omitempty"`

	// ReservedPorts are numbers to skip when port numbers count up from pod to pod.
	ReservedPorts []int32 `json:"reservedPorts,omitempty" is:"port" example:"[12346]"`

	// RBAC describes what the pods may read from the API server.
	RBAC *RBAC `json:"rbac,omitempty"`

	// Inject is true to patch the StatefulSets among the items of a function or in the stream of
	// sallyport filter. It is the patch that render --patch prints. When inject is removed, so is
	// what was injected. Default: false.
	Inject *bool `json:"inject,omitempty"`

	Common `json:",inline"`

	// Type is the type of all Services that are not headless.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Components are the sets of pods. They are merged with the profile's by name.
	Components []Component `json:"components,omitempty" patchMergeKey:"name"`

	// Exports are texts for other tools, by name. sallyport export prints them.
	Exports map[string]*Export `json:"exports,omitempty"`
}

// RBAC is the ServiceAccount of the pods and the rules that the engine documents for it. The
// ClusterRole and its binding are named $(namespace)-$(serviceAccountName).
type RBAC struct {
	// ServiceAccountName is the account that the pods run as. Default: $(name).
	ServiceAccountName *string `json:"serviceAccountName,omitempty"`

	// CreateServiceAccount is false if the account exists. The roles are bound to it all the
	// same. Default: true, unless the package has the account or the StatefulSet names another
	// one.
	CreateServiceAccount *bool `json:"createServiceAccount,omitempty"`

	// Create is false if another tool creates the account and its roles. Default: true.
	Create *bool `json:"create,omitempty"`

	// Rules are the rules of the Role, in the namespace of the spec.
	Rules []PolicyRule `json:"rules,omitempty"`

	// ClusterRules are the rules of the ClusterRole.
	ClusterRules []PolicyRule `json:"clusterRules,omitempty"`
}

// PolicyRule is the part of Kubernetes' rbac/v1 PolicyRule that is about objects.
type PolicyRule struct {
	// APIGroups are the groups of the resources; "" is the core group.
	APIGroups []string `json:"apiGroups" example:"[\"\"]"`

	// Resources are kinds in the plural; "*" means all.
	Resources []string `json:"resources" example:"[services]"`

	// ResourceNames restrict the rule to objects of these names.
	ResourceNames []string `json:"resourceNames,omitempty"`

	// Verbs are the operations that the rule allows.
	Verbs []string `json:"verbs" example:"[get, list]"`
}

// Component is a set of pods.
type Component struct {
	// Name identifies the component, and becomes part of the names of its Services. It is a
	// DNS label.
	Name string `json:"name" is:"label" example:"broker"`

	// Workload is the name of the StatefulSet, whose pods are $(workload)-0,
	// $(workload)-1, ... It can contain placeholders.
	Workload string `json:"workload,omitempty" example:"$(name)-$(component)"`

	// Replicas is the number of pods of the workload. It is required if there is something to
	// generate for each pod.
	Replicas *int32 `json:"replicas,omitempty" is:"count" example:"3"`

	// Ordinals are the ordinals of the workload's pods.
	Ordinals *Ordinals `json:"ordinals,omitempty"`

	// IDOffset is added to the ordinal of a pod to get its id. Ids are unique in a component.
	// Port numbers count up by them. Default: 0.
	IDOffset *int32 `json:"idOffset,omitempty"`

	// Pools are further StatefulSets of the component. They are merged with the profile's by
	// workload.
	Pools []Pool `json:"pools,omitempty" patchMergeKey:"workload"`

	// Selector matches the pods of all pools. It is required for Shared and Headless entries.
	// Values can contain placeholders.
	Selector StringMap `json:"selector,omitempty" example:"{app: kafka}"`

	// Create is false if another tool creates the component's objects. Entries can override
	// it. Default: true.
	Create *bool `json:"create,omitempty"`

	// Requires names the rules that the engine imposes on how it is exposed.
	Requires []Requirement `json:"requires,omitempty"`

	// Type is the type of the component's Services that are not headless.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Ports are the ports that the pods listen on, in this order. They are merged with the
	// profile's by name.
	Ports []Port `json:"ports,omitempty" patchMergeKey:"name"`

	// Services are the Services to generate, one entry for each kind of Service. They are
	// merged with the profile's by name.
	Services []Service `json:"services,omitempty" patchMergeKey:"name"`

	// Config is the component's ConfigMap. Inject and render --patch write a hash of what pods
	// read into their template (sallyport.dev/config-hash): a change restarts them, and more
	// replicas do not.
	Config *Config `json:"config,omitempty"`

	// NetworkPolicy says who may connect to the pods.
	NetworkPolicy *NetworkPolicy `json:"networkPolicy,omitempty"`

	// Certificate is the TLS certificate of the pods, which cert-manager makes. With enabled: false
	// or replicas: 0, it has the names that are left; without names, it is not made.
	Certificate *Certificate `json:"certificate,omitempty"`

	// Exports are texts for other tools about the pods of this component, by name. sallyport
	// export prints them. One without a text uses the built-in export of its name.
	Exports map[string]*Export `json:"exports,omitempty"`
}

// Ordinals are the ordinals of a StatefulSet (KEP-3335).
type Ordinals struct {
	// Start is the ordinal of the first pod. Default: 0.
	Start *int32 `json:"start,omitempty" is:"count"`
}

// Pool is a further StatefulSet of a component.
type Pool struct {
	// Workload is the name of the StatefulSet. It can contain placeholders.
	Workload string `json:"workload" example:"kafka-b"`

	// Replicas is the number of its pods. It is required if there is something to generate
	// for each pod.
	Replicas *int32 `json:"replicas,omitempty" is:"count" example:"2"`

	// Ordinals are the ordinals of its pods.
	Ordinals *Ordinals `json:"ordinals,omitempty"`

	// IDOffset is added to the ordinal of a pod to get its id. Default: 0.
	IDOffset *int32 `json:"idOffset,omitempty" example:"3"`
}

// Port is a port that the pods listen on.
type Port struct {
	// Name identifies the port, also in the Services. It is a DNS label.
	Name string `json:"name" is:"label" example:"external"`

	// ContainerPort is the number that the container listens on, 1 to 65535. With a step, it is
	// the number of the first pod of the component, by id.
	ContainerPort int32 `json:"containerPort,omitempty" is:"port" example:"9094"`

	// Step is how far containerPort counts up from id to id, for engines that listen on the
	// number that clients know them by. The numbers in reservedPorts are skipped. Shared and
	// Headless entries do not open such a port: their Service has one target for all pods.
	// Default: 0.
	Step *int32 `json:"step,omitempty" is:"natural" example:"10"`

	// Protocol is TCP, UDP or SCTP. Default: TCP.
	Protocol Protocol `json:"protocol,omitempty"`

	// AppProtocol is a hint for load balancers and meshes (KEP-1422).
	AppProtocol *string `json:"appProtocol,omitempty" example:"kubernetes.io/h2c"`

	// Listener describes the port for engines that name listeners.
	Listener *Listener `json:"listener,omitempty"`
}

// Listener is a port of an engine that names listeners, such as Kafka.
type Listener struct {
	// Name is the engine's name for the listener. Default: the name of the port in capitals.
	Name *string `json:"name,omitempty" is:"word" example:"PARTNERS"`

	// Protocol is the engine's name for the protocol of the listener.
	Protocol *string `json:"protocol,omitempty" is:"word" example:"SASL_SSL"`

	// Advertised is false for a listener that is not advertised to clients. Default: true.
	Advertised *bool `json:"advertised,omitempty"`
}

// Requirement is a rule that an engine imposes.
type Requirement string

// The rules. generators/engine checks them.
const (
	SamePort             Requirement = "SamePort"             // the advertised port must be the one that the pod listens on
	DNSName              Requirement = "DNSName"              // the advertised address must be a DNS name
	IPAddress            Requirement = "IPAddress"            // the advertised address must be an IP address
	IPv4Address          Requirement = "IPv4Address"          // the advertised address must be an IPv4 address
	ServiceNamedAsPod    Requirement = "ServiceNamedAsPod"    // the pod looks up the Service that has the name of the pod
	NoHostnameOnNodePort Requirement = "NoHostnameOnNodePort" // with a host name, the pod would wait forever for a node port
	NoTLSRoute           Requirement = "NoTLSRoute"           // the server speaks before TLS begins, so that a Gateway gets no name
	StartTogether        Requirement = "StartTogether"        // no pod serves clients before most pods run
	KafkaListeners       Requirement = "KafkaListeners"       // Kafka would not start with listeners that break its rules
	BitnamiKafka         Requirement = "BitnamiKafka"         // the pods and the listener must fit beside what the chart bitnami/kafka makes itself
)

// Values lists the rules.
func (Requirement) Values() []string {
	return texts(SamePort, DNSName, IPAddress, IPv4Address, ServiceNamedAsPod, NoHostnameOnNodePort, NoTLSRoute, StartTogether, KafkaListeners, BitnamiKafka)
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

// Mode is which Services an entry makes.
type Mode string

// The modes.
const (
	PerPod   Mode = "PerPod"   // one Service for each pod
	Shared   Mode = "Shared"   // one Service for all pods
	Headless Mode = "Headless" // DNS names for the pods, without an address
)

// Values lists the modes.
func (Mode) Values() []string { return texts(PerPod, Shared, Headless) }

// Service is one kind of Service for a component's pods.
type Service struct {
	// Name identifies the entry, and becomes part of the names of its Services. It is a DNS
	// label.
	Name string `json:"name" is:"label" example:"external"`

	// Mode is PerPod, Shared or Headless.
	Mode Mode `json:"mode,omitempty"`

	// ServiceName is the metadata.name of the Service. It can contain placeholders. Default:
	// $(pod)-$(service) for PerPod, else $(name)-$(component)-$(service).
	ServiceName string `json:"serviceName,omitempty" example:"$(pod)"`

	Own `json:",inline"`

	// Create is false if another tool creates the Service, or if there is none. Its names,
	// hosts and ports are used all the same. Default: that of the component, or true.
	Create *bool `json:"create,omitempty"`

	// Selector replaces the default, which is statefulset.kubernetes.io/pod-name for PerPod,
	// else the component's selector. Values can contain placeholders.
	Selector StringMap `json:"selector,omitempty"`

	// Type is the type of the entry's Services.
	Type *ServiceType `json:"type,omitempty"`

	Access `json:",inline"`

	// Ports are the ports that the Services open. They are merged with the profile's by name.
	// Two of one number, TCP and UDP, need kubectl apply --server-side: without it, a change of
	// one can drop the other. Default: all ports of the component; for Shared and Headless,
	// those without a step.
	Ports []ServicePort `json:"ports,omitempty" patchMergeKey:"name"`

	// Only names the pods that a PerPod entry makes Services for. The others have none, so that
	// the ports of the entry are advertised inside the cluster only, or by another entry for these
	// pods. Numbers and addresses go by id all the same. Default: all pods.
	Only []string `json:"only,omitempty" example:"[kafka-0]"`

	// Pods are settings for single pods.
	Pods []Pod `json:"pods,omitempty" patchMergeKey:"pod"`
}

// Own has the settings of a single Service. There are two levels: an entry of services, and a
// pod, which overrides the entry.
type Own struct {
	// Host is the name or address that clients use. It can contain placeholders. Default under a
	// domain: $(pod).$(domain) for PerPod, $(serviceName).$(domain) for Shared, none for type
	// PodIP. A pod without its own host has the one of its entry.
	Host *string `json:"host,omitempty" example:"b$(id).$(domain)"`

	// HealthCheckNodePort is the port on the nodes at which a load balancer asks whether the node
	// has a pod, 30000 to 32767. It needs type LoadBalancer and externalTrafficPolicy Local. In a
	// PerPod entry it is the number of the first pod, and counts up by 1 from id to id. On a
	// single pod it is exact. Default: the cluster allocates one.
	HealthCheckNodePort *int32 `json:"healthCheckNodePort,omitempty" is:"nodePort" example:"30080"`

	// Aliases are more DNS names of the Service. Those under the domain are published by
	// external-dns, as the host is. They are never advertised to clients: files and bootstrap
	// addresses have the host. They can contain placeholders. A pod that sets none has the ones of
	// its entry.
	Aliases []string `json:"aliases,omitempty" example:"[$(pod).old.example.com]"`
}

// ServicePort is a port of the component as the Services of an entry open it. Its numbers are for
// the first pod of the component, by id.
type ServicePort struct {
	// Name is the name of the component's port.
	Name string `json:"name"`

	// PortName is the name of the port in the Service, for clients that look ports up by name.
	// It is a DNS label. Default: the name of the component's port.
	PortName string `json:"portName,omitempty" is:"label" example:"tls-kafka"`

	// Numbers of the port.
	Numbers `json:",inline"`

	// HostPort is the port on the node of the pod, for type HostPort. It is the same for all
	// pods, which share a template. Default: containerPort.
	HostPort *int32 `json:"hostPort,omitempty" is:"port"`

	// Steps are how far each number counts up from id to id.
	Steps *Steps `json:"steps,omitempty"`
}

// Numbers are the numbers of a port on the Service, on the nodes and for clients.
type Numbers struct {
	// Port is the port of the Service. Default: containerPort; for one pod, the number that
	// the entry counts.
	Port *int32 `json:"port,omitempty" is:"number"`

	// NodePort is the port on the nodes, 30000 to 32767. Default: the cluster allocates one;
	// for one pod, the number that the entry counts.
	NodePort *int32 `json:"nodePort,omitempty" is:"nodePort" example:"30000"`

	// AdvertisedPort is the port that is advertised to clients. Default: the port that the
	// type opens; for one pod, the number that the entry counts.
	AdvertisedPort *int32 `json:"advertisedPort,omitempty" is:"number"`
}

// Steps are how far numbers count up from id to id.
type Steps struct {
	// Port is how far the port of the Service counts up. Default: as far as containerPort, if
	// port is not set; 1 if the pods share one address; else 0.
	Port *int32 `json:"port,omitempty" is:"natural"`

	// NodePort is how far the node port counts up. Default: 1.
	NodePort *int32 `json:"nodePort,omitempty" is:"natural"`

	// AdvertisedPort is how far the advertised port counts up. Default: as far as the number
	// that the type opens; 1 if the pods share a pool of load balancers.
	AdvertisedPort *int32 `json:"advertisedPort,omitempty" is:"natural"`
}

// Pod has the settings of one pod of a PerPod entry.
type Pod struct {
	// Pod is the name of the pod.
	Pod string `json:"pod" example:"kafka-2"`

	Own `json:",inline"`

	Access `json:",inline"`

	// Ports are the ports of this pod. Their numbers do not count up.
	Ports []PodPort `json:"ports,omitempty" patchMergeKey:"name"`
}

// PodPort is a port of one pod.
type PodPort struct {
	// Name is the name of the entry's port.
	Name string `json:"name"`

	// Numbers of this pod. They do not count up.
	Numbers `json:",inline"`
}

// Config is a component's ConfigMap.
type Config struct {
	// Name is the name of the ConfigMap. It can contain placeholders. Default:
	// $(name)-$(component).
	Name string `json:"name,omitempty"`

	// Env are keys for envFrom, the same for all pods. Values can contain placeholders. A key
	// with an empty value is left out.
	Env StringMap `json:"env,omitempty" keys:"^[-._a-zA-Z][-._a-zA-Z0-9]*$" example:"{EXTERNAL_ACCESS: $(enabled)}"`

	// Lists are texts that repeat. Files refer to them as $(list:NAME).
	Lists map[string]*List `json:"lists,omitempty"`

	// Files are texts by file name. They can contain placeholders. A file with placeholders
	// of the pod becomes one key for each pod, POD.FILE.
	Files StringMap `json:"files,omitempty" keys:"^[-._a-zA-Z0-9]+$" example:"{listeners.properties: advertised.listeners=$(list:advertised)}"`

	// Discovery is how pods find addresses that are not known offline.
	Discovery *Discovery `json:"discovery,omitempty"`

	// Container is the container that reads the files, for inject and render --patch. It may be
	// an init container that makes the engine's files of them. Default: the only container, if
	// the StatefulSet is in the input.
	Container string `json:"container,omitempty" is:"label" example:"kafka"`

	// MountPath is where the container finds the files, for inject and render --patch.
	// $(path:FILE) is the path of a file in it. Default: /etc/sallyport.
	MountPath string `json:"mountPath,omitempty" is:"path"`

	// Key is the key in the ConfigMap of a file that differs from pod to pod, for charts that
	// mount the ConfigMap themselves. It must contain $(pod), and $(file) if there are several
	// such files. Discovery by Script needs the default: $(pod).$(file).
	Key string `json:"key,omitempty" example:"$(pod)"`

	// ContainerEnv are variables of the container, for inject and render --patch. Values can
	// contain placeholders that are the same for all pods, and $(pod) and $(podFQDN), which
	// Kubernetes expands when the container starts. Others that differ from pod to pod can only
	// be in files. A list over pods changes with their number, which restarts the pods.
	ContainerEnv StringMap `json:"containerEnv,omitempty" keys:"^[-._a-zA-Z][-._a-zA-Z0-9]*$" example:"{KAFKA_ADVERTISED_LISTENERS: \"EXTERNAL://$(pod).$(domain):9094\"}"`
}

// List is a text that repeats for each pod or listener.
type List struct {
	// Over is what the text repeats for: Listeners (the ports that have a listener),
	// Advertised (those of them that are advertised to clients) or Pods.
	Over ListOver `json:"over"`

	// Component is the component whose ports or pods the text repeats for. In the item,
	// placeholders stand for values of this component. Lists over listeners of another component
	// are the same for all pods, so that they have no host and port. Default: the component of the
	// config.
	Component string `json:"component,omitempty" example:"controller"`

	// Item is the text for one. It can contain the placeholders of the pod. Lists over
	// listeners also have listener, protocol, host, port and bindPort.
	Item string `json:"item" example:"$(listener)://$(host):$(port)"`

	// Separator is the text between items. Default: ",".
	Separator *string `json:"separator,omitempty"`

	// Limit is how many items the list has at most. It has the items of the first pods by id, such
	// as the seeds of a cluster. Default: 0, which means all of them.
	Limit *int32 `json:"limit,omitempty" is:"natural" example:"1"`
}

// ListOver is what the text of a list repeats for.
type ListOver string

// What lists repeat for.
const (
	OverListeners  ListOver = "Listeners"
	OverAdvertised ListOver = "Advertised"
	OverPods       ListOver = "Pods"
)

// Values lists what lists can repeat for.
func (ListOver) Values() []string { return texts(OverListeners, OverAdvertised, OverPods) }

// Discovery is how a pod finds an address that only the cluster knows.
type Discovery struct {
	// By is Script (discover.sh runs in an init container) or Engine (the engine reads the
	// API itself, as rbac.rules allow). Default: Script.
	By *DiscoveryBy `json:"by,omitempty"`

	// Image is the image of the init container. It must have a POSIX shell and a user that is not
	// root, as a number. It must also have kubectl, unless all that is not known are addresses of
	// pods and InternalIPs of their nodes. There is no default.
	Image *string `json:"image,omitempty"`

	// Timeout is how long to wait for an address, such as 90s or 5m. Default: 5m.
	Timeout *string `json:"timeout,omitempty" is:"duration" example:"90s"`

	// Resources are the resources of the init container.
	Resources *Resources `json:"resources,omitempty"`
}

// Resources are the resources of a container, as in Kubernetes.
type Resources struct {
	// Limits are the most that the container may use, by resource.
	Limits StringMap `json:"limits,omitempty" example:"{memory: 64Mi}"`

	// Requests are what is reserved for the container, by resource. Default: limits.
	Requests StringMap `json:"requests,omitempty" example:"{cpu: 10m, memory: 32Mi}"`
}

// DiscoveryBy is what finds the addresses.
type DiscoveryBy string

// What finds the addresses.
const (
	ByScript DiscoveryBy = "Script"
	ByEngine DiscoveryBy = "Engine"
)

// Values lists what can find the addresses.
func (DiscoveryBy) Values() []string { return texts(ByScript, ByEngine) }
