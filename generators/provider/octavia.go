package provider

const octaviaPrefix = "loadbalancer.openstack.org/"

var octaviaShared = unshared{"Octavia"}

// octavia sends traffic to all nodes, unless it monitors which have a pod. Source:
// pkg/openstack/loadbalancer.go of cloud-provider-openstack.
var octavia = Provider{
	Name: "Octavia",
	Keys: []Key{
		{Of: "internal", Name: "service.beta.kubernetes.io/openstack-internal-load-balancer", Value: internal("true", "false")},
		{Of: "subnets", Name: octaviaPrefix + "subnet-id", Value: subnets},
		{Of: "proxyProtocol", Name: octaviaPrefix + "proxy-protocol", Value: proxied("v2")},
		{Of: "externalTrafficPolicy", Name: octaviaPrefix + "enable-health-monitor", Value: local("true")},
	},
	InField:      always,
	NodePorts:    true,
	Rewrites:     "the annotation " + octaviaPrefix + "load-balancer-id",
	Replaced:     []string{"internal", "subnets", "address"},
	Sharing:      "by the annotation " + octaviaPrefix + "load-balancer-id of one that exists, two Services by default",
	Check:        pending(octaviaShared.check, oneSubnetOnly),
	CheckSharing: octaviaShared.checkSharing,
}
