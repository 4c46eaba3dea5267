package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const alibabaPrefix = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-"

var alibabaShared = unshared{"Alibaba"}

// alibaba makes Classic Load Balancers. Sources: pkg/controller/service/reconcile/annotation,
// pkg/controller/service/clbv1 and docs/usage.md of cloud-provider-alibaba-cloud.
var alibaba = Provider{
	Name: "Alibaba",
	Keys: []Key{
		{Of: "internal", Name: alibabaPrefix + "address-type", Value: internal("intranet", "internet"), Change: Fixed},
		{Of: "subnets", Name: alibabaPrefix + "vswitch-id", Value: subnets, Change: Fixed},
		{Of: "address", Name: alibabaPrefix + "ip", Value: address, Change: Fixed},
		{Of: "proxyProtocol", Name: alibabaPrefix + "proxy-protocol", Value: proxied("on")},
		{Of: "name", Name: alibabaPrefix + "name", Value: name},
		{Of: "allocateNodePorts", Name: "service.beta.kubernetes.io/backend-type", Value: eni, Change: Retargeted},
		{Name: alibabaPrefix + "id", Change: Replaced},
	},
	IgnoresRanges: func(*plan.Service) string {
		return "take it out, and write the annotations " + alibabaPrefix + "acl-status, acl-id and acl-type"
	},
	Sharing:      "by the annotations " + alibabaPrefix + "id of one that exists and " + alibabaPrefix + "force-override-listeners",
	BalancerName: v1alpha1.DNSLabel,
	Check:        pending(alibabaShared.check, oneSubnet, alibabaClass),
	CheckSharing: alibabaShared.checkSharing,
}

// eni is the type of backends that need no node ports: the network interfaces of pods.
func eni(s *plan.Service) string {
	if *s.Access.LoadBalancer.AllocateNodePorts {
		return ""
	}
	return "eni"
}

// alibabaClass: a Network Load Balancer reads other annotations, and requires zones.
func alibabaClass(found *finding.Findings, s *plan.Service) {
	if class := *s.Access.LoadBalancer.Class; class == "alibabacloud.com/nlb" {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "class"), "take it out; or leave the provider out, and write the annotations, with "+alibabaPrefix+"zone-maps",
			"Services of class %s have Network Load Balancers, and provider Alibaba writes the annotations of Classic Load Balancers", class)
	}
}
