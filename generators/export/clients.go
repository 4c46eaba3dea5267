package export

import (
	"strings"

	"sallyport.dev/generators/plan"
)

var clients = Export{Name: "clients", For: "clients: the addresses to start from, by component and port", comment: "#", write: writeClients}

// writeClients writes the bootstrap addresses of each port. Clients of an ExternalEndpoints are
// pods, which use the name of the Service.
func writeClients(w *writer) {
	table := w.plan.Table()
	for _, b := range table.Bootstrap {
		name := b.Component + "." + b.PortName
		known, open := split(b.Addresses)
		if known != "" {
			w.fields(name + "=" + known)
		} else {
			w.leaveOut(name, plan.Gap{Service: w.serviceOf(b), What: open + " is not known offline", WayOut: "give the Services hosts, addresses or node ports"})
		}
	}
	if w.plan.Backends != nil {
		for _, r := range table.Rows {
			w.fields(strings.Trim(r.Service+"."+r.PortName, ".") + "=" + plan.HostPort(r.DNSName, plan.Number(r.Port).Text))
		}
	}
}

// split separates the addresses that are known from the first one that is not.
func split(addresses string) (known, open string) {
	var all []string
	for _, a := range strings.Split(addresses, ",") {
		switch {
		case !strings.Contains(a, "<"):
			all = append(all, a)
		case open == "":
			open = a
		}
	}
	return strings.Join(all, ","), open
}

// serviceOf returns the first Service of a component that opens a port.
func (w *writer) serviceOf(b plan.Bootstrap) *plan.Service {
	for s := range w.plan.Outside {
		if s.ComponentName() == b.Component && s.Port(b.PortName) != nil {
			return s
		}
	}
	return nil
}
