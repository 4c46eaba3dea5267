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
		Classes: []string{"networking.gke.io/l4-regional-internal", "networking.gke.io/l4-regional-external",
			"networking.gke.io/l4-regional-internal-legacy", "networking.gke.io/l4-regional-external-legacy"},
		Address: ipOrNames, Reads: gkeReader, Settings: []source.Path{internalSetting, subnetsSetting}},
	{Name: "Azure", Is: "cloud-provider-azure 1.36, which AKS runs", Words: []string{"azure", "aks"},
		Address: ipOrName, Private: ips, Reads: azureReader, Settings: []source.Path{internalSetting, subnetsSetting}},
	{Name: "Cilium", Is: "Cilium 1.20, LB-IPAM", Words: []string{"lb-ipam", "lbipam"}, Classes: []string{"io.cilium/bgp-control-plane", "io.cilium/l2-announcer"},
		Address: ips, Reads: ciliumReader, Settings: []source.Path{keySetting}},
	{Name: "KubeVIP", Is: "kube-vip 1.2", Words: []string{"kube-vip", "kubevip"}, Classes: []string{"kube-vip.io/kube-vip-class"},
		Address: ips, Reads: kubeVIPReader, Settings: []source.Path{keySetting}},
	{Name: "Hetzner", Is: "Hetzner's cloud controller manager 1.35", Words: []string{"hetzner", "hcloud"},
		Private: oneIPv4, IsProxy: always, Reads: hetznerReader, Settings: []source.Path{internalSetting, proxySetting, nameSetting}},
	{Name: "K3s", Is: "ServiceLB of K3s", Words: []string{"k3s", "servicelb", "klipper"},
		NoAddress: true, OnNodes: true, IsProxy: always, Settings: []source.Path{poolSetting}},
	{Name: "DigitalOcean", Is: "DigitalOcean's cloud controller manager 0.1.68", Words: []string{"digitalocean", "do", "doks"},
		Address: oneIPv4, IsProxy: doHides, Reads: digitalOceanReader, Settings: []source.Path{internalSetting, proxySetting, nameSetting}},
	{Name: "Octavia", Is: "Octavia of OpenStack, by cloud-provider-openstack 1.36", Words: []string{"octavia", "openstack"},
		Address: oneIP, IsProxy: always, Reads: octaviaReader, Settings: []source.Path{internalSetting, subnetsSetting, proxySetting}},
	{Name: "OCI", Is: "Oracle's cloud controller manager 1.35, which makes network load balancers", Words: []string{"oci", "oke", "oracle"},
		Address: oneIPv4, Private: ips, IsProxy: ociHides, Reads: ociReader, Settings: []source.Path{internalSetting, subnetsSetting, proxySetting}},
	{Name: "Linode", Is: "Linode's cloud controller manager 0.9, which makes NodeBalancers", Words: []string{"linode", "akamai", "lke"},
		Address: oneIPv4, IsProxy: always, Reads: linodeReader, Settings: []source.Path{subnetsSetting, proxySetting}},
	{Name: "Vultr", Is: "Vultr's cloud controller manager 0.18", Words: []string{"vultr", "vke"},
		NoAddress: true, IsProxy: always, Reads: vultrReader, Settings: []source.Path{proxySetting, nameSetting}},
	{Name: "PureLB", Is: "PureLB 0.16", Words: []string{"purelb"}, Classes: []string{"purelb.io/purelbv2"},
		Address: ips, Reads: pureLBReader, Settings: []source.Path{keySetting, poolSetting}},
	{Name: "OpenELB", Is: "OpenELB 0.6", Words: []string{"openelb", "porter"}, Address: oneIP, Settings: []source.Path{poolSetting}},
	{Name: "Alibaba", Is: "Alibaba's cloud controller manager 2.14, which makes Classic Load Balancers", Words: []string{"alibaba", "alicloud", "aliyun", "ack", "clb", "slb"},
		Private: oneIPv4, Reads: alibabaReader, Settings: []source.Path{internalSetting, subnetsSetting, proxySetting, nameSetting}},
	{Name: "F5", Is: "F5's BIG-IP Controller 2.20, Container Ingress Services", Words: []string{"f5", "bigip", "big-ip", "cis"}, Address: oneIP, Settings: []source.Path{poolSetting},
		Reads: Reader{Name: "F5's BIG-IP Controller", Prefixes: []string{"cis.f5.com/"}, Keys: []string{"ip", "ipamLabel", "health", "policyName", "host", "partition", "multiClusterServices"}}},
}
