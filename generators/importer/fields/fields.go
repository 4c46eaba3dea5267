// Package fields reads the fields of resources and values, and lists those that have not been read.
package fields

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
)

// Fields reads the fields of a mapping of the input and remembers which it has read, so that rest can
// list the others. The fields of nil are absent. A null is an absent field, as for the API server.
type Fields struct {
	In   *draft.Input
	Doc  *source.Document
	At   source.Path
	Node *yaml.Node
	read map[string]bool
	kids map[string]*Fields // the mappings that have been read, so that each remembers what was read

	reported map[string]bool // the errors of the document
}

// Of returns the fields of a document.
func Of(in *draft.Input, doc *source.Document) *Fields {
	return &Fields{In: in, Doc: doc, Node: doc.Node(), read: map[string]bool{}, kids: map[string]*Fields{}, reported: map[string]bool{}}
}

// inside returns the fields of a mapping inside.
func (f *Fields) inside(at source.Path, n *yaml.Node) *Fields {
	return &Fields{In: f.In, Doc: f.Doc, At: at, Node: n, read: map[string]bool{}, kids: map[string]*Fields{}, reported: f.reported}
}

// Path returns the path of a field. One with dots is a key of a map.
func (f *Fields) Path(name string) source.Path {
	if strings.ContainsAny(name, "./") {
		return f.At.MapKey(name)
	}
	return f.At.Field(name)
}

// Errorf reports that a field is wrong, once.
func (f *Fields) Errorf(code source.Code, name, wayOut, format string, args ...any) {
	f.errorAt(code, f.Path(name), wayOut, format, args...)
}

func (f *Fields) errorAt(code source.Code, at source.Path, wayOut, format string, args ...any) {
	if !f.reported[at.String()] {
		f.reported[at.String()] = true
		f.In.Errorf(f.Doc, code, at, wayOut, format, args...)
	}
}

// IsReported reports whether an error of a field has been reported.
func (f *Fields) IsReported(name string) bool { return f != nil && f.reported[f.Path(name).String()] }

// Value returns the value of a field; nil: it is absent.
func (f *Fields) Value(name string) *yaml.Node {
	if f == nil {
		return nil
	}
	f.read[name] = true
	for i := 0; i+1 < len(f.Node.Content); i += 2 {
		if f.Node.Content[i].Value == name && f.Node.Content[i+1].ShortTag() != "!!null" {
			return f.Node.Content[i+1]
		}
	}
	return nil
}

// Has reports whether a field is there. It counts as read.
func (f *Fields) Has(names ...string) bool {
	there := false
	for _, name := range names {
		there = f.Value(name) != nil || there
	}
	return there
}

// ofKind returns the value of a field if it is of a kind, and reports another one.
func (f *Fields) ofKind(name string, kind yaml.Kind, want string) *yaml.Node {
	n := f.Value(name)
	if n != nil && n.Kind != kind {
		f.Errorf(source.WrongType, name, "write "+want, "got %s, want %s", source.Got(n), want)
		return nil
	}
	return n
}

// Text returns a string; "": it is absent.
func (f *Fields) Text(name string) string {
	n := f.ofKind(name, yaml.ScalarNode, "a string")
	if n == nil {
		return ""
	}
	return n.Value
}

// String returns a string that the API server would accept: it has quotes, or looks like none of
// another type.
func (f *Fields) String(name string) string {
	n := f.ofKind(name, yaml.ScalarNode, "a string")
	if n == nil {
		return ""
	}
	if n.ShortTag() != "!!str" {
		f.Errorf(source.WrongType, name, "write it in quotes: "+strconv.Quote(n.Value), "got %s, want a string", source.Got(n))
		return ""
	}
	return n.Value
}

// OneOf returns one of a closed set of words, or "".
func (f *Fields) OneOf(name string, words ...string) string {
	word := f.String(name)
	if word != "" && !slices.Contains(words, word) {
		f.Errorf(source.UnknownValue, name, source.Suggest(word, words), "%q is not one of %s", source.Short(word), strings.Join(words, ", "))
		return ""
	}
	return word
}

// Number returns a whole number; nil: it is absent.
func (f *Fields) Number(name string) *int32 {
	n := f.ofKind(name, yaml.ScalarNode, "a whole number")
	if n == nil {
		return nil
	}
	var value int64
	if n.ShortTag() != "!!int" || n.Decode(&value) != nil || value < math.MinInt32 || value > math.MaxInt32 {
		f.Errorf(source.WrongType, name, "write a whole number without quotes", "got %s, want a whole number", source.Got(n))
		return nil
	}
	return new(int32(value))
}

