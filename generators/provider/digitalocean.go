package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const doPrefix = "service.beta.kubernetes.io/do-loadbalancer-"

var doShared = unshared{"DigitalOcean"}

// digitalOcean makes network load balancers, which pass connections through, and regional ones, which
// are proxies, for the PROXY protocol. An address is one of your own, for a new load balancer. Sources:
// cloud-controller-manager/do and docs/controllers/services of digitalocean-cloud-controller-manager.
var digitalOcean = Provider{
	Name: "DigitalOcean",
	Keys: []Key{
		{Of: "internal", Name: doPrefix + "network", Value: internal("INTERNAL", ""), Change: Fixed},
		{Of: "address", Name: doPrefix + "ip", Value: address, Change: Fixed},
		{Of: "proxyProtocol", Name: doPrefix + "enable-proxy-protocol", Value: proxied("true")},
		{Of: "proxyProtocol", Name: doPrefix + "type", Value: proxied("REGIONAL"), Change: Fixed, Written: true},
		{Of: "name", Name: doPrefix + "name", Value: name},
		{Name: "kubernetes.digitalocean.com/load-balancer-id", Change: Replaced, Written: true},
	},
	NodePorts:    true,
	Sharing:      "none: a load balancer for each Service",
	BalancerName: v1alpha1.DNSLabel,
	Check:        pending(doShared.check, doAddress),
	CheckSharing: doShared.checkSharing,
}

// doAddress: releases up to 0.1.68 make a load balancer with an address of their choice.
func doAddress(found *finding.Findings, s *plan.Service) {
	at := setting(found, s, "addresses")
	if !found.Wrote(at) {
		at = setting(found, s, "address")
	}
	if len(s.Balancer.Addresses) > 0 && !s.Balancer.Shared && !found.WrongIn(at) {
		found.WarnOnce(source.ProviderIgnores, at, "check the version, or take it out and write a domain",
			"DigitalOcean's controller ignores an address up to version 0.1.68")
	}
}
