package diff

import (
	"slices"
	"strings"
)

const (
	aws    = "service.beta.kubernetes.io/aws-load-balancer-"
	azure  = "service.beta.kubernetes.io/azure-"
	cilium = "lbipam.cilium.io/"
	gke    = "networking.gke.io/"
	octa   = "loadbalancer.openstack.org/"
	ocean  = "service.beta.kubernetes.io/do-loadbalancer-"
	oci    = "oci.oraclecloud.com/"
	ociNet = "oci-network-load-balancer.oraclecloud.com/"
	linode = "service.beta.kubernetes.io/linode-loadbalancer-"
	hcloud = "load-balancer.hetzner.cloud/"
	ali    = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-"
)

// hostnameKeys are the annotations with the names of a Service, addressKeys those with addresses that
// are IP addresses.
var (
	hostnameKeys = []string{"external-dns.alpha.kubernetes.io/hostname", "external-dns.kubernetes.io/hostname"}
	targetKeys   = []string{"external-dns.alpha.kubernetes.io/target", "external-dns.kubernetes.io/target"}
	addressKeys  = []string{"metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", cilium + "ips", "io.cilium/lb-ipam-ips", "kube-vip.io/loadbalancerIPs",
		"purelb.io/addresses", azure + "load-balancer-ipv4", azure + "load-balancer-ipv6", aws + "private-ipv4-addresses", aws + "ipv6-addresses", linode + "reserved-ipv4", "cis.f5.com/ip"}
)

// balancerRules are what providers do when their annotations change. A provider ignores what it does
// not know, so that a rule needs no provider, only the key.
var balancerRules = []Rule{
	{ID: "LoadBalancerLeaked", Kinds: services, Fields: annotation, Class: Recreate, When: func(c *change) bool { return staysBalanced(c) && c.key == aws+"type" },
		Why: "another controller takes the Service over, and the load balancer is replaced or left behind", Who: "{clients}", Instead: "keep the annotation; add a Service with another name, and move the clients"},
	{ID: "LoadBalancerFixed", Kinds: services, Fields: annotation, Class: Recreate, When: keyAmong(aws+"name", ocean+"ip", hcloud+"location", hcloud+"network-zone", oci+"load-balancer-type",
		ociNet+"internal", "service.beta.kubernetes.io/oci-load-balancer-internal", ociNet+"assigned-private-ipv4", ociNet+"assigned-ipv6"),
		Why: "the provider reads it only when it creates the load balancer", Instead: "add a Service with another name, and move the clients"},
	{ID: "LoadBalancerIPFixed", Kinds: services, Fields: []string{"spec.loadBalancerIP"}, Class: Disruptive, When: staysBalanced,
		Why: "the load balancer gets another address, and some providers, such as Oracle's, refuse the change for ever", Who: "{clients}",
		Instead: "add a Service with another name and the new address, move the clients, and then remove this one"},
	{ID: "LoadBalancerReplaced", Kinds: services, Fields: annotation, Class: Disruptive, When: keyAmong(aws+"scheme", aws+"internal", aws+"nlb-target-type", aws+"subnets", gke+"load-balancer-type", "cloud.google.com/l4-rbs",
		"cloud.google.com/load-balancer-type", azure+"load-balancer-internal", azure+"load-balancer-internal-subnet", "service.beta.kubernetes.io/openstack-internal-load-balancer", octa+"load-balancer-id", octa+"class",
		ocean+"network", ocean+"type", hcloud+"disable-public-network", hcloud+"name", ali+"id", ali+"address-type", "service.kubernetes.io/tke-existed-lbid", linode+"nodebalancer-id"),
		Why: "the load balancer is replaced by one with another address or name", Who: "{clients}", Instead: "add a Service with another name, move the clients, and then remove this one"},
	{ID: "LoadBalancerAddress", Kinds: services, Fields: annotation, Class: Disruptive, When: keyAmong(append([]string{"metallb.io/address-pool", "metallb.universe.tf/address-pool", "purelb.io/service-group",
		gke + "load-balancer-ip-addresses", gke + "load-balancer-subnet", azure + "pip-name", azure + "pip-name-ipv6", azure + "pip-prefix-id", aws + "eip-allocations", octa + "port-id", octa + "subnet-id",
		octa + "floating-network-id", "eip.openelb.kubesphere.io/v1alpha2", "cis.f5.com/ipamLabel", "kube-vip.io/leaseName"}, addressKeys...)...),
		Why: "the load balancer gets another address, and is away until it has it", Who: "{clients}", Instead: "add a Service with another name and the new address, move the clients, and then remove this one"},
	{ID: "SharingKey", Kinds: services, Fields: annotation, Class: Disruptive, When: keyAmong("metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip", cilium+"sharing-key", "purelb.io/allow-shared-ip"),
		Why: "a Service shares an address only with those that have the same key, and gets another address, or none, while they differ", Who: "{clients}", Instead: "change the key of all Services with the address in one apply"},
	{ID: "LoadBalancerSettings", Kinds: services, Fields: annotation, Class: Disruptive, When: edgeLBPool,
		Why: "EdgeLB deploys the pool again", Who: "{clients}"},

	{ID: "DNSName", Kinds: services, Fields: annotation, Class: Disruptive, When: func(c *change) bool { return slices.Contains(hostnameKeys, c.key) && len(c.gone()) > 0 },
		Why: "external-dns removes {gone}", Who: "clients that know {gone}", Instead: "keep the old name beside the new one, with aliases, until the clients have moved"},
	{ID: "DNSTarget", Kinds: services, Fields: annotation, Class: Disruptive, When: func(c *change) bool { return slices.Contains(targetKeys, c.key) },
		Why: "the names lead to another place, once the cached answers have expired", Who: "{clients}", Instead: "keep the old place open for as long as the TTL of the records"},
}

var annotation = []string{"metadata.annotations[]"}

// keyAmong is for annotations that a provider reads while the Service has its load balancer.
func keyAmong(keys ...string) func(*change) bool {
	return func(c *change) bool { return staysBalanced(c) && slices.Contains(keys, c.key) }
}

func edgeLBPool(c *change) bool {
	return staysBalanced(c) && strings.HasPrefix(c.key, "kubernetes.dcos.io/")
}
