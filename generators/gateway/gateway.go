// Package gateway checks routes and listeners against the Gateways and ListenerSets of the
// package, as implementations of the Gateway API do (API 1.6). What the package does not have is a
// warning that says what is required of it.
package gateway

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Checker checks the routes and listeners of a spec.
type Checker struct {
	Package   *workload.Package
	Namespace string // of the spec; "": not known
	Found     *finding.Findings
}

// An object is a Gateway or ListenerSet of the package, and the path that names it in the spec.
type object struct {
	*workload.Gateway
	at source.Path
}

// String names the object, and the file that has it.
func (o object) String() string {
	name := string(o.Kind) + " " + strings.TrimPrefix(o.Namespace+"/"+o.Name, "/")
	if o.Doc.File == "" {
		return name
	}
	return name + " in " + o.Doc.File
}

// find returns an object of the package, or one with a nil Gateway. An object without a namespace
// is of any.
func (c Checker) find(p plan.Parent) object {
	return object{c.Package.Gateway(p.Kind, cmp.Or(p.Namespace, c.Namespace), p.Name), p.At}
}

// Line names the line of an object of the package for a comment.
func (c Checker) Line(p plan.Parent) string {
	if o := c.find(p); o.Gateway != nil {
		return o.Doc.Line(source.Path{}.Field("metadata", "name"))
	}
	return p.String()
}

// report reports what the package contradicts.
func (c Checker) report(at source.Path, wayOut, format string, args ...any) {
	c.Found.ErrorOnce(source.GatewayRefuses, at, wayOut, format, args...)
}

// A route is a route that uses a listener.
type route struct {
	*plan.Service
	parent plan.Parent
	port   int32 // that the spec sets for the listener; 0: none
}

// Join checks a route of a Service against the listener that it uses, and returns what the
// listener decides: its name and port, and where TLS ends. All are zero if the package does not have
// it. port is the port that the spec sets for it; 0: none.
func (c Checker) Join(s *plan.Service, p plan.Parent, port int32) plan.Listener {
	o, r := c.find(p), route{s, p, port}
	if o.Gateway == nil && c.Found.WrongIn(p.At) {
		return plan.Listener{} // it may be there by another name
	}
	if o.Gateway == nil {
		c.Found.WarnOnce(source.GatewayNotThere, p.At, "add it to the input, so that it is checked; or accept this warning",
			"the input has no %s: it must have %s that lets in a %s of namespace %s", p, r.needs(), s.Type, cmp.Or(c.Namespace, "of the spec"))
		return plan.Listener{}
	}
	l := c.listener(o, r)
	if l == nil {
		return plan.Listener{}
	}
	c.admits(o, l, r)
	c.nearest(o, l, r)
	front := c.front(o, l)
	c.checkClass(o, front, s.Type)
	if front.Gateway != nil {
		c.checkTargets(front.Class, o.at, s)
	}
	c.checkAddress(front, s)
	out := plan.Listener{Name: string(l.Name), Port: int32(l.Port)}
	if l.TLS != nil && s.Type == v1alpha1.TLSRoute {
		out.Mode = v1alpha1.TLSMode(value(l.TLS.Mode, gatewayv1.TLSModeTerminate))
	}
	return out
}

