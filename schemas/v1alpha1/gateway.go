package v1alpha1

import (
	"maps"
)

// The types with which clients reach a ClusterIP Service through a listener of a Gateway. Each is
// the kind of the route that is made for the Service (Gateway API 1.6, standard channel).
const (
	TLSRoute ServiceType = "TLSRoute" // a Gateway leads to ClusterIP Services: by the name that TLS begins with.
	TCPRoute ServiceType = "TCPRoute" // a Gateway leads to ClusterIP Services: it has a listener, and so a port, for each.
	UDPRoute ServiceType = "UDPRoute" // the same as TCPRoute, for UDP.
)

// IsRoute reports whether a route of the Gateway API leads to a Service of the type.
func (t ServiceType) IsRoute() bool { return t == TLSRoute || t == TCPRoute || t == UDPRoute }

// Transport returns the protocol of the ports to which such routes lead.
func (t ServiceType) Transport() Protocol {
	if t == UDPRoute {
		return UDP
	}
	return TCP
}

// GatewaySettings describe the listeners of the Gateway that leads to a Service of type TLSRoute,
// TCPRoute or UDPRoute: listeners that exist (parentRefs), or listeners of our own (listenerSet or
// className). These three are one setting: the nearest level that has one of them decides.
type GatewaySettings struct {
	// ParentRefs are the Gateways or ListenerSets that have the listeners. If they are in the
	// input, the routes are checked against them.
	ParentRefs []ParentRef `json:"parentRefs,omitempty"`

	// ListenerSet describes the ListenerSets to make, for a Gateway that exists. One has 64
	// listeners at most; the second is named $(name)-2. The Gateway must allow them: its
	// spec.allowedListeners allows none by default.
	ListenerSet *ListenerSetSettings `json:"listenerSet,omitempty"`

	// ClassName is the GatewayClass of a Gateway to make, with the listeners. It has the name of
	// the spec. Listeners beyond 64 are in ListenerSets.
	ClassName *string `json:"className,omitempty" example:"envoy"`

	// Port is the port of the listener, and so the port that clients connect to. With type
	// TCPRoute or UDPRoute, it is the port of the first pod, and counts up from id to id. On a
	// single pod it is exact. Default: the port of the listener, if its Gateway is in the input;
	// else the port of the Service, for listeners of our own.
	Port *int32 `json:"port,omitempty" is:"number" example:"9094"`

	// TLS is what the listeners of our own do with TLS.
	TLS *ListenerTLS `json:"tls,omitempty"`

	// Address is the address of the Gateway. It is the host of Services of type TCPRoute and
	// UDPRoute without a host, and what DNS names point at. A Gateway that className makes asks for
	// it. A level that names another Gateway does not inherit it. Default: the address that the
	// Gateway asks for, if it is in the input.
	Address *string `json:"address,omitempty" example:"203.0.113.7"`
}

// ParentRef is a Gateway or a ListenerSet with the listener that a route uses.
type ParentRef struct {
	// Kind is Gateway or ListenerSet. Default: Gateway.
	Kind GatewayKind `json:"kind,omitempty"`

	// Name is the name of the object.
	Name string `json:"name" is:"subdomain" example:"edge"`

	// Namespace is the namespace of the object. Default: that of the spec.
	Namespace string `json:"namespace,omitempty" is:"label" example:"infra"`

	// SectionName is the name of the listener. It can contain placeholders. With type TCPRoute or
	// UDPRoute it must differ from pod to pod. Default: the listener that fits, if the object is in
	// the input.
	SectionName string `json:"sectionName,omitempty" example:"$(pod)"`
}

// GatewayKind is a kind of the Gateway API that has listeners.
type GatewayKind string

// The two kinds.
const (
	KindGateway     GatewayKind = "Gateway"
	KindListenerSet GatewayKind = "ListenerSet"
)

// Values lists the kinds.
func (GatewayKind) Values() []string { return texts(KindGateway, KindListenerSet) }

// ListenerSetSettings describe ListenerSets to make.
type ListenerSetSettings struct {
	// Name is the name of the first ListenerSet. It can contain placeholders. Default: $(name).
	Name *string `json:"name,omitempty" example:"$(name)"`

	// ParentRef is the Gateway.
	ParentRef *GatewayRef `json:"parentRef,omitempty"`
}

// GatewayRef is a Gateway.
type GatewayRef struct {
	// Name is the name of the Gateway.
	Name string `json:"name,omitempty" is:"subdomain" example:"edge"`

	// Namespace is the namespace of the Gateway. Default: that of the spec.
	Namespace string `json:"namespace,omitempty" is:"label" example:"infra"`
}

// ListenerTLS is what listeners do with TLS.
type ListenerTLS struct {
	// Mode is Passthrough or Terminate. With Terminate, pods get what clients send without TLS.
	// Default: Passthrough.
	Mode *TLSMode `json:"mode,omitempty"`

	// CertificateRefs are the Secrets with the certificates of listeners that terminate TLS.
	CertificateRefs []SecretRef `json:"certificateRefs,omitempty"`
}

