package tree

import (
	"iter"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Keys identify the entries of lists, as in a strategic merge patch: for the field name
// of a list they have the function that returns the key of an entry. The entries of a
// list that is not among them are identified by their index, from 0.
type Keys map[string]func(entry *yaml.Node) string

// Has reports whether the entries of a list have keys.
func (k Keys) Has(list string) bool { return k[list] != nil }

// Entries yields the entries of a list, each with its key.
func (k Keys) Entries(list string, n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for i, e := range Entries(n) {
			if !yield(k.key(list, i, e), e) {
				return
			}
		}
	}
}

func (k Keys) key(list string, i int, entry *yaml.Node) string {
	if of := k[list]; of != nil {
		return of(entry)
	}
	return strconv.Itoa(i)
}

// Index returns the index of the first entry with a key, or -1.
func (k Keys) Index(list string, n *yaml.Node, key string) int {
	for i, e := range Entries(n) {
		if k.key(list, i, e) == key {
			return i
		}
	}
	return -1
}

// Entry returns the first entry with a key, or nil.
func (k Keys) Entry(list string, n *yaml.Node, key string) *yaml.Node {
	if i := k.Index(list, n, key); i >= 0 {
		return n.Content[i]
	}
	return nil
}

// Contain reports whether have has all that want has. In a list with keys, each entry of
// want is compared with the entry of have that has its key; other lists must have the
// same entries. The name is that of the field whose values they are, or "".
func (k Keys) Contain(have, want *yaml.Node, name string) bool {
	switch {
	case have == nil || want == nil || have.Kind != want.Kind:
		return have == want
	case have.Kind == yaml.MappingNode:
		for key, v := range Pairs(want) {
			if !k.Contain(Field(have, key), v, key) {
				return false
			}
		}
		return true
	case have.Kind == yaml.SequenceNode && k.Has(name):
		for key, v := range k.Entries(name, want) {
			if !k.Contain(k.Entry(name, have, key), v, "") {
				return false
			}
		}
		return true
	case have.Kind == yaml.SequenceNode:
		return slices.EqualFunc(have.Content, want.Content, func(a, b *yaml.Node) bool { return k.Contain(a, b, "") })
	}
	return have.Value == want.Value && have.ShortTag() == want.ShortTag()
}
