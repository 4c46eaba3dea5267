package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const vultrPrefix = "service.beta.kubernetes.io/vultr-loadbalancer-"

// vultr makes proxies, at addresses that nobody can choose. Its label is the name of one. Sources:
// vultr/loadbalancers.go and docs/load-balancers.md of vultr-cloud-controller-manager.
var vultr = Provider{
	Name: "Vultr",
	Keys: []Key{
		{Of: "proxyProtocol", Name: vultrPrefix + "proxy-protocol", Value: proxied("true")},
		{Of: "name", Name: vultrPrefix + "label", Value: name, Change: Fixed},
		{Name: vultrPrefix + "id", Change: Replaced, Written: true},
	},
	NodePorts: true,
	IgnoresRanges: func(*plan.Service) string {
		return "take it out, and write the annotation " + vultrPrefix + "firewall-rules"
	},
	Sharing:      "none: a load balancer for each Service",
	BalancerName: v1alpha1.DNSLabel,
	Check:        vultrUDP,
}

// vultrUDP: the protocol of a port is that of annotations, and TCP without them.
func vultrUDP(found *finding.Findings, s *plan.Service) {
	for _, p := range s.Ports {
		if p.Protocol == v1alpha1.UDP && (s.Annotations[vultrPrefix+"protocol"] != "udp" || s.Annotations[vultrPrefix+"backend-protocol"] != "udp") {
			found.ErrorOnce(source.ProviderRule, s.Levels.Entry().Field("ports"), "write annotations: {"+vultrPrefix+"protocol: udp, "+vultrPrefix+"backend-protocol: udp}, in an entry with UDP ports only",
				"port %s of Service %s is UDP, and Vultr would open it for TCP", p.Name, s.Name)
		}
	}
}
