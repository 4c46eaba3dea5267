package gateway

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// front returns the Gateway that has a listener of an object: the object itself, or the parent of a
// ListenerSet, which must take the ListenerSet. Its Gateway is nil if the package does not have it.
func (c Checker) front(o object, l *gatewayv1.Listener) object {
	if o.Parent == nil {
		return o
	}
	namespace := value(o.Parent.Namespace, gatewayv1.Namespace(o.Namespace))
	ref := plan.Parent{Kind: v1alpha1.KindGateway, Namespace: string(namespace), Name: string(o.Parent.Name), At: o.at}
	parent := c.find(ref)
	if o.Made {
		return parent // the spec that makes it is checked
	}
	if parent.Gateway == nil {
		c.Found.WarnOnce(source.GatewayNotThere, o.at, "add it to the input, so that it is checked; or accept this warning",
			"the input has no %s, the parent of %s: its spec.allowedListeners must allow the ListenerSet, and it allows none by default", ref, o)
		return parent
	}
	Checker{c.Package, o.Namespace, c.Found}.allows(parent)
	if other := taken(parent, int32(l.Port), string(l.Protocol), string(value(l.Hostname, ""))); other != nil {
		c.report(o.at, "use that one; or change one of the two", "%s has a listener on port %d already, %s, so that it does not take listener %s of %s",
			parent, l.Port, other.Name, l.Name, o)
	}
	return parent
}

// taken returns the listener of an object that excludes another one, or nil.
func taken(o object, port int32, protocol, hostname string) *gatewayv1.Listener {
	for i := range o.Listeners {
		l := &o.Listeners[i]
		if int32(l.Port) == port && Collide(protocol, hostname, string(l.Protocol), string(value(l.Hostname, ""))) {
			return l
		}
	}
	return nil
}

// checkAddress checks that the address of the Gateway that the spec sets is one that the Gateway
// asks for, if it asks for any.
func (c Checker) checkAddress(front object, s *plan.Service) {
	address := *s.Access.Gateway.Address
	if front.Gateway == nil || address == "" || len(front.Addresses) == 0 {
		return
	}
	var all []string
	for _, a := range front.Addresses {
		if kind := value(a.Type, gatewayv1.IPAddressType); a.Value == "" || kind != gatewayv1.IPAddressType && kind != gatewayv1.HostnameAddressType {
			return // only the implementation knows the address
		}
		all = append(all, v1alpha1.Canonical(a.Value))
	}
	if !slices.Contains(all, address) {
		c.report(c.Found.Where(s.Levels, plan.Setting("gateway", "address")), "take it out: the address is read from the Gateway; if clients reach it at another one, write that as the host or as externalDNS.target",
			"%s asks for address %s, and not for %s", front, strings.Join(all, ", "), address)
	}
}
