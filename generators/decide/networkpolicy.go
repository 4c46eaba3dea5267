package decide

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// maxPassages is the limit of ports and peers in a NetworkPolicy. It keeps the object within the
// 1.5 MiB that etcd takes.
const maxPassages = 10_000

// A policyDecider decides who may connect to the pods of components.
type policyDecider struct {
	*decider
	checker policyChecker
	guards  []*guard

	ownPods  func() []plan.Peer         // those of all components: brokers connect to controllers, too
	services func() []*workload.Service // those of the package that other tools make
}

// networkPolicies plans the NetworkPolicies of components, and checks those of the package.
func (d *decider) networkPolicies() {
	p := &policyDecider{decider: d, checker: newPolicyChecker(d)}
	p.ownPods, p.services = sync.OnceValue(p.pods), sync.OnceValue(p.foreign)
	for _, c := range d.components {
		p.guards = append(p.guards, p.newGuard(c))
	}
	for _, g := range p.guards {
		switch {
		case g.Spec.NetworkPolicy == nil:
			p.checker.check(g.Component, g.witnesses())
		case !d.budget.closed():
			g.decide()
		}
	}
}

func (d *policyDecider) newGuard(c *component) *guard {
	g := &guard{policyDecider: d, component: c, selector: map[string]string{}, sets: d.seen.sets[c.Spec.Name]}
	for k, v := range c.Spec.Selector {
		if value, err := c.scope.expand(*v); err == nil {
			g.selector[k] = value.string
		}
	}
	if missing := len(g.sets) == 0 || len(g.sets) < len(c.Workloads); missing && len(g.selector) > 0 {
		g.sets = append(slices.Clone(g.sets), withLabels(g.selector))
	}
	return g
}

// foreign returns the Services of the package that other tools make.
func (d *policyDecider) foreign() []*workload.Service {
	return slices.DeleteFunc(d.seen.pkg.Services(), func(s *workload.Service) bool {
		return s.Annotations[plan.OwnerAnnotation] != "" || !workload.Meets(s.Namespace, d.plan.Namespace)
	})
}

// pods returns the pods of all components, each labels once.
func (d *policyDecider) pods() []plan.Peer {
	var out []plan.Peer
	seen := map[string]bool{}
	for _, g := range d.guards {
		key := labels.Set(g.selector).String()
		if at := g.Path.Field("selector"); len(g.selector) == 0 && !d.found.Wrong(at) {
			d.found.ErrorOnce(source.Required, at, "write the labels of the pods, or add the StatefulSet to the input",
				"selector is required: the NetworkPolicies of the spec let the pods of all components connect, by their labels")
		} else if len(g.selector) > 0 && !seen[key] {
			out, seen[key] = append(out, plan.Peer{Pods: g.selector}), true
		}
	}
	return out
}

// A guard decides the NetworkPolicy of a component.
type guard struct {
	*policyDecider
	*component
	selector map[string]string
	sets     []*workload.StatefulSet // those of the package, and one for pods that it does not have

	policy  *plan.NetworkPolicy
	exposed []string                    // the names of the ports that entries lead clients to
	ranges  map[string][]plan.PortRange // by port
	size    int
}

// witnesses are the StatefulSets of the package; if there are none, one with the labels of the pods.
func (g *guard) witnesses() []*workload.StatefulSet {
	if sets := g.seen.sets[g.Spec.Name]; len(sets) > 0 {
		return sets
	}
	return g.sets
}

// decide plans the NetworkPolicy, and warns of what it shuts and of what it cannot restrict.
func (g *guard) decide() {
	at, spec := g.Path.Field("networkPolicy"), g.Spec.NetworkPolicy
	g.policy = &plan.NetworkPolicy{At: at, Name: g.names.name(spec.Name, g.scope, at.Field("name"), v1alpha1.DNSSubdomain),
		Pods: g.decider.selector(g.Spec.Selector, g.scope, g.Path.Field("selector"))}
	g.exposed, g.ranges = g.Spec.Exposed(g.Enabled), map[string][]plan.PortRange{}
	for i := range g.Spec.Ports {
		port := &g.Spec.Ports[i]
		g.ranges[port.Name] = rangesOf(port.Protocol, g.opened(port))
	}
	alone := slices.ContainsFunc(g.sets, func(s *workload.StatefulSet) bool {
		return len(g.checker.selecting(s, ingress)) == 0
	})
	if ok := g.passages(alone || len(g.sets) == 0); !ok {
		g.found.Errorf(source.NumberRange, at, "reduce the pods, or the items of from",
			"NetworkPolicy %s would have more than %d ports and peers, which is the limit", g.policy.Name, maxPassages)
		return
	}
	if g.budget.tooManyPassages(g.size, at) {
		return
	}
	if len(g.policy.Rules) == 0 {
		g.found.Warnf(source.UnusableSetting, at, "take it out, or name ports under from",
			"no NetworkPolicy is made: no entry exposes a port of component %s, and the package has a policy for its pods", g.Spec.Name)
		return
	}
	g.plan.NetworkPolicies = append(g.plan.NetworkPolicies, g.policy)
	if g.checkHostNetwork(at) {
		return
	}
	g.checkOutside()
	g.checkOpen()
	if alone {
		g.checkOthers(at)
	}
}

