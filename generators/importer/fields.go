package importer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// fields reads the fields of a mapping of the input and remembers which it has read, so that rest can
// list the others. The fields of nil are absent. A null is an absent field, as for the API server.
type fields struct {
	in   *Input
	doc  *source.Document
	at   source.Path
	node *yaml.Node
	read map[string]bool
	kids map[string]*fields // the mappings that have been read, so that each remembers what was read

	reported map[string]bool // the errors of the document
}

// fieldsOf returns the fields of a document.
func fieldsOf(in *Input, doc *source.Document) *fields {
	return &fields{in: in, doc: doc, node: doc.Node(), read: map[string]bool{}, kids: map[string]*fields{}, reported: map[string]bool{}}
}

// inside returns the fields of a mapping inside.
func (f *fields) inside(at source.Path, n *yaml.Node) *fields {
	return &fields{in: f.in, doc: f.doc, at: at, node: n, read: map[string]bool{}, kids: map[string]*fields{}, reported: f.reported}
}

// path returns the path of a field. One with dots is a key of a map.
func (f *fields) path(name string) source.Path {
	if strings.ContainsAny(name, "./") {
		return f.at.MapKey(name)
	}
	return f.at.Field(name)
}

// errorf reports that a field is wrong, once.
func (f *fields) errorf(code source.Code, name, wayOut, format string, args ...any) {
	f.errorAt(code, f.path(name), wayOut, format, args...)
}

func (f *fields) errorAt(code source.Code, at source.Path, wayOut, format string, args ...any) {
	if !f.reported[at.String()] {
		f.reported[at.String()] = true
		f.in.Errorf(f.doc, code, at, wayOut, format, args...)
	}
}

// value returns the value of a field; nil: it is absent.
func (f *fields) value(name string) *yaml.Node {
	if f == nil {
		return nil
	}
	f.read[name] = true
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if f.node.Content[i].Value == name && f.node.Content[i+1].ShortTag() != "!!null" {
			return f.node.Content[i+1]
		}
	}
	return nil
}

// has reports whether a field is there. It counts as read.
func (f *fields) has(names ...string) bool {
	there := false
	for _, name := range names {
		there = f.value(name) != nil || there
	}
	return there
}

// ofKind returns the value of a field if it is of a kind, and reports another one.
func (f *fields) ofKind(name string, kind yaml.Kind, want string) *yaml.Node {
	n := f.value(name)
	if n != nil && n.Kind != kind {
		f.errorf(source.WrongType, name, "write "+want, "got %s, want %s", kindOf(n), want)
		return nil
	}
	return n
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!str":
		return "the string " + strconv.Quote(short(n.Value))
	}
	return "the value " + short(n.Value)
}

// short cuts a long text for a message.
func short(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

// text returns a string; "": it is absent.
func (f *fields) text(name string) string {
	n := f.ofKind(name, yaml.ScalarNode, "a string")
	if n == nil {
		return ""
	}
	return n.Value
}

// string returns a string that the API server would accept: it has quotes, or looks like none of
// another type.
func (f *fields) string(name string) string {
	n := f.ofKind(name, yaml.ScalarNode, "a string")
	if n == nil {
		return ""
	}
	if n.ShortTag() != "!!str" {
		f.errorf(source.WrongType, name, "write it in quotes: "+strconv.Quote(n.Value), "got %s, want a string", kindOf(n))
		return ""
	}
	return n.Value
}

// oneOf returns one of a closed set of words, or "".
func (f *fields) oneOf(name string, words ...string) string {
	word := f.string(name)
	if word != "" && !slices.Contains(words, word) {
		f.errorf(source.UnknownValue, name, source.Suggest(word, words), "%q is not one of %s", short(word), strings.Join(words, ", "))
		return ""
	}
	return word
}

// number returns a whole number; nil: it is absent.
func (f *fields) number(name string) *int32 {
	n := f.ofKind(name, yaml.ScalarNode, "a whole number")
	if n == nil {
		return nil
	}
	var value int64
	if n.ShortTag() != "!!int" || n.Decode(&value) != nil || value < math.MinInt32 || value > math.MaxInt32 {
		f.errorf(source.WrongType, name, "write a whole number without quotes", "got %s, want a whole number", kindOf(n))
		return nil
	}
	return new(int32(value))
}

// port returns the number of a port; nil: it is absent.
func (f *fields) port(name string) *int32 {
	n := f.number(name)
	if n != nil && (*n < 1 || *n > math.MaxUint16) {
		f.errorf(source.NumberRange, name, "write a number from 1 to 65535", "%d is not the number of a port", *n)
		return nil
	}
	return n
}

// flag returns true or false; nil: it is absent.
func (f *fields) flag(name string) *bool {
	n := f.ofKind(name, yaml.ScalarNode, "true or false")
	if n == nil {
		return nil
	}
	var value bool
	if n.ShortTag() != "!!bool" || n.Decode(&value) != nil {
		f.errorf(source.WrongType, name, "write true or false without quotes", "got %s, want true or false", kindOf(n))
		return nil
	}
	return new(value)
}

// isOn reports whether a field is true.
func (f *fields) isOn(name string) bool {
	v := f.flag(name)
	return v != nil && *v
}

// texts returns a list of strings.
func (f *fields) texts(name string) []string {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []string
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode || c.ShortTag() == "!!null" {
			f.errorAt(source.WrongType, f.path(name).Index(i), "write a string", "got %s, want a string", kindOf(c))
			continue
		}
		out = append(out, c.Value)
	}
	return out
}

