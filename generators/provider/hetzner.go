package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const hetznerPrefix = "load-balancer.hetzner.cloud/"

var hetznerShared = unshared{"Hetzner"}

// hetzner makes proxies, at public addresses that nobody can choose. One with a name that exists is
// adopted. Source: internal/annotation of hcloud-cloud-controller-manager.
var hetzner = Provider{
	Name: "Hetzner",
	Keys: []Key{
		{Of: "internal", Name: hetznerPrefix + "disable-public-network", Value: internal("true", ""), Change: Readdressed},
		{Of: "address", Name: hetznerPrefix + "private-ipv4", Value: address, Change: Readdressed},
		{Of: "proxyProtocol", Name: hetznerPrefix + "uses-proxyprotocol", Value: proxied("true")},
		{Of: "name", Name: hetznerPrefix + "name", Value: name},
		{Name: hetznerPrefix + "location", Change: Fixed},
		{Name: hetznerPrefix + "network-zone", Change: Fixed},
		{Name: hetznerPrefix + "private-subnet-ip-range", Change: Fixed},
	},
	NodePorts:     true,
	IgnoresRanges: func(*plan.Service) string { return "take it out, and use a firewall of the nodes" },
	Sharing:       "none: a load balancer for each Service",
	BalancerName:  v1alpha1.DNSLabel,
	Check:         pending(hetznerShared.check, hetznerLocation),
	CheckSharing:  hetznerShared.checkSharing,
}

// hetznerLocation: without a location of the Service, the controller must have one.
func hetznerLocation(found *finding.Findings, s *plan.Service) {
	if s.Annotations[hetznerPrefix+"location"] == "" && s.Annotations[hetznerPrefix+"network-zone"] == "" {
		found.WarnOnce(source.ProviderRule, setting(found, s, "provider"), "write annotations: {"+hetznerPrefix+"location: fsn1}, with your location, unless the controller has a default",
			"Hetzner requires the location or the network zone of a load balancer, and the Services have no annotation for either")
	}
}
