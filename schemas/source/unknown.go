package source

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Speaker is the type of a document that knows other words for fields, such as those of
// Kubernetes: for each word the paths that it may mean, relative to where it stands.
type Speaker interface{ Synonyms() map[string][]string }

// unknown reports a key that the struct does not have, and suggests the one that the user
// probably meant, in the shape that it has.
func (d *decoder) unknown(k, value *yaml.Node, t reflect.Type, p Path) {
	if len(d.found) > maxMistakes {
		return
	}
	var names []string
	for _, f := range fieldsOf(t) {
		names = append(names, f.name)
	}
	near, wayOut := nearest(k.Value, names), ""
	var shadows []string
	joined, _, colon := strings.Cut(k.Value, ":")
	switch meant, there := d.synonym(k.Value, t), d.elsewhere(k.Value); {
	case colon && slices.Contains(names, joined):
		wayOut = oneSpace
		shadows = append(shadows, d.userPath(p.Field(joined)))
	case len(meant) > 0:
		wayOut = d.instead(value, t, meant)
		shadows = append(shadows, d.userPath(append(slices.Clip(p), meant...)))
	case near != "" && distance(k.Value, near) <= 1, near != "" && len(there.places) == 0:
		wayOut = fmt.Sprintf("did you mean %q?", near)
		if of := typeAt(t, Path{}.Field(near)); value.Kind != nodeOf(of) && value.ShortTag() != "!!null" {
			wayOut += " " + d.instead(value, t, Path{}.Field(near))
		}
		shadows = append(shadows, d.userPath(p.Field(near)))
	case len(there.places) > 0:
		wayOut = there.String(k.Value)
		for _, place := range there.places {
			shadows = append(shadows, misplaced(d.userPath(p), place, there.name))
		}
	default:
		wayOut = "fields here: " + d.listed(t)
	}
	parent := d.userPath(p)
	if parent == "" {
		parent = "the object"
	}
	d.fail(UnknownField, k, p.Field(k.Value), wayOut, fmt.Sprintf("%s has no field %q", parent, k.Value), shadows...)
}

// instead is the way out for a word that means a field: with the value, if that must have another shape.
func (d *decoder) instead(value *yaml.Node, t reflect.Type, meant Path) string {
	of, last := typeAt(t, meant), meant[len(meant)-1].name
	field, text, more := last, "...", ""
	if value.Kind != nodeOf(of) && value.ShortTag() != "!!null" {
		if text = reshaped(value, of); text == "" {
			text, more = "...", ", with "+d.form(value, of, last)
		} else {
			field = last + ": " + text
		}
	}
	if len(meant) > 1 {
		field = fmt.Sprintf("%s: {%s: %s}", meant[0].name, last, text)
	}
	return "write " + field + " instead" + more
}

// typeAt returns the type of a field.
func typeAt(t reflect.Type, p Path) reflect.Type {
	for _, step := range p {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for _, f := range fieldsOf(t) {
			if f.name == step.name {
				t = t.FieldByIndex(f.index).Type
				break
			}
		}
	}
	return t
}

// meanings are the fields that a word may mean.
func (d *decoder) meanings(word string) []string {
	speaker, ok := reflect.New(d.root).Interface().(Speaker)
	if !ok {
		return nil
	}
	return speaker.Synonyms()[word]
}

// synonym returns the field that a word means in a struct, or nil.
func (d *decoder) synonym(word string, t reflect.Type) Path {
	for _, meant := range d.meanings(word) {
		first, rest, nested := strings.Cut(meant, ".")
		for _, f := range fieldsOf(t) {
			if f.name == first && nested {
				return Path{}.Field(first, rest)
			} else if f.name == first {
				return Path{}.Field(first)
			}
		}
	}
	return nil
}

// An elsewhere has the paths that have a field of some name.
type elsewhere struct {
	name   string
	places []string
}

// String is the way out for a word that means the field.
func (e elsewhere) String(word string) string {
	what := fmt.Sprintf("%q", e.name)
	if word != e.name {
		what = "write " + e.name + " instead, which"
	}
	if more := len(e.places) - 3; more > 1 {
		return fmt.Sprintf("%s belongs to %s and %d other places", what, strings.Join(e.places[:3], ", "), more)
	}
	return fmt.Sprintf("%s belongs to %s", what, strings.Join(e.places, ", "))
}

// elsewhere lists the paths that do have a field of this name, or of one that it means.
func (d *decoder) elsewhere(word string) elsewhere {
	for _, name := range append([]string{word}, d.meanings(word)...) {
		if places := d.places(name); len(places) > 0 {
			return elsewhere{name, places}
		}
	}
	return elsewhere{}
}

// places lists the paths that have a field of this name.
func (d *decoder) places(name string) []string {
	found := map[string]bool{}
	var walk func(t reflect.Type, at string)
	walk = func(t reflect.Type, at string) {
		switch t.Kind() {
		case reflect.Pointer:
			walk(t.Elem(), at)
		case reflect.Slice:
			walk(t.Elem(), at+"[]")
		case reflect.Struct:
			for _, f := range fieldsOf(t) {
				if f.name == name {
					found[at] = true
				}
				walk(t.FieldByIndex(f.index).Type, strings.TrimPrefix(at+"."+f.name, "."))
			}
		}
	}
	walk(d.root, "")
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

// misplaced returns the path of a field that stands at the wrong place: what is missing there is written
// here. Where it is not clear which entry of a list the right place is in, it is every entry.
func misplaced(at, place, name string) string {
	out := ""
	for i, part := range strings.Split(place, "[]") {
		if i > 0 {
			index := ""
			if rest, ok := strings.CutPrefix(at, out); ok {
				index = entry().FindString(rest)
			}
			out += cmp.Or(index, "[]")
		}
		out += part
	}
	return strings.TrimPrefix(out+"."+name, ".")
}

// entry matches the index of a list's entry in a path.
var entry = Pattern(`^\[[^]]*\]`)

// maxListed is how many fields a message lists.
const maxListed = 14

// listed names the fields of a struct for a message. Of many it leaves out those of an embedded
// struct of several fields: other structs have them too.
func (d *decoder) listed(t reflect.Type) string {
	shared := 0
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && len(fieldsOf(f.Type)) > 1 {
			shared = i + 1
		}
	}
	var own, all []string
	for _, f := range fieldsOf(t) {
		all = append(all, f.name)
		if len(f.index) == 1 || f.index[0] != shared-1 {
			own = append(own, f.name)
		}
	}
	slices.Sort(own)
	if len(all) > maxListed && len(own) < len(all) {
		return strings.Join(own, ", ") + fmt.Sprintf(", and %d settings of Services such as annotations", len(all)-len(own))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
