// Package export prints the address table of a plan in the words of other tools that must have
// the same addresses: DNS, firewalls, certificates, clients. An export has one file here. What
// is not known offline becomes a comment that names what is missing.
package export

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// An Export is the address table in the words of one tool.
type Export struct {
	Name, For string

	comment string // begins a comment
	write   func(*writer)
}

// All lists the exports, in the order in which they are listed for users.
func All() []Export { return []Export{zone, hosts, sans, firewall, clients} }

// Find returns the export of a name.
func Find(name string) (Export, bool) {
	i := slices.IndexFunc(All(), func(e Export) bool { return e.Name == name })
	if i < 0 {
		return Export{}, false
	}
	return All()[i], true
}

// Text returns the export of a plan, and what it lacks because it is not known offline.
func (e Export) Text(p *plan.Plan) (string, []Gap) {
	w := &writer{plan: p, export: e, seen: map[string]bool{}}
	w.remark("%s", p.Owner)
	e.write(w)
	return w.String(), w.gaps
}

// A Gap is an address that an export lacks.
type Gap struct {
	Service *plan.Service
	What    string // is missing
	WayOut  string
}

// A writer writes the lines of one export.
type writer struct {
	strings.Builder
	plan   *plan.Plan
	export Export
	seen   map[string]bool // lines: the same name or port can be that of several Services
	gaps   []Gap
}

// fields writes a line of fields with tabs between them, unless it is there already.
func (w *writer) fields(fields ...string) {
	if line := strings.Join(fields, "\t"); !w.seen[line] {
		w.seen[line] = true
		w.WriteString(line + "\n")
	}
}

func (w *writer) remark(format string, args ...any) {
	w.fields(w.export.comment + " " + fmt.Sprintf(format, args...))
}

// leaveOut writes a comment in the place of a line that lacks an address. line has the parts of
// the line that are known.
func (w *writer) leaveOut(s *plan.Service, line string, g Gap) {
	g.Service = s
	w.gaps = append(w.gaps, g)
	w.remark("%s: %s", line, g.What)
}

// missing returns what a Service lacks if the spec does not set its addresses.
func missing(s *plan.Service) Gap {
	switch {
	case s.Type == v1alpha1.NodePort || s.Type == v1alpha1.HostPort:
		return Gap{What: "the addresses of the nodes are not in the spec", WayOut: "add lines with the addresses of the nodes"}
	case s.Type == v1alpha1.PodIP:
		return Gap{What: "the addresses of the pods are not in the spec", WayOut: "add lines with the addresses of the pods"}
	case s.IsRouted():
		return Gap{What: "the address of the Gateway is not in the spec", WayOut: "set gateway.address, or add the address from the status of the Gateway"}
	case s.Balanced():
		return Gap{What: "the address of the load balancer is not in the spec", WayOut: "set loadBalancer.address or addresses, or add the address from the status of the Service"}
	}
	return Gap{What: "what leads to the Service is not in the spec", WayOut: "add a line with the address that leads to the Service"}
}

// outside yields the Services that clients outside the cluster can reach.
func (w *writer) outside(yield func(*plan.Service) bool) {
	for i := range w.plan.Services {
		s := &w.plan.Services[i]
		outside := s.Outside() || s.OpensHostPorts() || s.Type == v1alpha1.PodIP || s.HasAddress() && (s.Hostname != "" || len(s.Access.ExternalIPs) > 0)
		if outside && !yield(s) {
			return
		}
	}
}

// targets returns what a name of a Service points at: what the annotation of external-dns says, or else the
// addresses that the spec sets.
func targets(s *plan.Service, name string) []string {
	if slices.Contains(s.Announced, name) {
		return s.Targets()
	}
	return s.IPs()
}

// named yields the hosts and aliases in the spec, each with its Service.
func (w *writer) named(yield func(*plan.Service, string) bool) {
	for s := range w.outside {
		for _, name := range append([]string{s.Hostname}, s.Aliases...) {
			if name != "" && !plan.IsIP(name) && !yield(s, name) {
				return
			}
		}
	}
}
