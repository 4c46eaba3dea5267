package source

import (
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse splits a file into its documents. Empty documents are left out.
func Parse(file string, data []byte) ([]*Document, Diagnostics) {
	return ParseText(file, string(data))
}

// ParseText is Parse for a text. The documents refer to it.
func ParseText(file, text string) ([]*Document, Diagnostics) {
	if ds := TooLong(file, text); ds != nil {
		return nil, ds
	}
	s := thin(AsYAML(text))
	if ds := TooHeavy(file, s.Text, s.Weight); ds != nil {
		return nil, ds
	}
	var docs []*Document
	var aliases Aliases
	dec := yaml.NewDecoder(strings.NewReader(s.Text))
	for i := 0; ; i++ {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, Diagnostics{syntaxError(file, text, err)}
		}
		if n.Kind != yaml.DocumentNode || len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null" {
			continue
		}
		if run := s.take(n.Content[0]); run != nil {
			read := make([]Document, len(run))
			docs = slices.Grow(docs, len(run))
			for j, u := range run {
				read[j] = Document{File: file, Index: i + j, Numbers: true, unread: u}
				docs = append(docs, &read[j])
			}
			i += len(run) - 1
			continue
		}
		doc, ds := FromNode(file, i, n.Content[0], &aliases)
		if ds != nil {
			return docs, ds
		}
		doc.Numbers = true
		docs = append(docs, doc)
	}
}

// A Thinned is a text in which one empty list stands for each run of simple mappings, with as many lines.
// The library reads what is left at the same positions.
type Thinned struct {
	Text   string
	Weight int // of the runs, see TooHeavy
	runs   [][]unread
	margin int // of the dashes of a list
}

// standIn is what stands for a run.
const standIn = "[]"

// take returns the run that a node stands for, or nil. It must be called in the order of the lines.
func (t *Thinned) take(n *yaml.Node) []unread {
	if len(t.runs) == 0 || int(t.runs[0][0].line) != n.Line || n.Kind != yaml.SequenceNode || len(n.Content) > 0 {
		return nil
	}
	run := t.runs[0]
	t.runs = t.runs[1:]
	return run
}

// thin thins a stream of documents. A document in a stream ends at the next marker, whatever is in it.
func thin(stream string) Thinned {
	var out Thinned
	var b strings.Builder
	line, kept := 1, 0 // what is in front of kept is written
	lines, run := 0, []unread(nil)
	var s simple
	flush := func(at int) {
		if run != nil {
			out.runs = append(out.runs, run)
			if run[0].text[0] == '-' {
				b.WriteString("--- ")
			}
			b.WriteString(standIn + strings.Repeat("\n", lines))
		}
		run, lines, kept = nil, 0, at
	}
	for at := 0; at < len(stream); {
		text := stream[at : at+documentLength(stream[at:])]
		n := countLines(text)
		u, nodes := s.document(text, at == 0)
		if nodes == 0 || !begins(stream[at+len(text):]) {
			if run != nil {
				flush(at)
			}
		} else {
			if run == nil {
				b.WriteString(stream[kept:at])
			}
			u.line = int32(line)
			run, lines, out.Weight = append(run, u), lines+n, out.Weight+u.weigh(nodes)
		}
		line, at = line+n, at+len(text)
	}
	if out.Weight == 0 {
		return Thinned{Text: stream}
	}
	if run == nil {
		b.WriteString(stream[kept:])
	}
	flush(len(stream))
	out.Text = b.String()
	return out
}

// begins reports whether a text that is empty or begins with --- begins with a document marker.
func begins(text string) bool {
	return len(text) <= len("---") || strings.IndexByte(" \t\r\n", text[len("---")]) >= 0
}

// document returns a document of a stream that is simple and passes through, with the number of
// its nodes; 0: it is not. The first document needs no ---.
func (s *simple) document(text string, isFirst bool) (u unread, nodes int) {
	at := len("---\n")
	if !strings.HasPrefix(text, "---\n") {
		if at = 0; !isFirst {
			return u, 0
		}
	}
	for line := range strings.Lines(text[at:]) {
		if !isEnd(strings.TrimSuffix(line, "\n")) {
			break
		}
		if !printable(strings.TrimSuffix(line, "\n"), false) {
			return u, 0
		}
		at += len(line)
	}
	length, nodes := s.mapping(text[at:], 0)
	if u = (unread{text: text, key: int32(at)}); length == 0 || length < len(text)-at || !u.passes() {
		return u, 0
	}
	return u, nodes
}

// countLines returns how many lines of YAML 1.1 a text has, by which the library counts.
func countLines(text string) int {
	if strings.IndexByte(text, '\r') < 0 && strings.IndexByte(text, 0xC2) < 0 && strings.IndexByte(text, 0xE2) < 0 {
		return strings.Count(text, "\n")
	}
	return strings.Count(lineEnds.Replace(text), "\n")
}
