package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// k3s is ServiceLB: pods that take the ports of a Service on all nodes, or on those of a pool. A
// Service whose port is taken stays pending. The pods put their own address in the place of clients'.
// Sources: pkg/cloudprovider/servicelb.go of K3s, and entry of klipper-lb.
var k3s = Provider{
	Name:    "K3s",
	Keys:    []Key{{Of: "addressPool", Name: "svccontroller.k3s.cattle.io/lbpool", Label: true, Value: pool, Change: Readdressed}},
	Sharing: "all Services have the addresses of the nodes, each with ports of its own",
	Check: func(found *finding.Findings, s *plan.Service) {
		if isLocal(s) && !*s.Access.LoadBalancer.AllocateNodePorts {
			found.ErrorOnce(source.ProviderRule, setting(found, s, "allocateNodePorts"), "take it out, or set externalTrafficPolicy: Cluster",
				"with externalTrafficPolicy Local, K3s needs node ports")
		}
	},
}
