package generators

import (
	"bytes"
	"cmp"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

// Encode writes objects as a stream of YAML documents, byte for byte what kustomize
// build prints: keys sorted, empty fields left out as the json tags say, the status
// left out altogether.
func Encode(w io.Writer, objs []Object) error {
	e := newEncoder(w)
	for i, o := range objs {
		if i > 0 {
			e.buf = append(e.buf, "---\n"...)
		}
		e.object(o, 0)
		if err := e.flush(bufferSize); err != nil {
			return err
		}
	}
	return e.flush(0)
}

// EncodeItems writes objects as entries of a list that stands at the left margin, as
// the items of a ResourceList do.
func EncodeItems(w io.Writer, objs []Object) error {
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
	layouts map[reflect.Type][]fieldLayout
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, buf: make([]byte, 0, bufferSize+4<<10), layouts: map[reflect.Type][]fieldLayout{}}
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

// A fieldLayout is where a struct keeps what it has under one key.
type fieldLayout struct {
	key       string
	index     []int
	omitEmpty bool
}

// layout lists a type's fields in the order in which they are written.
func (e *encoder) layout(t reflect.Type) []fieldLayout {
	if l, ok := e.layouts[t]; ok {
		return l
	}
	l := fieldsOf(t, nil)
	slices.SortFunc(l, func(a, b fieldLayout) int { return cmp.Compare(a.key, b.key) })
	e.layouts[t] = l
	return l
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
			l = append(l, fieldLayout{key: key, index: index, omitEmpty: strings.Contains(opts, "omitempty")})
		}
	}
	return l
}

// object writes a whole object; its first line continues the one that the buffer ends
// with.
func (e *encoder) object(o Object, depth int) {
	v := reflect.ValueOf(o).Elem()
	e.structure(v, depth, true, func(key string) bool { return key != "status" })
}

// structure writes the fields of a struct. inline: the first one goes where the buffer
// ends.
func (e *encoder) structure(v reflect.Value, depth int, inline bool, want func(string) bool) {
	for _, f := range e.layout(v.Type()) {
		fv := v.FieldByIndex(f.index)
		if f.omitEmpty && empty(fv) || !want(f.key) {
			continue
		}
		if !inline {
			e.indent(depth)
		}
		inline = false
		e.entry(f.key, fv, depth)
	}
}

func all(string) bool { return true }

// empty is encoding/json's notion, and a zero time is not worth a key either.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		return v.IsZero() && v.Type().PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1"
	}
	return v.IsZero()
}

func (e *encoder) indent(depth int) {
	const spaces = "                                "
	e.buf = append(e.buf, spaces[:2*depth]...)
}

// entry writes "key: value" and the end of the line.
func (e *encoder) entry(key string, v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if s, ok := scalar(v); ok {
		e.pair(key, s, depth)
		return
	}
	e.buf = append(append(e.buf, key...), ':')
	switch v.Kind() {
	case reflect.Struct:
		e.nested(v, depth)
	case reflect.Map:
		e.mapping(v.Interface().(map[string]string), depth+1)
	case reflect.Slice:
		e.list(v, depth)
	default:
		panic("generators: no encoding for " + v.Type().String())
	}
}

// nested writes a struct below its key, or {} where it has nothing to say.
func (e *encoder) nested(v reflect.Value, depth int) {
	e.buf = append(e.buf, '\n')
	before := len(e.buf)
	e.structure(v, depth+1, false, all)
	if len(e.buf) == before {
		e.buf = append(e.buf[:before-1], " {}\n"...)
	}
}

func (e *encoder) mapping(m map[string]string, depth int) {
	e.buf = append(e.buf, '\n')
	var array [16]string
	keys := array[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		e.indent(depth)
		if plain(k) {
			e.pair(k, m[k], depth)
		} else {
			e.library(map[string]string{k: m[k]}, depth)
		}
	}
}

// list writes a list at the depth of its key, as kustomize does.
func (e *encoder) list(v reflect.Value, depth int) {
	if v.Len() == 0 {
		e.buf = append(e.buf, " []\n"...)
		return
	}
	e.buf = append(e.buf, '\n')
	for i := range v.Len() {
		e.indent(depth)
		item := v.Index(i)
		s, ok := scalar(item)
		switch {
		case !ok:
			e.buf = append(e.buf, "- "...)
			e.structure(item, depth+1, true, all)
		case plain(s.text) || !s.isString:
			e.buf = append(append(append(e.buf, "- "...), s.text...), '\n')
		default:
			e.library([]string{s.text}, depth)
		}
	}
}

// A scalarText is a scalar as it would be written without quotes.
type scalarText struct {
	text     string
	isString bool
}

func scalar(v reflect.Value) (scalarText, bool) {
	switch v.Kind() {
	case reflect.String:
		return scalarText{v.String(), true}, true
	case reflect.Bool:
		return scalarText{strconv.FormatBool(v.Bool()), false}, true
	case reflect.Int32, reflect.Int64:
		return scalarText{strconv.FormatInt(v.Int(), 10), false}, true
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[intstr.IntOrString]() {
			i := v.Interface().(intstr.IntOrString)
			return scalarText{i.String(), i.Type == intstr.String}, true
		}
	}
	return scalarText{}, false
}

func (e *encoder) pair(key string, value any, depth int) {
	s, ok := value.(scalarText)
	if !ok {
		s = scalarText{value.(string), true}
	}
	if s.isString && !plain(s.text) {
		e.library(map[string]string{key: s.text}, depth)
		return
	}
	e.buf = append(append(append(append(e.buf, key...), ": "...), s.text...), '\n')
}

// library lets sigs.k8s.io/yaml write what may need quotes or folding: one key with its
// value, or a list of one string. Both depend on the column, so that it is asked at the
// same depth; a list stands at the depth of its key.
func (e *encoder) library(value any, depth int) {
	above := depth
	if _, ok := value.([]string); ok {
		above++
	}
	for range above {
		value = map[string]any{"k": value}
	}
	text, err := yaml.Marshal(value)
	if err != nil {
		panic("generators: " + err.Error()) // strings always marshal
	}
	for range above {
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	e.buf = append(e.buf, text[2*depth:]...)
}

// plain tells whether a string is surely written as it stands: it begins like a word
// or is a dotted quad, has no character that means anything, and is no YAML 1.1 word.
func plain(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	dots := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '/':
		case i > 0 && (c == '-' || c == '_' || c >= '0' && c <= '9'):
		case i > 0 && c == '.':
			dots++
		case c >= '0' && c <= '9':
		default:
			return false
		}
	}
	if s[0] >= '0' && s[0] <= '9' {
		return dots == 3 && strings.Trim(s, "0123456789.") == ""
	}
	return !slices.Contains(words, strings.ToLower(s))
}

// words are what YAML 1.1 reads as something else than a string.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
