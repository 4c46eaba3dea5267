package provider

import (
	"fmt"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// The limits of an internal address that Services share.
const (
	gkeRules = 10 // forwarding rules
	gkePorts = 5  // of a forwarding rule
)

// gke makes passthrough load balancers. A cluster without GKE subsetting, which is not the default before
// 1.36, reads the older name of the subnet only. Sources: providers/gce of cloud-provider-gcp, pkg/l4 of ingress-gce,
// and the page "LoadBalancer Service parameters" of GKE.
var gke = Provider{
	Name: "GKE",
	Keys: []Key{
		{Of: "internal", Name: "networking.gke.io/load-balancer-type", Value: internal("Internal", ""), Change: Replaced},
		{Of: "address", Name: "networking.gke.io/load-balancer-ip-addresses", Value: where(isName), Change: Readdressed},
		{Of: "subnets", Name: "networking.gke.io/load-balancer-subnet", Value: subnets, Change: Readdressed},
		{Of: "subnets", Name: "networking.gke.io/internal-load-balancer-subnet", Value: subnets, Change: Readdressed, Older: "networking.gke.io/load-balancer-subnet"},
		{Name: "cloud.google.com/load-balancer-type", Change: Replaced, Older: "networking.gke.io/load-balancer-type", As: map[string]string{"internal": "Internal"}},
		{Name: "cloud.google.com/l4-rbs", Change: Replaced},
		{Name: "cloud.google.com/network-tier", Change: Readdressed},
	},
	InField:      allIPs,
	Sharing:      "internal: one address of the purpose SHARED_LOADBALANCER_VIP, 10 Services of 5 ports each",
	Check:        pending(oneSubnet, gkeClass, gkeShared),
	CheckSharing: gkeSharing,
}

// gkeClass: the class decides, whatever the annotation says.
func gkeClass(found *finding.Findings, s *plan.Service) {
	for class, internal := range map[string]bool{"networking.gke.io/l4-regional-internal": true, "networking.gke.io/l4-regional-external": false} {
		if lb := s.Access.LoadBalancer; *lb.Class == class && lb.Inside() != internal {
			found.ErrorOnce(source.Contradiction, setting(found, s, "class"), fmt.Sprintf("write internal: %v, or another class", internal),
				"load balancers of class %s are %s, and internal is %v", class, map[bool]string{true: "inside the network", false: "for the internet"}[internal], !internal)
		}
	}
}

// gkeShared warns about what a shared address must be.
func gkeShared(found *finding.Findings, s *plan.Service) {
	at := setting(found, s, "address")
	switch {
	case !s.Balancer.Shared || len(s.Balancer.Addresses) == 0 || found.Wrong(at):
	case !s.Access.LoadBalancer.Inside():
		found.WarnOnce(source.SharedAddress, at, "set internal: true, or list addresses, one for each pod",
			"GKE documents that Services share an address for internal load balancers only, and several ask for %s", s.Balancer.Address())
	case len(s.Ports) > gkePorts:
		found.ErrorOnce(source.ProviderRule, s.Levels.Entry().Field("ports"), "open fewer, or list addresses, one for each pod",
			"Service %s has %d ports, and at an address that Services share GKE takes %d of each", s.Name, len(s.Ports), gkePorts)
	default:
		found.WarnOnce(source.SharedAddress, at, "reserve it with --purpose=SHARED_LOADBALANCER_VIP",
			"several Services ask for %s, and GKE lets them share an address of the purpose SHARED_LOADBALANCER_VIP only", s.Balancer.Address())
	}
}

func gkeSharing(found *finding.Findings, s *plan.Service, by Sharer) {
	if by.Count >= gkeRules {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "address"), "list addresses, one for each pod",
			"more than %d Services ask for %s, and GKE shares an address among %d", gkeRules, s.Balancer.Address(), gkeRules)
	}
}
