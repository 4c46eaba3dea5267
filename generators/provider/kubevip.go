package provider

import (
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

var kubeVIPSharer = keyed{name: "kube-vip", annotation: "kube-vip.io/leaseName", onlyCluster: true, byLease: true}

// kubeVIP elects a node for each lease, so that Services with one address must have one lease. Its
// pools go by namespace, in a ConfigMap. Sources: pkg/kubevip/annotations.go, pkg/lease and pkg/endpoints of
// kube-vip, and the README of kube-vip-cloud-provider.
var kubeVIP = Provider{
	Name: "KubeVIP",
	Keys: []Key{
		{Of: "address", Name: "kube-vip.io/loadbalancerIPs", Value: address, Change: Readdressed, Field: true},
		{Of: "sharingKey", Name: "kube-vip.io/leaseName", Value: lease, Change: Unshared},
	},
	Rewrites:     "spec.loadBalancerIP and labels",
	Sharing:      "one address and one sharingKey, with policy Cluster",
	Check:        pending(kubeVIPSharer.check, kubeVIPLocal),
	CheckSharing: kubeVIPSharer.checkSharing,
}

// lease is the name of an object, which cannot have the colons of an IPv6 address.
func lease(s *plan.Service) string {
	return strings.Trim(strings.ReplaceAll(s.Balancer.SharingKey, ":", "-"), "-")
}

// kubeVIPLocal: the leader has the addresses of all Services, and may have none of their pods.
func kubeVIPLocal(found *finding.Findings, s *plan.Service) {
	if isLocal(s) && !s.Balancer.Shared {
		found.WarnOnce(source.ProviderRule, found.Where(s.Levels, plan.Setting("externalTrafficPolicy")), "run it with svc_election, or set externalTrafficPolicy: Cluster",
			"with externalTrafficPolicy Local, kube-vip must elect a node for each Service, which it does not do by default")
	}
}
