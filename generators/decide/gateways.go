package decide

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A gatewayDecider decides the listeners that are made for routes, and the Gateways and
// ListenerSets that have them.
type gatewayDecider struct{ *decider }

// A front is a Gateway, or ListenerSets of one name, before the listeners are split.
type front struct {
	plan.Gateway
	listeners []*plan.Listener
	uses      []use
	byName    map[socket]*plan.Listener
	byPort    map[socket]*plan.Listener // the first of each port
}

// A socket is what a listener opens, without or with the names that it takes.
type socket struct {
	port     int32
	udp      bool
	hostname string
}

// A use is a listener that a route needs.
type use struct {
	listener *plan.Listener
	service  *plan.Service
}

// decide makes the listeners of each front, 64 to an object, and attaches the routes to them.
func (d gatewayDecider) decide() {
	for _, f := range d.fronts() {
		objects, of := f.split(), map[*plan.Listener]*plan.Gateway{}
		for _, g := range objects {
			for _, l := range g.Listeners {
				of[l] = g
			}
		}
		for _, u := range f.uses {
			g, r := of[u.listener], u.service.Route
			r.Parents = append(r.Parents, plan.Parent{Kind: g.Kind, Name: g.Name, Section: u.listener.Name, At: f.At})
		}
		all := f.Gateway
		all.Listeners = f.listeners
		gateways(d.decider).Attach(&all)
		d.plan.Gateways = append(d.plan.Gateways, objects...)
	}
}

// fronts collects the listeners: those for all pods first, then those of pods by id, so that those
// of more pods come last.
func (d gatewayDecider) fronts() []*front {
	var out []*front
	for _, s := range d.byID() {
		own := s.Route.Parents[0]
		s.Route.Parents = nil
		i := slices.IndexFunc(out, func(f *front) bool { return f.Kind == own.Kind && f.Name == own.Name })
		if i < 0 {
			i = len(out)
			out = append(out, &front{Gateway: d.object(s, own), byName: map[socket]*plan.Listener{}, byPort: map[socket]*plan.Listener{}})
		}
		d.sameParent(out[i], s)
		for _, l := range listenersFor(s) {
			d.use(out[i], l)
		}
	}
	return out
}

// byID lists the Services for which listeners are made.
func (d gatewayDecider) byID() []*plan.Service {
	out := slices.Collect(d.plan.Routed(""))
	out = slices.DeleteFunc(out, func(s *plan.Service) bool { return !s.Access.Gateway.OwnListeners() })
	id := func(s *plan.Service) int32 {
		if s.Pod == nil {
			return -1
		}
		return s.Pod.ID
	}
	slices.SortStableFunc(out, func(a, b *plan.Service) int { return cmp.Compare(id(a), id(b)) })
	return out
}

// object returns the Gateway or ListenerSet that a Service asks for, without listeners.
func (d gatewayDecider) object(s *plan.Service, own plan.Parent) plan.Gateway {
	g := s.Access.Gateway
	out := plan.Gateway{Kind: own.Kind, Name: own.Name, Class: *g.ClassName, At: own.At}
	if own.Kind == v1alpha1.KindGateway {
		out.Address = *g.Address
		return out
	}
	out.Parent = plan.Parent{Kind: v1alpha1.KindGateway, Namespace: g.ListenerSet.ParentRef.Namespace, Name: g.ListenerSet.ParentRef.Name,
		At: d.found.Where(s.Levels, plan.Setting("gateway", "listenerSet", "parentRef"))}
	return out
}

