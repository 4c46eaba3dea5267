package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas"
	"sallyport.dev/schemas/source"
)

// A field is a field of a spec, as the published schema of its kind describes it. It has the
// part of JSON Schema that these schemas use.
type field struct {
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Type        typeNames   `json:"type"`
	Default     any         `json:"default"`
	Examples    []any       `json:"examples"`
	Enum        []string    `json:"enum"`
	AnyOf       []*field    `json:"anyOf"`
	EnumDocs    []string    `json:"markdownEnumDescriptions"`
	Minimum     json.Number `json:"minimum"`
	Maximum     json.Number `json:"maximum"`
	Pattern     string      `json:"pattern"`
	MaxLength   int         `json:"maxLength"`
	Required    []string    `json:"required"`
	Properties  properties  `json:"properties"`
	Items       *field      `json:"items"`
	Values      mapValues   `json:"additionalProperties"`
	Keys        *field      `json:"propertyNames"`
}

// typeNames is one type or several. One of several is null, if it removes a key from a map.
type typeNames []string

func (t *typeNames) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		data = slices.Concat([]byte{'['}, data, []byte{']'})
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// mapValues is the schema of the values of a map. The schema of an object with fields has
// false instead.
type mapValues struct{ *field }

func (v *mapValues) UnmarshalJSON(data []byte) error {
	if string(data) == "false" {
		return nil
	}
	return json.Unmarshal(data, &v.field)
}

// properties are the fields of an object, in the order of the schema.
type properties []property

type property struct {
	name string
	*field
}

func (ps *properties) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		p := property{name: fmt.Sprint(name)}
		if err := dec.Decode(&p.field); err != nil {
			return err
		}
		*ps = append(*ps, p)
	}
	return nil
}

// fieldsOf reads the schema of a kind.
func fieldsOf(kind string) *field {
	text, _ := schemas.JSONSchema(kind)
	var f field
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		panic("the schema of " + kind + ": " + err.Error())
	}
	return &f
}

// inner returns the field whose properties come next in a path: the entries of a list, the
// values of a map, or else the field itself.
func (f *field) inner() *field {
	switch {
	case f.Items != nil:
		return f.Items.inner()
	case f.Values.field != nil:
		return f.Values.inner()
	}
	return f
}

func (f *field) names() []string {
	var names []string
	for _, p := range f.Properties {
		names = append(names, p.name)
	}
	return names
}

// plainPath removes the indexes and keys in brackets from a path.
func plainPath(path string) string {
	return regexp.MustCompile(`\[[^\]]*\]`).ReplaceAllString(path, "")
}

// find returns the field at a path. The path can have indexes, as in errors:
// spec.components[0].name.
func (f *field) find(path string) (*field, error) {
	here, at := f, ""
	for _, name := range strings.FieldsFunc(plainPath(path), func(r rune) bool { return r == '.' }) {
		inner := here.inner()
		i := slices.Index(inner.names(), name)
		if i < 0 {
			return nil, f.unknown(here, at, name)
		}
		here, at = inner.Properties[i].field, strings.TrimPrefix(at+"."+name, ".")
	}
	return here, nil
}

// unknown returns the error for a name that is not a field, with what the user may have meant.
func (f *field) unknown(here *field, at, name string) error {
	names := here.inner().names()
	near := slices.ContainsFunc(names, func(known string) bool { return source.Near(name, known) })
	if at == "" {
		at = f.Title
	}
	if paths := f.pathsTo("", name); len(paths) > 0 && !near {
		return fmt.Errorf("%s has no field %q: there is %s", at, name, strings.Join(paths, ", "))
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no field %q: it is <%s>, without fields", at, name, here.typeName())
	}
	return fmt.Errorf("%s has no field %q: %s", at, name, source.Suggest(name, names))
}

// pathsTo lists the paths that end with a name.
func (f *field) pathsTo(at, name string) []string {
	var out []string
	for _, p := range f.inner().Properties {
		path := strings.TrimPrefix(at+"."+p.name, ".")
		if p.name == name {
			out = append(out, path)
		}
		out = append(out, p.pathsTo(path, name)...)
	}
	return out
}

// typeName returns the name of the type, as kubectl explain prints it.
func (f *field) typeName() string {
	switch {
	case f.Items != nil:
		return "[]" + f.Items.typeName()
	case f.Values.field != nil:
		return "map[string]" + f.Values.typeName()
	case f.Title != "":
		return f.Title
	}
	return f.Type[0]
}

// A fact is a property of a field besides its description, such as its default.
type fact struct{ name, value string }

func (f *field) facts() []fact {
	var out []fact
	if f.Default != nil {
		out = append(out, fact{"default", compact(f.Default)})
	}
	scalar := f.inner()
	switch {
	case scalar.Minimum != "" && scalar.Maximum != "":
		out = append(out, fact{"range", string(scalar.Minimum) + " to " + string(scalar.Maximum)})
	case scalar.Minimum != "":
		out = append(out, fact{"range", "at least " + string(scalar.Minimum)})
	case scalar.Maximum != "":
		out = append(out, fact{"range", "at most " + string(scalar.Maximum)})
	}
	if scalar.Pattern != "" {
		out = append(out, fact{"pattern", scalar.Pattern})
	}
	if scalar.MaxLength > 0 {
		out = append(out, fact{"length", "at most " + strconv.Itoa(scalar.MaxLength)})
	}
	if f.Keys != nil {
		out = append(out, fact{"keys", f.Keys.Pattern})
	}
	for _, e := range f.Examples {
		out = append(out, fact{"example", compact(e)})
	}
	return out
}

// values returns the allowed values of a field, or of the entries of a list, each with its
// description.
func (f *field) values() []fact {
	if f.Items != nil {
		return f.Items.values()
	}
	for _, some := range f.AnyOf {
		if len(some.Enum) > 0 {
			return some.values() // there may be others, which the description explains
		}
	}
	var out []fact
	for i, v := range f.Enum {
		value := fact{name: v}
		if i < len(f.EnumDocs) {
			value.value = f.EnumDocs[i]
		}
		if v != "" { // many fields accept "" for none
			out = append(out, value)
		}
	}
	return out
}

// prose returns the description without the default, which is among the facts.
func (f *field) prose() string {
	if f.Default == nil {
		return f.Description
	}
	return strings.TrimSpace(regexp.MustCompile(`Default: \S+\.(\s|$)`).ReplaceAllString(f.Description, ""))
}

// compact formats a value on one line of YAML.
func compact(value any) string {
	if text, ok := value.(string); ok && text != "" && !strings.ContainsAny(text, ", ") {
		return text
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(err.Error())
	}
	return strings.TrimSpace(b.String())
}