// Address returns the address of the Gateway that a parent is, or belongs to, if the package has the
// Gateway and it asks for one.
func (c Checker) Address(p plan.Parent) string {
	o := c.find(p)
	if o.Gateway != nil && o.Parent != nil {
		o = c.gatewayOf(o)
	}
	if o.Gateway == nil {
		return ""
	}
	var all []string
	for _, a := range o.Addresses {
		if a.Value != "" && value(a.Type, gatewayv1.IPAddressType) != gatewayv1.NamedAddressType {
			all = append(all, v1alpha1.Canonical(a.Value))
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return ""
}

// gatewayOf returns the Gateway of a ListenerSet.
func (c Checker) gatewayOf(set object) object {
	return c.find(plan.Parent{Kind: v1alpha1.KindGateway, Namespace: string(value(set.Parent.Namespace, gatewayv1.Namespace(set.Namespace))), Name: string(set.Parent.Name), At: set.at})
}

// needs describes the listener that the route needs.
func (r route) needs() string {
	out := "a listener of protocol " + protocol(r.Type)
	if r.parent.Section != "" {
		out += " named " + r.parent.Section
	}
	if r.port != 0 {
		out += " with port " + plan.Number(r.port).Text
	}
	if r.Type == v1alpha1.TLSRoute {
		out += " for " + r.Hostname
	}
	return out
}

// protocol is the protocol of the listeners to which routes of a type attach.
func protocol(t v1alpha1.ServiceType) string { return strings.TrimSuffix(string(t), "Route") }

// listener returns the listener that a route uses: the one that it names, or the only one that fits.
func (c Checker) listener(o object, r route) *gatewayv1.Listener {
	if r.parent.Section != "" {
		return c.named(o, r.parent.Section)
	}
	var fit []*gatewayv1.Listener
	for i := range o.Listeners {
		if l := &o.Listeners[i]; r.fits(l) {
			fit = append(fit, l)
		}
	}
	switch {
	case len(fit) == 0:
		c.report(o.at, "name a listener in sectionName, or add one there", "%s has no listener for Service %s: it needs %s", o, r.Name, r.needs())
		return nil
	case slices.ContainsFunc(fit, func(l *gatewayv1.Listener) bool { return l.Port != fit[0].Port }):
		c.report(o.at, "name one in sectionName", "%s has several listeners for Service %s, with different ports: %s and %s", o, r.Name, fit[0].Name, fit[len(fit)-1].Name)
		return nil
	}
	return slices.MaxFunc(fit, func(a, b *gatewayv1.Listener) int {
		return cmp.Compare(closeness(a, r.Hostname), closeness(b, r.Hostname))
	})
}

// named returns a listener by its name.
func (c Checker) named(o object, section string) *gatewayv1.Listener {
	for i := range o.Listeners {
		if string(o.Listeners[i].Name) == section {
			return &o.Listeners[i]
		}
	}
	var names []string
	for _, l := range o.Listeners {
		names = append(names, string(l.Name))
	}
	c.report(o.at.Field("sectionName"), cmp.Or(source.Suggest(section, names), "add it there"), "%s has no listener %q", o, section)
	return nil
}

// fits reports whether a listener is one that the route may mean without a name.
func (r route) fits(l *gatewayv1.Listener) bool {
	names := r.Type != v1alpha1.TLSRoute || slices.ContainsFunc(r.Hostnames(), func(name string) bool { return Under(name, string(value(l.Hostname, ""))) })
	return names && string(l.Protocol) == protocol(r.Type) && (r.port == 0 || r.port == int32(l.Port))
}

// Under reports whether a name is one of a listener's hostname, which may begin with a wildcard:
// *.a.b has x.a.b and y.x.a.b, and not a.b.
func Under(name, hostname string) bool {
	suffix, wildcard := strings.CutPrefix(hostname, "*")
	return hostname == "" || name == hostname || wildcard && strings.HasSuffix(name, suffix)
}

// closeness is how well the hostname of a listener fits a name: clients for the name come to the
// listener with the highest. It is negative if they do not come to it.
func closeness(l *gatewayv1.Listener, name string) int {
	hostname := string(value(l.Hostname, ""))
	switch {
	case !Under(name, hostname):
		return -1
	case hostname == name:
		return len(name) + 1
	}
	return len(hostname)
}

// nearest checks that no other listener takes the clients of a listener for TLS: those with the
// closest hostname get them.
func (c Checker) nearest(o object, l *gatewayv1.Listener, r route) {
	if r.Type != v1alpha1.TLSRoute || string(l.Protocol) != protocol(r.Type) {
		return
	}
	for _, name := range r.Hostnames() {
		for i := range o.Listeners {
			other := &o.Listeners[i]
			joined := r.parent.Section == "" && r.fits(other)
			if other.Port == l.Port && (other.Protocol == gatewayv1.TLSProtocolType || other.Protocol == gatewayv1.HTTPSProtocolType) && !joined &&
				closeness(l, name) >= 0 && closeness(other, name) > closeness(l, name) {
				c.report(o.at, "use that listener, or another name", "clients for %s come to listener %s of %s, and not to listener %s: its hostname is %s",
					name, other.Name, o, l.Name, *other.Hostname)
			}
		}
	}
}

// admits checks that a listener lets a route in.
func (c Checker) admits(o object, l *gatewayv1.Listener, r route) {
	title := "listener " + string(l.Name) + " of " + o.String()
	if string(l.Protocol) != protocol(r.Type) {
		c.report(o.at, "use a listener of protocol "+protocol(r.Type)+", or another type", "%s has protocol %s, and a %s needs %s", title, l.Protocol, r.Type, protocol(r.Type))
		return
	}
	if r.port != 0 && r.port != int32(l.Port) {
		c.report(c.portPath(r.Service), "take it out: the port is read from the listener", "%s has port %d, and not %d", title, l.Port, r.port)
	}
	for _, name := range r.Hostnames() {
		if hostname := string(value(l.Hostname, "")); r.Type == v1alpha1.TLSRoute && name != "" && !Under(name, hostname) {
			c.report(c.Found.Where(r.Levels.Own(), plan.Setting("host")), "use a name under it, or another listener", "%s only takes names of %s, and not %s of Service %s", title, hostname, name, r.Name)
		}
	}
	allowed := value(l.AllowedRoutes, gatewayv1.AllowedRoutes{})
	if len(allowed.Kinds) > 0 && !slices.ContainsFunc(allowed.Kinds, func(k gatewayv1.RouteGroupKind) bool { return string(k.Kind) == string(r.Type) }) {
		c.report(o.at, "add the kind to its allowedRoutes.kinds", "%s does not allow routes of kind %s", title, r.Type)
	}
	from := value(allowed.Namespaces, gatewayv1.RouteNamespaces{})
	c.letsIn(o, title, "routes", "allowedRoutes.namespaces", value(from.From, gatewayv1.NamespacesFromSame), from.Selector)
}

// letsIn checks that objects of the spec's namespace may attach to an object.
func (c Checker) letsIn(o object, title, what, field string, from gatewayv1.FromNamespaces, selector *metav1.LabelSelector) {
	wayOut := "allow namespace " + c.Namespace + " in its " + field
	if o.Made {
		wayOut = "name a listener of it under parentRefs, in its namespace; or use a Gateway that no spec makes"
	}
	switch {
	case c.Namespace == "" || o.Namespace == "" && from != gatewayv1.NamespacesFromNone:
	case from == gatewayv1.NamespacesFromNone:
		c.report(o.at, wayOut, "%s allows no %s", title, what)
	case from == gatewayv1.NamespacesFromSame && o.Namespace != c.Namespace:
		c.report(o.at, wayOut, "%s only allows %s of namespace %s, and the spec is in %s", title, what, o.Namespace, c.Namespace)
	case from == gatewayv1.NamespacesFromSelector:
		c.selects(o, title, what, selector)
	}
}

// selects checks that a selector of namespaces matches the one of the spec.
func (c Checker) selects(o object, title, what string, in *metav1.LabelSelector) {
	selector, err := metav1.LabelSelectorAsSelector(in)
	if err != nil {
		return // the API server reports it
	}
	has, ok := c.Package.NamespaceLabels(c.Namespace)
	name := labels.Set{"kubernetes.io/metadata.name": c.Namespace}
	switch {
	case selector.Matches(labels.Set(has)) || !ok && selector.Matches(name):
	case ok:
		c.report(o.at, "give the namespace these labels", "%s only allows %s of namespaces with %s, and namespace %s has other labels", title, what, selector, c.Namespace)
	default:
		c.Found.WarnOnce(source.GatewayNotThere, o.at, "add the Namespace to the input, so that it is checked; or accept this warning",
			"%s only allows %s of namespaces with %s, and the input does not have namespace %s", title, what, selector, c.Namespace)
	}
}

// value returns what a pointer points to, or a default.
func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
