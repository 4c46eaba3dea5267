package source

// A Code names a rule. Codes are stable: scripts and result tags may rely on them.
type Code string

// What a document can get wrong as YAML and as an object of its kind.
const (
	Syntax          Code = "Syntax"          // neither YAML nor JSON
	YAMLLimit       Code = "YAMLLimit"       // nested or aliased beyond reason
	InputLimit      Code = "InputLimit"      // more of it than is read
	UnknownKind     Code = "UnknownKind"     // a kind or version of our group that does not exist
	NoSpec          Code = "NoSpec"          // nothing of ours in the input
	UnknownField    Code = "UnknownField"    // a key that the kind does not have
	DuplicateKey    Code = "DuplicateKey"    // a key twice in one mapping
	Duplicate       Code = "Duplicate"       // two entries of one list that may not be the same
	WrongType       Code = "WrongType"       // a value of another YAML type
	UnknownValue    Code = "UnknownValue"    // a word that is not one of a closed set
	Null            Code = "Null"            // null where it means nothing
	Required        Code = "Required"        // a field that must be there
	Invalid         Code = "Invalid"         // a value of the wrong form
	UnknownName     Code = "UnknownName"     // a profile, port or pod that does not exist
	Contradiction   Code = "Contradiction"   // two fields that exclude each other
	UnusableSetting Code = "UnusableSetting" // a setting that no Service it reaches can use
	ProfileWins     Code = "ProfileWins"     // a profile's nearer setting beats one of the user's
)

// What a plan can get wrong.
const (
	UnknownPlaceholder Code = "UnknownPlaceholder" // $(x) that does not exist, or not there
	NameInvalid        Code = "NameInvalid"        // a name that the API server refuses
	NumberRange        Code = "NumberRange"        // a port that is out of range, counted up or written
	NodePortBand       Code = "NodePortBand"       // a node port that the cluster may have given away
	NameClash          Code = "NameClash"          // two objects of one kind and name
	PortClash          Code = "PortClash"          // one port twice in a Service
	NodePortClash      Code = "NodePortClash"      // one node port in two Services
	AddressClash       Code = "AddressClash"       // one address, port and protocol in two Services
	AdvertisedClash    Code = "AdvertisedClash"    // two pods that clients cannot tell apart
	HostClash          Code = "HostClash"          // one DNS name for two load balancers
	ReservedKey        Code = "ReservedKey"        // a label or annotation that is ours to write
	SharedLocal        Code = "SharedLocal"        // one address shared under policy Local
	SharedAddress      Code = "SharedAddress"      // one address in several Services without a way to share it
	NothingToPatch     Code = "NothingToPatch"     // no StatefulSet that a spec has anything to say about
	Deprecated         Code = "Deprecated"         // what Kubernetes is going to drop
	NotMirrored        Code = "NotMirrored"        // Endpoints that the cluster makes no EndpointSlice of
	ArgoCDExclusion    Code = "ArgoCDExclusion"    // kinds that Argo CD does not apply by default
	PortNotTranslated  Code = "PortNotTranslated"  // a headless Service with a target port
	Undetermined       Code = "Undetermined"       // an address that a file needs and nobody knows offline
	EngineRule         Code = "EngineRule"         // what the engine cannot do, by the component's requires
	PoolConflict       Code = "PoolConflict"       // Services that share a load balancer pool and differ
	PodNotThere        Code = "PodNotThere"        // what one pod has otherwise, and it is scaled away
)

// What a function can get wrong about the package that it works on.
const (
	NotAResourceList Code = "NotAResourceList" // standard input is something else
	SpecConflict     Code = "SpecConflict"     // one spec twice, and different; or a spec that its StatefulSet contradicts
	Inferred         Code = "Inferred"         // what was read from a StatefulSet of the package
	SpecCopy         Code = "SpecCopy"         // one spec in two places, and the same
	HiddenSpec       Code = "HiddenSpec"       // a spec in a List
	Pruned           Code = "Pruned"           // an object of ours that is no longer wanted
	CrossSpec        Code = "CrossSpec"        // checks across specs that could not run
	Injected         Code = "Injected"         // what was put into a StatefulSet, or taken back
	NotInjected      Code = "NotInjected"      // a StatefulSet that is elsewhere, so that nothing was put into it
	InjectConflict   Code = "InjectConflict"   // a StatefulSet that has something else in the place of what is injected
)

// What a directory of manifests can get wrong.
const (
	FileInTheWay Code = "FileInTheWay" // a file that is not ours where one of ours should be
	Drift        Code = "Drift"        // a file that is not what the specs ask for
)
