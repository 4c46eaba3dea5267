// Package encode writes Kubernetes objects as bytes: YAML as kustomize build prints it, and
// JSON as kubectl prints a List. It supports the types of the emitted kinds (structs, slices,
// map[string]string, strings, booleans, numbers, IntOrString) and panics on others, such as a
// map of structs. Add support here before a kind needs more. Tests compare it with
// sigs.k8s.io/yaml, kustomize and encoding/json.
package encode

import (
	"bytes"
	"io"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/schemas/source"
)

// An Object is a Kubernetes object with its type.
type Object interface {
	metav1.Object
	runtime.Object
}

// YAML writes the objects of all runs as a stream of documents, byte for byte as kustomize build
// prints them: keys are sorted, empty fields are left out as the json tags say, and the status is
// left out. Runs are encoded at the same time. Within a run, each object is written before the next
// one is requested.
func YAML(w io.Writer, runs ...iter.Seq[Object]) error {
	const separator = "---\n"
	return inOrder(&withoutPrefix{w, len(separator)}, runs, func(e *encoder, o Object) {
		e.buf = append(e.buf, separator...)
		e.object(o, 0)
	})
}

// withoutPrefix is a writer that leaves out the first bytes.
type withoutPrefix struct {
	io.Writer
	prefix int
}

func (w *withoutPrefix) Write(text []byte) (int, error) {
	n := min(w.prefix, len(text))
	w.prefix -= n
	written, err := w.Writer.Write(text[n:])
	return n + written, err
}

// Documents returns each object with the document that YAML writes for it. The bytes are valid
// until the next one.
func Documents(objs []Object) iter.Seq2[Object, []byte] {
	return func(yield func(Object, []byte) bool) {
		e := newEncoder(nil)
		for _, o := range objs {
			e.buf = e.buf[:0]
			if e.object(o, 0); !yield(o, e.buf) {
				return
			}
		}
	}
}

// Items writes objects as elements of a list without indentation, such as the items of a
// ResourceList.
func Items(w io.Writer, objs []Object) error {
	var runs []iter.Seq[Object]
	for run := range slices.Chunk(objs, 128) {
		runs = append(runs, slices.Values(run))
	}
	return inOrder(w, runs, func(e *encoder, o Object) {
		e.buf = append(e.buf, "- "...)
		e.object(o, 1)
	})
}

// bufferSize is the number of bytes that are written at a time. Reusing a small buffer is
// faster than a large one.
const bufferSize = 64 << 10

type encoder struct {
	w       io.Writer
	buf     []byte
	layouts map[reflect.Type]*layout
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, layouts: map[reflect.Type]*layout{}}
}

