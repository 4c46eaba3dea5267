package picture

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A section is the rows of one entry of services.
type section struct {
	component, entry, typ string
	rows                  []plan.Row
	pods                  []string // of a headless Service whose rows stand for all pods, with $(pod) for their names
	machines              bool     // of an ExternalEndpoints
}

// sectionsOf sorts rows into sections. What clients outside the cluster reach comes first, what pods
// call each other last.
func sectionsOf(p plan.Page) []*section {
	type key struct{ component, entry, typ string }
	var out []*section
	known := map[key]*section{}
	for _, r := range p.Rows {
		k := key{r.Component, r.Entry, r.Type}
		if known[k] == nil {
			known[k] = &section{component: r.Component, entry: r.Entry, typ: r.Type, machines: r.Component == ""}
			out = append(out, known[k])
		}
		known[k].rows = append(known[k].rows, r)
	}
	slices.SortStableFunc(out, func(a, b *section) int { return cmp.Compare(a.rank(), b.rank()) })
	for _, s := range out {
		s.collapse()
	}
	return out
}

// rank is 0 if clients outside the cluster reach the section, 1 if those inside do, and 2 if only pods do.
func (s *section) rank() int {
	switch s.typ {
	case string(v1alpha1.Headless):
		return 2
	case string(v1alpha1.ClusterIP), externalName:
		return 1
	}
	return 0
}

// externalName is the type of Services that are aliases.
const externalName = "ExternalName"

// podInAddress stands for the name of each pod.
const podInAddress = "$(pod)"

// collapse writes one row for all pods of a headless Service, where only the pods' names differ.
func (s *section) collapse() {
	if s.rank() != 2 {
		return
	}
	type key struct {
		port, address, dnsName string
		number                 int32
	}
	var pods []string
	var rows []plan.Row
	seen := map[key]bool{}
	for _, r := range s.rows {
		if r.Pod == "*" {
			return
		}
		pods = append(pods, r.Pod)
		r.Address, r.DNSName, r.Pod = podInAddress+strings.TrimPrefix(r.Address, r.Pod), podInAddress+strings.TrimPrefix(r.DNSName, r.Pod), "*"
		if k := (key{r.PortName, r.Address, r.DNSName, r.Port}); !seen[k] {
			seen[k] = true
			rows = append(rows, r)
		}
	}
	if pods = unique(pods); len(pods) > 1 && len(rows)*len(pods) == len(s.rows) {
		s.rows, s.pods = rows, pods
	}
}

// name is COMPONENT.ENTRY, or the Service of an ExternalEndpoints.
func (s *section) name() string {
	if s.machines {
		return s.rows[0].Service
	}
	return s.component + "." + s.entry
}

// service returns the only Service of the section, or "".
func (s *section) service() string {
	for _, r := range s.rows {
		if r.Service != s.rows[0].Service {
			return ""
		}
	}
	return s.rows[0].Service
}

// podNames returns the names of the pods of the section, or none if its rows are about all pods.
func (s *section) podNames() []string {
	if len(s.pods) > 0 {
		return s.pods
	}
	var out []string
	for _, r := range s.rows {
		if r.Pod != "*" {
			out = append(out, r.Pod)
		}
	}
	return unique(out)
}

// kind describes what the section has.
func (s *section) kind() string {
	of := "all pods"
	if pods := s.podNames(); len(pods) > 0 {
		of = listed(spans(pods))
	}
	switch {
	case s.typ == externalName:
		return s.typ + ", an alias for a name outside the cluster"
	case s.machines:
		return s.typ + " for addresses outside the cluster"
	case s.rank() == 2 && s.service() != "":
		return "headless Service " + s.service() + " of " + of
	case s.rank() == 2:
		return "headless Services"
	case s.typ == string(v1alpha1.HostPort):
		return s.typ + ", a port on the node of each pod"
	case s.typ == string(v1alpha1.PodIP):
		return s.typ + ", the address of each pod"
	case s.service() != "":
		return s.typ + ", Service " + s.service() + " for " + of
	}
	return s.typ + ", one Service for each pod"
}

// how returns how all addresses of the section become known, or "" if they differ.
func (s *section) how() plan.How {
	first := s.rows[0].How
	for _, r := range s.rows {
		if r.How != first {
			return ""
		}
	}
	return first
}

// title describes the section.
func (s *section) title() string {
	out := s.name() + ": " + s.kind()
	if how := s.how(); how != "" && how != plan.KnownOffline {
		out += ", " + string(how)
	}
	return out
}

// A column is a column of the table of a section.
type column struct {
	title string
	cell  func(plan.Row) string
	once  bool // the same cell is not repeated below
}

// columns returns the columns that the section needs.
func (s *section) columns() []column {
	has := func(test func(plan.Row) bool) bool { return slices.ContainsFunc(s.rows, test) }
	var out []column
	if s.service() == "" && has(func(r plan.Row) bool { return r.Service != "" }) {
		out = append(out, column{"SERVICE", func(r plan.Row) string { return r.Service }, true})
	}
	if has(func(r plan.Row) bool {
		return r.Pod != "*" && (r.Service == "" || !strings.Contains(r.Service, r.Pod)) && len(s.podNames()) > 1
	}) {
		title := "POD"
		if s.machines {
			title = "MACHINE"
		}
		out = append(out, column{title, func(r plan.Row) string { return cmp.Or(strings.Trim(r.Pod, "*"), "all") }, true})
	}
	out = append(out, column{"PORT", portOf, false})
	if has(func(r plan.Row) bool { return r.NodePort != 0 }) {
		title := "NODE PORT"
		if s.typ == string(v1alpha1.HostPort) {
			title = "HOST PORT"
		}
		out = append(out, column{title, func(r plan.Row) string { return number(r.NodePort) }, false})
	}
	if has(func(r plan.Row) bool { return len(otherNames(r)) > 0 }) {
		out = append(out, column{"OTHER NAMES", func(r plan.Row) string { return strings.Join(otherNames(r), ", ") }, false})
	}
	return out
}

// address is the last column of a section, and how the one behind it.
var (
	address = column{"ADDRESS", func(r plan.Row) string { return r.Address }, false}
	how     = column{"HOW", func(r plan.Row) string { return string(r.How) }, false}
)

// all returns all columns of the section.
func (s *section) all() []column {
	out := append(s.columns(), address)
	if s.how() == "" {
		out = append(out, how)
	}
	return out
}

// filled returns the cells of the columns, row by row.
func (s *section) filled(columns []column) [][]string {
	var out [][]string
	for _, r := range s.rows {
		var line []string
		for _, c := range columns {
			line = append(line, c.cell(r))
		}
		out = append(out, line)
	}
	return out
}

// cells returns the cells of the columns, without those that repeat the one above.
func (s *section) cells(columns []column) [][]string {
	all := s.filled(columns)
	out := s.filled(columns)
	for i := 1; i < len(all); i++ {
		for n, c := range columns {
			if c.once && all[i][n] == all[i-1][n] {
				out[i][n] = ""
			}
		}
	}
	return out
}

// otherNames returns the public names of a row that are not in its address.
func otherNames(r plan.Row) []string {
	var out []string
	if !r.InCluster && r.DNSName != "" && !strings.HasPrefix(r.Address, r.DNSName+":") {
		out = append(out, r.DNSName)
	}
	return append(out, r.Aliases...)
}