// passages makes the rules. alone: no policy of the package opens the ports that this one does not
// name. It reports whether the rules are within the limit.
func (g *guard) passages(alone bool) bool {
	items, size := g.Spec.NetworkPolicy.From, 0
	named, open := map[string]bool{}, map[string]bool{} // open: to everybody
	for _, item := range items {
		ports := item.Opens(g.exposed)
		for _, port := range ports {
			named[port] = true
			open[port] = open[port] || item.Everybody()
		}
		if size += len(ports); size > maxPassages {
			return false
		}
	}
	var others []string
	for _, port := range g.exposed {
		if !named[port] {
			others, open[port] = append(others, port), true
		}
	}
	ok := g.add(others, nil, nil)
	for i, item := range items {
		ok = ok && g.add(item.Opens(g.exposed), nil, g.peers(item, g.policy.At.Field("from").Index(i)))
	}
	if !alone || !ok {
		return ok
	}
	var rest []string
	for _, port := range g.Spec.Ports {
		if !open[port.Name] {
			rest = append(rest, port.Name)
		}
	}
	if unlisted := g.unlisted(); len(rest)+len(unlisted) > 0 {
		return g.add(rest, unlisted, g.ownPods())
	}
	return true
}

// add adds a rule. It reports whether the rules are within the limit.
func (g *guard) add(ports []string, more []plan.PortRange, peers []plan.Peer) bool {
	rule := plan.Passage{Peers: peers}
	for _, name := range ports {
		rule.Ports = append(rule.Ports, g.ranges[name]...)
	}
	if rule.Ports = append(rule.Ports, more...); len(rule.Ports) > 0 {
		g.policy.Rules = append(g.policy.Rules, rule)
	}
	g.size += len(rule.Ports) + len(rule.Peers)
	return g.size <= maxPassages
}

// peers returns the clients that an item lets connect.
func (g *guard) peers(item v1alpha1.PolicyPeers, at source.Path) []plan.Peer {
	var out []plan.Peer
	for _, block := range item.CIDRs {
		out = append(out, plan.Peer{CIDR: block})
	}
	if !item.SelectsPods() {
		return out
	}
	one := plan.Peer{}
	if item.Pods != nil {
		one.Pods = g.decider.selector(item.Pods, g.scope, at.Field("pods"))
	}
	if item.Namespaces != nil {
		one.Namespaces = g.decider.selector(item.Namespaces, g.scope, at.Field("namespaces"))
	}
	return append(out, one)
}

// unlisted returns the ports of containers that are no ports of the component, and warns of them.
func (g *guard) unlisted() []plan.PortRange {
	var out []plan.PortRange
	for _, set := range g.sets {
		if set.Doc == nil {
			continue
		}
		var names []string
		for _, p := range set.AllPorts() {
			one := plan.PortRange{Protocol: p.Protocol, First: p.ContainerPort, Last: p.ContainerPort}
			if g.lists(one) {
				continue
			}
			if names = append(names, strings.TrimSpace(fmt.Sprintf("%d/%s %s", p.ContainerPort, p.Protocol, p.Name))); !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
		if len(names) > 0 && !set.Spec.Template.Spec.HostNetwork {
			g.found.Warnf(source.PortShut, g.policy.At, "add them to the ports of the component, and name them under from",
				"NetworkPolicy %s only lets pods of the spec connect to ports that the component does not name: %s, at %s",
				g.policy.Name, strings.Join(names, ", "), set.Place("spec", "template", "spec", "containers"))
		}
	}
	return out
}

// lists reports whether a number is one of the component's ports.
func (g *guard) lists(one plan.PortRange) bool { return g.portOf(one) != nil }

// portOf returns the port of the component that has a number, or nil.
func (g *guard) portOf(one plan.PortRange) *v1alpha1.Port {
	for i := range g.Spec.Ports {
		if slices.ContainsFunc(g.ranges[g.Spec.Ports[i].Name], func(r plan.PortRange) bool {
			return r.Protocol == one.Protocol && r.First <= one.First && one.First <= r.Last
		}) {
			return &g.Spec.Ports[i]
		}
	}
	return nil
}

// rangesOf returns numbers in ascending order as ranges.
func rangesOf(protocol v1alpha1.Protocol, numbers []int32) []plan.PortRange {
	var out []plan.PortRange
	for _, n := range numbers {
		if i := len(out) - 1; i >= 0 && out[i].Last+1 == n {
			out[i].Last = n
			continue
		}
		out = append(out, plan.PortRange{Protocol: protocol, First: n, Last: n})
	}
	return out
}

// opened returns the numbers that the policy has for a port: those of the pods, and that of the first
// pod, whether it is there or not, so that more replicas take none away.
func (g *guard) opened(port *v1alpha1.Port) []int32 {
	out := slices.Clone(g.Counted[port.Name])
	if first := g.reserved.nth(series{port.ContainerPort, *port.Step}, 0); first <= math.MaxUint16 {
		out = append(out, int32(first))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