// flush writes the buffer if it holds more than a number of bytes.
func (e *encoder) flush(over int) error {
	if len(e.buf) <= over {
		return nil
	}
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// A mapping is a map[string]string as it was written at a depth. Most of its lines are the same for
// all pods of an entry.
type mapping struct {
	depth int
	lines []line
}

type line struct {
	key, value string
	text       []byte
}

// object writes a whole object. Its first line continues the last line of the buffer.
func (e *encoder) object(o Object, depth int) {
	v := reflect.ValueOf(o).Elem()
	e.structure(v, e.layout(v.Type()), depth, true)
}

// structure writes the fields of a struct. If inline, the first field continues the last line of the
// buffer.
func (e *encoder) structure(v reflect.Value, l *layout, depth int, inline bool) {
	for i := range l.fields {
		f := &l.fields[i]
		fv := f.of(v)
		if f.omitEmpty && f.empty(fv) {
			continue
		}
		if !inline {
			e.indent(depth)
		}
		inline = false
		e.entry(f, fv, depth)
	}
}

func (e *encoder) indent(depth int) {
	const spaces = "                                "
	e.buf = append(e.buf, spaces[:2*depth]...)
}

// entry writes "key: value" and ends the line.
func (e *encoder) entry(f *fieldLayout, v reflect.Value, depth int) {
	if f.pointer {
		v = v.Elem()
	}
	if s, ok := textOf(f.form, v); ok {
		e.text(f, s, depth)
		return
	}
	e.buf = append(append(e.buf, f.key...), ':')
	switch f.form {
	case formStruct:
		e.nested(f, v, depth)
	case formMap:
		e.mapping(f, v.Interface().(map[string]string), depth+1)
	case formList:
		e.list(f, v, depth)
	default:
		e.buf = append(e.buf, ' ')
		e.digits(f.form, v)
		e.buf = append(e.buf, '\n')
	}
}

// text writes the entry of a string.
func (e *encoder) text(f *fieldLayout, s string, depth int) {
	if (s == "" || s != f.plain) && !plain(s) {
		e.library(map[string]string{f.key: s}, depth)
		return
	}
	f.plain = s
	e.pair(f.key, s)
}

// nested writes a struct below its key, or {} if it is empty.
func (e *encoder) nested(f *fieldLayout, v reflect.Value, depth int) {
	e.buf = append(e.buf, '\n')
	before := len(e.buf)
	e.structure(v, e.inner(f, v.Type()), depth+1, false)
	if len(e.buf) == before {
		e.buf = append(e.buf[:before-1], " {}\n"...)
	}
}

// mapping writes the lines of a map, in the order of its keys. It encodes those that the last map in
// the field did not have.
func (e *encoder) mapping(f *fieldLayout, m map[string]string, depth int) {
	e.buf = append(e.buf, '\n')
	before := len(e.buf)
	if f.last.depth == depth && len(f.last.lines) == len(m) && e.lines(&f.last, m) {
		return
	}
	e.buf = e.buf[:before]
	f.last = mapping{depth, make([]line, 0, len(m))}
	for k := range m {
		f.last.lines = append(f.last.lines, line{key: k})
	}
	slices.SortFunc(f.last.lines, func(a, b line) int { return compareKeys(a.key, b.key) })
	e.lines(&f.last, m)
}

// lines writes the lines of a map with the keys of a mapping. It reports whether the map has them.
func (e *encoder) lines(last *mapping, m map[string]string) bool {
	for i := range last.lines {
		l := &last.lines[i]
		value, ok := m[l.key]
		if !ok {
			return false
		}
		if len(l.text) == 0 || l.value != value {
			begin := len(e.buf)
			e.mapLine(l.key, value, last.depth)
			l.value, l.text = value, append(l.text[:0], e.buf[begin:]...)
			continue
		}
		e.buf = append(e.buf, l.text...)
	}
	return true
}

// mapLine writes a line of a map.
func (e *encoder) mapLine(key, value string, depth int) {
	e.indent(depth)
	if plain(key) && plain(value) {
		e.pair(key, value)
	} else {
		e.library(map[string]string{key: value}, depth)
	}
}

// list writes a list at the depth of its key, as kustomize does.
func (e *encoder) list(f *fieldLayout, v reflect.Value, depth int) {
	if v.Len() == 0 {
		e.buf = append(e.buf, " []\n"...)
		return
	}
	e.buf = append(e.buf, '\n')
	for i := range v.Len() {
		e.indent(depth)
		item := v.Index(i)
		s, ok := textOf(f.item, item)
		switch {
		case ok && !plain(s):
			e.library([]string{s}, depth)
			continue
		case ok:
			e.buf = append(append(append(e.buf, "- "...), s...), '\n')
			continue
		}
		e.buf = append(e.buf, "- "...)
		if f.item == formStruct {
			e.structure(item, e.inner(f, item.Type()), depth+1, true)
			continue
		}
		e.digits(f.item, item)
		e.buf = append(e.buf, '\n')
	}
}

// textOf returns the string of a value, if it is one.
func textOf(form form, v reflect.Value) (string, bool) {
	switch form {
	case formText:
		return v.String(), true
	case formIntOrText:
		i := v.Addr().Interface().(*intstr.IntOrString)
		return i.StrVal, i.Type == intstr.String
	}
	return "", false
}

// digits writes a number or a boolean. They never need quotes.
func (e *encoder) digits(form form, v reflect.Value) {
	switch form {
	case formBool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case formInteger:
		e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	case formIntOrText:
		e.buf = strconv.AppendInt(e.buf, int64(v.Addr().Interface().(*intstr.IntOrString).IntVal), 10)
	default:
		panic("encode: no encoding for " + v.Type().String())
	}
}

// pair writes "key: text" and ends the line.
func (e *encoder) pair(key, text string) {
	e.buf = append(append(append(append(e.buf, key...), ": "...), text...), '\n')
}

// library writes what may need quotes or folding with the library that kustomize uses: one key with
// its value, or a list of one string. Quotes and folding depend on the column, so it is called with
// the same depth. A list is at the depth of its key.
func (e *encoder) library(value any, depth int) {
	if misread(value) {
		e.escaped(value, depth)
		return
	}
	above, below := depth, value
	if _, ok := value.([]string); ok {
		above++
	}
	for range above {
		below = map[string]any{"k": below}
	}
	text, err := yaml.Marshal(below)
	if err != nil {
		e.escaped(value, depth)
		return
	}
	for range above {
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	e.buf = append(e.buf, text[2*depth:]...)
}

// misread reports whether kustomize would write another value: it writes JSON and reads that as
// YAML.
func misread(value any) bool {
	texts, ok := value.([]string)
	if !ok {
		for key, text := range value.(map[string]string) {
			texts = []string{key, text}
		}
	}
	return slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsFunc(s, source.Unprintable) || !utf8.ValidString(s) })
}

// escaped writes what the library cannot write, with quotes and escapes.
func (e *encoder) escaped(value any, depth int) {
	switch v := value.(type) {
	case []string:
		e.buf = append(e.buf, "- "+quotedASCII(v[0])+"\n"...)
	case map[string]string:
		for key, text := range v {
			if key = quotedASCII(key); len(key) > simpleKey {
				e.buf = append(e.buf, "? "+key+"\n"...)
				e.indent(depth)
			} else {
				e.buf = append(e.buf, key...)
			}
			e.buf = append(e.buf, ": "+quotedASCII(text)+"\n"...)
		}
	}
}

// simpleKey is the limit of a key that the library writes without a question mark.
const simpleKey = 128

// quotedASCII returns a string with the escapes of Go, which are valid in YAML.
func quotedASCII(s string) string { return strconv.QuoteToASCII(strings.ToValidUTF8(s, "\ufffd")) }
