package plan

import (
	"iter"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Route leads from listeners of Gateways to a Service. It has the name of the Service, and its
// Type is the kind.
type Route struct {
	Parents []Parent
	Address string           // of the Gateway; "": not known
	Port    int32            // of the listeners; 0: not known
	Mode    v1alpha1.TLSMode // of the listeners; "": not known, or no TLS

	Hostnames []string // of the listeners for TLS that are made for it
}

// A Parent is the listener of an object that a Route uses.
type Parent struct {
	Kind      v1alpha1.GatewayKind
	Namespace string // "": that of the route
	Name      string
	Section   string      // the name of the listener; "": every listener that fits
	At        source.Path // where it is written
}

// String names the object as kind, namespace and name.
func (p Parent) String() string {
	return strings.TrimSpace(string(p.Kind) + " " + strings.TrimPrefix(p.Namespace+"/"+p.Name, "/"))
}

// A Gateway is a Gateway or a ListenerSet with listeners for the Services of a spec.
type Gateway struct {
	Kind      v1alpha1.GatewayKind
	Name      string
	Class     string // of a Gateway
	Address   string // of a Gateway; "": assigned
	Parent    Parent // of a ListenerSet
	Listeners []*Listener
	Sets      bool        // ListenerSets add listeners to the Gateway
	At        source.Path // where its name is written
}

// A Listener is what a Gateway opens.
type Listener struct {
	Name         string
	Port         int32
	Protocol     string // TLS, TCP or UDP
	Hostname     string // the names that TLS begins with; "": any
	Mode         v1alpha1.TLSMode
	Certificates []v1alpha1.SecretRef
	Service      *Service // the first that uses it
}

// Hostnames returns the names of a route that tells clients apart by names.
func (s *Service) Hostnames() []string {
	return append([]string{s.Hostname}, s.Aliases...)
}

// Routed yields the Services to which routes of a type lead; "": of all types.
func (p *Plan) Routed(typ v1alpha1.ServiceType) iter.Seq[*Service] {
	return func(yield func(*Service) bool) {
		for i := range p.Services {
			if s := &p.Services[i]; s.Route != nil && (typ == "" || s.Type == typ) && !yield(s) {
				return
			}
		}
	}
}

// Via names what leads to the Service.
func (r *Route) Via() string {
	var out []string
	for _, p := range r.Parents {
		out = append(out, p.String())
	}
	return strings.Join(out, ", ")
}
