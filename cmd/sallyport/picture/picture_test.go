package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"sallyport.dev/cmd/sallyport/picture"
	"sallyport.dev/generators"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// pagesOf plans the specs of a text.
func pagesOf(file string, text []byte) []plan.Page {
	docs, _ := source.Parse(file, text)
	specs, others, _ := generators.Read(source.Unlisted(docs))
	return generators.Run(specs, others).Pages()
}

// A sample is the pages of one input.
type sample struct {
	name  string
	pages []plan.Page
}

// samples returns the pages of all examples and of random specs.
var samples = sync.OnceValue(func() []sample {
	var out []sample
	files, _ := filepath.Glob("../../../examples/*/spec.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		out = append(out, sample{file, pagesOf(file, text)})
	}
	for seed := range randspec.Seeds() {
		out = append(out, sample{"seed " + strconv.FormatUint(seed, 10), pagesOf("spec.yaml", []byte(randspec.New(seed)))})
	}
	return slices.DeleteFunc(out, func(s sample) bool { return len(s.pages) == 0 })
})

func TestSamples(t *testing.T) {
	t.Parallel()
	if n := len(samples()); n < 100 {
		t.Errorf("%d samples", n)
	}
}

func text(t *testing.T, write func(io.Writer, []plan.Page) error, pages []plan.Page) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, pages); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A line of the table has at most 100 columns. Only what cannot be broken is longer.
func TestTableWidth(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		name, pages := s.name, s.pages
		for line := range strings.SplitSeq(text(t, picture.Table, pages), "\n") {
			if n := utf8.RuneCountInString(line); n > 100 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
	}
}

// Every format writes every plan, the same each time, and leaves no pod and no address out: those of a
// pod are in the wide table and in JSON, and all others have the Service.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		for _, f := range picture.Formats() {
			out := text(t, f.Write, s.pages)
			if out != text(t, f.Write, s.pages) {
				t.Errorf("%s, %s: two runs differ", s.name, f.Name)
			}
			for _, p := range s.pages {
				for _, r := range p.Rows {
					if f.Name == "wide" && !strings.Contains(out, r.Address) || f.Name == "table" && !r.Inside && r.Type != "Headless" && !strings.Contains(out, r.Address) {
						t.Errorf("%s, %s: %s is missing", s.name, f.Name, r.Address)
					}
				}
			}
			switch f.Name {
			case "markdown":
				columnsAgree(t, s.name, out)
			case "mermaid":
				boxesAreDrawn(t, s.name, out)
			}
		}
	}
}

// columnsAgree checks that all rows of a table have as many cells as its title.
func columnsAgree(t *testing.T, name, page string) {
	t.Helper()
	columns := 0
	for line := range strings.SplitSeq(page, "\n") {
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if !strings.HasPrefix(line, "|") {
			columns = 0
		} else if columns = max(columns, n); n != columns {
			t.Errorf("%s: %d columns instead of %d: %s", name, n, columns, line)
		}
	}
}

var arrowLine = regexp.MustCompile(`^  (\w+) -->(?:\|".*"\|)? (\w+)$`)

// boxesAreDrawn checks that both ends of each arrow are drawn, and that an arrow leads to or from each box.
func boxesAreDrawn(t *testing.T, name, picture string) {
	t.Helper()
	box := regexp.MustCompile(`^ +(?:subgraph )?(\w+)(?:\[|\(\[)".*"\]`)
	for _, one := range strings.Split(picture, "```mermaid")[1:] {
		drawn := map[string]bool{}
		for line := range strings.SplitSeq(one, "\n") {
			if m := box.FindStringSubmatch(line); m != nil {
				drawn[m[1]] = true
			} else if strings.Contains(line, "-->") {
				m := arrowLine.FindStringSubmatch(line)
				if m == nil || !drawn[m[1]] || !drawn[m[2]] {
					t.Errorf("%s: an end is not drawn: %s", name, line)
				}
			}
		}
	}
}

// elsewhere is what makes a browser fetch or run something.
var elsewhere = strings.Fields(`<script <link <iframe <object <embed <img <image <use <base <form src= srcset= action= poster=
	background= ping= xlink:href url( @import javascript: onload= onclick= onerror= http-equiv="refresh"`)

var reference = regexp.MustCompile(`href="[^#]`)

