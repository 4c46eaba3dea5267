package decide

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// dnsPort is where pods look up the name of the Service.
const dnsPort = 53

// networkPolicy plans the NetworkPolicy that lets pods connect to the addresses.
func (d endpointsDecider) networkPolicy(spec *v1alpha1.EgressPolicy, vars scope) {
	if spec == nil || spec.Pods == nil || d.plan.Backends == nil || len(d.plan.Backends.Groups) == 0 {
		return
	}
	at := specField("networkPolicy")
	out := &plan.NetworkPolicy{At: at, Egress: true, Name: d.names.name(spec.Name, vars, at.Field("name"), v1alpha1.DNSSubdomain),
		Pods: d.selector(spec.Pods, vars, at.Field("pods"))}
	size := 0
	for _, r := range passagesTo(d.plan.Backends) {
		out.Rules, size = append(out.Rules, r), size+len(r.Ports)+len(r.Peers)
	}
	if size > maxPassages {
		d.found.Errorf(source.NumberRange, at, "list ranges of addresses without gaps",
			"NetworkPolicy %s would have %d ports and address blocks, and %d is the limit", out.Name, size, maxPassages)
		return
	}
	out.Rules = append(out.Rules, plan.Passage{Ports: []plan.PortRange{{Protocol: v1alpha1.UDP, First: dnsPort, Last: dnsPort}, {Protocol: v1alpha1.TCP, First: dnsPort, Last: dnsPort}}})
	d.plan.NetworkPolicies = append(d.plan.NetworkPolicies, out)
	if checker := newPolicyChecker(d.decider); len(checker.selecting(withLabels(out.Pods), egress)) == 0 {
		d.found.Infof(source.PortShut, at, "write policies for what else they connect to",
			"the pods that NetworkPolicy %s selects can connect to these addresses and to DNS, and to nothing else unless another policy lets them", out.Name)
	}
}

// passagesTo returns a rule for each set of ports that addresses serve, in the order of the spec.
func passagesTo(b *plan.Backends) []plan.Passage {
	type servers struct {
		ports map[plan.PortRange]bool
		order int
	}
	byIP := map[string]*servers{}
	for _, g := range b.Groups {
		for _, a := range g.Addresses {
			s, ok := byIP[a.IP]
			if !ok {
				s = &servers{map[plan.PortRange]bool{}, len(byIP)}
				byIP[a.IP] = s
			}
			for _, p := range g.Ports {
				s.ports[plan.PortRange{Protocol: p.Protocol, First: p.Target, Last: p.Target}] = true
			}
		}
	}
	var out []plan.Passage
	index := map[string]int{} // by ports
	var blocks []*netipx.IPSetBuilder
	for _, ip := range slices.SortedFunc(maps.Keys(byIP), func(a, b string) int { return cmp.Compare(byIP[a].order, byIP[b].order) }) {
		ports := slices.SortedFunc(maps.Keys(byIP[ip].ports), func(a, b plan.PortRange) int {
			return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Protocol, b.Protocol))
		})
		i, ok := index[fmt.Sprint(ports)]
		if !ok {
			i = len(out)
			index[fmt.Sprint(ports)] = i
			out, blocks = append(out, plan.Passage{Ports: ports}), append(blocks, &netipx.IPSetBuilder{})
		}
		blocks[i].Add(netip.MustParseAddr(ip))
	}
	for i := range out {
		set, _ := blocks[i].IPSet() // it only has addresses that are valid
		for _, prefix := range set.Prefixes() {
			out[i].Peers = append(out[i].Peers, plan.Peer{CIDR: prefix.String()})
		}
	}
	return out
}
