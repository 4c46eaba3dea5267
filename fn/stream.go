package fn

import (
	"bytes"
	"io"
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
	var s stream
	line := 1
	for _, part := range cut(source.AsYAML(text)) { // JSON may have what the parser takes for line ends
		c := chunk{text: text[:len(part)]}
		text = text[len(part):]
		for range edit.Lines(part) {
			line++
		}
		if len(docs) > 0 && docs[0].FirstLine() < line {
			c.doc, docs = docs[0], docs[1:]
		}
		s = append(s, c)
	}
	return s
}

// cut cuts a text before the lines that begin with --- and after those that begin with
// "...". Neither can be inside a document. A directive stays with its document.
func cut(text string) []string {
	var chunks []string
	start, at, directive := 0, 0, false
	next := func(to int) {
		if to > start {
			chunks = append(chunks, text[start:to])
		}
		start, directive = to, false
	}
	for l := range edit.Lines(text) {
		if marker(l, "---") {
			if !directive {
				next(at)
			}
			directive = false
		}
		if at += len(l); marker(l, "...") {
			next(at)
		}
		directive = directive || strings.HasPrefix(l, "%")
	}
	next(len(text))
	return chunks
}

// marker reports whether a line begins with a document marker.
func marker(line, mark string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(line, "\ufeff"), mark)
	return ok && (rest == "" || strings.IndexAny(rest, " \t\r\n\u0085\u2028\u2029") == 0)
}

// texts returns the texts of documents.
func (s stream) texts() map[*source.Document]string {
	out := make(map[*source.Document]string, len(s))
	for _, c := range s {
		if c.doc != nil {
			out[c.doc] = c.text
		}
	}
	return out
}

// write writes the chunks of the items that stay, objects where the items were that they
// replace, and new objects at the end. New objects go in front of a last chunk that changes
// its meaning when something follows.
func (s stream) write(out io.Writer, items []outputItem) error {
	stays, instead := map[*source.Document]string{}, map[*source.Document]encode.Object{}
	var objs []encode.Object
	for _, it := range items {
		switch {
		case it.object == nil:
			stays[it.doc] = it.text
		case it.doc != nil:
			instead[it.doc] = it.object
		default:
			objs = append(objs, it.object)
		}
	}
	j := joiner{closed: true}
	for i, c := range s {
		o, ok := instead[c.doc]
		text, kept := stays[c.doc]
		switch {
		case ok:
			j.objects = append(j.objects, o)
			continue
		case text != "":
			if marker(c.text, "---") && !marker(text, "---") { // the encoder wrote it
				text = "---\n" + text
			}
			c.text = text
		case !kept && c.doc != nil:
			continue
		}
		if i == len(s)-1 && len(objs) > 0 && needsEnd(c.text) {
			j.objects, objs = append(j.objects, objs...), nil
			c.text = j.before(c.text)
		}
		j.text(c.text)
	}
	j.objects = append(j.objects, objs...)
	j.encode()
	if j.err != nil {
		return j.err
	}
	_, err := j.buf.WriteTo(out)
	return err
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
	buf     bytes.Buffer
	objects []encode.Object // to be written next; they are encoded together
	closed  bool            // no document is open, so that the next chunk needs no marker
	err     error
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
		j.buf.WriteString("...\n")
	}
	j.buf.WriteString(text)
	for line := range edit.Lines(text) {
		j.closed = marker(line, "...")
	}
}

// encode writes the objects that were added.
func (j *joiner) encode() {
	if len(j.objects) == 0 || j.err != nil {
		return
	}
	if text := j.buf.Bytes(); len(text) > 0 && !edit.EndsLine(text) {
		j.buf.WriteByte('\n')
	}
	if j.buf.Len() > 0 {
		j.buf.WriteString("---\n")
	}
	j.err = encode.YAML(&j.buf, slices.Values(j.objects))
	j.objects, j.closed = nil, false
}
