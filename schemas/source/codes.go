package source

// A Code names a rule. Codes are stable: scripts and result tags may rely on them.
type Code string

// Codes of what can be wrong with a document, as YAML and as an object of its kind.
const (
	Syntax          Code = "Syntax"          // the input is neither YAML nor JSON
	YAMLLimit       Code = "YAMLLimit"       // the document is nested too deep, or its aliases expand to too much
	InputLimit      Code = "InputLimit"      // the input is larger than the limit
	UnknownKind     Code = "UnknownKind"     // the group has no such kind or version
	NoSpec          Code = "NoSpec"          // the input has no spec
	NotImported     Code = "NotImported"     // a spec cannot say what the input of import has
	NoFile          Code = "NoFile"          // a pipe, device or socket is among the files of a directory
	UnknownField    Code = "UnknownField"    // the kind has no such field
	DuplicateKey    Code = "DuplicateKey"    // a mapping has a key twice
	Duplicate       Code = "Duplicate"       // a list has two entries that must differ
	WrongType       Code = "WrongType"       // a value has another YAML type than the field
	UnknownValue    Code = "UnknownValue"    // a value is not one of a closed set
	Null            Code = "Null"            // null is not a value of the field
	Required        Code = "Required"        // a required field is missing
	Invalid         Code = "Invalid"         // a value has the wrong form
	UnknownName     Code = "UnknownName"     // a profile, port or pod of this name does not exist
	Contradiction   Code = "Contradiction"   // two fields exclude each other
	UnusableSetting Code = "UnusableSetting" // no Service that inherits the setting can use it
	ProfileWins     Code = "ProfileWins"     // a setting of the profile overrides one of the spec
	ProfileFits     Code = "ProfileFits"     // a built-in profile would fit the image of the engine, or the one that is named does not
	NotInProfile    Code = "NotInProfile"    // a component, port or entry has a name that the profile does not have
	UnusedProfile   Code = "UnusedProfile"   // no spec names a profile of the input
	IgnoredKey      Code = "IgnoredKey"      // the tool that an annotation is for ignores it
	MisreadKey      Code = "MisreadKey"      // kustomize does not read a key as text, and fails
)

// Codes of what can be wrong with a plan.
const (
	UnknownPlaceholder Code = "UnknownPlaceholder" // $(x) is not a placeholder, or not one that can be used here
	NameInvalid        Code = "NameInvalid"        // the API server rejects a name
	NumberRange        Code = "NumberRange"        // a number is out of range, as written or after counting
	NodePortBand       Code = "NodePortBand"       // the cluster may already have allocated the node port
	NameClash          Code = "NameClash"          // two objects have one kind and name
	PortClash          Code = "PortClash"          // a Service has a port twice
	NodePortClash      Code = "NodePortClash"      // two Services have one node port
	AddressClash       Code = "AddressClash"       // two Services have one address, port and protocol
	AdvertisedClash    Code = "AdvertisedClash"    // two pods are advertised at one address
	HostClash          Code = "HostClash"          // a DNS name leads to two places, or is published twice
	LocalHost          Code = "LocalHost"          // a host leads to another machine, or to none, where clients have another network
	SelectorClash      Code = "SelectorClash"      // a selector selects the pods of another workload, too
	NotPublished       Code = "NotPublished"       // nothing in the input publishes a host under the domain
	ReservedKey        Code = "ReservedKey"        // only Sallyport writes this label or annotation
	SharedLocal        Code = "SharedLocal"        // Services under policy Local share an address
	SharedAddress      Code = "SharedAddress"      // Services have one address without a way to share it
	NothingToPatch     Code = "NothingToPatch"     // no StatefulSet in the input needs a patch
	Deprecated         Code = "Deprecated"         // Kubernetes deprecates the field
	NotMirrored        Code = "NotMirrored"        // the cluster makes no EndpointSlice from these Endpoints
	ArgoCDExclusion    Code = "ArgoCDExclusion"    // Argo CD does not apply the kind by default
	PortNotTranslated  Code = "PortNotTranslated"  // a headless Service has a target port
	Undetermined       Code = "Undetermined"       // a file or a record needs an address that is only known in the cluster
	EngineRule         Code = "EngineRule"         // a rule of the engine is broken
	PoolConflict       Code = "PoolConflict"       // Services of one pool of load balancers differ
	CertificateNames   Code = "CertificateNames"   // a certificate lacks an address that clients use, or cannot have one of its names
	CertificateUnused  Code = "CertificateUnused"  // no container of the StatefulSet uses the certificate
	ConfigUnused       Code = "ConfigUnused"       // no container of the StatefulSet reads the generated ConfigMap
	ProviderRule       Code = "ProviderRule"       // the provider of the load balancer does not support this
	ProviderIgnores    Code = "ProviderIgnores"    // the provider of the load balancer ignores a setting
	ProviderDefault    Code = "ProviderDefault"    // the provider decides what the spec does not
	ProviderRewrites   Code = "ProviderRewrites"   // the provider changes the Service, so that it differs from what is in Git
	PodNotThere        Code = "PodNotThere"        // a pod that has its own settings does not exist at this number of replicas
)

// Codes of what a function reports about the package that it works on.
const (
	NotAResourceList  Code = "NotAResourceList"  // standard input is not a ResourceList
	SpecConflict      Code = "SpecConflict"      // two specs of one name differ, or a spec and its StatefulSet
	Inferred          Code = "Inferred"          // a value was read from a StatefulSet of the package
	SpecCopy          Code = "SpecCopy"          // a spec is in two places
	PortShut          Code = "PortShut"          // a NetworkPolicy blocks a port that is exposed, or that the package uses
	NotGranted        Code = "NotGranted"        // discovery needs permissions that the spec does not create
	AccountNotThere   Code = "AccountNotThere"   // the pods run as a ServiceAccount that is neither created here nor in the input
	GatewayRefuses    Code = "GatewayRefuses"    // a Gateway of the package does not let a route or a listener in
	GatewayNotThere   Code = "GatewayNotThere"   // the package has no Gateway against which routes could be checked
	HiddenSpec        Code = "HiddenSpec"        // a spec is in a List
	Pruned            Code = "Pruned"            // a generated object is no longer wanted
	CrossSpec         Code = "CrossSpec"         // checks across specs could not run
	Injected          Code = "Injected"          // a StatefulSet was patched, or a patch was removed
	NotInjected       Code = "NotInjected"       // the StatefulSet is not in the input, so it was not patched
	InjectConflict    Code = "InjectConflict"    // a StatefulSet already sets a field that must be injected
	LiveChange        Code = "LiveChange"        // clients or pods in a cluster notice what changes, or the API server refuses it
	DanglingReference Code = "DanglingReference" // a generated object refers to something that the input does not have
)

// Codes of what can be wrong with a directory of manifests.
const (
	FileInTheWay Code = "FileInTheWay" // a file that Sallyport did not write has the name of one it must write, or holds an object of one
	NotPruned    Code = "NotPruned"    // a directory has files of other specs, and none of those in the input
	Drift        Code = "Drift"        // a file differs from what the specs generate
)
