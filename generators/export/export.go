// Package export prints the address table of a plan in the words of other tools that must have
// the same addresses: DNS, firewalls, certificates, clients. An export has one file here. What
// is not known offline becomes a comment that names what is missing.
package export

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
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
func (e Export) Text(p *plan.Plan) (string, []plan.Gap) {
	w := &writer{plan: p, export: e, seen: map[string]bool{}}
	w.remark("%s", p.Owner)
	e.write(w)
	return w.String(), w.gaps
}

// A writer writes the lines of one export.
type writer struct {
	strings.Builder
	plan   *plan.Plan
	export Export
	seen   map[string]bool // lines: the same name or port can be that of several Services
	gaps   []plan.Gap
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
func (w *writer) leaveOut(line string, g plan.Gap) {
	w.gaps = append(w.gaps, g)
	w.remark("%s: %s", line, g.What)
}
