package provider

const azurePrefix = "service.beta.kubernetes.io/azure-"

// azure is cloud-provider-azure. The load balancer has a rule for each port of all Services, 250 at most
// by default (MaximumLoadBalancerRuleCount), with another one for those inside the network. Services share
// an address by asking for it. Sources: pkg/consts and pkg/provider/azure_loadbalancer.go there.
var azure = Provider{
	Name: "Azure",
	Keys: []Key{
		{Of: "internal", Name: azurePrefix + "load-balancer-internal", Value: internal("true", ""), Change: Replaced},
		{Of: "subnets", Name: azurePrefix + "load-balancer-internal-subnet", Value: subnets, Change: Replaced},
		{Of: "address", Name: azurePrefix + "load-balancer-ipv4", Value: where(isIPv4), Change: Readdressed, Field: true},
		{Of: "address", Name: azurePrefix + "load-balancer-ipv6", Value: where(isIPv6), Change: Readdressed, Field: true},
		{Of: "address", Name: azurePrefix + "pip-name", Value: nthName(0), Change: Readdressed},
		{Of: "address", Name: azurePrefix + "pip-name-ipv6", Value: nthName(1), Change: Readdressed},
		{Name: azurePrefix + "pip-prefix-id", Change: Readdressed},
		{Name: azurePrefix + "pip-prefix-id-ipv6", Change: Readdressed},
	},
	MaxPorts: 250,
	IsCommon: true,
	Sharing:  "all Services ask for one address",
	Check:    oneSubnet,
}
