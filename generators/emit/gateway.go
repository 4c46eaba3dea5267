package emit

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// gateways are those that are made for the spec alone.
var gateways = row[*plan.Gateway]{
	group: gatewayv1.GroupName, version: "v1", kind: string(v1alpha1.KindGateway),
	items:   gatewaysOf(v1alpha1.KindGateway),
	name:    gatewayName,
	written: func(*plan.Gateway) (source.Path, string) { return renamedSpec() },
	object:  fresh(gatewayObject),
}.Kind()

// listenerSets add listeners to a Gateway.
var listenerSets = row[*plan.Gateway]{
	group: gatewayv1.GroupName, version: "v1", kind: string(v1alpha1.KindListenerSet),
	items:   gatewaysOf(v1alpha1.KindListenerSet),
	name:    gatewayName,
	written: func(g *plan.Gateway) (source.Path, string) { return g.At, "set gateway.listenerSet.name" },
	object:  fresh(listenerSetObject),
}.Kind()

func gatewaysOf(kind v1alpha1.GatewayKind) func(*plan.Plan) []*plan.Gateway {
	return func(p *plan.Plan) (out []*plan.Gateway) {
		for _, g := range p.Gateways {
			if g.Kind == kind {
				out = append(out, g)
			}
		}
		return out
	}
}

func gatewayName(_ *plan.Plan, g *plan.Gateway) string { return g.Name }

func gatewayObject(p *plan.Plan, g *plan.Gateway) encode.Object {
	out := &gatewayv1.Gateway{ObjectMeta: meta(p)}
	out.Spec.GatewayClassName = gatewayv1.ObjectName(g.Class)
	if g.Address != "" {
		kind := gatewayv1.HostnameAddressType
		if plan.IsIP(g.Address) {
			kind = gatewayv1.IPAddressType
		}
		out.Spec.Addresses = []gatewayv1.GatewaySpecAddress{{Type: &kind, Value: g.Address}}
	}
	if g.Sets {
		out.Spec.AllowedListeners = &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: new(gatewayv1.NamespacesFromSame)}}
	}
	for _, l := range g.Listeners {
		out.Spec.Listeners = append(out.Spec.Listeners, listener(l))
	}
	return out
}

func listenerSetObject(p *plan.Plan, g *plan.Gateway) encode.Object {
	out := &gatewayv1.ListenerSet{ObjectMeta: meta(p)}
	out.Spec.ParentRef = gatewayv1.ParentGatewayReference{Name: gatewayv1.ObjectName(g.Parent.Name), Namespace: optional(gatewayv1.Namespace(g.Parent.Namespace))}
	for _, l := range g.Listeners {
		out.Spec.Listeners = append(out.Spec.Listeners, gatewayv1.ListenerEntry(listener(l)))
	}
	return out
}

func listener(l *plan.Listener) gatewayv1.Listener {
	out := gatewayv1.Listener{Name: gatewayv1.SectionName(l.Name), Port: l.Port, Protocol: gatewayv1.ProtocolType(l.Protocol), Hostname: optional(gatewayv1.Hostname(l.Hostname))}
	if l.Mode != "" {
		out.TLS = &gatewayv1.ListenerTLSConfig{Mode: new(gatewayv1.TLSModeType(l.Mode))}
		for _, ref := range l.Certificates {
			out.TLS.CertificateRefs = append(out.TLS.CertificateRefs, gatewayv1.SecretObjectReference{Name: gatewayv1.ObjectName(ref.Name), Namespace: optional(gatewayv1.Namespace(ref.Namespace))})
		}
	}
	return out
}
