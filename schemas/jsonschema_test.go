package schemas_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// An object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{m.key, m.value} {
			if j > 0 {
				b.WriteByte(':')
			}
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(part); err != nil {
				return nil, err
			}
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// grammars are what the tag "is" says of a value. An optional text may be empty, which
// means none.
var grammars = map[string]object{
	"port":      {{"minimum", 1}, {"maximum", 65535}},
	"number":    {{"minimum", 0}, {"maximum", 65535}}, // what is counted may start at 0
	"nodePort":  {{"maximum", 32767}},                 // as above, and 0 is none
	"count":     {{"minimum", 0}, {"maximum", v1alpha1.MaxReplicas}},
	"natural":   {{"minimum", 0}},
	"label":     {{"pattern", `[a-z0-9]([-a-z0-9]*[a-z0-9])?`}, {"maxLength", 63}},
	"subdomain": {{"pattern", `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`}, {"maxLength", 253}},
	"word":      {{"pattern", `[A-Za-z][A-Za-z0-9_.-]*`}},
	"path":      {{"pattern", `/[^:]*`}},
	"prefix":    {{"pattern", `[a-z0-9.-]+/`}},
	"duration":  {{"pattern", `([0-9]+h)?([0-9]+m)?([0-9]+s)?`}},
	"profile":   {{"anyOf", []object{{{"enum", profiles.Names()}}, subdomain}}}, // built in, or in the input
}

var subdomain = object{{"pattern", `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`}, {"maxLength", 253}}

// rules say which fields go together, where that takes a line.
var rules = map[reflect.Type]object{
	reflect.TypeFor[v1alpha1.ExternalAccessSpec](): {{"anyOf", []object{required("components"), required("profile")}}},
	reflect.TypeFor[v1alpha1.ExternalEndpointsSpec](): {
		{"anyOf", []object{required("endpoints"), required("externalName")}},
		{"not", append(required("endpoints", "externalName"),
			member{"properties", object{{"externalName", object{{"minLength", 1}}}}})},
	},
	reflect.TypeFor[v1alpha1.LoadBalancerSettings](): {{"not", required("address", "addresses")}},
}

func required(names ...string) object { return object{{"required", names}} }

// A generator says types as schemas: in JSON Schema, or in the OpenAPI 3.0 that custom
// resources are described in, which lacks some words.
type generator struct {
	comments
	openAPI bool
	partial bool // a profile, which need not follow the rules of whole specs
}

// A place is where a type stands: the tags of the field and what its comment says.
type place struct {
	tag      reflect.StructTag
	doc      string
	optional bool
	none     bool // "" of an enum is a value, as pointers have it
}

func (g generator) kind(kind string, t reflect.Type) object {
	doc := g.value(t, place{})
	for i, m := range doc {
		if m.key != "properties" {
			continue
		}
		fields := slices.Clone(m.value.(object))
		for j, value := range []string{v1alpha1.APIVersion, kind} {
			fields[j].value = append(fields[j].value.(object), member{"enum", []string{value}})
		}
		doc[i].value = fields
	}
	if !g.openAPI {
		doc = append(object{{"$schema", "http://json-schema.org/draft-07/schema#"}}, doc...)
	}
	return doc
}

// value is the schema of a type at a place.
func (g generator) value(t reflect.Type, p place) object {
	switch t.Kind() {
	case reflect.Pointer:
		return g.value(t.Elem(), p)
	case reflect.Struct:
		return g.structure(t, p)
	case reflect.Slice:
		out := g.describe("array", t, p)
		return append(out, member{"items", g.value(t.Elem(), p.inner())})
	case reflect.Map:
		out := g.describe("object", t, p)
		if keys := p.tag.Get("keys"); keys != "" && !g.openAPI {
			out = append(out, member{"propertyNames", object{{"pattern", keys}}})
		}
		element := g.value(t.Elem(), p.inner())
		if t.Elem().Kind() == reflect.Pointer {
			element = g.nullable(element)
		}
		return append(out, member{"additionalProperties", element})
	}
	return g.scalar(t, p)
}

// inner is the place of what a list or a map holds. The example is that of the whole.
func (p place) inner() place {
	is := reflect.StructTag("")
	if word := p.tag.Get("is"); word != "" {
		is = reflect.StructTag(`is:"` + word + `"`)
	}
	return place{tag: is}
}

