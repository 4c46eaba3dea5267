// Package plan has the nouns of what a spec comes to: Services with their ports and
// addresses, files, rights, addresses outside. Every name, number and address in a Plan is
// decided. Who makes objects, tables and patches of it, and who holds it to rules, only
// reads, so that what refers to each other agrees.
package plan

import (
	appsv1 "k8s.io/api/apps/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// What every object of ours carries.
const (
	ManagedByLabel  = "app.kubernetes.io/managed-by"
	ManagedBy       = "sallyport"
	OwnerAnnotation = v1alpha1.Group + "/owner"
)

// PodNameLabel is what the StatefulSet controller labels each pod with.
const PodNameLabel = appsv1.StatefulSetPodNameLabel

// A Plan is one spec with everything decided.
type Plan struct {
	Object        source.Object // the spec
	Owner         string        // what our objects carry as sallyport.dev/owner
	Namespace     string        // "" where the spec has none
	ClusterDomain string

	Components []*Component // of an ExternalAccess
	Services   []Service    // in the order of components, entries, ids
	ConfigMaps []*ConfigMap // one a component at most
	RBAC       *RBAC        // nil: none
	Backends   *Backends    // of an ExternalEndpoints; nil: none

	Inject         bool   // the StatefulSets are patched where they pass through
	ServiceAccount string // what the pods that discover run under
	EngineReads    bool   // the engine itself uses it: the spec has rules for it, or it exists already
}

// A Pod is one of a component's.
type Pod struct {
	Name, Workload string
	Ordinal, ID    int32
	Position       int // among the component's pods, by id
}

// RBAC is the pods' ServiceAccount and what it may do.
type RBAC struct {
	ServiceAccount string
	ClusterRole    string // cluster-scoped, so the namespace is part of the name
	Rules          []v1alpha1.PolicyRule
	ClusterRules   []v1alpha1.PolicyRule
}

// FQDN is a Service's name in the cluster, as far as the namespace and the cluster's domain
// are known.
func (p *Plan) FQDN(service string) string {
	switch {
	case service == "" || p.Namespace == "":
		return service
	case p.ClusterDomain == "":
		return service + "." + p.Namespace + ".svc"
	}
	return service + "." + p.Namespace + ".svc." + p.ClusterDomain
}
