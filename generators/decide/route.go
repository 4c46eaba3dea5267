package decide

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"sallyport.dev/generators/gateway"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// route decides the route to a Service, without the listeners that are made for it: these depend on
// all Services. It is nil for a Service that no Gateway leads to.
func (e *entry) route(s *plan.Service, scope scope) *plan.Route {
	if !s.IsRouted() {
		return nil
	}
	checkNames(e, s)
	g, found := s.Access.Gateway, e.d.found
	out := &plan.Route{Address: *g.Address}
	defer e.checkHost(s, out)
	if g.OwnListeners() {
		out.Parents = []plan.Parent{e.ownGateway(s, scope)}
		if ref := g.ListenerSet.ParentRef; *g.ClassName == "" {
			useAddress(e, out, plan.Parent{Kind: v1alpha1.KindGateway, Namespace: ref.Namespace, Name: ref.Name})
		}
		if s.Type == v1alpha1.TLSRoute {
			out.Mode, out.Hostnames = *g.TLS.Mode, listenerHostnames(s, scope.domain)
			checkListeners(e, s, len(out.Hostnames))
		}
		return out
	}
	refs := found.Where(s.Levels, plan.Setting("gateway", "parentRefs"))
	if found.Wrong(refs) {
		return out
	}
	for i, ref := range g.ParentRefs {
		if slices.Contains(g.ParentRefs[:i], ref) {
			continue // validation reports it
		}
		p := plan.Parent{Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name, At: refs.Index(i)}
		if ref.SectionName != "" {
			p.Section = e.d.names.name(ref.SectionName, scope, p.At.Field("sectionName"), v1alpha1.DNSSubdomain)
		}
		if apart(e, out.Parents, p) {
			out.Parents = append(out.Parents, p)
			useAddress(e, out, p)
		}
	}
	return out
}

// useAddress takes the address that the Gateway in the package asks for, if the spec has none.
func useAddress(e *entry, r *plan.Route, p plan.Parent) {
	if r.Address == "" {
		r.Address = gateways(e.d).Address(p)
	}
}

// apart checks that a parent is none of the others: the API server takes an object twice only with
// two names of listeners.
func apart(e *entry, others []plan.Parent, p plan.Parent) bool {
	for _, o := range others {
		switch {
		case o.Kind != p.Kind || o.Name != p.Name || cmp.Or(o.Namespace, e.d.plan.Namespace) != cmp.Or(p.Namespace, e.d.plan.Namespace):
		case o.Section == p.Section:
			e.d.found.ErrorOnce(source.Duplicate, p.At, "take it out", "the list has this parent already")
			return false
		case o.Section == "" || p.Section == "":
			e.d.found.ErrorOnce(source.Contradiction, p.At, "name the listener in sectionName of both, or take one out",
				"the list has %s twice, and one of them has no sectionName", p)
			return false
		}
	}
	return true
}

// ownGateway names the Gateway or the first ListenerSet that is made for a Service.
func (e *entry) ownGateway(s *plan.Service, scope scope) plan.Parent {
	g, found := s.Access.Gateway, e.d.found
	if *g.ClassName != "" {
		return plan.Parent{Kind: v1alpha1.KindGateway, Name: e.d.plan.Object.Name, At: found.Where(s.Levels, plan.Setting("gateway", "className"))}
	}
	at := found.Where(s.Levels, plan.Setting("gateway", "listenerSet", "name"))
	return plan.Parent{Kind: v1alpha1.KindListenerSet, Name: e.d.names.name(*g.ListenerSet.Name, scope, at, v1alpha1.DNSSubdomain), At: at}
}

// checkHost checks that a Service with a route has a host to advertise: by a name that TLS
// begins with, or by any host that leads to the Gateway.
func (e *entry) checkHost(s *plan.Service, r *plan.Route) {
	host := e.d.found.Where(s.Levels.Own(), plan.Setting("host"))
	switch {
	case e.d.found.Wrong(host) || e.d.found.WrongIn(host):
	case s.Type == v1alpha1.TLSRoute && s.Hostname == "":
		e.d.found.ErrorOnce(source.Required, host, "set a domain, or a host", "host is required for type TLSRoute: the Gateway tells clients apart by the name that TLS begins with")
	case s.Type == v1alpha1.TLSRoute && plan.IsIP(s.Hostname):
		e.d.found.ErrorOnce(source.Invalid, host, "write a DNS name", "TLS does not send an IP address as the name of the server: %s", s.Hostname)
	case s.Hostname == "" && r.Address == "":
		e.d.found.ErrorOnce(source.Required, host, "set gateway.address, a domain, or a host", "host is required for type %s: the address of the Gateway is not known", s.Type)
	}
}

