package picture

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
)

//go:embed page.css
var css string

// HTML writes one file with the picture and the tables of each spec. It needs no script, and the browser
// may fetch nothing.
func HTML(w io.Writer, pages []plan.Page) error {
	h := &page{}
	h.printf("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	h.printf("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
	h.printf("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
	h.printf("<title>Addresses of %s</title>\n<style>\n", titleOf(pages))
	h.WriteString(css)
	h.printf("</style>\n</head>\n<body>\n<main>\n")
	h.header(pages)
	for i, p := range pages {
		h.spec(p, i)
	}
	h.printf("<footer><p>For programs, <code>sallyport export</code> prints the same as lines: <code>firewall</code>, <code>zone</code>, " +
		"<code>hosts</code>, <code>sans</code> and <code>clients</code>.</p></footer>\n</main>\n</body>\n</html>\n")
	_, err := io.WriteString(w, h.String())
	return err
}

// A page is the text of a page.
type page struct{ strings.Builder }

// printf writes markup. Texts among the values are escaped: only the format can have markup.
func (h *page) printf(format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = escape.Replace(text)
		}
	}
	fmt.Fprintf(h, format, args...)
}

// escape escapes what has a meaning in markup and in quoted attributes.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func titleOf(pages []plan.Page) string {
	if len(pages) == 1 {
		return pages[0].Spec
	}
	return fmt.Sprintf("%d specs", len(pages))
}

// legend explains how addresses become known, if some are not known from the specs.
const legend = "<p>An address in angle brackets is not known before the cluster assigns it: " +
	"<b class=\"how\">discovered</b> means that the pod finds it when it starts, <b class=\"how\">assigned</b> that no pod needs it.</p>\n"

// header writes the title, and links to the specs if there are several.
func (h *page) header(pages []plan.Page) {
	h.printf("<header>\n<h1>Who reaches what at which address</h1>\n")
	if slices.ContainsFunc(pages, func(p plan.Page) bool {
		return slices.ContainsFunc(p.Rows, func(r plan.Row) bool { return r.How != plan.KnownOffline })
	}) {
		h.printf(legend)
	}
	if len(pages) > 1 {
		h.printf("<nav><ul>\n")
		for i, p := range pages {
			h.printf("<li><a href=\"#spec-%d\">%s</a></li>\n", i+1, p.Spec)
		}
		h.printf("</ul></nav>\n")
	}
	h.printf("</header>\n")
}

// spec writes the page of a spec.
func (h *page) spec(p plan.Page, i int) {
	kind, name, _ := strings.Cut(p.Spec, "/")
	h.printf("<article id=\"spec-%d\">\n<h2><small>%s</small> %s</h2>\n", i+1, kind, strings.Trim(name, "/"))
	if len(p.Bootstrap) > 0 {
		h.printf("<section>\n<h3>Clients start with</h3>\n<dl>\n")
		for _, b := range p.Bootstrap {
			h.printf("<div><dt>%s</dt><dd><code>", b.Component+" "+b.PortName)
			for _, a := range strings.SplitAfter(b.Addresses, ",") {
				h.printf("<span>")
				h.breakable(a)
				h.printf("</span>")
			}
			h.printf("</code></dd></div>\n")
		}
		h.printf("</dl>\n</section>\n")
	}
	if len(p.Rows) == 0 {
		h.printf("<p>%s</p>\n</article>\n", nothing)
		return
	}
	g := graphOf(p)
	h.printf("<figure>\n")
	h.svg(wideDrawing(g), "wide", "How clients reach "+p.Spec)
	h.svg(narrowDrawing(g), "narrow", "How clients reach "+p.Spec)
	h.printf("</figure>\n")
	h.addresses(p)
	h.facts(p)
	h.printf("</article>\n")
}

// addresses writes the address table.
func (h *page) addresses(p plan.Page) {
	h.printf("<section>\n<h3>Addresses</h3>\n")
	for _, s := range sectionsOf(p) {
		h.printf("<h4>%s</h4>\n", s.title())
		columns := s.all()
		var titles []string
		for _, c := range columns {
			titles = append(titles, capital(strings.ToLower(c.title)))
		}
		h.table(titles, s.filled(columns))
	}
	h.printf("</section>\n")
}

// facts writes what others need of the table.
func (h *page) facts(p plan.Page) {
	for _, f := range factsOf(p) {
		h.printf("<section>\n<h3>%s</h3>\n", f.title)
		if len(f.rows) == 0 {
			h.printf("<p>%s</p>\n", f.none)
		} else {
			h.table(used(f.columns, f.rows))
		}
		h.printf("</section>\n")
	}
	subjects := subjectsOf(p)
	if len(subjects) == 0 {
		return
	}
	h.printf("<section>\n<h3>Certificates</h3>\n")
	for _, s := range subjects {
		h.printf("<h4>Names in the certificate of %s: %d</h4>\n", s.Component, len(namesOf(s)))
		if text := certificateOf(s); text != "" {
			h.printf("<p>%s</p>\n", text)
		}
		h.printf("<ul class=\"names\">\n")
		for _, name := range namesOf(s) {
			h.printf("<li><code>")
			h.breakable(name)
			h.printf("</code></li>\n")
		}
		h.printf("</ul>\n")
	}
	h.printf("</section>\n")
}

// table writes a table. On small screens each row is a list, with the titles of the columns in it.
func (h *page) table(titles []string, rows [][]string) {
	h.printf("<table>\n<thead><tr>")
	for _, title := range titles {
		h.printf("<th scope=\"col\">%s</th>", title)
	}
	h.printf("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		h.printf("<tr>")
		for i, cell := range row {
			h.printf("<td data-title=\"%s\">", titles[i])
			h.breakable(cell)
			h.printf("</td>")
		}
		h.printf("</tr>\n")
	}
	h.printf("</tbody>\n</table>\n")
}

// shortText is how long a text is at most that needs no break.
const shortText = 24

// breakable writes a text in which the browser may break lines behind the parts of names.
func (h *page) breakable(text string) {
	for long := len(text) > shortText; ; {
		i := strings.IndexAny(text, ".:,/") + 1
		if !long || i == 0 || i == len(text) {
			h.printf("%s", text)
			return
		}
		h.printf("%s<wbr>", text[:i])
		text = text[i:]
	}
}
