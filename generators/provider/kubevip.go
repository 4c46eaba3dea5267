package provider

import (
	"strings"

	"sallyport.dev/generators/plan"
)

var kubeVIPSharer = keyed{name: "kube-vip", annotation: "kube-vip.io/leaseName", onlyCluster: true}

// kubeVIP elects a node for each lease, so that Services with one address must have one lease. Its
// pools go by namespace, in a ConfigMap. Source: pkg/kubevip of kube-vip.
var kubeVIP = Provider{
	Name: "KubeVIP",
	Keys: []Key{
		{Of: "address", Name: "kube-vip.io/loadbalancerIPs", Value: address, Change: Readdressed},
		{Of: "sharingKey", Name: "kube-vip.io/leaseName", Value: lease, Change: Unshared},
	},
	Rewrites:     "spec.loadBalancerIP and labels",
	Sharing:      "one address and one sharingKey, with policy Cluster",
	Check:        kubeVIPSharer.check,
	CheckSharing: kubeVIPSharer.checkSharing,
}

// lease is the name of an object, which cannot have the colons of an IPv6 address.
func lease(s *plan.Service) string {
	return strings.Trim(strings.ReplaceAll(s.Balancer.SharingKey, ":", "-"), "-")
}
