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

// aws is the AWS Load Balancer Controller. It compares subnets, but no addresses and no name, with those
// of a load balancer that exists. Sources: pkg/annotations, pkg/service and pkg/deploy/elbv2 there.
var aws = Provider{
	Name: "AWS",
	Keys: []Key{
		{Of: "internal", Name: nlbPrefix + "scheme", Value: internal("internal", "internet-facing"), Change: Replaced},
		{Of: "allocateNodePorts", Name: nlbPrefix + "nlb-target-type", Value: targetIP, Change: Retargeted},
		{Of: "address", Name: nlbPrefix + "eip-allocations", Value: outside(where(isName)), Change: Fixed},
		{Of: "address", Name: nlbPrefix + "private-ipv4-addresses", Value: inside(where(isIPv4)), Change: Fixed},
		{Of: "address", Name: nlbPrefix + "ipv6-addresses", Value: where(isIPv6), Change: Fixed},
		{Of: "ipFamilies", Name: nlbPrefix + "ip-address-type", Value: withIPv6("dualstack")},
		{Of: "subnets", Name: nlbPrefix + "subnets", Value: subnets, Change: Readdressed},
		{Of: "proxyProtocol", Name: nlbPrefix + "proxy-protocol", Value: proxied("*")},
		{Of: "name", Name: nlbPrefix + "name", Value: name, Change: Fixed},
		{Name: nlbPrefix + "internal", Change: Replaced, Older: nlbPrefix + "scheme", As: map[string]string{"true": "internal", "false": "internet-facing"}},
		{Name: nlbPrefix + "type", Change: Abandoned},
	},
	MaxPorts:      50,
	IgnoresRanges: nlbIgnoresRanges,
	Sharing:       "none: a load balancer for each Service; a Gateway with TCPRoutes shares one",
	BalancerName:  v1alpha1.NLBName,
	Check:         pending(nlbShared.check, nlbAddresses, nlbHealthCheck, nlbRanges),
	CheckSharing:  nlbShared.checkSharing,
}

// targetIP is the type of targets that need no node ports. Instances are the default.
func targetIP(s *plan.Service) string {
	if *s.Access.LoadBalancer.AllocateNodePorts {
		return ""
	}
	return "ip"
}

// nlbIgnoresRanges: they are rules of the security group that the controller makes.
func nlbIgnoresRanges(s *plan.Service) string {
	switch {
	case s.Annotations[nlbPrefix+"security-groups"] != "":
		return "write the ranges into the security groups, or take the annotation " + nlbPrefix + "security-groups out"
	case s.Annotations[nlbPrefix+"disable-nlb-sg"] == "true" && !*s.Access.LoadBalancer.AllocateNodePorts:
		return "take the annotation " + nlbPrefix + "disable-nlb-sg out"
	}
	return ""
}

// nlbRanges warns where the documentation of the controller says that it ignores the ranges, though its
// security group has them: clients' addresses are not preserved by default for targets of type ip.
func nlbRanges(found *finding.Findings, s *plan.Service) {
	lb := s.Access.LoadBalancer
	if len(lb.SourceRanges) > 0 && !*lb.AllocateNodePorts && nlbIgnoresRanges(s) == "" && !strings.Contains(s.Annotations[nlbPrefix+"target-group-attributes"], "preserve_client_ip.enabled=true") {
		found.WarnOnce(source.ProviderIgnores, setting(found, s, "sourceRanges"),
			"write annotations: {"+nlbPrefix+"target-group-attributes: preserve_client_ip.enabled=true}, or take allocateNodePorts: false out",
			"%s documents that it ignores sourceRanges where a load balancer does not preserve the addresses of clients", *lb.Provider)
	}
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
