package workload

import (
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Gateway is a Gateway or a ListenerSet.
type Gateway struct {
	Doc             *source.Document
	Kind            v1alpha1.GatewayKind
	Namespace, Name string
	Made            bool   // by a spec of the run
	Class           string // of a Gateway
	Listeners       []gatewayv1.Listener
	Addresses       []gatewayv1.GatewaySpecAddress    // of a Gateway
	Allowed         *gatewayv1.AllowedListeners       // of a Gateway
	Parent          *gatewayv1.ParentGatewayReference // of a ListenerSet
}

// addGateway adds an object of the Gateway API that has listeners, or says who may use them.
func (p *Package) addGateway(doc *source.Document) {
	o := doc.Object()
	out := &Gateway{Doc: doc, Kind: v1alpha1.GatewayKind(o.Kind), Namespace: o.Namespace, Name: o.Name}
	switch o.Kind {
	case "Gateway":
		var g gatewayv1.Gateway
		if unmarshal(doc, &g) != nil {
			return
		}
		out.Class, out.Listeners, out.Addresses, out.Allowed = string(g.Spec.GatewayClassName), g.Spec.Listeners, g.Spec.Addresses, g.Spec.AllowedListeners
	case "ListenerSet":
		var s gatewayv1.ListenerSet
		if unmarshal(doc, &s) != nil {
			return
		}
		out.Parent = &s.Spec.ParentRef
		for _, l := range s.Spec.Listeners {
			out.Listeners = append(out.Listeners, gatewayv1.Listener(l))
		}
	default:
		return
	}
	key := gatewayKey{out.Kind, out.Name}
	p.gateways[key] = append(p.gateways[key], out)
}

// With returns the package with more Gateways. Those that it has come first.
func (p *Package) With(more []*Gateway) *Package {
	out := *p
	out.gateways = maps.Clone(p.gateways)
	for _, g := range more {
		key := gatewayKey{g.Kind, g.Name}
		out.gateways[key] = append(slices.Clip(out.gateways[key]), g)
	}
	return &out
}

// A gatewayKey is the name of a Gateway in any namespace.
type gatewayKey struct {
	kind v1alpha1.GatewayKind
	name string
}

// Gateway returns an object of the package, or nil: that of the namespace, or else one without a
// namespace. Without a namespace, it returns any of the name.
func (p *Package) Gateway(kind v1alpha1.GatewayKind, namespace, name string) *Gateway {
	var found *Gateway
	for _, g := range p.gateways[gatewayKey{kind, name}] {
		if Meets(g.Namespace, namespace) && (found == nil || g.Namespace == namespace) {
			found = g
		}
	}
	return found
}

// Controller returns the controller of a GatewayClass of the package, or "".
func (p *Package) Controller(class string) string {
	doc := p.objects[source.Object{APIVersion: gatewayv1.GroupName, Kind: "GatewayClass", Name: class}]
	if doc == nil {
		return ""
	}
	return doc.Scalar("spec", "controllerName")
}

// NamespaceLabels returns the labels of a Namespace of the package. It reports whether the package
// has it.
func (p *Package) NamespaceLabels(name string) (map[string]string, bool) {
	doc := p.objects[source.Object{Kind: "Namespace", Name: name}]
	var ns struct {
		Metadata struct{ Labels map[string]string }
	}
	if doc == nil || doc.ReadInto(&ns) != nil {
		return nil, false
	}
	labels := map[string]string{"kubernetes.io/metadata.name": name}
	for k, v := range ns.Metadata.Labels {
		labels[k] = v
	}
	return labels, true
}

// Grants reports whether a ReferenceGrant of a namespace lets objects of a kind of the Gateway API
// in another namespace refer to a Secret.
func (p *Package) Grants(namespace, kind, from, secret string) bool {
	for _, doc := range p.grants {
		var g gatewayv1.ReferenceGrant
		if doc.Object().Namespace != namespace || unmarshal(doc, &g) != nil {
			continue
		}
		for _, f := range g.Spec.From {
			for _, to := range g.Spec.To {
				if string(f.Kind) == kind && string(f.Namespace) == from && to.Group == "" && to.Kind == "Secret" && (to.Name == nil || string(*to.Name) == secret) {
					return true
				}
			}
		}
	}
	return false
}
