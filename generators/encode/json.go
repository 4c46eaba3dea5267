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

// JSON writes the objects of all runs as a List in JSON, as kubectl prints several objects. It is a
// List for one object or none as well, so that the shape never differs. Keys and empty fields are as
// in YAML, and there are no nulls. Runs are encoded at the same time.
func JSON(w io.Writer, runs ...iter.Seq[Object]) error {
	if _, err := io.WriteString(w, "{\n    \"apiVersion\": \"v1\",\n    \"items\": ["); err != nil {
		return err
	}
	list := &withoutPrefix{w, len(",")}
	err := inOrder(list, runs, func(e *encoder, o Object) {
		e.next(1, 2)
		e.members(reflect.ValueOf(o).Elem(), 2)
	})
	if err != nil {
		return err
	}
	end := "],\n    \"kind\": \"List\"\n}\n"
	if list.prefix == 0 {
		end = "\n    " + end
	}
	_, err = io.WriteString(w, end)
	return err
}

// next begins the n-th element of a list or an object, from 0, on a new line.
func (e *encoder) next(n, depth int) {
	if n > 0 {
		e.buf = append(e.buf, ',')
	}
	e.line(depth)
}

// end closes a list or an object with n elements. An empty one is closed on its line.
func (e *encoder) end(n, depth int, bracket byte) {
	if n > 0 {
		e.line(depth)
	}
	e.buf = append(e.buf, bracket)
}

// line begins a new line, with four spaces for each level as kubectl does.
func (e *encoder) line(depth int) {
	e.buf = append(e.buf, '\n')
	for range depth {
		e.buf = append(e.buf, "    "...)
	}
}

// members writes the fields of a struct.
func (e *encoder) members(v reflect.Value, depth int) {
	e.buf = append(e.buf, '{')
	n := 0
	fields := e.layout(v.Type()).fields
	for i := range fields {
		f := &fields[i]
		fv := f.of(v)
		if f.omitEmpty && f.empty(fv) {
			continue
		}
		if f.pointer {
			fv = fv.Elem()
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
	form := formOf(v.Type())
	if text, ok := textOf(form, v); ok {
		e.quoted(text)
		return
	}
	switch form {
	case formStruct:
		e.members(v, depth)
	case formMap:
		m := v.Interface().(map[string]string)
		e.buf = append(e.buf, '{')
		for i, k := range slices.Sorted(maps.Keys(m)) {
			e.member(i, k, reflect.ValueOf(m[k]), depth+1)
		}
		e.end(len(m), depth, '}')
	case formList:
		e.buf = append(e.buf, '[')
		for i := range v.Len() {
			e.next(i, depth+1)
			e.json(v.Index(i), depth+1)
		}
		e.end(v.Len(), depth, ']')
	default:
		e.digits(form, v)
	}
}

// quoted writes a string. encoding/json writes those that need escapes.
func (e *encoder) quoted(s string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		e.buf = append(append(append(e.buf, '"'), s...), '"')
		return
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // as kubectl does
	if err := enc.Encode(s); err != nil {
		panic("encode: " + err.Error()) // strings always encode
	}
	e.buf = append(e.buf, bytes.TrimSuffix(text.Bytes(), []byte{'\n'})...)
}