// sameParent checks that all who ask for an object by its name ask for the same one.
func (d gatewayDecider) sameParent(f *front, s *plan.Service) {
	own := plan.Parent{Kind: f.Kind, Name: f.Name, At: f.At}
	other := d.object(s, own)
	switch {
	case f.Kind == v1alpha1.KindListenerSet && (other.Parent.Name != f.Parent.Name || other.Parent.Namespace != f.Parent.Namespace):
		d.found.ErrorOnce(source.Contradiction, other.Parent.At, "give one of the ListenerSets another name", "ListenerSet %s would belong to %s and to %s", f.Name, f.Parent, other.Parent)
	case other.Class != f.Class || other.Address != f.Address:
		d.found.ErrorOnce(source.Contradiction, d.found.Where(s.Levels, plan.Setting("gateway", "className")), "write className and address once, at the spec", "Gateway %s would have the class or address of two entries", f.Name)
	}
}

// listenersFor returns the listeners that a route needs: for TLS one of each hostname, else one of
// its own.
func listenersFor(s *plan.Service) []*plan.Listener {
	if s.Type != v1alpha1.TLSRoute {
		return []*plan.Listener{{Name: s.Name, Port: s.Route.Port, Protocol: string(s.Type.Transport()), Service: s}}
	}
	var out []*plan.Listener
	for _, hostname := range s.Route.Hostnames {
		out = append(out, &plan.Listener{Name: listenerName(hostname, s.Route.Port), Port: s.Route.Port, Protocol: "TLS", Hostname: hostname,
			Mode: s.Route.Mode, Certificates: s.Access.Gateway.TLS.CertificateRefs, Service: s})
	}
	return out
}

// listenerName names the listener of a hostname and a port, so that others beside it do not change
// the name.
func listenerName(hostname string, port int32) string {
	kind, number := "host", strconv.Itoa(int(port))
	domain, wildcard := strings.CutPrefix(hostname, "*.")
	if wildcard {
		kind = "wildcard"
	}
	return kind + "-" + number + "." + domain
}

// use adds a listener for a Service, or lets the Service use the one that is there.
func (d gatewayDecider) use(f *front, l *plan.Listener) {
	key := socket{l.Port, l.Protocol == "UDP", l.Hostname}
	port := socket{port: key.port, udp: key.udp}
	other, first := f.byName[key], f.byPort[port]
	switch {
	case l.Port == 0: // which is reported
	case first != nil && (first.Protocol != "TLS" || l.Protocol != "TLS"):
		d.found.ErrorOnce(source.PortClash, d.found.Where(l.Service.Levels, plan.Setting("gateway", "port")), "set gateway.port of the entry to another number",
			"Services %s and %s would both need a listener for port %d", first.Service.Name, l.Service.Name, l.Port)
	case other == nil:
		f.byName[key], f.listeners = l, append(f.listeners, l)
		if first == nil {
			f.byPort[port] = l
		}
		f.uses = append(f.uses, use{l, l.Service})
		d.names.check(d.found.Where(l.Service.Levels.Own(), plan.Setting("host")), l.Name, v1alpha1.DNSSubdomain)
	case other.Mode != l.Mode || !slices.Equal(other.Certificates, l.Certificates):
		d.found.ErrorOnce(source.Contradiction, d.found.Where(l.Service.Levels, plan.Setting("gateway", "tls")), "write tls once, at the spec; or set another port",
			"Services %s and %s would share the listener for %s, with different tls", other.Service.Name, l.Service.Name, l.Hostname)
	default:
		f.uses = append(f.uses, use{other, l.Service})
	}
}

// split makes objects of at most 64 listeners. Behind a Gateway come ListenerSets that add to it.
func (f *front) split() []*plan.Gateway {
	var out []*plan.Gateway
	for part := range slices.Chunk(f.listeners, v1alpha1.MaxListeners) {
		g := f.Gateway
		g.Listeners = part
		if len(out) > 0 {
			g.Name += "-" + strconv.Itoa(len(out)+1)
		}
		if len(out) > 0 && f.Kind == v1alpha1.KindGateway {
			g.Kind, g.Parent, g.Class, g.Address = v1alpha1.KindListenerSet, plan.Parent{Kind: v1alpha1.KindGateway, Name: f.Name, At: f.At}, "", ""
			out[0].Sets = true
		}
		out = append(out, &g)
	}
	return out
}
