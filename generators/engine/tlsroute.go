package engine

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// tlsRoutes yields the Services of the component to which TLSRoutes lead.
func (c checker) tlsRoutes(yield func(*plan.Service) bool) {
	for _, all := range [][]*plan.Service{c.component.Singles, c.component.Shared} {
		for _, s := range all {
			if s.Route != nil && s.Type == v1alpha1.TLSRoute && !yield(s) {
				return
			}
		}
	}
}

// noTLSRoute is for engines whose server speaks first, in plain text: NATS, unless handshake_first
// is set.
func noTLSRoute(c checker) {
	for s := range c.tlsRoutes {
		c.ruleBroken(c.where(s, "type"), "use TCPRoute; or, if TLS comes first by the server's settings, take NoTLSRoute out of requires",
			"type TLSRoute needs TLS from the first byte, and this engine's server speaks before")
	}
}

// kafkaRoutes checks that TLS is where the listeners of Kafka expect it.
func (c checker) kafkaRoutes() {
	for s := range c.tlsRoutes {
		for _, port := range s.Ports {
			l := c.listener(port.Name)
			if l == nil {
				continue
			}
			at, tls := c.component.Path.Field("ports").Item("name", port.Name).Field("listener", "protocol"), strings.HasSuffix(*l.Protocol, "SSL")
			switch {
			case tls && s.Route.Mode == v1alpha1.Terminate:
				c.ruleBroken(at, "use mode Passthrough; or a protocol without TLS, for example SASL_PLAINTEXT",
					"TLS ends at the Gateway, and listener %s, which expects TLS, would get plain text", *l.Name)
			case !tls && s.Route.Mode == v1alpha1.Passthrough:
				c.ruleBroken(at, "use SSL or SASL_SSL; or mode Terminate, or type TCPRoute",
					"listener %s has no TLS, and the Gateway tells clients apart by the name that TLS begins with", *l.Name)
			case !tls && s.Route.Mode == "":
				c.found.WarnOnce(source.EngineRule, at, "use SSL or SASL_SSL, if the listener passes TLS through; or ignore this",
					"listener %s has no TLS: it only works if TLS ends at the Gateway", *l.Name)
			}
		}
	}
}

// listener returns the listener of a port, or nil.
func (c checker) listener(port string) *v1alpha1.Listener {
	for _, p := range c.component.Spec.Ports {
		if p.Name == port {
			return p.Listener
		}
	}
	return nil
}
