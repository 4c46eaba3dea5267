package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"sallyport.dev/schemas/source"
)

// codes has a file for each code: what it means, why, the way out, and a command with an input that
// triggers it. Below them is the message.
//
//go:embed codes/*.txtar
var codes embed.FS

// A codePage describes a code.
type codePage struct {
	code               source.Code
	means, why, wayOut string
	commands           []string // lines of a shell
	files              []txtar.File
	message            string
}

// messageFile is the name of the section with the message.
const messageFile = "message"

// pageOf returns the page of a code.
func pageOf(code source.Code) (codePage, bool) {
	data, err := codes.ReadFile("codes/" + string(code) + ".txtar")
	if err != nil {
		return codePage{}, false
	}
	return parsePage(code, data), true
}

func parsePage(code source.Code, data []byte) codePage {
	ar := txtar.Parse(data)
	p := codePage{code: code}
	parts := strings.Split(strings.TrimSpace(string(ar.Comment)), "\n\n")
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	p.means, p.why, p.wayOut = parts[0], parts[1], parts[2]
	for line := range strings.SplitSeq(parts[3], "\n") {
		p.commands = append(p.commands, strings.TrimPrefix(line, "$ "))
	}
	for _, f := range ar.Files {
		if f.Name == messageFile {
			p.message = string(f.Data)
		} else {
			p.files = append(p.files, f)
		}
	}
	return p
}

// codeNames lists the codes.
func codeNames() []string {
	entries, err := codes.ReadDir("codes")
	if err != nil {
		panic(err.Error())
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".txtar"))
	}
	return out
}

// means says what a code means.
func means(code source.Code) string {
	p, _ := pageOf(code)
	return flat(p.means)
}

// flat puts a paragraph on one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// explainCode returns the text that describes a code.
func explainCode(p codePage) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CODE:     %s\n\nDESCRIPTION:\n%s", p.code, wrap(p.means, "    "))
	fmt.Fprintf(&b, "\nWHY:\n%s\nWAY OUT:\n%s\nEXAMPLE:\n", wrap(p.why, "    "), wrap(p.wayOut, "    "))
	for _, f := range p.files {
		fmt.Fprintf(&b, "    # %s\n%s\n", f.Name, indented(string(f.Data)))
	}
	for _, c := range p.commands {
		fmt.Fprintf(&b, "    $ %s\n", c)
	}
	b.WriteString(indented(p.message))
	return b.String()
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
