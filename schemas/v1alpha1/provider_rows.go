package v1alpha1

import "sallyport.dev/schemas/source"

// Settings that some providers have.
var (
	internalSetting = at("loadBalancer", "internal")
	subnetsSetting  = at("loadBalancer", "subnets")
	proxySetting    = at("loadBalancer", "proxyProtocol")
	nameSetting     = at("loadBalancer", "name")
	keySetting      = at("loadBalancer", "sharingKey")
	poolSetting     = at("loadBalancer", "addressPool")
)

// always is for providers whose load balancers are proxies.
func always(*Access) bool { return true }

// providers are all that a spec may name, in the order in which they are listed.
var providers = []ProviderRow{
	{Name: ProviderNone, Is: "any load balancer, by the fields of the Service alone", Address: opaque},
	{Name: "MetalLB", Is: "MetalLB 0.16", Address: ips, AllFamilies: true, Reads: Reader{
		Name: "MetalLB", Prefixes: []string{"metallb.io/", "metallb.universe.tf/"},
		Keys: []string{"address-pool", "allow-shared-ip", "ip-allocated-from-pool", "loadBalancerIPs"},
	}, Settings: []source.Path{keySetting, poolSetting},
		Example: "{provider: MetalLB, address: 192.0.2.10}"},
	edgeLBRow,
	{Name: "AWS", Is: "the AWS Load Balancer Controller 3.5, which makes Network Load Balancers", Words: []string{"aws", "eks", "nlb", "elb"},
		Class: "service.k8s.aws/nlb", Classes: []string{"service.k8s.aws/nlb"},
		Address: elasticIPs, Private: subnetIPs, IsPrivate: true, StatusName: true, IsProxy: awsHides, Reads: awsReader,
		Settings: []source.Path{internalSetting, subnetsSetting, proxySetting, nameSetting}},
	{Name: "EKSAuto", Is: "EKS Auto Mode, which makes Network Load Balancers", Words: []string{"eks-auto", "eksautomode", "automode"},
		Class: "eks.amazonaws.com/nlb", Classes: []string{"eks.amazonaws.com/nlb"},
		NoAddress: true, IsPrivate: true, StatusName: true, IsProxy: awsHides,
		Settings: []source.Path{internalSetting, subnetsSetting}},
	{Name: "GKE", Is: "GKE's passthrough Network Load Balancers", Words: []string{"gke", "gcp", "gce", "google"},
		Classes: []string{"networking.gke.io/l4-regional-internal", "networking.gke.io/l4-regional-external"},
		Address: ipOrNames, Reads: gkeReader, Settings: []source.Path{internalSetting, subnetsSetting}},
	{Name: "Azure", Is: "cloud-provider-azure 1.36, which AKS runs", Words: []string{"azure", "aks"},
		Address: ipOrName, Private: ips, Reads: azureReader, Settings: []source.Path{internalSetting, subnetsSetting}},
}
