package fn

import (
	"bytes"
	"io"
	"iter"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// A stream is YAML documents in their own bytes: all pieces, one after the other, are
// what came in.
type stream []piece

// A piece is a document from its --- to the next one's, with the comments between.
type piece struct {
	text []byte
	node *yaml.Node // nil: comments, or nothing
}

// newStream cuts a stream and finds each document in it by its line.
func newStream(data []byte, docs []*source.Document) stream {
	var s stream
	line := 1
	for _, text := range cut(data) {
		p := piece{text: text}
		for range eachLine(text) {
			line++
		}
		if len(docs) > 0 && docs[0].Node().Line < line {
			p.node, docs = docs[0].Node(), docs[1:]
		}
		s = append(s, p)
	}
	return s
}

// cut cuts before the lines that begin with --- and behind those that begin with
// "...": neither can stand inside a document. A directive stays with its document.
func cut(data []byte) [][]byte {
	var pieces [][]byte
	start, at, directive := 0, 0, false
	next := func(to int) {
		if to > start {
			pieces = append(pieces, data[start:to])
		}
		start, directive = to, false
	}
	for l := range eachLine(data) {
		if marker(l, "---") {
			if !directive {
				next(at)
			}
			directive = false
		}
		if at += len(l); marker(l, "...") {
			next(at)
		}
		directive = directive || bytes.HasPrefix(l, []byte("%"))
	}
	next(len(data))
	return pieces
}

// ended tells whether a text ends with its line.
func ended(text []byte) bool {
	return bytes.HasSuffix(text, []byte("\n")) || bytes.HasSuffix(text, []byte("\r"))
}

// marker tells whether a line begins with a document marker.
func marker(line []byte, mark string) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimPrefix(line, []byte("\ufeff")), []byte(mark))
	return ok && (len(rest) == 0 || bytes.IndexAny(rest, " \t\r\n\u0085\u2028\u2029") == 0)
}

// lines are those of eachLine, all at once.
func lines(data []byte) [][]byte { return slices.Collect(eachLine(data)) }

// eachLine splits where YAML 1.1 ends a line, and so where the parser counts one.
func eachLine(data []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := data; len(rest) > 0; {
			i := bytes.IndexAny(rest, "\r\n\u0085\u2028\u2029")
			n := i + 1
			switch {
			case i < 0:
				n = len(rest)
			case bytes.HasPrefix(rest[i:], []byte("\r\n")):
				n = i + 2
			case rest[i] == 0xC2:
				n = i + 2
			case rest[i] == 0xE2:
				n = i + 3
			}
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// text is what a StatefulSet was read from: it may be edited.
func (s stream) text(doc *source.Document) string {
	if !isStatefulSet(doc) {
		return ""
	}
	for _, p := range s {
		if p.node == doc.Node() {
			return string(p.text)
		}
	}
	return ""
}

// write prints the pieces that stay as they are, objects in the places of those that
// they replace, and what is new at the end.
func (s stream) write(out io.Writer, entries []entry) error {
	stays, instead := map[*yaml.Node]string{}, map[*yaml.Node]generators.Object{}
	var objs []generators.Object
	for _, e := range entries {
		switch {
		case e.object == nil:
			stays[e.node] = e.text
		case e.node != nil:
			instead[e.node] = e.object
		default:
			objs = append(objs, e.object)
		}
	}
	j := joiner{closed: true}
	for _, p := range s {
		o, ok := instead[p.node]
		text, kept := stays[p.node]
		switch {
		case ok:
			j.objects = append(j.objects, o)
		case text != "":
			if marker(p.text, "---") && !marker([]byte(text), "---") { // written anew
				text = "---\n" + text
			}
			j.text([]byte(text))
		case kept, p.node == nil:
			j.text(p.text)
		}
	}
	j.objects = append(j.objects, objs...)
	j.encode()
	if j.err != nil {
		return j.err
	}
	_, err := j.buf.WriteTo(out)
	return err
}

// A joiner puts pieces and objects one after the other and sees to it that they stay
// documents of their own.
type joiner struct {
	buf     bytes.Buffer
	objects []generators.Object // those that come next: encoded together
	closed  bool                // no document is open: the next one needs no marker
	err     error
}

func (j *joiner) text(text []byte) {
	j.encode()
	if !j.closed && !marker(text, "---") {
		j.buf.WriteString("...\n")
	}
	j.buf.Write(text)
	for l := range eachLine(text) {
		j.closed = marker(l, "...")
	}
}

func (j *joiner) encode() {
	if len(j.objects) == 0 || j.err != nil {
		return
	}
	if text := j.buf.Bytes(); len(text) > 0 && !ended(text) {
		j.buf.WriteByte('\n')
	}
	if j.buf.Len() > 0 {
		j.buf.WriteString("---\n")
	}
	j.err = generators.Encode(&j.buf, j.objects)
	j.objects, j.closed = nil, false
}
