// Package provider knows the providers of load balancers: the annotations that each reads, how
// its Services share an address, and what it would leave pending or ignore. A provider is a
// file here and a row of All. What validation needs is its row in schemas/v1alpha1. A provider
// reports through the Findings that it gets, and does not use other providers.
package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Provider provides load balancers. A function that it does not need is nil.
type Provider struct {
	Name v1alpha1.Provider

	// Keys are the annotations and labels that the provider reads, with the settings that they carry.
	Keys []Key

	// InField reports whether the address is set in spec.loadBalancerIP.
	InField func(*plan.Service) bool

	// NodePorts is whether the load balancer connects to the node ports of the Service.
	NodePorts bool

	// MaxPorts is how many ports a load balancer can have; 0: there is no limit.
	MaxPorts int

	// IsCommon is whether all Services have one load balancer by default, so that MaxPorts is for all.
	IsCommon bool

	// FieldChange is what it does when spec.loadBalancerIP changes.
	FieldChange Change

	// IgnoresRanges returns the way out where sourceRanges have no effect; "": they have. Nil: they
	// have.
	IgnoresRanges func(*plan.Service) string

	// Rewrites is what the provider writes into a Service beside the Keys that say so; "": nothing.
	Rewrites string

	// Sharing says how Services share an address, for the reference.
	Sharing string

	// Check reports what the provider would leave pending or ignore.
	Check func(*finding.Findings, *plan.Service)

	// CheckSharing reports if a Service cannot have the address of another one. It is nil if
	// addresses cannot be requested, and if all Services can.
	CheckSharing func(*finding.Findings, *plan.Service, Sharer)

	// ReadForeign reads what a Service of another tool requests with its annotations. Nil: the Keys
	// are read.
	ReadForeign func(annotations map[string]string, ports []int32) Request

	// BalancerName is the check of the name of a load balancer.
	BalancerName v1alpha1.Check

	// PoolName returns the name of the pool that provides the load balancer, with placeholders,
	// and the check of the result. It is nil if the provider has no pools with names.
	PoolName func(*v1alpha1.Access) (string, v1alpha1.Check)

	// PoolField is the path of the setting with the name and the terms of a pool.
	PoolField source.Path

	// Pool returns the pool that a Service requests.
	Pool func(*plan.Service) Pool
}

// All lists the providers.
var All = []*Provider{
	&none, &metalLB, &edgeLB, &aws, &eksAuto, &gke, &azure, &cilium, &kubeVIP, &hetzner, &k3s, &digitalOcean, &octavia, &oci,
	&linode, &vultr, &pureLB, &openELB, &alibaba, &f5,
}

// Of returns the provider of a Service's load balancer, or nil if it has none.
func Of(s *plan.Service) *Provider {
	if !s.Balanced() {
		return nil
	}
	for _, p := range All {
		if p.Name == *s.Access.LoadBalancer.Provider {
			return p
		}
	}
	return &none // decoding reports an unknown provider
}

// A Sharer is the first Service at an address.
type Sharer struct {
	Name   string // with its spec or file, for messages
	Key    string // its sharing key
	Local  bool   // its externalTrafficPolicy is Local
	Pods   string // its selector, as text
	IsOurs bool

	Elsewhere bool // it is in another namespace
	Count     int  // how many Services already have the address
}

// A Request is what a Service of another tool requests of its provider.
type Request struct {
	Addresses []string
	Key       string // for the addresses
	Pool      *Pool  // nil: none, or one with a random name
	Name      string // of the load balancer; "": it makes one up
}

// A Pool is a load balancer that several Services can share. Each has frontends of its own.
type Pool struct {
	Name      string
	IsDefault bool              // the name was not chosen, so it is not meant to be shared
	Terms     map[string]string // must be equal for all of its Services, by the name of the setting
	Frontends []int32           // one for each port of the Service; none if they use any free port
}

// none is a load balancer without a known provider. It only uses fields of the Service.
var none = Provider{
	Name:    v1alpha1.ProviderNone,
	InField: always,
	Sharing: "not known: name the provider",
	Check: func(found *finding.Findings, s *plan.Service) {
		if !s.Balancer.Shared || len(s.Balancer.Addresses) == 0 {
			return
		}
		at := found.Where(s.Levels, plan.Setting("loadBalancer", "address"))
		switch {
		case found.Wrong(at):
		case s.Balancer.Later:
			found.WarnOnce(source.SharedAddress, at, shareWayOut(s, "list addresses, one for each pod; or name the provider"),
				"from the second replica on, several Services would ask for %s, and most load balancers give an address to one", s.Balancer.Address())
		default:
			warnShared(found, s)
		}
	},
	CheckSharing: func(found *finding.Findings, s *plan.Service, _ Sharer) { warnShared(found, s) },
}

func warnShared(found *finding.Findings, s *plan.Service) {
	found.WarnOnce(source.SharedAddress, found.Where(s.Levels, plan.Setting("loadBalancer", "address")), shareWayOut(s, "set the provider, so that its annotations for sharing are added"),
		"most providers assign an address to only one Service, and several request %s", s.Balancer.Address())
}

// shareWayOut returns the way out where no provider is named, or that of one of which it is not known
// whether Services share an address.
func shareWayOut(s *plan.Service, unnamed string) string {
	if *s.Access.LoadBalancer.Provider == v1alpha1.ProviderNone {
		return unnamed
	}
	return "list addresses, one for each pod"
}
