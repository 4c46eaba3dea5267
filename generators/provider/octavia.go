package provider

const octaviaPrefix = "loadbalancer.openstack.org/"

var octaviaShared = unshared{"Octavia"}

// octavia makes proxies, with its default provider amphora. They send traffic to all nodes, unless they
// monitor which have a pod. The address of one that exists stays, until internal changes. Source:
// pkg/openstack/loadbalancer.go of cloud-provider-openstack.
var octavia = Provider{
	Name: "Octavia",
	Keys: []Key{
		{Of: "internal", Name: "service.beta.kubernetes.io/openstack-internal-load-balancer", Value: internal("true", "false"), Change: Readdressed},
		{Of: "subnets", Name: octaviaPrefix + "subnet-id", Value: subnets, Change: Fixed},
		{Of: "proxyProtocol", Name: octaviaPrefix + "proxy-protocol", Value: proxied("v2")},
		{Of: "externalTrafficPolicy", Name: octaviaPrefix + "enable-health-monitor", Value: local("true")},
		{Name: octaviaPrefix + "load-balancer-id", Change: Replaced, Written: true},
		{Name: octaviaPrefix + "load-balancer-address", Written: true},
		{Name: octaviaPrefix + "class", Change: Fixed},
		{Name: octaviaPrefix + "port-id", Change: Fixed},
		{Name: octaviaPrefix + "network-id", Change: Fixed},
		{Name: octaviaPrefix + "floating-network-id", Change: Fixed},
		{Name: octaviaPrefix + "floating-subnet-id", Change: Fixed},
	},
	InField:      always,
	FieldChange:  Fixed,
	NodePorts:    true,
	Sharing:      "by the annotation " + octaviaPrefix + "load-balancer-id of one that exists, two Services by default",
	Check:        pending(octaviaShared.check, oneSubnetOnly),
	CheckSharing: octaviaShared.checkSharing,
}
