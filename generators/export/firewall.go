package export

import (
	"cmp"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

var firewall = Export{Name: "firewall", For: "firewalls: what to open", comment: "#", write: writeFirewall}

// writeFirewall writes a line for each port that clients reach from outside, and for each port
// outside that pods reach.
func writeFirewall(w *writer) {
	w.remark("%s", strings.Join([]string{"direction", "address", "port", "protocol", "sources", "what"}, "\t"))
	for s := range w.outside {
		for i := range s.Ports {
			w.opening(s, &s.Ports[i])
		}
	}
	if b := w.plan.Backends; b != nil {
		for _, g := range b.Groups {
			for _, a := range g.Addresses {
				for _, p := range g.Ports {
					w.fields("out", a.IP, number(p.Target), string(p.Protocol), "cluster", b.Service)
				}
			}
		}
	}
}

// opening writes what lets clients reach a port of a Service.
func (w *writer) opening(s *plan.Service, port *plan.Port) {
	from := cmp.Or(strings.Join(s.Access.LoadBalancer.SourceRanges, ","), "any")
	row := func(address string, n int32) []string {
		return []string{"in", address, number(n), string(port.Protocol), from, s.Display() + " " + port.Name}
	}
	for _, ip := range s.Access.ExternalIPs {
		w.fields(row(ip, port.Number)...)
	}
	switch {
	case s.OpensHostPorts():
		w.fields(row("nodes", port.HostPort)...)
	case s.Type == v1alpha1.PodIP:
		w.fields(row("pods", port.Target)...)
	case s.Type == v1alpha1.NodePort && port.NodePort != 0:
		w.fields(row("nodes", port.NodePort)...)
	case s.Type == v1alpha1.NodePort:
		w.leaveOut(s, s.Display()+" "+port.Name, Gap{What: "the cluster assigns the node port", WayOut: "set nodePort at the port of the entry"})
	case len(s.Access.ExternalIPs) > 0:
	case len(s.IPs()) > 0:
		opened := port.Number
		if s.Route != nil {
			opened = s.Route.Port
		}
		for _, ip := range s.IPs() {
			w.fields(row(ip, opened)...)
		}
	default:
		w.leaveOut(s, strings.Join(row(cmp.Or(s.Hostname, "?"), cmp.Or(port.Advertised, port.Number))[1:], " "), missing(s))
	}
}

func number(n int32) string { return strconv.Itoa(int(n)) }
