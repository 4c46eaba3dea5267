package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sallyport.dev/schemas/v1alpha1"
)

const referenceIntro = `# Reference

Every field of all kinds, made from the types and their comments by ` + "`make generate`." + `
` + "`sallyport explain spec.components`" + ` prints the same in a terminal; ` + "`sallyport schema`" + ` is
for editors. A field that is not required may be left out. Its value then comes from an outer
level, from the profile, or from its default. An empty value means none. [The
guide](GUIDE.md#a-spec-line-by-line) has a spec with a comment on each line.
`

const accessText = `Access settings determine how clients reach a Service. They can be set at four levels: the
spec, a component, an entry of services, a pod. The nearest level wins, field by field, and
maps are merged key by key. A field that is absent is inherited. An empty value means none,
and null removes a key from a map.`

// TestReference checks that the reference page agrees with the schemas.
func TestReference(t *testing.T) {
	r := reference{paths: map[string][]string{}, blocks: exampleBlocks(t)}
	var trees []*field
	for _, kind := range documented {
		tree := fieldsOf(kind)
		r.takeAccess(tree)
		trees = append(trees, tree)
	}
	for _, tree := range append(trees, r.access) {
		r.locate(tree, "")
	}
	r.line(referenceIntro)
	for _, tree := range append(trees, r.access) {
		r.section("##", tree)
	}
	golden(t, root("examples", "REFERENCE.md"), []byte(r.String()))
}

// A reference describes each object once, with the paths of all fields that have it.
type reference struct {
	strings.Builder
	access  *field
	paths   map[string][]string // by title
	blocks  []block
	written []string
}

// takeAccess removes the access settings from all objects, so that they are described once.
func (r *reference) takeAccess(f *field) {
	var names []string
	for _, v := range reflect.VisibleFields(reflect.TypeFor[v1alpha1.Access]()) {
		name, _, _ := strings.Cut(v.Tag.Get("json"), ",")
		names = append(names, name)
	}
	isAccess := func(p property) bool { return slices.Contains(names, p.name) }
	if own := f.names(); !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(own, n) }) {
		settings := &field{Title: "Access settings", Description: accessText}
		for _, p := range f.Properties {
			if isAccess(p) {
				settings.Properties = append(settings.Properties, p)
			}
		}
		r.access = settings
		at := slices.IndexFunc(f.Properties, isAccess)
		f.Properties = slices.DeleteFunc(f.Properties, isAccess)
		f.Properties = slices.Insert(f.Properties, at, property{"", settings})
	}
	for _, p := range f.Properties {
		if p.field != r.access {
			r.takeAccess(p.inner())
		}
	}
}

// locate collects the paths of objects.
func (r *reference) locate(f *field, at string) {
	for _, p := range f.Properties {
		path := strings.TrimPrefix(at+"."+p.name, ".")
		switch {
		case p.name == "":
			continue
		case p.Items != nil:
			path += "[]"
		case p.Values.field != nil:
			path += "[NAME]"
		}
		inner := p.inner()
		if inner.Title != "" && !slices.Contains(r.paths[inner.Title], path) {
			r.paths[inner.Title] = append(r.paths[inner.Title], path)
		}
		r.locate(inner, path)
	}
}

func (r *reference) line(text string) { r.WriteString(text + "\n") }

func (r *reference) section(level string, f *field) {
	if slices.Contains(r.written, f.Title) {
		return
	}
	r.written = append(r.written, f.Title)
	r.line(level + " " + f.Title + "\n")
	_, text, ok := strings.Cut(f.Description, "\n\n")
	if !ok {
		text = f.Description
	}
	if paths := r.paths[f.Title]; paths != nil {
		text = "`" + strings.Join(paths, "`, `") + "`: " + text
	}
	r.line(paragraph(text, "", ""))
	for _, p := range f.Properties {
		r.WriteString(paragraph(entry(f, p), "- "+anchor(f, p), "  "))
	}
	r.line("")
	if example := r.example(f); example != "" {
		r.line(example)
	}
	for _, p := range f.Properties {
		if p.name != "" && len(p.inner().Properties) > 0 {
			r.section("###", p.inner())
		}
	}
}

// anchor is where links to a field lead, such as #externalaccessspec.profile.
func anchor(owner *field, p property) string {
	if p.name == "" {
		return ""
	}
	return fmt.Sprintf(`<a id="%s.%s"></a>`, strings.ToLower(strings.ReplaceAll(owner.Title, " ", "-")), p.name)
}

// entry returns the sentence on a field. Its description begins with its name.
func entry(owner *field, p property) string {
	if p.name == "" {
		return "The [access settings](#access-settings)."
	}
	kind := inWords(p.field)
	if slices.Contains(owner.Required, p.name) {
		kind += ", required"
	}
	about, _, _ := strings.Cut(p.Description, "\n\n")
	text := "`" + p.name + "` (" + kind + ") " + strings.TrimPrefix(about, p.name+" ") + valuesOf(p.field)
	for _, fact := range p.facts() {
		known := strings.Contains(about, strings.TrimPrefix(fact.value, "at most "))
		if fact.name == "range" && !known || fact.name == "example" {
			text += fmt.Sprintf(" %s: `%s`.", strings.ToUpper(fact.name[:1])+fact.name[1:], fact.value)
		}
	}
	return text
}

// inWords returns the type of a field, with a link to its fields.
func inWords(f *field) string {
	switch {
	case f.Items != nil:
		return "list of " + plural(f.Items)
	case f.Values.field != nil:
		return "map of " + plural(f.Values.field)
	case f.Title != "":
		return "[" + f.Title + "](#" + strings.ToLower(f.Title) + ")"
	}
	return f.typeName()
}

func plural(f *field) string {
	if words := inWords(f); f.Title != "" {
		return words
	} else if one, of, ok := strings.Cut(words, " "); ok {
		return one + "s " + of
	}
	return f.typeName() + "s"
}

// valuesOf returns the values of a field, unless the description lists them.
func valuesOf(f *field) string {
	var words []string
	described := true
	for _, v := range f.values() {
		described = described && v.value == "" && strings.Contains(f.Description, v.name)
		word := "`" + v.name + "`"
		if v.value != "" {
			word += " (" + strings.TrimSuffix(v.value, ".") + ")"
		}
		words = append(words, word)
	}
	if described {
		return ""
	}
	return " Values: " + strings.Join(words, ", ") + "."
}

// paragraph breaks a text into lines of at most 90 characters.
func paragraph(text, first, next string) string {
	var b strings.Builder
	line := first
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > 90:
			b.WriteString(line + "\n")
			line = next + word
		default:
			line += " " + word
		}
	}
	return b.String() + line + "\n"
}
