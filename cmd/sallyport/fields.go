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

// A field is what the published schema of a kind says of one field, in the part of JSON
// Schema that these schemas use.
type field struct {
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Type        typeNames   `json:"type"`
	Default     any         `json:"default"`
	Examples    []any       `json:"examples"`
	Enum        []string    `json:"enum"`
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

// typeNames are one type or several: null is one where it takes a key out of a map.
type typeNames []string

func (t *typeNames) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		data = slices.Concat([]byte{'['}, data, []byte{']'})
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// mapValues are those of a map. An object that has fields has false instead.
type mapValues struct{ *field }

func (v *mapValues) UnmarshalJSON(data []byte) error {
	if string(data) == "false" {
		return nil
	}
	return json.Unmarshal(data, &v.field)
}

// properties are the fields of an object, in the order of the source.
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

// inner is the object whose fields a path goes on with: that of a list's entries, or of a
// map's values.
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

// plainPath leaves out which entry of a list or a map is meant.
func plainPath(path string) string {
	return regexp.MustCompile(`\[[^\]]*\]`).ReplaceAllString(path, "")
}

// find follows a path, as people write it or as errors do: spec.components[broker].name.
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

// unknown says what may have been meant by a name that is not a field there.
func (f *field) unknown(here *field, at, name string) error {
	names := here.inner().names()
	near := slices.ContainsFunc(names, func(known string) bool { return source.Near(name, known) })
	if at == "" {
		at = f.Title
	}
	if places := f.places("", name); len(places) > 0 && !near {
		return fmt.Errorf("%s has no field %q: there is %s", at, name, strings.Join(places, ", "))
	}
	if len(names) == 0 {
		return fmt.Errorf("%s has no field %q: it is <%s>, without fields", at, name, here.typeName())
	}
	return fmt.Errorf("%s has no field %q: %s", at, name, source.Suggest(name, names))
}

// places lists the paths that end in a name.
func (f *field) places(at, name string) []string {
	var out []string
	for _, p := range f.inner().Properties {
		path := strings.TrimPrefix(at+"."+p.name, ".")
		if p.name == name {
			out = append(out, path)
		}
		out = append(out, p.places(path, name)...)
	}
	return out
}

// typeName is a type as kubectl explain writes it.
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

// A fact is what there is to know of a field besides its description.
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

// values are the words that a field, or an entry of it, may be, each with what the source
// says of it.
func (f *field) values() []fact {
	if f.Items != nil {
		return f.Items.values()
	}
	var out []fact
	for i, v := range f.Enum {
		value := fact{name: v}
		if i < len(f.EnumDocs) {
			value.value = f.EnumDocs[i]
		}
		if v != "" { // which may stand in many places for none
			out = append(out, value)
		}
	}
	return out
}

// prose is the description, without a default that stands among the facts.
func (f *field) prose() string {
	if f.Default == nil {
		return f.Description
	}
	return strings.TrimSpace(regexp.MustCompile(`Default: \S+\.(\s|$)`).ReplaceAllString(f.Description, ""))
}

// compact writes a value on one line, as it may stand in YAML.
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
