package provider

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Report reports what the provider would refuse, ignore or decide by itself.
func (p *Provider) Report(found *finding.Findings, s *plan.Service) {
	if p.Name != v1alpha1.ProviderNone {
		p.checkClass(found, s)
		p.checkInside(found, s)
		p.checkPorts(found, s)
		p.checkRanges(found, s)
		if written := p.written(); written != "" {
			found.InfoOnce(source.ProviderRewrites, setting(found, s, "provider"), "exclude it where a tool compares the cluster with Git",
				"%s writes %s back into the Service", p.Name, written)
		}
	}
	if p.Check != nil {
		p.Check(found, s)
	}
}

// setting returns where a setting of loadBalancer is written.
func setting(found *finding.Findings, s *plan.Service, name string) source.Path {
	return found.Where(s.Levels, plan.Setting("loadBalancer", name))
}

func (p *Provider) checkClass(found *finding.Findings, s *plan.Service) {
	class := *s.Access.LoadBalancer.Class
	if other := v1alpha1.OfClass(class); other != "" && other != p.Name {
		found.ErrorOnce(source.Contradiction, setting(found, s, "class"), "take it out, or write provider: "+string(other),
			"Services of class %s have load balancers of %s, and the provider is %s", class, other, p.Name)
	}
}

// checkInside names the provider's own choice, and checks that subnets are of use.
func (p *Provider) checkInside(found *finding.Findings, s *plan.Service) {
	lb, row := s.Access.LoadBalancer, p.Name.Row()
	if lb.Internal != nil || !row.Has(plan.Setting("loadBalancer", "internal")) {
		return
	}
	who, wayOut := "the internet can reach it", "write internal: true or internal: false"
	if row.IsPrivate {
		who = "only clients in its network can reach it"
	}
	found.InfoOnce(source.ProviderDefault, setting(found, s, "provider"), wayOut,
		"loadBalancer.internal is not set, and %s makes a load balancer as it does by default: %s", p.Name, who)
}

func (p *Provider) checkPorts(found *finding.Findings, s *plan.Service) {
	if p.MaxPorts > 0 && len(s.Ports) > p.MaxPorts {
		found.ErrorOnce(source.ProviderRule, s.Levels.Entry().Field("ports"), "split the entry into several",
			"Service %s has %d ports, and a load balancer of %s can have %d", s.Name, len(s.Ports), p.Name, p.MaxPorts)
	}
	if p.NodePorts && !*s.Access.LoadBalancer.AllocateNodePorts {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "allocateNodePorts"), "take it out",
			"load balancers of %s connect to the node ports of a Service, and it would have none", p.Name)
	}
}

func (p *Provider) checkRanges(found *finding.Findings, s *plan.Service) {
	if p.IgnoresRanges == nil || len(s.Access.LoadBalancer.SourceRanges) == 0 {
		return
	}
	if wayOut := p.IgnoresRanges(s); wayOut != "" {
		found.WarnOnce(source.ProviderIgnores, setting(found, s, "sourceRanges"), wayOut,
			"sourceRanges shut nobody out: %s ignores them here", p.Name)
	}
}

// oneSubnet checks that there is at most one subnet, and only for a load balancer inside the network.
func oneSubnet(found *finding.Findings, s *plan.Service) {
	oneSubnetOnly(found, s)
	if lb := s.Access.LoadBalancer; len(lb.Subnets) == 1 && !lb.Inside() {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "subnets"), "set internal: true, or take it out", "%s only takes a subnet for an internal load balancer", *lb.Provider)
	}
}

func oneSubnetOnly(found *finding.Findings, s *plan.Service) {
	if lb := s.Access.LoadBalancer; len(lb.Subnets) > 1 {
		found.ErrorOnce(source.ProviderRule, setting(found, s, "subnets"), "keep one", "a load balancer of %s has one subnet, and not %d", *lb.Provider, len(lb.Subnets))
	}
}
