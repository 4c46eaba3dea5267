package encode

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A layout lists the fields of a struct in the order of their keys. It is made once for each type.
type layout struct {
	of     reflect.Type
	fields []fieldLayout
}

// A fieldLayout is a field of a struct with its key.
type fieldLayout struct {
	key       string
	index     int
	embedded  int // the index in the embedded struct; -1: it is in none
	omitEmpty bool
	pointer   bool
	form      form
	item      form    // of the items of a list
	within    *layout // the layout of the last struct in the field, to avoid a lookup
	plain     string  // the last string in the field that needed no quotes
	last      mapping // the last mapping in the field
}

// A form says how the values of a type are encoded.
type form int

const (
	noForm form = iota
	formText
	formIntOrText
	formBool
	formInteger
	formStruct
	formMap
	formList
)

var intOrString = reflect.TypeFor[intstr.IntOrString]()

// formOf returns the form of a type that is no pointer.
func formOf(t reflect.Type) form {
	switch t.Kind() {
	case reflect.String:
		return formText
	case reflect.Bool:
		return formBool
	case reflect.Int32, reflect.Int64:
		return formInteger
	case reflect.Map:
		return formMap
	case reflect.Slice:
		return formList
	case reflect.Struct:
		if t == intOrString {
			return formIntOrText
		}
		return formStruct
	}
	return noForm
}

// layout returns the layout of a type. That of an object is without its status.
func (e *encoder) layout(t reflect.Type) *layout {
	l, ok := e.layouts[t]
	if !ok {
		l = &layout{t, fieldsOf(t)}
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

// fieldsOf returns the fields of a struct, including those of an embedded struct without a key.
func fieldsOf(t reflect.Type) []fieldLayout {
	var l []fieldLayout
	_, isObject := t.FieldByName("TypeMeta")
	for i := range t.NumField() {
		f := t.Field(i)
		key, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "" && f.Anonymous:
			for _, in := range fieldsOf(f.Type) {
				in.index, in.embedded = i, in.index
				l = append(l, in)
			}
		case key != "" && key != "-" && (!isObject || key != "status"):
			l = append(l, newField(f, key, strings.Contains(opts, "omitempty")))
			l[len(l)-1].index = i
		}
	}
	return l
}

// newField returns a field that is in no embedded struct. A struct is never empty for encoding/json,
// but a zero time must be left out.
func newField(f reflect.StructField, key string, omitEmpty bool) fieldLayout {
	t, pointer := f.Type, f.Type.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	out := fieldLayout{key: key, embedded: -1, pointer: pointer, form: formOf(t)}
	if out.form == formList {
		out.item = formOf(t.Elem())
	}
	out.omitEmpty = omitEmpty && (f.Type.Kind() != reflect.Struct || t.PkgPath() == reflect.TypeFor[metav1.Time]().PkgPath())
	return out
}

// of returns the field of a struct.
func (f *fieldLayout) of(v reflect.Value) reflect.Value {
	if v = v.Field(f.index); f.embedded >= 0 {
		v = v.Field(f.embedded)
	}
	return v
}

// empty reports whether the value of the field is empty for encoding/json.
func (f *fieldLayout) empty(v reflect.Value) bool {
	if f.pointer {
		return v.IsNil()
	}
	switch f.form {
	case formText, formMap, formList:
		return v.Len() == 0
	case formBool:
		return !v.Bool()
	case formInteger:
		return v.Int() == 0
	}
	return v.IsZero()
}