func (g generator) describe(typ string, t reflect.Type, p place) object {
	var out object
	if p.doc != "" {
		out = append(out, member{"description", p.doc})
	}
	out = append(out, member{"type", typ})
	if value, ok := literalDefault(t, p.doc); ok {
		out = append(out, member{"default", value})
	}
	if text := p.tag.Get("example"); text != "" {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			panic(text + ": " + err.Error())
		}
		if g.openAPI {
			return append(out, member{"example", value})
		}
		return append(out, member{"examples", []any{value}})
	}
	return out
}

// structure is the schema of a struct. What the field's comment says comes first, then
// what the type's says.
func (g generator) structure(t reflect.Type, p place) object {
	p.doc = strings.TrimSpace(p.doc + "\n\n" + g.comments[t.Name()])
	out := append(object{{"title", t.Name()}}, g.describe("object", t, p)...)
	var names []string
	var fields object
	for _, f := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue // inlined: its fields are visible
		}
		optional := strings.Contains(opts, "omitempty")
		if !optional {
			names = append(names, name)
		}
		fields = append(fields, member{name, g.value(f.Type, place{f.Tag, g.field(t, f, name), optional, f.Type.Kind() == reflect.Pointer})})
	}
	if names != nil {
		out = append(out, member{"required", names})
	}
	if !g.partial {
		out = append(out, rules[t]...)
	}
	return append(out, member{"properties", fields}, member{"additionalProperties", false})
}

// field is what the comment of a field says, with its name as users write it.
func (g generator) field(t reflect.Type, f reflect.StructField, name string) string {
	owner := t
	for _, i := range f.Index[:len(f.Index)-1] {
		owner = owner.Field(i).Type
	}
	doc := g.comments[owner.Name()+"."+f.Name]
	if rest, ok := strings.CutPrefix(doc, f.Name+" "); ok {
		return name + " " + rest
	}
	return doc
}

func (g generator) scalar(t reflect.Type, p place) object {
	types := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int32: "integer", reflect.Float64: "number"}
	out := g.describe(types[t.Kind()], t, p)
	if e, ok := reflect.New(t).Elem().Interface().(source.Enum); ok {
		values := slices.Clone(e.Values())
		if p.none {
			values = append(values, "")
		}
		out = append(append(out, member{"enum", values}), g.eachValue(t, values)...)
	}
	if is := p.tag.Get("is"); is != "" {
		for _, m := range grammars[is] {
			switch {
			case m.key == "pattern" && p.optional:
				m.value = "^(" + m.value.(string) + ")?$"
			case m.key == "pattern":
				m.value = "^" + m.value.(string) + "$"
			case m.key == "anyOf" && p.optional:
				m.value = append(slices.Clone(m.value.([]object)), object{{"enum", []string{""}}})
			}
			out = append(out, m)
		}
	}
	if t.Kind() == reflect.Int32 {
		out = append(out, member{"format", "int32"})
	}
	return out
}

// eachValue is what editors show of each value of an enum, if the source says something
// of any.
func (g generator) eachValue(t reflect.Type, values []string) object {
	descriptions := make([]string, len(values))
	for i, v := range values {
		descriptions[i] = strings.TrimPrefix(g.comments[t.Name()+"="+v], v+" ")
	}
	if g.openAPI || strings.Join(descriptions, "") == "" {
		return nil
	}
	return object{{"markdownEnumDescriptions", descriptions}}
}

func (g generator) nullable(o object) object {
	if g.openAPI {
		return append(o, member{"nullable", true})
	}
	for i, m := range o {
		if m.key == "type" {
			o[i].value = []string{m.value.(string), "null"}
		}
	}
	return o
}

var defaultText = regexp.MustCompile(`Default: (.+?)\.(?:\s|$)`)

// literalDefault reads a default off a comment. What is no value of the type, or more
// than a word, is prose: "the cluster picks".
func literalDefault(t reflect.Type, doc string) (any, bool) {
	m := defaultText.FindStringSubmatch(doc)
	if m == nil || strings.ContainsAny(m[1], " \n") {
		return nil, false
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		value, ok := literalDefault(t.Elem(), doc)
		return []any{value}, ok
	}
	into := reflect.New(t)
	err := yaml.Unmarshal([]byte(m[1]), into.Interface())
	return into.Elem().Interface(), err == nil
}

// render writes a schema as people read it.
func render(t *testing.T, o object) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
