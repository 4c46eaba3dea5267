package provider

import "sallyport.dev/generators/plan"

const ociPrefix = "oci-network-load-balancer.oraclecloud.com/"

var ociShared = unshared{"OCI"}

// oci makes network load balancers: those that Oracle makes by default are for HTTP. A public address is
// a reserved one. Source: pkg/cloudprovider/providers/oci of oci-cloud-controller-manager.
var oci = Provider{
	Name: "OCI",
	Keys: []Key{
		{Of: "provider", Name: "oci.oraclecloud.com/load-balancer-type", Value: constant("nlb")},
		{Of: "internal", Name: ociPrefix + "internal", Value: internal("true", "")},
		{Of: "address", Name: ociPrefix + "assigned-private-ipv4", Value: inside(where(isIPv4))},
		{Of: "address", Name: ociPrefix + "assigned-ipv6", Value: inside(where(isIPv6))},
		{Of: "proxyProtocol", Name: ociPrefix + "is-ppv2-enabled", Value: proxied("true")},
	},
	InField:      func(s *plan.Service) bool { return !s.Access.LoadBalancer.Inside() },
	NodePorts:    true,
	Replaced:     []string{"internal", "address"},
	Sharing:      "none: a load balancer for each Service",
	Check:        ociShared.check,
	CheckSharing: ociShared.checkSharing,
}
