// Package encode writes Kubernetes objects as bytes: YAML as kustomize build prints it, and
// JSON as kubectl prints a List. It supports the types of the emitted kinds (structs, slices,
// map[string]string, strings, booleans, numbers, IntOrString) and panics on others, such as a
// map of structs. Add support here before a kind needs more. Tests compare it with
// sigs.k8s.io/yaml, kustomize and encoding/json.
package encode

import (
	"bytes"
	"cmp"
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

// A layout lists the fields of a struct in the order of their keys.
type layout struct {
	of     reflect.Type
	fields []fieldLayout
}

// A fieldLayout is a field of a struct with its key.
type fieldLayout struct {
	key       string
	index     []int
	omitEmpty bool
	within    *layout // the layout of the last struct in the field, to avoid a lookup
	plain     string  // the last string in the field that needed no quotes
	last      mapping // the last mapping in the field
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

func (e *encoder) layout(t reflect.Type) *layout {
	l, ok := e.layouts[t]
	if !ok {
		l = &layout{t, fieldsOf(t, nil)}
		slices.SortFunc(l.fields, func(a, b fieldLayout) int { return cmp.Compare(a.key, b.key) })
		e.layouts[t] = l
	}
	return l
}

// inner returns the layout of the structs in a field.
func (e *encoder) inner(f *fieldLayout, t reflect.Type) *layout {
	if f.within == nil || f.within.of != t {
		f.within = e.layout(t)
	}
	return f.within
}

// fieldsOf returns the fields of a struct, including those of embedded structs without a key.
func fieldsOf(t reflect.Type, at []int) []fieldLayout {
	var l []fieldLayout
	for i := range t.NumField() {
		f, index := t.Field(i), append(slices.Clip(at), i)
		key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "" && f.Anonymous:
			l = append(l, fieldsOf(f.Type, index)...)
		case key != "" && key != "-":
			// A struct is never empty for encoding/json, but a zero time must be left out.
			may := f.Type.Kind() != reflect.Struct || f.Type.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1"
			l = append(l, fieldLayout{key: key, index: index, omitEmpty: may && strings.Contains(opts, "omitempty")})
		}
	}
	return l
}

// object writes a whole object. Its first line continues the last line of the buffer.
func (e *encoder) object(o Object, depth int) {
	v := reflect.ValueOf(o).Elem()
	e.structure(v, e.layout(v.Type()), depth, true, "status")
}

// structure writes the fields of a struct, except that with the key without. If inline, the
// first field continues the last line of the buffer.
func (e *encoder) structure(v reflect.Value, l *layout, depth int, inline bool, without string) {
	for i := range l.fields {
		f := &l.fields[i]
		if f.key == without {
			continue
		}
		fv := v.Field(f.index[0])
		for _, i := range f.index[1:] {
			fv = fv.Field(i)
		}
		if f.omitEmpty && empty(fv) {
			continue
		}
		if !inline {
			e.indent(depth)
		}
		inline = false
		e.entry(f, fv, depth)
	}
}

// empty reports whether a value is empty for encoding/json.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	case reflect.String:
		return v.Len() == 0
	case reflect.Pointer:
		return v.IsNil()
	case reflect.Bool:
		return !v.Bool()
	case reflect.Int32, reflect.Int64:
		return v.Int() == 0
	}
	return v.IsZero()
}

func (e *encoder) indent(depth int) {
	const spaces = "                                "
	e.buf = append(e.buf, spaces[:2*depth]...)
}

// entry writes "key: value" and ends the line.
func (e *encoder) entry(f *fieldLayout, v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if text, ok := stringOf(v); ok {
		if (text == "" || text != f.plain) && !plain(text) {
			e.library(map[string]string{f.key: text}, depth)
			return
		}
		f.plain = text
		e.pair(f.key, text)
		return
	}
	e.buf = append(append(e.buf, f.key...), ':')
	if e.number(v, " ") {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		e.nested(f, v, depth)
	case reflect.Map:
		e.mapping(f, v.Interface().(map[string]string), depth+1)
	case reflect.Slice:
		e.list(f, v, depth)
	default:
		panic("encode: no encoding for " + v.Type().String())
	}
}

// nested writes a struct below its key, or {} if it is empty.
func (e *encoder) nested(f *fieldLayout, v reflect.Value, depth int) {
	e.buf = append(e.buf, '\n')
	before := len(e.buf)
	e.structure(v, e.inner(f, v.Type()), depth+1, false, "")
	if len(e.buf) == before {
		e.buf = append(e.buf[:before-1], " {}\n"...)
	}
}

