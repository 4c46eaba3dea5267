package picture

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"sallyport.dev/generators/plan"
)

// wideColumns are the columns of the wide table. A column that no row of a spec has is left out.
var wideColumns = []struct {
	title string
	cell  func(plan.Row) string
}{
	{"COMPONENT", func(r plan.Row) string { return r.Component }},
	{"ENTRY", func(r plan.Row) string { return r.Entry }},
	{"POD", func(r plan.Row) string { return r.Pod }},
	{"SERVICE", func(r plan.Row) string { return r.Service }},
	{"TYPE", func(r plan.Row) string { return r.Type }},
	{"PORT", portOf},
	{"TARGET", func(r plan.Row) string { return number(r.Target) }},
	{"NODE PORT", func(r plan.Row) string { return number(r.NodePort) }},
	{"HEALTH CHECK", func(r plan.Row) string { return number(r.HealthCheckNodePort) }},
	{"LOAD BALANCER", func(r plan.Row) string { return r.LoadBalancer }},
	{"GATEWAY", func(r plan.Row) string { return r.Gateway }},
	{"LISTENER", func(r plan.Row) string { return number(r.ListenerPort) }},
	{"DNS NAME", func(r plan.Row) string { return r.DNSName }},
	{"ALIASES", func(r plan.Row) string { return strings.Join(r.Aliases, ",") }},
	{"ADVERTISED", func(r plan.Row) string { return r.Address }},
	{"HOW", func(r plan.Row) string { return string(r.How) }},
}

// Wide writes a line for each row of the tables, with all columns.
func Wide(w io.Writer, pages []plan.Page) error {
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, p.Spec)
		tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, line := range wideRows(p.Rows) {
			fmt.Fprintln(tab, strings.Join(line, "\t"))
		}
		if err := tab.Flush(); err != nil {
			return err
		}
		for _, line := range append(backendLines(p), below(p, 0)...) {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}

// wideRows returns the titles and the cells of the columns that are not empty.
func wideRows(rows []plan.Row) [][]string {
	out := make([][]string, len(rows)+1)
	for _, c := range wideColumns {
		cells, used := []string{c.title}, false
		for _, r := range rows {
			cell := c.cell(r)
			used = used || cell != ""
			if cell == "" {
				cell = "-"
			}
			cells = append(cells, cell)
		}
		for i := range out {
			if used {
				out[i] = append(out[i], cells[i])
			}
		}
	}
	return out
}

// portOf names the port of a row.
func portOf(r plan.Row) string { return strings.TrimSpace(r.PortName + " " + number(r.Port)) }

// number writes a number that is set.
func number(n int32) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}
