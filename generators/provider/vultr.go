package provider

import "sallyport.dev/generators/plan"

const vultrPrefix = "service.beta.kubernetes.io/vultr-loadbalancer-"

// vultr makes proxies, at addresses that nobody can choose. Source: vultr/loadbalancers.go of
// vultr-cloud-controller-manager.
var vultr = Provider{
	Name:      "Vultr",
	Keys:      []Key{{Of: "proxyProtocol", Name: vultrPrefix + "proxy-protocol", Value: proxied("true")}},
	NodePorts: true,
	IgnoresRanges: func(*plan.Service) string {
		return "take it out, and write the annotation " + vultrPrefix + "firewall-rules"
	},
	Sharing: "none: a load balancer for each Service",
}
