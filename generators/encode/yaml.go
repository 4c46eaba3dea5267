// Package encode writes Kubernetes objects as bytes: YAML as kustomize build prints it, and
// JSON as kubectl prints a List. It knows the shapes that the emitted kinds have (structs,
// slices, map[string]string, strings, booleans, numbers, IntOrString) and panics on any
// other, such as a map of structs: a kind that needs one teaches it here first. Tests hold
// it against sigs.k8s.io/yaml, kustomize and encoding/json.
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

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/source"
)

// An Object is a Kubernetes object with its type.
type Object interface {
	metav1.Object
	runtime.Object
}

// YAML writes objects as a stream of documents, byte for byte what kustomize build prints:
// keys sorted, empty fields left out as the json tags say, the status left out altogether.
// Each object is written before the next one is asked for.
func YAML(w io.Writer, objs iter.Seq[Object]) error {
	e := newEncoder(w)
	separator := ""
	for o := range objs {
		e.buf = append(e.buf, separator...)
		separator = "---\n"
		e.object(o, 0)
		if err := e.flush(bufferSize); err != nil {
			return err
		}
	}
	return e.flush(0)
}

// Documents hands over each object with the document that YAML writes of it, which is
// good until the next one.
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

// Items writes objects as entries of a list that stands at the left margin, as
// the items of a ResourceList do.
func Items(w io.Writer, objs []Object) error {
	e := newEncoder(w)
	for _, o := range objs {
		e.buf = append(e.buf, "- "...)
		e.object(o, 1)
		if err := e.flush(bufferSize); err != nil {
			return err
		}
	}
	return e.flush(0)
}

// bufferSize is what is gathered before it is written: one reused buffer beats a large
// one.
const bufferSize = 64 << 10

type encoder struct {
	w       io.Writer
	buf     []byte
	layouts map[reflect.Type]*layout
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, buf: make([]byte, 0, bufferSize+4<<10), layouts: map[reflect.Type]*layout{}}
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

// A layout lists a struct's fields in the order in which they are written.
type layout struct {
	of     reflect.Type
	fields []fieldLayout
}

// A fieldLayout is where a struct keeps what it has under one key.
type fieldLayout struct {
	key       string
	index     []int
	omitEmpty bool
	within    *layout // of the structs that were last there, so that nobody looks it up
	plain     string  // what was last there and needs no quotes
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

// inner is the layout of the structs in a field.
func (e *encoder) inner(f *fieldLayout, t reflect.Type) *layout {
	if f.within == nil || f.within.of != t {
		f.within = e.layout(t)
	}
	return f.within
}

// fieldsOf lists the fields of a struct, those of embedded structs without a key of
// their own among them.
func fieldsOf(t reflect.Type, at []int) []fieldLayout {
	var l []fieldLayout
	for i := range t.NumField() {
		f, index := t.Field(i), append(slices.Clip(at), i)
		key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "" && f.Anonymous:
			l = append(l, fieldsOf(f.Type, index)...)
		case key != "" && key != "-":
			// A struct is never empty to encoding/json, but a zero time is not worth a key.
			may := f.Type.Kind() != reflect.Struct || f.Type.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1"
			l = append(l, fieldLayout{key: key, index: index, omitEmpty: may && strings.Contains(opts, "omitempty")})
		}
	}
	return l
}

// object writes a whole object; its first line continues the one that the buffer ends
// with.
func (e *encoder) object(o Object, depth int) {
	v := reflect.ValueOf(o).Elem()
	e.structure(v, e.layout(v.Type()), depth, true, "status")
}

// structure writes the fields of a struct, all but the one under the key without.
// inline: the first one goes where the buffer ends.
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

// empty is encoding/json's notion.
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

// entry writes "key: value" and the end of the line.
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
		e.mapping(v.Interface().(map[string]string), depth+1)
	case reflect.Slice:
		e.list(f, v, depth)
	default:
		panic("encode: no encoding for " + v.Type().String())
	}
}

// nested writes a struct below its key, or {} where it has nothing to say.
func (e *encoder) nested(f *fieldLayout, v reflect.Value, depth int) {
	e.buf = append(e.buf, '\n')
	before := len(e.buf)
	e.structure(v, e.inner(f, v.Type()), depth+1, false, "")
	if len(e.buf) == before {
		e.buf = append(e.buf[:before-1], " {}\n"...)
	}
}

func (e *encoder) mapping(m map[string]string, depth int) {
	e.buf = append(e.buf, '\n')
	type pair struct{ key, value string }
	var array [16]pair
	pairs := array[:0]
	for k, v := range m {
		pairs = append(pairs, pair{k, v})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.key, b.key) })
	for _, p := range pairs {
		e.indent(depth)
		if plain(p.key) && plain(p.value) {
			e.pair(p.key, p.value)
		} else {
			e.library(map[string]string{p.key: p.value}, depth)
		}
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

// stringOf returns the string that a value is.
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

// number writes a number or a boolean, and the end of the line; it tells whether the value
// is one.
func (e *encoder) number(v reflect.Value, before string) bool {
	n := len(e.buf)
	if e.buf = append(e.buf, before...); !e.digits(v) {
		e.buf = e.buf[:n]
		return false
	}
	e.buf = append(e.buf, '\n')
	return true
}

// digits writes a number or a boolean, which never need quotes.
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

// pair writes "key: text" and the end of the line.
func (e *encoder) pair(key, text string) {
	e.buf = append(append(append(append(e.buf, key...), ": "...), text...), '\n')
}

// library lets sigs.k8s.io/yaml write what may need quotes or folding: one key with its
// value, or a list of one string. Both depend on the column, so that it is asked at the
// same depth; a list stands at the depth of its key.
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

// misread tells whether the library would write something else than it is given: it goes
// by way of JSON and reads that as YAML, and so does kustomize.
func misread(value any) bool {
	texts, ok := value.([]string)
	if !ok {
		for key, text := range value.(map[string]string) {
			texts = []string{key, text}
		}
	}
	return slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsFunc(s, source.Unprintable) })
}

// escaped writes what the library cannot, in quotes and escapes.
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

// simpleKey is how long a key may be that the library writes without a question mark.
const simpleKey = 128

// quotedASCII is a string in Go's escapes, which are YAML's as well.
func quotedASCII(s string) string { return strconv.QuoteToASCII(strings.ToValidUTF8(s, "\ufffd")) }

// plain tells whether a string is surely written as it stands: it begins like a word
// or is a dotted quad, has no character that means anything, and is no YAML 1.1 word.
func plain(s string) bool {
	if s == "" || len(s) > 64 {
		return false
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
		return strings.Count(s, ".") == 3 && strings.Trim(s, "0123456789.") == ""
	}
	return len(s) > len("false") || !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, s) })
}

// words are what YAML 1.1 reads as something else than a string.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
