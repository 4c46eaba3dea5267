package preflight

import (
	"cmp"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators/gateway"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A listenerKey is what one listener of an object gives to one route: all, or the clients that ask
// for a name.
type listenerKey struct {
	kind, namespace, name, section string
	hostname                       string // of a TLSRoute
}

// routes are the routes and listeners that have claimed a part of a Gateway.
type routes struct {
	claimed   map[listenerKey]claim // by the listener; without a section, that of the route that takes all
	any       map[listenerKey]claim // the first route of any listener, by the key without a section
	clashed   map[*plan.Service]bool
	listeners map[opening]claim
	protocols map[opening][]opening // of a port, by the opening without protocol and hostname
}

// An opening is a listener that a ListenerSet adds to a Gateway.
type opening struct {
	gateway            source.Object
	port               int32
	protocol, hostname string
}

func newRoutes() routes {
	return routes{map[listenerKey]claim{}, map[listenerKey]claim{}, map[*plan.Service]bool{}, map[opening]claim{}, map[opening][]opening{}}
}

// take records a route that uses a listener. It returns who has the listener, if somebody has: a
// route without a section uses all listeners.
func (r routes) take(key listenerKey, by claim) (claim, bool) {
	all := key
	all.section = ""
	first, taken := r.claimed[key]
	if !taken {
		first, taken = r.claimed[all]
	}
	if !taken && key.section == "" {
		first, taken = r.any[all]
	}
	if taken {
		return first, true
	}
	r.claimed[key] = by
	if _, ok := r.any[all]; !ok {
		r.any[all] = by
	}
	return claim{}, false
}

// open records a listener. It returns who has one that excludes it, if somebody has.
func (r routes) open(o opening, by claim) (claim, bool) {
	first, taken := r.listeners[o]
	port := opening{gateway: o.gateway, port: o.port}
	for _, other := range r.protocols[port] {
		if !taken && other.protocol != o.protocol && gateway.Collide(other.protocol, other.hostname, o.protocol, o.hostname) {
			first, taken = r.listeners[other], true
		}
	}
	if !taken {
		r.listeners[o] = by
		if !slices.ContainsFunc(r.protocols[port], func(other opening) bool { return other.protocol == o.protocol }) {
			r.protocols[port] = append(r.protocols[port], o)
		}
	}
	return first, taken
}

// keys returns what a route with a parent claims.
func keys(p plan.Parent, namespace string, hostnames []string) []listenerKey {
	key := listenerKey{kind: string(p.Kind), namespace: cmp.Or(p.Namespace, namespace), name: p.Name, section: p.Section}
	if hostnames == nil {
		return []listenerKey{key}
	}
	var out []listenerKey
	for _, name := range hostnames {
		key.hostname = name
		out = append(out, key)
	}
	return out
}

// claimRoute checks that the listener of a route leads to one Service.
func (t *claims) claimRoute(s claimant, svc *plan.Service) {
	if svc.Route == nil || svc.Access.Gateway.OwnListeners() {
		return // decide gives each a listener of its own
	}
	host := s.Found.Where(svc.Levels.Own(), plan.Setting("host"))
	for _, p := range svc.Route.Parents {
		for _, key := range keys(p, s.Plan.Namespace, namesOf(svc)) {
			by, taken := t.routes.take(key, s.claim(svc))
			switch {
			case !taken || by.svc == svc:
			case s.Found.Wrong(p.At) || s.Found.Wrong(p.At.Field("sectionName")):
			case s.Found.Reported(source.AdvertisedClash, svc.PortPath(s.Found.Written, svc.Ports[0].Name, "advertisedPort")):
			case svc.Type == v1alpha1.TLSRoute && s.Found.Wrong(host):
			case svc.Type == v1alpha1.TLSRoute:
				s.Found.ErrorOnce(source.HostClash, host, hostWayOut(svc, by.svc),
					"%s would get clients for %s from %s, and so would %s: the older route wins", svc.Name, key.hostname, p, by)
			default:
				t.routes.clashed[by.svc] = true
				s.Found.ErrorOnce(source.HostClash, p.At, "name another listener in sectionName; for each pod, use $(pod) in it",
					"%s would get the clients of %s, and so would %s: the older route wins", svc.Name, listenerTitle(p), by)
			}
		}
	}
}

// namesOf returns the names by which a route tells clients apart; nil: it takes all.
func namesOf(svc *plan.Service) []string {
	if svc.Type != v1alpha1.TLSRoute {
		return nil
	}
	return svc.Hostnames()
}

// takeOwn records the routes of a spec through listeners that it makes.
func (r routes) takeOwn(s claimant) {
	for svc := range s.Plan.Routed("") {
		if !svc.Access.Gateway.OwnListeners() {
			continue
		}
		for _, p := range svc.Route.Parents {
			for _, key := range keys(p, s.Plan.Namespace, namesOf(svc)) {
				r.take(key, s.claim(svc))
			}
		}
	}
}

// listenerTitle names what a route uses: a listener, or all of an object.
func listenerTitle(p plan.Parent) string {
	if p.Section == "" {
		return p.String()
	}
	return "listener " + p.Section + " of " + p.String()
}

// claimListeners checks that no two ListenerSets of a Gateway have the same listener.
func (t *claims) claimListeners(s claimant) {
	for _, g := range s.Plan.Gateways {
		if g.Kind != v1alpha1.KindListenerSet {
			continue
		}
		of := gatewayOf(cmp.Or(g.Parent.Namespace, s.Plan.Namespace), g.Parent.Name)
		for _, l := range g.Listeners {
			by, taken := t.routes.open(opening{of, l.Port, l.Protocol, l.Hostname}, s.claim(l.Service))
			if !taken {
				continue
			}
			wayOut := "use another port; or use the listener that is there, under parentRefs"
			if by.svc != nil && by.title == s.title {
				wayOut = "use another port; or let both have one ListenerSet, by the same listenerSet.name"
			}
			s.Found.ErrorOnce(source.PortClash, s.Found.Where(l.Service.Levels, plan.Setting("gateway", "port")), wayOut,
				"%s would have a listener for port %d twice: for Service %s, and for %s", g.Parent, l.Port, l.Service.Name, by)
		}
	}
}

func gatewayOf(namespace, name string) source.Object {
	return source.Object{Kind: string(v1alpha1.KindGateway), Namespace: namespace, Name: name}
}

// addForeignRoute records what a route or a ListenerSet of another tool claims.
func (t *claims) addForeignRoute(doc *source.Document, title string) {
	o := doc.Object().Unversioned()
	if o.APIVersion != gatewayv1.GroupName {
		return
	}
	var object struct {
		Spec struct {
			ParentRefs []struct {
				Kind, Namespace, Name string
				SectionName           string `yaml:"sectionName"`
			} `yaml:"parentRefs"`
			Hostnames []string
			ParentRef struct{ Namespace, Name string } `yaml:"parentRef"`
			Listeners []struct {
				Port               int32
				Protocol, Hostname string
			}
		}
	}
	if doc.ReadInto(&object) != nil {
		return // the API server reports the error
	}
	by := claim{title: title}
	switch v1alpha1.ServiceType(o.Kind) {
	case v1alpha1.TLSRoute, v1alpha1.TCPRoute, v1alpha1.UDPRoute:
		for _, ref := range object.Spec.ParentRefs {
			p := plan.Parent{Kind: v1alpha1.GatewayKind(cmp.Or(ref.Kind, string(v1alpha1.KindGateway))), Namespace: ref.Namespace, Name: ref.Name, Section: ref.SectionName}
			for _, key := range keys(p, o.Namespace, object.Spec.Hostnames) {
				t.routes.take(key, by)
			}
		}
	}
	if o.Kind == string(v1alpha1.KindListenerSet) {
		of := gatewayOf(cmp.Or(object.Spec.ParentRef.Namespace, o.Namespace), object.Spec.ParentRef.Name)
		for _, l := range object.Spec.Listeners {
			t.routes.open(opening{of, l.Port, l.Protocol, l.Hostname}, by)
		}
	}
}
