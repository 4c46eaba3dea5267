package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// f5 is F5's BIG-IP Controller, which makes a virtual server for each port. The address is that of an
// annotation, or else its IPAM controller gives one of a label. Source:
// docs/config_examples/customResource/serviceTypeLB of k8s-bigip-ctlr.
var f5 = Provider{
	Name: "F5",
	Keys: []Key{
		{Of: "address", Name: "cis.f5.com/ip", Value: address, Change: Readdressed},
		{Of: "addressPool", Name: "cis.f5.com/ipamLabel", Value: pool, Change: Readdressed},
	},
	Sharing:      "not known",
	Check:        pending(none.Check, f5Address),
	CheckSharing: none.CheckSharing,
}

// f5Address: one of the annotations is mandatory.
func f5Address(found *finding.Findings, s *plan.Service) {
	if len(s.Balancer.Addresses) == 0 && *s.Access.LoadBalancer.AddressPool == "" {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "provider"), "write addresses, one for each pod, or addressPool with a label of the IPAM controller",
			"Service %s would stay pending: F5 makes up no address", s.Name)
	}
}
