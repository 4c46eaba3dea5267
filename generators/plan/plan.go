// Package plan has the nouns of a plan: Services with their ports and addresses, files,
// permissions, and addresses outside the cluster. Every name, number and address in a Plan is
// decided. Objects, tables, patches and checks only read it, so that they agree.
package plan

import (
	appsv1 "k8s.io/api/apps/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// The metadata of every generated object.
const (
	ManagedByLabel  = "app.kubernetes.io/managed-by"
	ManagedBy       = "sallyport"
	OwnerAnnotation = v1alpha1.Group + "/owner"
)

// PodNameLabel is the label with which the StatefulSet controller marks each pod.
const PodNameLabel = appsv1.StatefulSetPodNameLabel

// A Plan is a spec with everything decided.
type Plan struct {
	Object        source.Object // the spec
	Owner         string        // the value of the annotation sallyport.dev/owner
	Namespace     string        // "": not known
	ClusterDomain string

	CommonLabels, CommonAnnotations map[string]string // of all objects, without Sallyport's own

	Components []*Component // of an ExternalAccess
	Services   []Service    // in the order of components, entries, ids
	ConfigMaps []*ConfigMap // at most one for each component
	RBAC       *RBAC        // nil: none
	DNS        *DNSEndpoint // nil: none
	Backends   *Backends    // of an ExternalEndpoints; nil: none
	Gateways   []*Gateway   // that are made for the routes

	NetworkPolicies []*NetworkPolicy // at most one for each component, or one of an ExternalEndpoints
	Certificates    []*Certificate   // in Secrets, at most one for each component

	Inject         bool   // patch the StatefulSets of the input
	ServiceAccount string // of the pods that discover addresses
	EngineReads    bool   // the engine uses the ServiceAccount itself: the spec has rules for it, or it exists already
}

// A Pod is a pod of a component.
type Pod struct {
	Name, Workload string
	Ordinal, ID    int32
	Position       int // among the pods of the component, by id
}

// RBAC is the ServiceAccount of the pods with its permissions.
type RBAC struct {
	ServiceAccount string
	Existing       bool // another tool makes the account
	Role           string
	ClusterRole    string // contains the namespace, because it is cluster-scoped
	Rules          []v1alpha1.PolicyRule
	ClusterRules   []v1alpha1.PolicyRule
}

// FQDN returns the DNS name of a Service in the cluster, as far as the namespace and the
// cluster domain are known.
func (p *Plan) FQDN(service string) string {
	switch {
	case service == "" || p.Namespace == "":
		return service
	case p.ClusterDomain == "":
		return service + "." + p.Namespace + ".svc"
	}
	return service + "." + p.Namespace + ".svc." + p.ClusterDomain
}

// Common returns the labels or the annotations of all objects.
func (p *Plan) Common(field string) map[string]string {
	if field == "labels" {
		return p.CommonLabels
	}
	return p.CommonAnnotations
}
