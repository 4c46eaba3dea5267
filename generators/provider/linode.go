package provider

import "sallyport.dev/generators/plan"

const linodePrefix = "service.beta.kubernetes.io/linode-loadbalancer-"

var linodeShared = unshared{"Linode"}

// linode makes NodeBalancers, which are proxies. Source: cloud/annotations of
// linode-cloud-controller-manager.
var linode = Provider{
	Name: "Linode",
	Keys: []Key{
		{Of: "address", Name: linodePrefix + "reserved-ipv4", Value: address},
		{Of: "subnets", Name: linodePrefix + "frontend-subnet-id", Value: subnets},
		{Of: "proxyProtocol", Name: linodePrefix + "default-proxy-protocol", Value: proxied("v2")},
	},
	NodePorts: true,
	IgnoresRanges: func(*plan.Service) string {
		return "take it out, and write the annotation " + linodePrefix + "firewall-acl"
	},
	Sharing:      "none: a NodeBalancer for each Service",
	Check:        pending(linodeShared.check, oneSubnetOnly),
	CheckSharing: linodeShared.checkSharing,
}
