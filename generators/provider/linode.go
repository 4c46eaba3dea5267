package provider

import "sallyport.dev/generators/plan"

const linodePrefix = "service.beta.kubernetes.io/linode-loadbalancer-"

var linodeShared = unshared{"Linode"}

// linode makes NodeBalancers, which are proxies, and reads the address and the subnet only then. Sources:
// cloud/annotations and cloud/linode/loadbalancers.go of linode-cloud-controller-manager.
var linode = Provider{
	Name: "Linode",
	Keys: []Key{
		{Of: "address", Name: linodePrefix + "reserved-ipv4", Value: address, Change: Fixed},
		{Of: "subnets", Name: linodePrefix + "frontend-subnet-id", Value: subnets, Change: Fixed},
		{Of: "proxyProtocol", Name: linodePrefix + "default-proxy-protocol", Value: proxied("v2")},
		{Name: linodePrefix + "nodebalancer-id", Change: Replaced},
	},
	NodePorts: true,
	IgnoresRanges: func(*plan.Service) string {
		return "take it out, and write the annotation " + linodePrefix + "firewall-acl"
	},
	Sharing:      "none: a NodeBalancer for each Service",
	Check:        pending(linodeShared.check, oneSubnetOnly),
	CheckSharing: linodeShared.checkSharing,
}
