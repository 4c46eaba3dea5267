package provider

import "sallyport.dev/schemas/v1alpha1"

const doPrefix = "service.beta.kubernetes.io/do-loadbalancer-"

var doShared = unshared{"DigitalOcean"}

// digitalOcean makes network load balancers, and regional ones for the PROXY protocol. An address is
// one of your own, for a new load balancer. Source: cloud-controller-manager/do/lb_annotations.go of
// digitalocean-cloud-controller-manager.
var digitalOcean = Provider{
	Name: "DigitalOcean",
	Keys: []Key{
		{Of: "internal", Name: doPrefix + "network", Value: internal("INTERNAL", "")},
		{Of: "address", Name: doPrefix + "ip", Value: address},
		{Of: "proxyProtocol", Name: doPrefix + "enable-proxy-protocol", Value: proxied("true")},
		{Of: "proxyProtocol", Name: doPrefix + "type", Value: proxied("REGIONAL")},
		{Of: "name", Name: doPrefix + "name", Value: name},
	},
	NodePorts:    true,
	Rewrites:     "the annotation kubernetes.digitalocean.com/load-balancer-id",
	Replaced:     []string{"address"},
	Sharing:      "none: a load balancer for each Service",
	BalancerName: v1alpha1.DNSLabel,
	Check:        doShared.check,
	CheckSharing: doShared.checkSharing,
}
