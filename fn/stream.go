package fn

import (
	"bufio"
	"io"
	"iter"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

// A stream is the text of YAML documents: all chunks, one after the other, are the input.
type stream []chunk

// A chunk is a document from its --- up to the next one's, with the comments between.
type chunk struct {
	text string
	doc  *source.Document // nil: comments, or nothing
}

// newStream cuts a text into chunks and assigns the documents to them, by their lines.
func newStream(text string, docs []*source.Document) stream {
	s := make(stream, 0, len(docs)+1)
	line := 1
	for part, lines := range cut(source.AsYAML(text)) { // JSON may have what the parser takes for line ends
		c := chunk{text: text[:len(part)]}
		text = text[len(part):]
		line += lines
		if len(docs) > 0 && source.FirstLine(docs[0]) < line {
			c.doc, docs = docs[0], docs[1:]
		}
		s = append(s, c)
	}
	return s
}

// cut cuts a text before the lines that begin with --- and after those that begin with
// "...". Neither can be inside a document. A directive stays with its document. It yields each part
// with the number of its lines.
func cut(text string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		start, at, lines, directive := 0, 0, 0, false
		next := func() bool {
			part, n := text[start:at], lines
			start, lines, directive = at, 0, false
			return part == "" || yield(part, n)
		}
		for l := range edit.Lines(text) {
			if marker(l, "---") {
				if !directive && !next() {
					return
				}
				directive = false
			}
			at += len(l)
			if lines++; marker(l, "...") && !next() {
				return
			}
			directive = directive || strings.HasPrefix(l, "%")
		}
		next()
	}
}

// marker reports whether a line begins with a document marker.
func marker(line, mark string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(line, "\ufeff"), mark)
	return ok && (rest == "" || strings.IndexAny(rest, " \t\r\n\u0085\u2028\u2029") == 0)
}

// texts returns the texts of documents, which are in the order of the stream.
func (s stream) texts(docs []*source.Document) []string {
	out := make([]string, len(docs))
	i := 0
	for _, c := range s {
		if c.doc != nil {
			out[i] = c.text
			i++
		}
	}
	return out
}

// write writes the chunks of the items that stay, objects where the items were that they
// replace, and new objects at the end. New objects go in front of a last chunk that changes
// its meaning when something follows. The items are in the order of the stream.
func (s stream) write(w io.Writer, items []outputItem) error {
	j := joiner{out: bufio.NewWriterSize(w, 64<<10), closed: true, ended: true}
	for i, c := range s {
		if c.doc != nil {
			if len(items) == 0 || items[0].doc != c.doc {
				continue
			}
			it := items[0]
			if items = items[1:]; it.object != nil {
				j.objects = append(j.objects, it.object)
				continue
			}
			if it.text != "" {
				if marker(c.text, "---") && !marker(it.text, "---") { // the encoder wrote it
					it.text = "---\n" + it.text
				}
				c.text = it.text
			}
		}
		if i == len(s)-1 && len(items) > 0 && needsEnd(c.text) {
			j.add(items)
			items, c.text = nil, j.before(c.text)
		}
		j.text(c.text)
	}
	j.add(items)
	j.encode()
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}

// needsEnd reports whether a text changes its value when a line end follows: the last line of
// a block scalar (| and >) has none.
func needsEnd(text string) bool {
	if edit.EndsLine(text) {
		return false
	}
	var as, ended yaml.Node
	if yaml.Unmarshal([]byte(text), &as) != nil || yaml.Unmarshal([]byte(text+"\n"), &ended) != nil {
		return true
	}
	return !tree.Equal(&as, &ended)
}

// A joiner writes chunks and objects one after the other, and separates them so that each
// stays a document of its own.
type joiner struct {
	out     *bufio.Writer
	objects []encode.Object // to be written next; they are encoded together
	begun   bool            // something is written
	ended   bool            // what is written ends a line
	closed  bool            // no document is open, so that the next chunk needs no marker
	err     error
}

// add adds the objects of items.
func (j *joiner) add(items []outputItem) {
	for _, it := range items {
		j.objects = append(j.objects, it.object)
	}
}

func (j *joiner) write(text string) {
	if text != "" && j.err == nil {
		_, j.err = j.out.WriteString(text)
		j.begun, j.ended = true, edit.EndsLine(text)
	}
}

// before writes the objects that were added, and returns the chunk that must follow them: with
// a marker, and without the byte order mark of a stream that it was at the start of.
func (j *joiner) before(text string) string {
	j.encode()
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range edit.Lines(text) {
		if marker(line, "---") {
			return text
		}
	}
	return "---\n" + text
}

// text writes a chunk.
func (j *joiner) text(text string) {
	j.encode()
	if !j.closed && !marker(text, "---") {
		j.write("...\n")
	}
	j.write(text)
	for line := range edit.Lines(text) {
		j.closed = marker(line, "...")
	}
}

// encode writes the objects that were added.
func (j *joiner) encode() {
	if len(j.objects) == 0 || j.err != nil {
		return
	}
	if !j.ended {
		j.write("\n")
	}
	if j.begun {
		j.write("---\n")
	}
	if j.err == nil {
		j.err = encode.YAML(j.out, slices.Values(j.objects))
	}
	j.objects, j.begun, j.ended, j.closed = nil, true, true, false
}
