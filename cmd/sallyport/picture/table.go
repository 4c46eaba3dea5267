package picture

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sallyport.dev/generators/plan"
)

// width is how many columns a line of the table has at most. Only a name that is longer goes beyond.
const width = 100

// Table writes the tables for people, by entry and Service.
func Table(w io.Writer, pages []plan.Page) error {
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(w)
		}
		lines := []string{p.Spec}
		if len(p.Rows) == 0 {
			lines = append(lines, "", nothing)
		}
		for _, s := range sectionsOf(p) {
			lines = append(append(lines, ""), wrapped(s.title(), 0)...)
			lines = append(lines, layout(s)...)
		}
		lines = append(lines, backendLines(p)...)
		if more := below(p, width); len(more) > 0 {
			lines = append(append(lines, ""), more...)
		}
		for _, line := range lines {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// layout writes the rows of a section as a table, if it is narrow enough. If not, the address has a
// line of its own.
func layout(s *section) []string {
	columns := s.all()
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	rows := append([][]string{titles}, s.cells(columns)...)
	if lines := aligned(rows, len(columns)); lines != nil {
		return lines
	}
	front := len(s.columns())
	if lines := aligned(rows, front); lines != nil {
		return lines
	}
	var out []string
	for _, row := range rows[1:] {
		var cells []string
		for _, cell := range row[:front] {
			if cell != "" {
				cells = append(cells, cell)
			}
		}
		out = append(append(out, wrapped(strings.Join(cells, "  "), 2)...), behind(row[front:])...)
	}
	return out
}

// aligned writes the first cells of rows in columns, and the others on a line below. It returns nil if
// the columns are too wide.
func aligned(rows [][]string, front int) []string {
	widths := make([]int, front)
	total := 0
	for i := range widths {
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		total += 2 + widths[i]
	}
	if total > width {
		return nil
	}
	var out []string
	for n, row := range rows {
		var b strings.Builder
		for i, w := range widths {
			fmt.Fprintf(&b, "  %-*s", w, row[i])
		}
		if line := strings.TrimRight(b.String(), " "); line != "" {
			out = append(out, line)
		}
		if n > 0 {
			out = append(out, behind(row[front:])...)
		}
	}
	return out
}

// behind writes cells on lines of their own.
func behind(cells []string) []string {
	if len(cells) == 0 {
		return nil
	}
	return wrapped(strings.TrimRight(strings.Join(cells, "  "), " "), 6)
}

// wrapped breaks a text at spaces, where it is too long for a line. Lines below the first are indented
// more.
func wrapped(text string, indent int) []string {
	var out []string
	line := strings.Repeat(" ", indent)
	for i, word := range strings.Split(text, " ") {
		if i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			out = append(out, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", indent+4) + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// backendLines describes the addresses outside the cluster to which the Service leads.
func backendLines(p plan.Page) []string {
	if len(p.Backends) == 0 {
		return nil
	}
	out := []string{"", "backends of " + p.Backends[0].Service + ":"}
	for _, b := range backendsOf(p) {
		out = append(out, wrapped(b.ports+": "+strings.Join(b.addresses, ", ")+b.traits, 2)...)
	}
	return out
}

// backends are addresses outside the cluster with the same ports and traits.
type backends struct {
	ports, traits string
	addresses     []string
}

// backendsOf returns the addresses outside the cluster, without regard to their families.
func backendsOf(p plan.Page) []backends {
	var out []backends
	for _, b := range p.Backends {
		one := backends{portsOf(b), traitsOf(b), addressRanges(b.Addresses)}
		i := slices.IndexFunc(out, func(o backends) bool { return o.ports == one.ports && o.traits == one.traits })
		if i < 0 {
			out = append(out, one)
		} else {
			out[i].addresses = append(out[i].addresses, one.addresses...)
		}
	}
	return out
}

// portsOf describes the ports of addresses, and the ports of the Service that lead to them.
func portsOf(b plan.BackendRow) string {
	var out []string
	for _, port := range b.Ports {
		text := strings.TrimSpace(port.Name + " " + number(port.Port))
		if port.Target != port.Port {
			text += " to port " + number(port.Target)
		}
		if port.Protocol != "TCP" {
			text += " " + port.Protocol
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// traitsOf describes what is special about addresses.
func traitsOf(b plan.BackendRow) string {
	var out []string
	if !b.Ready {
		out = append(out, "not ready")
	}
	for _, t := range [][2]string{{"zone ", b.Zone}, {"hostname ", b.Hostname}, {"node ", b.NodeName}} {
		if t[1] != "" {
			out = append(out, t[0]+t[1])
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// below returns the lines below the table: Gateways, bootstrap addresses, certificates. Lines that are
// too long are broken, if there is a limit.
func below(p plan.Page, limit int) []string {
	var out []string
	add := func(line string) {
		if limit > 0 {
			out = append(out, wrapped(line, 0)...)
		} else {
			out = append(out, line)
		}
	}
	for _, g := range p.Gateways {
		add(fmt.Sprintf("gateway %s %s: %s, %s", g.Component, g.PortName, g.Gateway, g.Ports))
	}
	for _, b := range p.Bootstrap {
		head, line := fmt.Sprintf("bootstrap %s %s:", b.Component, b.PortName), b.Addresses
		if limit > 0 && utf8.RuneCountInString(head+" "+line) > limit {
			out = append(out, head)
			out = append(out, addressesBelow(line)...)
		} else {
			out = append(out, head+" "+line)
		}
	}
	for _, c := range p.Certificates {
		add(c.String())
	}
	return out
}

// addressesBelow writes addresses on a line of their own, or if they are too long, on one each.
func addressesBelow(list string) []string {
	if utf8.RuneCountInString(list)+2 <= width {
		return []string{"  " + list}
	}
	var out []string
	all := strings.Split(list, ",")
	for i, a := range all {
		if i+1 < len(all) {
			a += ","
		}
		out = append(out, "  "+a)
	}
	return out
}