// TLSMode is where TLS ends.
type TLSMode string

// The two modes.
const (
	Passthrough TLSMode = "Passthrough" // at the pod
	Terminate   TLSMode = "Terminate"   // at the Gateway
)

// Values lists the modes.
func (TLSMode) Values() []string { return texts(Passthrough, Terminate) }

// SecretRef is a Secret.
type SecretRef struct {
	// Name is the name of the Secret.
	Name string `json:"name" is:"subdomain" example:"kafka-tls"`

	// Namespace is the namespace of the Secret. Another namespace than the one of the spec needs a
	// ReferenceGrant there. Default: that of the spec.
	Namespace string `json:"namespace,omitempty" is:"label" example:"infra"`
}

// completeGateway sets the absent fields of settings that have been inherited.
func completeGateway(in *GatewaySettings) *GatewaySettings {
	var g GatewaySettings
	if in != nil {
		g = *in
	}
	g.ParentRefs = each(g.ParentRefs, func(r ParentRef) ParentRef {
		if r.Kind == "" {
			r.Kind = KindGateway
		}
		return r
	})
	var set ListenerSetSettings
	if g.ListenerSet != nil {
		set = *g.ListenerSet
	}
	set.Name = or(set.Name, "$(name)")
	fill(&set)
	var tls ListenerTLS
	if g.TLS != nil {
		tls = *g.TLS
	}
	if tls.Mode == nil || *tls.Mode == "" {
		tls.Mode = new(Passthrough)
	}
	g.ListenerSet, g.TLS = &set, &tls
	fill(&g)
	g.Address = new(Canonical(*g.Address))
	return &g
}

// oneParent treats the ways to a listener as one setting: if over has one, all are those of over. The
// address under it is that of another Gateway then, unless both name the same.
func (g *GatewaySettings) oneParent(over, under GatewaySettings) {
	if over.ParentRefs == nil && over.ListenerSet == nil && over.ClassName == nil {
		return
	}
	set := over.ListenerSet
	if over.ParentRefs == nil && over.ClassName == nil {
		set = g.ListenerSet // its fields are merged
	}
	g.ParentRefs, g.ListenerSet, g.ClassName = over.ParentRefs, set, over.ClassName
	if before := under.fronts(); over.Address == nil && len(before) > 0 && !maps.Equal(g.fronts(), before) {
		g.Address = nil
	}
}

// fronts are the Gateways that settings name, without the names of listeners.
func (g *GatewaySettings) fronts() map[ParentRef]bool {
	out := map[ParentRef]bool{}
	for _, ref := range g.ParentRefs {
		if ref.Kind == KindGateway {
			ref.Kind = ""
		}
		ref.SectionName = ""
		out[ref] = true
	}
	if g.ListenerSet != nil && g.ListenerSet.ParentRef != nil {
		out[ParentRef{Name: g.ListenerSet.ParentRef.Name, Namespace: g.ListenerSet.ParentRef.Namespace}] = true
	}
	if g.ClassName != nil {
		out[ParentRef{Kind: "GatewayClass", Name: *g.ClassName}] = true
	}
	return out
}

// OwnListeners reports whether complete settings ask for listeners of our own.
func (g *GatewaySettings) OwnListeners() bool {
	return g.ListenerSet.ParentRef.Name != "" || *g.ClassName != ""
}

// IsRouted reports whether clients reach the Service through a Gateway.
func (t *Target) IsRouted() bool { return t.HasAddress() && t.Type.IsRoute() }

// Outside reports whether the type leads in from outside the cluster.
func (t *Target) Outside() bool { return t.FromOutside() || t.IsRouted() }

// listens reports whether listeners are made for the Service.
func listens(t *Target) bool { return t.IsRouted() && t.Access.Gateway.OwnListeners() }

// listensTLS reports whether these are listeners for TLS.
func listensTLS(t *Target) bool { return listens(t) && t.Type == TLSRoute }

// terminates reports whether these end TLS.
func terminates(t *Target) bool {
	return listensTLS(t) && *t.Access.Gateway.TLS.Mode == Terminate
}

// Why a Service cannot use a setting of the Gateway.
const (
	needsRoute    = "only a Service of type TLSRoute, TCPRoute or UDPRoute has a Gateway"
	needsListener = "it is for listeners of type TLSRoute that listenerSet or className makes"
)

// gatewaySettings are the rows of the settings for routes.
func gatewaySettings() []setting {
	return []setting{
		{at("gateway", "parentRefs"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "listenerSet", "name"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "listenerSet", "parentRef"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "className"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "port"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "address"), (*Target).IsRouted, needsRoute, false},
		{at("gateway", "tls", "mode"), listensTLS, needsListener, false},
		{at("gateway", "tls", "certificateRefs"), terminates, needsListener + ", with mode Terminate", false},
	}
}
