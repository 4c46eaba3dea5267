package generators

import (
	"iter"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A plan is a spec with every name, port and address decided. Emitters read it and
// make nothing up, so that objects which refer to each other agree.
type plan struct {
	object    source.Object // the spec
	owner     string        // what our objects carry as sallyport.dev/owner
	namespace string
	services  []service   // in the order of components, entries, ids
	configs   []configMap // one a component at most
	rbac      *rbac       // nil: none
	backends  *backends   // of an ExternalEndpoints; nil: none

	components    []*component // of an ExternalAccess
	clusterDomain string

	inject         bool   // the StatefulSets are patched where they pass through
	serviceAccount string // what the pods that discover run under
	engineReads    bool   // the engine itself uses it: the spec has rules for it, or it is there already
}

// A pod is one of a component's.
type pod struct {
	name, workload string
	ordinal, id    int32
	position       int // among the component's pods, by id
}

// A service is one Service and, for a single pod, the address that its clients are
// told.
type service struct {
	name             string
	component, entry string
	pod              *pod // nil: for all pods of the component
	emit             bool // false: it counts, but another tool makes it
	mode             v1alpha1.Mode
	typ              v1alpha1.ServiceType
	externalName     string // of an alias; typ is "" then
	access           *v1alpha1.Access
	labels           map[string]string
	annotations      map[string]string // without the announcement
	selector         map[string]string // nil for a single pod: it is selected by its name
	families         []v1alpha1.IPFamily
	familyPolicy     v1alpha1.IPFamilyPolicy
	ports            []port
	host             string // what clients call it; "": by its address
	announced        bool   // external-dns is told of the host: announcement
	address          string // the load balancer's, where it is known
	sharingKey       string // what Services that may share the address have in common
	shared           bool   // the spec has another Service at the address, or may have when it is scaled
	pool             string // EdgeLB's; "": none
	levels           v1alpha1.Levels
}

// A port is one that a Service opens.
type port struct {
	name        string
	protocol    v1alpha1.Protocol
	appProtocol string
	number      int32
	target      int32
	nodePort    int32 // 0: the cluster picks, or there is none
	hostPort    int32 // on the pod's node; 0: none
	advertised  int32 // what clients are told; 0: what the cluster picks
}

// A configMap is a component's.
type configMap struct {
	component string
	name      string
	data      map[string]string
	perPod    []string // the files that have a key for each pod
	size      int      // bytes of all values
	need      need     // what its files leave to be discovered
	config    v1alpha1.Config
}

// rbac is the pods' ServiceAccount and what it may do.
type rbac struct {
	serviceAccount string
	clusterRole    string // cluster-scoped, so the namespace is part of the name
	rules          []v1alpha1.PolicyRule
	clusterRules   []v1alpha1.PolicyRule
}

// reachable returns the host or address that clients are told for a Service, as far
// as it is known offline.
func (s *service) reachable() string {
	switch {
	case s.host != "":
		return s.host
	case len(s.access.ExternalIPs) > 0:
		return s.access.ExternalIPs[0]
	}
	return s.address
}

// announcement is what tells external-dns of the host, with a trailing dot as Pravega's
// page has it: external-dns cuts it off, and so does Pravega.
func (s *service) announcement(keys *dnsKeys) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		keys.of(s.access.ExternalDNS)
		host := s.host + "."
		for _, key := range keys.hostname {
			if !yield(key, host) {
				return
			}
		}
		for _, key := range keys.ttl {
			if !yield(key, strconv.Itoa(int(*keys.dns.TTL))) {
				return
			}
		}
	}
}

// dnsKeys are the annotations that external-dns reads, the same for thousands of
// Services.
type dnsKeys struct {
	dns           *v1alpha1.ExternalDNS
	hostname, ttl []string
}

func (k *dnsKeys) of(dns *v1alpha1.ExternalDNS) {
	if k.dns == dns {
		return
	}
	*k = dnsKeys{dns: dns}
	for _, prefix := range dns.Prefixes {
		k.hostname = append(k.hostname, prefix+"hostname")
		if *dns.TTL > 0 {
			k.ttl = append(k.ttl, prefix+"ttl")
		}
	}
}

// addresses are the load balancer's: one, or one of each family.
func (s *service) addresses() []string {
	if s.address == "" {
		return nil
	}
	return strings.Split(s.address, ",")
}

func (s *service) balanced() bool { return s.typ == v1alpha1.LoadBalancer }

// onNodes tells that there is no Service: the pods listen on their nodes.
func (s *service) onNodes() bool { return s.typ == v1alpha1.HostPort }

func (s *service) fromOutside() bool { return s.balanced() || s.typ == v1alpha1.NodePort }
