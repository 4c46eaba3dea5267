// Package tree reads, compares, copies and prints trees of YAML nodes. Nothing in it
// changes a tree that a caller hands in, except that Write may change how its scalars are
// spelled.
package tree

import (
	"encoding/json"
	"iter"
	"slices"

	"go.yaml.in/yaml/v3"
	jsonyaml "sigs.k8s.io/yaml"
)

// The tags of YAML values.
const (
	NullTag   = "!!null"
	BoolTag   = "!!bool"
	IntTag    = "!!int"
	StringTag = "!!str"
	MapTag    = "!!map"
)

// Field returns the value of a field, or nil. It follows an alias.
func Field(n *yaml.Node, name string) *yaml.Node {
	for key, value := range Pairs(n) {
		switch {
		case key != name:
		case value.Kind == yaml.AliasNode:
			return value.Alias
		default:
			return value
		}
	}
	return nil
}

// Text returns the text of a scalar field, or "".
func Text(n *yaml.Node, name string) string {
	if v := Field(n, name); v != nil {
		return v.Value
	}
	return ""
}

// Pairs yields the keys and the values of a mapping. Other nodes, and nil, have none.
func Pairs(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// Entries returns the entries of a list. Other nodes, and nil, have none.
func Entries(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// IsNull reports whether a node is null.
func IsNull(n *yaml.Node) bool { return n.ShortTag() == NullTag }

// Equal reports whether two trees have the same values, tags and anchors. Positions,
// styles and comments do not count.
func Equal(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && a.Anchor == b.Anchor &&
		slices.EqualFunc(a.Content, b.Content, Equal)
}

// Clone copies a tree without its anchors. The tree must have no aliases.
func Clone(n *yaml.Node) *yaml.Node {
	out := *n
	out.Anchor, out.Content = "", nil
	for _, c := range n.Content {
		out.Content = append(out.Content, Clone(c))
	}
	return &out
}

// SelfContained reports whether every alias of a tree refers to an anchor in that tree.
func SelfContained(n *yaml.Node) bool {
	var anchors map[*yaml.Node]bool
	var walk func(n *yaml.Node) bool
	walk = func(n *yaml.Node) bool {
		if n.Anchor != "" {
			if anchors == nil {
				anchors = map[*yaml.Node]bool{}
			}
			anchors[n] = true
		}
		return (n.Kind != yaml.AliasNode || anchors[n.Alias]) && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !walk(c) })
	}
	return walk(n)
}

// FromJSON returns the tree of a JSON text, in block style. Text that is not JSON becomes
// null.
func FromJSON(text json.RawMessage) *yaml.Node {
	var doc yaml.Node
	block, err := jsonyaml.JSONToYAML(text)
	if err != nil || yaml.Unmarshal(block, &doc) != nil || len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: NullTag}
	}
	n := doc.Content[0]
	if IsNull(n) {
		n.Value = ""
	}
	return n
}

// ToJSON returns a tree as compact JSON with sorted keys. A tree that JSON cannot hold
// becomes null.
func ToJSON(n *yaml.Node) json.RawMessage {
	var v any
	if len(n.Content) == 0 && n.Kind == yaml.SequenceNode {
		return json.RawMessage("[]")
	}
	if err := n.Decode(&v); err != nil {
		return json.RawMessage("null")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