// mapping writes the lines of a map, in the order of its keys. It encodes those that the last map in
// the field did not have.
func (e *encoder) mapping(f *fieldLayout, m map[string]string, depth int) {
	e.buf = append(e.buf, '\n')
	if f.last.depth != depth || !f.last.hasKeys(m) {
		f.last = mapping{depth, make([]line, 0, len(m))}
		for k := range m {
			f.last.lines = append(f.last.lines, line{key: k})
		}
		slices.SortFunc(f.last.lines, func(a, b line) int { return compareKeys(a.key, b.key) })
	}
	for i := range f.last.lines {
		l := &f.last.lines[i]
		value := m[l.key]
		if len(l.text) == 0 || l.value != value {
			begin := len(e.buf)
			e.mapLine(l.key, value, depth)
			l.value, l.text = value, append(l.text[:0], e.buf[begin:]...)
			continue
		}
		e.buf = append(e.buf, l.text...)
	}
}

// hasKeys reports whether the mapping has the keys of a map.
func (l mapping) hasKeys(m map[string]string) bool {
	if len(l.lines) != len(m) {
		return false
	}
	for i := range l.lines {
		if _, ok := m[l.lines[i].key]; !ok {
			return false
		}
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
		text, ok := stringOf(item)
		switch {
		case ok && plain(text):
			e.buf = append(append(append(e.buf, "- "...), text...), '\n')
		case ok:
			e.library([]string{text}, depth)
		case !e.number(item, "- "):
			e.buf = append(e.buf, "- "...)
			e.structure(item, e.inner(f, item.Type()), depth+1, true, "")
		}
	}
}

var intOrString = reflect.TypeFor[intstr.IntOrString]()

// stringOf returns the string of a value, if it is one.
func stringOf(v reflect.Value) (string, bool) {
	switch {
	case v.Kind() == reflect.String:
		return v.String(), true
	case v.Kind() == reflect.Struct && v.Type() == intOrString:
		i := v.Addr().Interface().(*intstr.IntOrString)
		return i.StrVal, i.Type == intstr.String
	}
	return "", false
}

// number writes a number or a boolean and ends the line. It reports whether the value is one.
func (e *encoder) number(v reflect.Value, before string) bool {
	n := len(e.buf)
	if e.buf = append(e.buf, before...); !e.digits(v) {
		e.buf = e.buf[:n]
		return false
	}
	e.buf = append(e.buf, '\n')
	return true
}

// digits writes a number or a boolean. They never need quotes.
func (e *encoder) digits(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case reflect.Int32, reflect.Int64:
		e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	case reflect.Struct:
		if v.Type() != intOrString {
			return false
		}
		e.buf = strconv.AppendInt(e.buf, int64(v.Addr().Interface().(*intstr.IntOrString).IntVal), 10)
	default:
		return false
	}
	return true
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

// plain reports whether a string certainly needs no quotes: it begins like a word or is an IP
// address or a CIDR, has no special character, and is not a word of YAML 1.1.
func plain(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	if isIPv6(s) {
		return true
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == '/':
		case i > 0 && (c == '-' || c == '.' || c == '_'):
		default:
			return false
		}
	}
	if s[0] >= '0' && s[0] <= '9' {
		address, bits, _ := strings.Cut(s, "/")
		return strings.Count(address, ".") == 3 && strings.Trim(address, "0123456789.") == "" && strings.Trim(bits, digits) == ""
	}
	return len(s) > len("false") || !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, s) })
}

const digits = "0123456789"

// isIPv6 reports whether a string certainly is an IPv6 address or CIDR that YAML reads as a string:
// it has :: or a letter between digits, so that it is no number of base 60, and no key.
func isIPv6(s string) bool {
	if strings.IndexByte(s, ':') < 0 {
		return false
	}
	address, bits, _ := strings.Cut(s, "/")
	return strings.Trim(address, digits+"abcdef:") == "" && strings.Trim(bits, digits) == "" && strings.Count(address, ":") > 1 &&
		address[0] != ':' && s[len(s)-1] != ':' && (strings.Contains(address, "::") || strings.ContainsAny(address, "abcdef"))
}

// words are the words that YAML 1.1 does not read as strings.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
