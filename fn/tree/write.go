package tree

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Write prints a tree as YAML. The first line begins with first, every other line that is
// not empty with indent.
func Write(out io.Writer, n *yaml.Node, first, indent string) error {
	text, err := encode(n)
	if err != nil {
		return err
	}
	for i, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		margin := indent
		switch {
		case i == 0:
			margin = first
		case len(line) == 0:
			margin = ""
		}
		fmt.Fprintf(out, "%s%s\n", margin, line)
	}
	return nil
}

// encode returns the text of a tree. The library changes the value of some strings in block style
// when it writes them. If the text does not read as the tree, all of these are put in quotes.
func encode(n *yaml.Node) ([]byte, error) {
	spellNulls(n, false)
	quote(n, hasOtherBreak)
	text, err := marshal(n)
	var doc yaml.Node
	if err != nil || !has(n, inBlockStyle) || yaml.Unmarshal(text, &doc) == nil && doc.Kind == yaml.DocumentNode && Equal(doc.Content[0], n) {
		return text, err
	}
	quote(n, inBlockStyle)
	return marshal(n)
}

func has(n *yaml.Node, condition func(*yaml.Node) bool) bool {
	return condition(n) || slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return has(c, condition) })
}

func inBlockStyle(n *yaml.Node) bool { return n.Style&(yaml.FoldedStyle|yaml.LiteralStyle) != 0 }

// hasOtherBreak reports whether a string has a line break of YAML 1.1 that is no line end. The
// library does not indent what is behind it: a text in block style falls apart when it is indented.
func hasOtherBreak(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == StringTag && strings.ContainsAny(n.Value, "\r\u0085\u2028\u2029")
}

// spellNulls writes every empty null in flow style as the word null. The library would
// write it as an empty string.
func spellNulls(n *yaml.Node, flow bool) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	if flow && n.Value == "" && n.Kind == yaml.ScalarNode && IsNull(n) {
		n.Value = "null"
	}
	for _, c := range n.Content {
		spellNulls(c, flow)
	}
}

// NewEncoder returns an encoder that indents as kyaml does, and so kustomize and kpt.
func NewEncoder(w io.Writer) *yaml.Encoder {
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	return enc
}

func marshal(n *yaml.Node) ([]byte, error) {
	var buf bytes.Buffer
	enc := NewEncoder(&buf)
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	err := enc.Close()
	return buf.Bytes(), err
}

// quote puts those strings in quotes that a condition holds for.
func quote(n *yaml.Node, holds func(*yaml.Node) bool) {
	if holds(n) {
		n.Style = n.Style&^(yaml.FoldedStyle|yaml.LiteralStyle|yaml.SingleQuotedStyle) | yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		quote(c, holds)
	}
}
