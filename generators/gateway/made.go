package gateway

import (
	"cmp"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A ref names a Gateway or a ListenerSet.
type ref struct {
	kind            v1alpha1.GatewayKind
	namespace, name string
}

// Made returns the Gateways and ListenerSets that specs of a run make, if a spec refers to one of
// them by its name. It is nil if none does.
func Made(plans []*plan.Plan) []*workload.Gateway {
	var out []*workload.Gateway
	made := map[ref]*plan.Gateway{}
	for _, p := range plans {
		for _, g := range p.Gateways {
			made[ref{g.Kind, p.Namespace, g.Name}] = g
			out = append(out, packaged(p, g))
		}
	}
	for _, p := range plans {
		for to := range references(p) {
			if g := made[to]; g != nil && !g.Sets {
				return out
			}
		}
	}
	return nil
}

// references are what a spec names: the parents of its ListenerSets, and of routes to listeners that
// exist.
func references(p *plan.Plan) map[ref]bool {
	out := map[ref]bool{}
	add := func(to plan.Parent) { out[ref{to.Kind, cmp.Or(to.Namespace, p.Namespace), to.Name}] = true }
	for _, g := range p.Gateways {
		add(g.Parent)
	}
	for s := range p.Routed("") {
		for _, parent := range s.Route.Parents {
			if !s.Access.Gateway.OwnListeners() {
				add(parent)
			}
		}
	}
	return out
}

// packaged returns what is made, as the package would have it.
func packaged(p *plan.Plan, g *plan.Gateway) *workload.Gateway {
	out := &workload.Gateway{Doc: &source.Document{}, Made: true, Kind: g.Kind, Namespace: p.Namespace, Name: g.Name, Class: g.Class}
	if g.Kind == v1alpha1.KindListenerSet {
		out.Parent = &gatewayv1.ParentGatewayReference{Name: gatewayv1.ObjectName(g.Parent.Name), Namespace: new(gatewayv1.Namespace(cmp.Or(g.Parent.Namespace, p.Namespace)))}
	}
	if g.Sets {
		out.Allowed = &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: new(gatewayv1.NamespacesFromSame)}}
	}
	if g.Address != "" {
		out.Addresses = []gatewayv1.GatewaySpecAddress{{Value: g.Address}}
	}
	for _, l := range g.Listeners {
		listener := gatewayv1.Listener{Name: gatewayv1.SectionName(l.Name), Port: l.Port, Protocol: gatewayv1.ProtocolType(l.Protocol)}
		if l.Hostname != "" {
			listener.Hostname = new(gatewayv1.Hostname(l.Hostname))
		}
		if l.Mode != "" {
			listener.TLS = &gatewayv1.ListenerTLSConfig{Mode: new(gatewayv1.TLSModeType(l.Mode))}
		}
		out.Listeners = append(out.Listeners, listener)
	}
	return out
}
