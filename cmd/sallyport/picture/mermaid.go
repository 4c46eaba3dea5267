package picture

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
)

// Mermaid writes a picture of each spec, as Markdown that GitHub draws.
func Mermaid(w io.Writer, pages []plan.Page) error {
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(w)
		}
		text := nothing + "\n"
		if len(p.Rows) > 0 {
			m := mermaid{ids: map[any]string{}}
			m.draw(graphOf(p))
			text = "```mermaid\nflowchart LR\n" + m.String() + "```\n"
		}
		if _, err := fmt.Fprintf(w, "### %s\n\n%s", plain(p.Spec), text); err != nil {
			return err
		}
	}
	return nil
}

// A mermaid is the text of a flowchart.
type mermaid struct {
	strings.Builder
	ids map[any]string // of boxes and groups
}

func (m *mermaid) linef(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *mermaid) draw(g *graph) {
	for _, b := range g.boxes {
		if b.lane == clients {
			m.linef("  %s([%s])", m.id(b, "c"), quoted(b.title))
		}
	}
	for _, b := range g.boxes {
		if b.lane == doors {
			m.linef("  %s[%s]", m.id(b, "d"), quoted(b.title))
		}
	}
	for _, b := range g.boxes {
		if b.lane == services {
			title := b.title
			if b.isService {
				title = "Service " + title
			}
			m.linef("  %s[%s]", m.id(b, "s"), quoted(title))
		}
	}
	for _, of := range g.groups {
		m.linef("  subgraph %s[%s]", m.id(of, "g"), quoted(of.title))
		for _, b := range of.boxes {
			m.linef("    %s[%s]", m.id(b, "p"), quoted(b.title))
		}
		m.linef("  end")
	}
	for _, a := range g.arrows {
		to := any(a.to)
		if a.to == nil {
			to = a.all
		}
		label := ""
		if lines := merged(a.labels); lines[0] != "" {
			label = "|" + quoted(lines...) + "|"
		}
		m.linef("  %s -->%s %s", m.ids[a.from], label, m.ids[to])
	}
}

// id gives an id to a box or a group.
func (m *mermaid) id(of any, prefix string) string {
	m.ids[of] = fmt.Sprintf("%s%d", prefix, len(m.ids)+1)
	return m.ids[of]
}

// merged joins the labels of an arrow: numbers to ranges, addresses by their hosts.
func merged(labels []string) []string {
	switch {
	case len(numbers(labels)) == len(labels):
		return []string{portRanges(numbers(labels))}
	case slices.ContainsFunc(labels, func(l string) bool { return !strings.Contains(l, ":") }):
		return []string{strings.Join(labels, ", ")}
	}
	return shortened(labels)
}

// quoted returns lines of a label in quotes, with the entities that Mermaid requires.
func quoted(lines ...string) string {
	escape := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;")
	var out []string
	for _, l := range lines {
		out = append(out, escape.Replace(l))
	}
	return `"` + strings.Join(out, "<br/>") + `"`
}
