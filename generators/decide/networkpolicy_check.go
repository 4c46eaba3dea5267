package decide

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// checkHostNetwork warns of pods that a NetworkPolicy is not for, and reports whether there are any.
func (g *guard) checkHostNetwork(at source.Path) bool {
	there := false
	for _, set := range g.sets {
		if set.Spec.Template.Spec.HostNetwork {
			there = true
			g.found.WarnOnce(source.UnusableSetting, at, "take it out, or let the pods have a network of their own",
				"the NetworkPolicy has no effect: the pods have hostNetwork: true, at %s", set.Place("spec", "template", "spec"))
		}
	}
	return there
}

// checkOutside warns of ports that entries lead clients outside to, and that from lets only pods
// connect to.
func (g *guard) checkOutside() {
	if !g.Enabled {
		return
	}
	reached := map[string]bool{} // by clients outside
	for _, item := range g.Spec.NetworkPolicy.From {
		for _, port := range item.Opens(g.exposed) {
			reached[port] = reached[port] || item.Everybody() || len(item.CIDRs) > 0
		}
	}
	for _, e := range g.Spec.Services {
		for _, sp := range e.Ports {
			open, named := reached[sp.Name]
			if !e.FromOutside() || !named || open || !slices.Contains(g.exposed, sp.Name) {
				continue
			}
			i := slices.IndexFunc(g.Spec.Ports, func(p v1alpha1.Port) bool { return p.Name == sp.Name })
			if i >= 0 && !g.packageOpens(&g.Spec.Ports[i]) {
				g.found.WarnOnce(source.PortShut, plan.PortPath(g.Path.Field("services").Item("name", e.Name), sp.Name),
					"add the addresses of clients to from, as cidrs, or an item with the port alone, for everybody",
					"NetworkPolicy %s only lets pods connect to port %s, and clients outside the cluster are not pods", g.policy.Name, sp.Name)
			}
		}
	}
}

// checkOpen warns of ports that from restricts, and that a policy of the package opens to everybody.
func (g *guard) checkOpen() {
	restricted := map[string]source.Path{}
	for i, item := range g.Spec.NetworkPolicy.From {
		for _, port := range item.Opens(g.exposed) {
			if at := g.policy.At.Field("from").Index(i); !item.Everybody() && restricted[port] == nil {
				restricted[port] = at
			}
		}
	}
	for _, port := range g.Spec.Ports {
		for _, set := range g.sets {
			for _, p := range g.checker.selecting(set, ingress) {
				if at := restricted[port.Name]; at != nil && opensToAll(p, set, port) {
					g.found.WarnOnce(source.UnusableSetting, at, "change that policy, or leave the port out",
						"%s, at %s, lets everybody connect to port %s, whatever from says: policies add up",
						p.Doc.Object(), p.Doc.Place(source.Path{}.Field("spec")), port.Name)
				}
			}
		}
	}
}

// opensToAll reports whether a policy lets everybody connect to a port.
func opensToAll(p *workload.Policy, set *workload.StatefulSet, port v1alpha1.Port) bool {
	return slices.ContainsFunc(p.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
		return len(rule.From) == 0 && (len(rule.Ports) == 0 ||
			slices.ContainsFunc(rule.Ports, func(n networkingv1.NetworkPolicyPort) bool { return covers(n, set, port) }))
	})
}

// packageOpens reports whether policies of the package let clients outside connect to a port.
func (g *guard) packageOpens(port *v1alpha1.Port) bool {
	return !slices.ContainsFunc(g.sets, func(set *workload.StatefulSet) bool {
		return !slices.ContainsFunc(g.checker.selecting(set, ingress), func(p *workload.Policy) bool {
			return !slices.ContainsFunc(numbers(g.Component, port), func(n int32) bool {
				one := *port
				one.ContainerPort = n
				return !opens(p, set, one, true)
			})
		})
	})
}

// checkOthers warns of connections that the policy shuts, and that the package or the spec has.
func (g *guard) checkOthers(at source.Path) {
	if unknown := slices.ContainsFunc(g.sets, func(s *workload.StatefulSet) bool { return s.Doc == nil || !s.NamesPorts("") }); unknown {
		g.found.Warnf(source.PortShut, at, "list all ports that the pods listen on under ports, and name under from who connects to them",
			"NetworkPolicy %s closes the ports of the pods that the component does not name, and the input has no StatefulSet that lists them", g.policy.Name)
	}
	selects := labels.SelectorFromSet(g.selector)
	for _, other := range g.guards {
		if other.Spec.NetworkPolicy == nil && slices.ContainsFunc(other.witnesses(), func(s *workload.StatefulSet) bool {
			return selects.Matches(labels.Set(s.Spec.Template.Labels))
		}) {
			g.found.Warnf(source.PortShut, g.Path.Field("selector"), "write labels that only the pods of the component have, or write networkPolicy: {} there too",
				"NetworkPolicy %s selects the pods of component %s too, and closes their ports", g.policy.Name, other.Spec.Name)
		}
	}
	for _, svc := range g.services() {
		g.checkService(at, svc)
	}
}

// checkService warns of a Service of the package that leads clients to a port that is not exposed.
// A headless one is for the pods themselves.
func (g *guard) checkService(at source.Path, svc *workload.Service) {
	for _, set := range g.sets {
		if len(svc.Spec.Selector) == 0 || svc.Spec.ClusterIP == "None" ||
			!labels.SelectorFromSet(svc.Spec.Selector).Matches(labels.Set(set.Spec.Template.Labels)) {
			continue
		}
		for _, p := range svc.Spec.Ports {
			number, protocol := set.Target(p)
			if number == 0 {
				continue
			}
			port := g.portOf(plan.PortRange{Protocol: protocol, First: number, Last: number})
			if port == nil || g.decides(port.Name) {
				continue // unlisted has warned of it; or the spec says who may connect
			}
			g.found.Warnf(source.PortShut, at, "name the port under from, with who may connect",
				"%s, at %s, leads clients to port %s, and NetworkPolicy %s only lets pods of the spec connect to it",
				svc.Doc.Object(), svc.Doc.Place(source.Path{}.Field("spec")), port.Name, g.policy.Name)
		}
		return
	}
}

// decides reports whether the spec says who may connect to a port.
func (g *guard) decides(port string) bool {
	return slices.Contains(g.exposed, port) ||
		slices.ContainsFunc(g.Spec.NetworkPolicy.From, func(item v1alpha1.PolicyPeers) bool { return slices.Contains(item.Ports, port) })
}