// Port returns the number of a port; nil: it is absent.
func (f *Fields) Port(name string) *int32 {
	n := f.Number(name)
	if n != nil && (*n < 1 || *n > math.MaxUint16) {
		f.Errorf(source.NumberRange, name, "write a number from 1 to 65535", "%d is not the number of a port", *n)
		return nil
	}
	return n
}

// Flag returns true or false; nil: it is absent.
func (f *Fields) Flag(name string) *bool {
	n := f.ofKind(name, yaml.ScalarNode, "true or false")
	if n == nil {
		return nil
	}
	var value bool
	if n.ShortTag() != "!!bool" || n.Decode(&value) != nil {
		f.Errorf(source.WrongType, name, "write true or false without quotes", "got %s, want true or false", source.Got(n))
		return nil
	}
	return new(value)
}

// IsOn reports whether a field is true.
func (f *Fields) IsOn(name string) bool {
	v := f.Flag(name)
	return v != nil && *v
}

// Texts returns a list of strings.
func (f *Fields) Texts(name string) []string {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []string
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode || c.ShortTag() == "!!null" {
			f.errorAt(source.WrongType, f.Path(name).Index(i), "write a string", "got %s, want a string", source.Got(c))
			continue
		}
		out = append(out, c.Value)
	}
	return out
}

// Numbers returns a list of whole numbers.
func (f *Fields) Numbers(name string) []int32 {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []int32
	for i, c := range n.Content {
		value, err := strconv.ParseInt(c.Value, 10, 32)
		if c.Kind != yaml.ScalarNode || err != nil {
			f.errorAt(source.WrongType, f.Path(name).Index(i), "write a whole number", "got %s, want a whole number", source.Got(c))
			continue
		}
		out = append(out, int32(value))
	}
	return out
}

// Pairs returns a map of strings, such as labels.
func (f *Fields) Pairs(name string) map[string]string {
	n := f.ofKind(name, yaml.MappingNode, "a mapping")
	if n == nil {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if value.Kind != yaml.ScalarNode || value.ShortTag() != "!!str" {
			f.errorAt(source.WrongType, f.Path(name).MapKey(key), "write it in quotes: "+strconv.Quote(value.Value),
				"got %s, want a string", source.Got(value))
			continue
		}
		out[key] = value.Value
	}
	return out
}

// Child returns the fields of a mapping; nil: it is absent.
func (f *Fields) Child(name string) *Fields {
	n := f.ofKind(name, yaml.MappingNode, "a mapping")
	if n == nil {
		return nil
	}
	if f.kids[name] == nil {
		f.kids[name] = f.inside(f.Path(name), n)
	}
	return f.kids[name]
}

// Under returns the fields at a path of mappings; nil: they are absent.
func (f *Fields) Under(names ...string) *Fields {
	for _, name := range names {
		f = f.Child(name)
	}
	return f
}

// Items returns the fields of the mappings in a list.
func (f *Fields) Items(name string) []*Fields {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []*Fields
	for i, c := range n.Content {
		if c.Kind != yaml.MappingNode {
			f.errorAt(source.WrongType, f.Path(name).Index(i), "write a mapping", "got %s, want a mapping", source.Got(c))
			continue
		}
		out = append(out, f.inside(f.Path(name).Index(i), c))
	}
	return out
}

// Skip marks fields as read that are not about access.
func (f *Fields) Skip(names ...string) {
	if f != nil {
		for _, name := range names {
			f.read[name] = true
		}
	}
}

// Remark adds a remark about a field, if it is there.
func (f *Fields) Remark(d *draft.Draft, name, format string, args ...any) {
	if f.Has(name) {
		d.Remark(f.Doc, f.Path(name), "%s", fmt.Sprintf(format, args...))
	}
}

// Rest adds a remark about each field that has not been read.
func (f *Fields) Rest(d *draft.Draft, text string) {
	if f == nil {
		return
	}
	for i := 0; i+1 < len(f.Node.Content); i += 2 {
		if name := f.Node.Content[i].Value; !f.read[name] && f.Node.Content[i+1].ShortTag() != "!!null" {
			d.Remark(f.Doc, f.Path(name), "%s", text)
		}
	}
}
