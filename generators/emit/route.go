package emit

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// tlsRoutes tell clients apart by the name that TLS begins with.
var tlsRoutes = routes(v1alpha1.TLSRoute, func(m metav1.ObjectMeta, s *plan.Service) encode.Object {
	out := &gatewayv1.TLSRoute{ObjectMeta: m}
	for _, name := range s.Hostnames() {
		out.Spec.Hostnames = append(out.Spec.Hostnames, gatewayv1.Hostname(name))
	}
	out.Spec.ParentRefs, out.Spec.Rules = parentRefs(s), []gatewayv1.TLSRouteRule{{BackendRefs: backendRefs(s)}}
	return out
})

// tcpRoutes take all that a listener gets.
var tcpRoutes = routes(v1alpha1.TCPRoute, func(m metav1.ObjectMeta, s *plan.Service) encode.Object {
	out := &gatewayv1.TCPRoute{ObjectMeta: m}
	out.Spec.ParentRefs, out.Spec.Rules = parentRefs(s), []gatewayv1.TCPRouteRule{{BackendRefs: backendRefs(s)}}
	return out
})

// udpRoutes are likewise.
var udpRoutes = routes(v1alpha1.UDPRoute, func(m metav1.ObjectMeta, s *plan.Service) encode.Object {
	out := &gatewayv1.UDPRoute{ObjectMeta: m}
	out.Spec.ParentRefs, out.Spec.Rules = parentRefs(s), []gatewayv1.UDPRouteRule{{BackendRefs: backendRefs(s)}}
	return out
})

// routes is the row of a kind of routes. A route has the name of its Service, and stands beside it.
func routes(kind v1alpha1.ServiceType, object func(metav1.ObjectMeta, *plan.Service) encode.Object) Kind {
	return row[*plan.Service]{
		group: gatewayv1.GroupName, version: "v1", kind: string(kind),
		items: func(p *plan.Plan) []*plan.Service { return slices.Collect(p.Routed(kind)) },
		name:  func(_ *plan.Plan, s *plan.Service) string { return s.Name },
		written: func(s *plan.Service) (source.Path, string) {
			return s.Levels.Entry().Field("serviceName"), "give the entry another serviceName, which is also the name of the route"
		},
		object: fresh(func(p *plan.Plan, s *plan.Service) encode.Object { return object(meta(p), s) }),
	}.Kind()
}

func parentRefs(s *plan.Service) []gatewayv1.ParentReference {
	var out []gatewayv1.ParentReference
	for _, p := range s.Route.Parents {
		ref := gatewayv1.ParentReference{
			Name: gatewayv1.ObjectName(p.Name), Namespace: optional(gatewayv1.Namespace(p.Namespace)), SectionName: optional(gatewayv1.SectionName(p.Section)),
		}
		if p.Kind != v1alpha1.KindGateway {
			ref.Group, ref.Kind = new(gatewayv1.Group(gatewayv1.GroupName)), new(gatewayv1.Kind(p.Kind))
		}
		out = append(out, ref)
	}
	return out
}

func backendRefs(s *plan.Service) []gatewayv1.BackendRef {
	var out []gatewayv1.BackendRef
	for _, port := range s.Ports {
		ref := gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(s.Name), Port: new(port.Number)}
		out = append(out, gatewayv1.BackendRef{BackendObjectReference: ref})
	}
	return out
}
