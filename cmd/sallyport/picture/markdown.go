package picture

import (
	"fmt"
	"io"
	"strings"

	"sallyport.dev/generators/plan"
)

// Markdown writes a page for those who open firewalls, publish names and issue certificates.
func Markdown(w io.Writer, pages []plan.Page) error {
	m := &markdown{}
	for i, p := range pages {
		if i > 0 {
			m.linef("")
		}
		m.page(p)
	}
	m.linef("\n%s", forPrograms)
	_, err := io.WriteString(w, m.String())
	return err
}

// forPrograms is the last paragraph of a page.
const forPrograms = "For programs, `sallyport export` prints the same as lines: `firewall`, `zone`, `hosts`, `sans` and `clients`."

// A markdown is the text of a page.
type markdown struct{ strings.Builder }

func (m *markdown) linef(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) page(p plan.Page) {
	m.linef("## %s", plain(p.Spec))
	if len(p.Bootstrap) > 0 {
		m.linef("\nClients start with:\n")
		for _, b := range p.Bootstrap {
			m.linef("- %s: %s", plain(b.Component+" "+b.PortName), code(b.Addresses))
		}
	}
	if len(p.Rows) == 0 {
		m.linef("\n%s", nothing)
		return
	}
	m.linef("\n### Addresses")
	for _, s := range sectionsOf(p) {
		m.linef("\n%s\n", plain(s.title()))
		columns := s.all()
		var titles []string
		for _, c := range columns {
			titles = append(titles, capital(strings.ToLower(c.title)))
		}
		m.table(titles, s.cells(columns))
	}
	m.facts(p)
}

// facts writes what others need of the table.
func (m *markdown) facts(p plan.Page) {
	for _, f := range factsOf(p) {
		m.linef("\n### %s\n", f.title)
		if len(f.rows) == 0 {
			m.linef("%s", f.none)
		} else {
			m.table(f.columns, f.rows)
		}
	}
	subjects := subjectsOf(p)
	if len(subjects) == 0 {
		return
	}
	m.linef("\n### Certificates")
	for _, s := range subjects {
		m.subject(s)
	}
}

// subject writes the names of a certificate: folded if the spec does not say whether the pods have one.
func (m *markdown) subject(s plan.Subject) {
	folded := !s.TLS
	if folded {
		m.linef("\n<details><summary>%s</summary>\n\n```text", plain(strings.TrimSpace("Names in the certificate of "+s.Component+", if its pods have one. "+certificateOf(s))))
	} else {
		m.linef("\n%s\n\n```text", plain(strings.TrimSpace("The certificate of "+s.Component+" needs these names. "+certificateOf(s))))
	}
	for _, name := range namesOf(s) {
		m.linef("%s", name)
	}
	m.linef("```")
	if folded {
		m.linef("\n</details>")
	}
}

// table writes a table without the columns that are empty.
func (m *markdown) table(titles []string, rows [][]string) {
	titles, rows = used(titles, rows)
	m.linef("| %s |", strings.Join(titles, " | "))
	m.linef("|%s", strings.Repeat("---|", len(titles)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(cell)
		}
		m.linef("| %s |", strings.Join(cells, " | "))
	}
}

// used drops the columns of a table that are empty.
func used(titles []string, rows [][]string) ([]string, [][]string) {
	var head []string
	out := make([][]string, len(rows))
	for i, title := range titles {
		empty := true
		for _, row := range rows {
			empty = empty && row[i] == ""
		}
		if empty {
			continue
		}
		head = append(head, title)
		for n, row := range rows {
			out[n] = append(out[n], row[i])
		}
	}
	return head, out
}

// plain escapes what Markdown gives a meaning.
func plain(text string) string {
	return strings.NewReplacer(`\`, `\\`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", `\*`, "|", `\|`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "$", `\$`).Replace(text)
}

// code writes a text as it is, if that is possible.
func code(text string) string {
	if strings.Contains(text, "`") {
		return plain(text)
	}
	return "`" + text + "`"
}

// capital writes the first letter in upper case.
func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