// A page is one file: the browser fetches nothing and runs nothing.
func TestPageFetchesNothing(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		name, pages := s.name, s.pages
		page := text(t, picture.HTML, pages)
		for _, word := range elsewhere {
			if strings.Contains(page, word) {
				t.Errorf("%s: the page has %s", name, word)
			}
		}
		if m := reference.FindString(page); m != "" {
			t.Errorf("%s: the page has %s", name, m)
		}
		if rest := strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, ""); strings.Contains(rest, "//") {
			t.Errorf("%s: the page has an address of the web", name)
		}
		if !strings.Contains(page, `content="default-src 'none'; style-src 'unsafe-inline'"`) {
			t.Errorf("%s: the page does not forbid the browser to fetch", name)
		}
	}
}

// Texts of specs are texts in every format, whatever they have.
func TestPageEscapes(t *testing.T) {
	t.Parallel()
	hostile := `"><script>alert('1')</script>&lt;|` + "`" + `](http://example.com)<b onclick="x">`
	pages := []plan.Page{{Table: plan.Table{Spec: "ExternalAccess/n/" + hostile, Rows: []plan.Row{
		{Component: hostile, Entry: hostile, Pod: hostile, Service: hostile, Type: "LoadBalancer", PortName: hostile, Port: 80, Target: 80,
			Address: hostile + ":80", How: plan.KnownOffline, LoadBalancer: hostile, DNSName: hostile, Aliases: []string{hostile}}},
		Bootstrap: []plan.Bootstrap{{Component: hostile, PortName: hostile, Addresses: hostile + ":80"}},
		Backends:  []plan.BackendRow{{Service: hostile, Addresses: []string{hostile}, Zone: hostile, Ports: []plan.BackendPort{{Name: hostile}}}}},
		Subjects: []plan.Subject{{Component: hostile, Secret: hostile, Names: plan.Names{DNS: []string{hostile}}}}}}
	page := text(t, picture.HTML, pages)
	if strings.Contains(page, "<script") || strings.Contains(page, "<b onclick") || strings.Contains(page, `"">`) {
		t.Errorf("a text is markup:\n%s", page)
	}
	if got := text(t, picture.Mermaid, pages); strings.Contains(got, "<script") || strings.Contains(got, `""`) {
		t.Errorf("a text is markup:\n%s", got)
	}
}

// A rect is a rectangle of a picture.
type rect struct {
	X, Y, Width, Height int
	class               string
}

func (r rect) overlaps(o rect) bool {
	return r.X < o.X+o.Width && o.X < r.X+r.Width && r.Y < o.Y+o.Height && o.Y < r.Y+r.Height
}

// Pictures have nothing outside their frame, boxes do not overlap, and text is within its box: even
// in the widest of the fonts that browsers use.
func TestPictureFits(t *testing.T) {
	t.Parallel()
	svg := regexp.MustCompile(`(?s)<svg .*?</svg>`)
	for _, s := range samples() {
		name, pages := s.name, s.pages
		all := svg.FindAllString(text(t, picture.HTML, pages), -1)
		if n := len(slices.DeleteFunc(slices.Clone(pages), func(p plan.Page) bool { return len(p.Rows) == 0 })); len(all) != 2*n {
			t.Fatalf("%s: %d pictures of %d specs", name, len(all), n)
		}
		for _, one := range all {
			fits(t, name, one)
		}
	}
}

const charWidth = 0.62 * 12.5

func fits(t *testing.T, name, svg string) {
	t.Helper()
	var frame, box rect
	var boxes []rect
	var class string
	x := 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			at := attributes(e)
			switch e.Name.Local {
			case "svg":
				frame = rect{0, 0, at["width"], at["height"], ""}
			case "g":
				class = e.Attr[0].Value
			case "rect":
				box = rect{at["x"], at["y"], at["width"], at["height"], class}
				boxes = append(boxes, box)
			case "text":
				x = at["x"]
				if y := at["y"]; y > box.Y+box.Height-4 || y-12 < box.Y {
					t.Errorf("%s: text at %d is not in %+v", name, y, box)
				}
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(e)); text != "" && x+int(charWidth*float64(utf8.RuneCountInString(text))) > box.X+box.Width {
				t.Errorf("%s: %q is wider than %+v", name, text, box)
			}
		}
	}
	for i, a := range boxes {
		if a.X < 0 || a.Y < 0 || a.X+a.Width > frame.Width || a.Y+a.Height > frame.Height {
			t.Errorf("%s: %+v is outside of %+v", name, a, frame)
		}
		for _, b := range boxes[:i] {
			if a.overlaps(b) && (a.class == "group") == (b.class == "group") {
				t.Errorf("%s: %+v and %+v overlap", name, a, b)
			}
		}
	}
}

func attributes(e xml.StartElement) map[string]int {
	out := map[string]int{}
	for _, a := range e.Attr {
		if n, err := strconv.Atoi(a.Value); err == nil {
			out[a.Name.Local] = n
		}
	}
	return out
}
