package provider

const azurePrefix = "service.beta.kubernetes.io/azure-"

// azure is cloud-provider-azure. A load balancer has a rule for each port, 250 at most. Services share
// an address by asking for it. Sources: pkg/consts and pkg/provider/azure_loadbalancer.go there.
var azure = Provider{
	Name: "Azure",
	Keys: []Key{
		{Of: "internal", Name: azurePrefix + "load-balancer-internal", Value: internal("true", "")},
		{Of: "subnets", Name: azurePrefix + "load-balancer-internal-subnet", Value: subnets},
		{Of: "address", Name: azurePrefix + "load-balancer-ipv4", Value: where(isIPv4)},
		{Of: "address", Name: azurePrefix + "load-balancer-ipv6", Value: where(isIPv6)},
		{Of: "address", Name: azurePrefix + "pip-name", Value: nthName(0)},
		{Of: "address", Name: azurePrefix + "pip-name-ipv6", Value: nthName(1)},
	},
	MaxPorts: 250,
	Replaced: []string{"internal", "subnets", "address"},
	Sharing:  "all Services ask for one address",
	Check:    oneSubnet,
}
