package provider

import (
	"net/netip"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const hetznerPrefix = "load-balancer.hetzner.cloud/"

var hetznerShared = unshared{"Hetzner"}

// hetzner makes proxies, at public addresses that nobody can choose. One with a name that exists is
// adopted. Sources: internal/annotation, internal/hcops and docs/reference/load_balancer_annotations.md of
// hcloud-cloud-controller-manager.
var hetzner = Provider{
	Name: "Hetzner",
	Keys: []Key{
		{Of: "internal", Name: hetznerPrefix + "disable-public-network", Value: internal("true", "false"), Change: Readdressed},
		{Of: "subnets", Name: hetznerPrefix + "private-subnet-ip-range", Value: subnets, Change: Fixed},
		{Of: "address", Name: hetznerPrefix + "private-ipv4", Value: address, Change: Readdressed},
		{Of: "proxyProtocol", Name: hetznerPrefix + "uses-proxyprotocol", Value: proxied("true")},
		{Of: "name", Name: hetznerPrefix + "name", Value: name},
		{Name: hetznerPrefix + "location", Change: Fixed},
		{Name: hetznerPrefix + "network-zone", Change: Fixed},
	},
	NodePorts:     true,
	IgnoresRanges: func(*plan.Service) string { return "take it out, and use a firewall of the nodes" },
	Sharing:       "none: a load balancer for each Service",
	BalancerName:  v1alpha1.DNSLabel,
	Check:         pending(hetznerShared.check, hetznerLocation, oneSubnetOnly, hetznerSubnet),
	CheckSharing:  hetznerShared.checkSharing,
}

// hetznerLocation: without a location of the Service, the controller must have one.
func hetznerLocation(found *finding.Findings, s *plan.Service) {
	if s.Annotations[hetznerPrefix+"location"] == "" && s.Annotations[hetznerPrefix+"network-zone"] == "" {
		found.WarnOnce(source.ProviderRule, setting(found, s, "provider"), "write annotations: {"+hetznerPrefix+"location: fsn1}, with your location, unless the controller has a default",
			"Hetzner requires the location or the network zone of a load balancer, and the Services have no annotation for either")
	}
}

// hetznerSubnet: a subnet of the network is its range.
func hetznerSubnet(found *finding.Findings, s *plan.Service) {
	for _, subnet := range s.Access.LoadBalancer.Subnets {
		if p, err := netip.ParsePrefix(subnet); err != nil || p != p.Masked() {
			found.ErrorOnce(source.Invalid, setting(found, s, "subnets"), "write its range, as 10.0.1.0/24", "a subnet of Hetzner is its range, and not %q", subnet)
		}
	}
}