// numbers returns a list of whole numbers.
func (f *fields) numbers(name string) []int32 {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []int32
	for i, c := range n.Content {
		value, err := strconv.ParseInt(c.Value, 10, 32)
		if c.Kind != yaml.ScalarNode || err != nil {
			f.errorAt(source.WrongType, f.path(name).Index(i), "write a whole number", "got %s, want a whole number", kindOf(c))
			continue
		}
		out = append(out, int32(value))
	}
	return out
}

// pairs returns a map of strings, such as labels.
func (f *fields) pairs(name string) map[string]string {
	n := f.ofKind(name, yaml.MappingNode, "a mapping")
	if n == nil {
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if value.Kind != yaml.ScalarNode || value.ShortTag() != "!!str" {
			f.errorAt(source.WrongType, f.path(name).MapKey(key), "write it in quotes: "+strconv.Quote(value.Value),
				"got %s, want a string", kindOf(value))
			continue
		}
		out[key] = value.Value
	}
	return out
}

// child returns the fields of a mapping; nil: it is absent.
func (f *fields) child(name string) *fields {
	n := f.ofKind(name, yaml.MappingNode, "a mapping")
	if n == nil {
		return nil
	}
	if f.kids[name] == nil {
		f.kids[name] = f.inside(f.path(name), n)
	}
	return f.kids[name]
}

// under returns the fields at a path of mappings; nil: they are absent.
func (f *fields) under(names ...string) *fields {
	for _, name := range names {
		f = f.child(name)
	}
	return f
}

// items returns the fields of the mappings in a list.
func (f *fields) items(name string) []*fields {
	n := f.ofKind(name, yaml.SequenceNode, "a list")
	if n == nil {
		return nil
	}
	var out []*fields
	for i, c := range n.Content {
		if c.Kind != yaml.MappingNode {
			f.errorAt(source.WrongType, f.path(name).Index(i), "write a mapping", "got %s, want a mapping", kindOf(c))
			continue
		}
		out = append(out, f.inside(f.path(name).Index(i), c))
	}
	return out
}

// skip marks fields as read that are not about access.
func (f *fields) skip(names ...string) {
	if f != nil {
		for _, name := range names {
			f.read[name] = true
		}
	}
}

// remark adds a remark about a field, if it is there.
func (f *fields) remark(d *Draft, name, format string, args ...any) {
	if f.has(name) {
		d.Remark(f.doc, f.path(name), "%s", fmt.Sprintf(format, args...))
	}
}

// rest adds a remark about each field that has not been read.
func (f *fields) rest(d *Draft, text string) {
	if f == nil {
		return
	}
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if name := f.node.Content[i].Value; !f.read[name] && f.node.Content[i+1].ShortTag() != "!!null" {
			d.Remark(f.doc, f.path(name), "%s", text)
		}
	}
}

// sortRemarks puts remarks in the order of the input.
func (d *Draft) sortRemarks() {
	line := func(r Remark) (int, int) { return r.Doc.Position(r.Path) }
	slices.SortStableFunc(d.Remarks, func(a, b Remark) int {
		if a.Doc != b.Doc {
			return map[bool]int{true: -1, false: 1}[a.Doc.Before(b.Doc)]
		}
		x, column := line(a)
		y, other := line(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(column, other))
	})
}
