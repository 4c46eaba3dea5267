// Package provider knows who makes load balancers: what each reads off a Service, how its
// Services share an address, and what it would leave pending or ignore in silence. A provider
// is one file here and one row of All; what validation must know of it is its row in
// schemas/v1alpha1. A provider's functions report through the Findings that they are given
// and never look up another provider.
package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Provider is one of those that make load balancers. What it does not do is nil.
type Provider struct {
	Name v1alpha1.Provider

	// AddressField is set where spec.loadBalancerIP has the address.
	AddressField bool

	// Annotations are what the provider reads off a Service.
	Annotations func(*plan.Service) map[string]string

	// Check reports what the provider would leave pending or ignore in silence.
	Check func(*finding.Findings, *plan.Service)

	// Meet reports what it makes of a second Service at an address. Nil: no address can be
	// asked for.
	Meet func(*finding.Findings, *plan.Service, Sharer)

	// Ask reads what a Service that is not ours asks for by its annotations.
	Ask func(annotations map[string]string, ports []int32) Asked

	// PoolName is the name of the pool that makes the load balancer, with placeholders, and
	// what it must look like. Nil: the provider has no such pools.
	PoolName func(*v1alpha1.Access) (string, v1alpha1.Check)

	// PoolField is the setting under which PoolName and the terms of a pool are written.
	PoolField source.Path

	// Pool is what a Service asks of its pool.
	Pool func(*plan.Service) Pool
}

// All are the providers, one row each.
var All = []*Provider{&none, &metalLB, &edgeLB}

// Of returns the provider of a Service's load balancer; nil where it has none.
func Of(s *plan.Service) *Provider {
	if s.Type != v1alpha1.LoadBalancer {
		return nil
	}
	for _, p := range All {
		if p.Name == *s.Access.LoadBalancer.Provider {
			return p
		}
	}
	return &none // decoding reports that there is no such provider
}

// A Sharer is the Service that was first at an address.
type Sharer struct {
	Name   string // of whoever made it, for messages
	Key    string // its sharing key
	Local  bool   // its externalTrafficPolicy is Local
	IsOurs bool
}

// An Asked is what a Service that is not ours asks of its provider.
type Asked struct {
	Addresses []string
	Key       string // the sharing key
	Pool      *Pool  // nil: none with a name
}

// A Pool is a load balancer that several Services may have, each with frontends of its own.
type Pool struct {
	Name      string
	IsDefault bool              // nobody chose the name, so that nobody means to share it
	Terms     map[string]string // what all of its Services must say alike, by the setting's name
	Frontends []int32           // one for each port of the Service, in their order; none where they are on any free port
}

// none is the part of a load balancer that Kubernetes itself has fields for.
var none = Provider{
	Name:         v1alpha1.ProviderNone,
	AddressField: true,
	Check: func(found *finding.Findings, s *plan.Service) {
		if s.Balancer.Shared && len(s.Balancer.Addresses) > 0 {
			mayNotShare(found, s)
		}
	},
	Meet: func(found *finding.Findings, s *plan.Service, _ Sharer) { mayNotShare(found, s) },
}

func mayNotShare(found *finding.Findings, s *plan.Service) {
	found.WarnOnce(source.SharedAddress, found.Where(s.Levels, plan.Setting("loadBalancer", "address")), "name the provider, so that it is told to share the address",
		"most load balancers give an address to one Service, and several ask for %s", s.Balancer.Address())
}
