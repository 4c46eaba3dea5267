package encode

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// JSON writes objects as one JSON document: a List, as kubectl prints several
// objects, also where there is one or none, so that its shape depends on nothing. Keys
// and what is left out are those of YAML, and there are no nulls.
func JSON(w io.Writer, objs iter.Seq[Object]) error {
	e, n := newEncoder(w), 0
	e.buf = append(e.buf, "{\n    \"apiVersion\": \"v1\",\n    \"items\": ["...)
	for o := range objs {
		e.next(n, 2)
		n++
		e.members(reflect.ValueOf(o).Elem(), 2, "status")
		if err := e.flush(bufferSize); err != nil {
			return err
		}
	}
	e.end(n, 1, ']')
	e.buf = append(e.buf, ",\n    \"kind\": \"List\"\n}\n"...)
	return e.flush(0)
}

// next begins the n-th element of a list or an object, from 0, on a line of its own.
func (e *encoder) next(n, depth int) {
	if n > 0 {
		e.buf = append(e.buf, ',')
	}
	e.line(depth)
}

// end closes a list or an object of n elements; an empty one is closed on its line.
func (e *encoder) end(n, depth int, bracket byte) {
	if n > 0 {
		e.line(depth)
	}
	e.buf = append(e.buf, bracket)
}

// line begins a line: four spaces a level, as kubectl has it.
func (e *encoder) line(depth int) {
	e.buf = append(e.buf, '\n')
	for range depth {
		e.buf = append(e.buf, "    "...)
	}
}

// members writes the fields of a struct, all but the one under the key without.
func (e *encoder) members(v reflect.Value, depth int, without string) {
	e.buf = append(e.buf, '{')
	n := 0
	for _, f := range e.layout(v.Type()).fields {
		fv := v.FieldByIndex(f.index)
		if f.omitEmpty && empty(fv) || f.key == without {
			continue
		}
		e.member(n, f.key, fv, depth+1)
		n++
	}
	e.end(n, depth, '}')
}

func (e *encoder) member(n int, key string, v reflect.Value, depth int) {
	e.next(n, depth)
	e.quoted(key)
	e.buf = append(e.buf, ": "...)
	e.json(v, depth)
}

func (e *encoder) json(v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if text, ok := stringOf(v); ok {
		e.quoted(text)
		return
	}
	if e.digits(v) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		e.members(v, depth, "")
	case reflect.Map:
		m := v.Interface().(map[string]string)
		e.buf = append(e.buf, '{')
		for i, k := range slices.Sorted(maps.Keys(m)) {
			e.member(i, k, reflect.ValueOf(m[k]), depth+1)
		}
		e.end(len(m), depth, '}')
	case reflect.Slice:
		e.buf = append(e.buf, '[')
		for i := range v.Len() {
			e.next(i, depth+1)
			e.json(v.Index(i), depth+1)
		}
		e.end(v.Len(), depth, ']')
	default:
		panic("encode: no encoding for " + v.Type().String())
	}
}

// quoted writes a string; what needs escapes goes to the library.
func (e *encoder) quoted(s string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		e.buf = append(append(append(e.buf, '"'), s...), '"')
		return
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // it is not for a web page
	if err := enc.Encode(s); err != nil {
		panic("encode: " + err.Error()) // strings always encode
	}
	e.buf = append(e.buf, bytes.TrimSuffix(text.Bytes(), []byte{'\n'})...)
}
