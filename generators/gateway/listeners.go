package gateway

import (
	"cmp"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Attach checks the listeners of a Gateway or ListenerSet that the spec makes: the ListenerSet
// against its Gateway, both against the class, and the certificates.
func (c Checker) Attach(g *plan.Gateway) {
	class, at := g.Class, g.At
	if g.Kind == v1alpha1.KindListenerSet {
		o := c.find(g.Parent)
		at = g.Parent.At
		if o.Gateway == nil {
			c.Found.WarnOnce(source.GatewayNotThere, at, "add it to the input, so that it is checked; or accept this warning",
				"the input has no %s: its spec.allowedListeners must allow namespace %s, and it allows none by default", g.Parent, cmp.Or(c.Namespace, "of the spec"))
		} else {
			c.allows(o)
			if !c.Found.Reported(source.GatewayRefuses, at) {
				c.apart(o, g)
			}
			for _, l := range g.Listeners {
				c.checkAddress(o, l.Service)
			}
			class = o.Class
		}
	}
	if l := c.limitOf(class); l != nil {
		c.checkLimit(l, class, at, g)
	}
	c.granted(g)
}

// allows checks that a Gateway takes ListenerSets of the spec's namespace.
func (c Checker) allows(o object) {
	allowed := value(value(o.Allowed, gatewayv1.AllowedListeners{}).Namespaces, gatewayv1.ListenerNamespaces{})
	c.letsIn(o, o.String(), "ListenerSets", "spec.allowedListeners.namespaces", value(allowed.From, gatewayv1.NamespacesFromNone), allowed.Selector)
}

// apart checks that the Gateway does not have the listeners already.
func (c Checker) apart(o object, g *plan.Gateway) {
	for _, l := range g.Listeners {
		if other := taken(o, l.Port, l.Protocol, l.Hostname); other != nil {
			c.report(c.portPath(l.Service), "use another port, or the listener that is there, under parentRefs",
				"%s has a listener on port %d already, %s, so that it does not take listener %s", o, l.Port, other.Name, l.Name)
		}
	}
}

// Collide reports whether two listeners of one port exclude each other: those with the same names,
// and those of protocols that cannot share a port.
func Collide(protocol, hostname, otherProtocol, otherHostname string) bool {
	if (protocol == "UDP") != (otherProtocol == "UDP") {
		return false
	}
	return protocol != otherProtocol || hostname == otherHostname
}

// portPath returns where the port of a listener is written.
func (c Checker) portPath(s *plan.Service) source.Path {
	return c.Found.Where(s.Levels, plan.Setting("gateway", "port"))
}

// checkLimit checks that a class can do what the listeners of the spec need.
func (c Checker) checkLimit(l *limit, class string, at source.Path, g *plan.Gateway) {
	if l.listeners > 0 && len(g.Listeners) > l.listeners {
		c.report(at, "use a second Gateway for some of them", "class %s takes at most %d listeners, and the spec has %d", class, l.listeners, len(g.Listeners))
	}
	for _, listener := range g.Listeners {
		if slices.Contains(l.refuses, listener.Service.Type) {
			c.report(c.Found.Where(listener.Service.Levels, source.Path{}.Field("type")), l.way, "class %s cannot do a %s: %s", class, listener.Service.Type, l.reason)
			return
		}
		c.checkTargets(class, at, listener.Service)
	}
}

// granted checks that the listeners may read certificates of other namespaces.
func (c Checker) granted(g *plan.Gateway) {
	for _, l := range g.Listeners {
		for i, ref := range l.Certificates {
			if ref.Namespace == "" || ref.Namespace == c.Namespace || c.Namespace == "" || c.Package.Grants(ref.Namespace, string(g.Kind), c.Namespace, ref.Name) {
				continue
			}
			c.Found.WarnOnce(source.GatewayNotThere, c.Found.Where(l.Service.Levels, plan.Setting("gateway", "tls", "certificateRefs")).Index(i), "add the ReferenceGrant to the input, so that it is checked; or accept this warning",
				"the input has no ReferenceGrant in namespace %s that lets a %s of namespace %s read Secret %s", ref.Namespace, g.Kind, c.Namespace, ref.Name)
		}
	}
}
