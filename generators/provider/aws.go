package provider

import (
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const nlbPrefix = "service.beta.kubernetes.io/aws-load-balancer-"

// nlbShared is for Network Load Balancers: several Services cannot have one.
var nlbShared = unshared{"AWS"}

// aws is the AWS Load Balancer Controller. Sources: pkg/annotations and pkg/service there.
var aws = Provider{
	Name: "AWS",
	Keys: []Key{
		{Of: "internal", Name: nlbPrefix + "scheme", Value: internal("internal", "internet-facing")},
		{Of: "allocateNodePorts", Name: nlbPrefix + "nlb-target-type", Value: targetIP},
		{Of: "address", Name: nlbPrefix + "eip-allocations", Value: outside(where(isName))},
		{Of: "address", Name: nlbPrefix + "private-ipv4-addresses", Value: inside(where(isIPv4))},
		{Of: "address", Name: nlbPrefix + "ipv6-addresses", Value: where(isIPv6)},
		{Of: "ipFamilies", Name: nlbPrefix + "ip-address-type", Value: both("dualstack")},
		{Of: "subnets", Name: nlbPrefix + "subnets", Value: subnets},
		{Of: "proxyProtocol", Name: nlbPrefix + "proxy-protocol", Value: proxied("*")},
		{Of: "name", Name: nlbPrefix + "name", Value: name},
	},
	MaxPorts:      50,
	IgnoresRanges: nlbIgnoresRanges,
	Replaced:      []string{"internal", "class"},
	Sharing:       "none: a load balancer for each Service; a Gateway with TCPRoutes shares one",
	BalancerName:  v1alpha1.NLBName,
	Check:         pending(nlbShared.check, nlbAddresses, nlbHealthCheck),
	CheckSharing:  nlbShared.checkSharing,
}

// targetIP is the type of targets that need no node ports. Instances are the default.
func targetIP(s *plan.Service) string {
	if *s.Access.LoadBalancer.AllocateNodePorts {
		return ""
	}
	return "ip"
}

// nlbIgnoresRanges: security groups see the addresses of clients only where the load balancer
// preserves them, which it does not do by default for targets of type ip.
func nlbIgnoresRanges(s *plan.Service) string {
	if *s.Access.LoadBalancer.AllocateNodePorts || strings.Contains(s.Annotations[nlbPrefix+"target-group-attributes"], "preserve_client_ip.enabled=true") {
		return ""
	}
	return "write annotations: {" + nlbPrefix + "target-group-attributes: preserve_client_ip.enabled=true}, or take allocateNodePorts: false out"
}

// nlbAddresses checks that each subnet has an address.
func nlbAddresses(found *finding.Findings, s *plan.Service) {
	count, v6 := 0, 0
	for _, a := range s.Balancer.Addresses {
		if isIPv6(a) {
			v6++
		} else {
			count++
		}
	}
	if n := len(s.Access.LoadBalancer.Subnets); n > 0 && (count > 0 && count != n || v6 > 0 && v6 != n) {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "subnets"), "write as many addresses for each pod, with commas between them, as there are subnets",
			"the number of addresses of Service %s is %d, that of subnets is %d, and %s takes an address for each subnet", s.Name, max(count, v6), n, *s.Access.LoadBalancer.Provider)
	}
}

// nlbHealthCheck: the port that tells whether a node has a pod does not speak the PROXY protocol.
func nlbHealthCheck(found *finding.Findings, s *plan.Service) {
	if lb := s.Access.LoadBalancer; *lb.ProxyProtocol && *lb.AllocateNodePorts && isLocal(s) {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "proxyProtocol"), "set allocateNodePorts: false, or externalTrafficPolicy: Cluster",
			"with externalTrafficPolicy Local and the PROXY protocol the health check fails, and %s sends no traffic", *lb.Provider)
	}
}