// checkListeners checks that a route can have all listeners that are made for it as parents.
func checkListeners(e *entry, s *plan.Service, n int) {
	if n > v1alpha1.MaxParentRefs && len(s.Hostnames()) <= v1alpha1.MaxHostnames {
		e.d.found.ErrorOnce(source.NumberRange, e.d.found.Where(s.Levels.Own(), plan.Setting("aliases")), "write names under the domain, which have one listener; or use fewer aliases",
			"Service %s would need %d listeners, and a route has at most %d parents", s.Name, n, v1alpha1.MaxParentRefs)
	}
}

// checkNames checks that a TLSRoute can have all names of a Service.
func checkNames(e *entry, s *plan.Service) {
	at := e.d.found.Where(s.Levels.Own(), plan.Setting("aliases"))
	if n := len(s.Hostnames()); s.Type == v1alpha1.TLSRoute && n > v1alpha1.MaxHostnames {
		e.d.found.ErrorOnce(source.NumberRange, at, "use fewer aliases", "Service %s would have %d names, and a TLSRoute has at most %d", s.Name, n, v1alpha1.MaxHostnames)
	}
}

// listenerPort decides the port of the listener that leads to a port of a Service: the one that is
// written, counted up from pod to pod as what is advertised; else that of the listener in the
// package; else the port of the Service, for a listener of our own.
func (e *entry) listenerPort(s *plan.Service, sp *v1alpha1.ServicePort) int32 {
	at := e.d.found.Where(s.Levels, plan.Setting("gateway", "port"))
	base := e.counted(s, sp, at)
	written := base
	if s.Access.Gateway.OwnListeners() {
		return base
	}
	known := false
	routed := *s // a copy, so that other Services need no memory of their own
	for i := range s.Route.Parents {
		p := &s.Route.Parents[i]
		l := gateways(e.d).Join(&routed, *p, base)
		if l.Port == 0 {
			continue
		}
		if written == 0 {
			e.d.merged.readPort(e, s, l.Port, *p)
		}
		if base, s.Route.Mode, known = l.Port, l.Mode, true; s.Type != v1alpha1.TLSRoute {
			p.Section = l.Name // without it, the route would use the listeners of the other pods, too
		}
	}
	if base == 0 && !known && len(s.Route.Parents) > 0 && !e.d.found.WrongIn(e.d.found.Where(s.Levels, plan.Setting("gateway", "parentRefs"))) {
		at = e.d.found.Level(s.Levels, plan.Setting("gateway", "parentRefs")).Field("gateway", "port")
		e.d.found.ErrorOnce(source.Required, at, "write the port of the listener, or add the Gateway to the input", "gateway.port is required: the port of the listener is advertised")
	}
	return base
}

// gateways returns what checks routes against the Gateways of the package.
func gateways(d *decider) gateway.Checker {
	return gateway.Checker{Package: d.seen.pkg, Namespace: d.plan.Namespace, Found: d.found}
}

// counted returns the port that the spec sets for the listener of a Service; 0: none.
func (e *entry) counted(s *plan.Service, sp *v1alpha1.ServicePort, at source.Path) int32 {
	g := s.Access.Gateway
	base := *g.Port
	if base == 0 && g.OwnListeners() {
		base = *sp.Port
	}
	if base == 0 || s.Pod == nil || s.OnePod && e.d.found.Wrote(s.Levels[0].Field("gateway", "port")) {
		return e.inPorts(int64(base), at, "")
	}
	return e.inPorts(e.c.reserved.nth(series{base, *sp.Steps.AdvertisedPort}, e.c.nth(s.Pod)), at, s.Pod.Name)
}

func (e *entry) inPorts(n int64, at source.Path, pod string) int32 {
	switch {
	case n >= 0 && n <= math.MaxUint16:
		return int32(n)
	case pod != "":
		e.d.found.ErrorOnce(source.NumberRange, at, "start with a lower number, or reduce the pods", "the number of pod %s is %d, which is not between 1 and %d", pod, n, math.MaxUint16)
	default:
		e.d.found.ErrorOnce(source.NumberRange, at, "stay within that range", "%d is not between 1 and %d", n, math.MaxUint16)
	}
	return 0
}

// listenerHostname returns the hostname of the listener for a name: the wildcard of the domain that
// the name is under, so that more pods need no more listeners.
func listenerHostname(name, domain string) string {
	if domain != "" && strings.HasSuffix(name, "."+domain) {
		return "*." + domain
	}
	return name
}

// listenerHostnames returns the hostnames of all listeners that a Service needs.
func listenerHostnames(s *plan.Service, domain string) []string {
	var out []string
	for _, name := range s.Hostnames() {
		if h := listenerHostname(name, domain); h != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}
