package tree

import (
	"bytes"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"
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

// encode returns the text of a tree. The library changes the value of some folded strings
// when it writes them. If the text does not read as the tree, all strings that are written
// over several lines are put in quotes.
func encode(n *yaml.Node) ([]byte, error) {
	spellNulls(n, false)
	text, err := marshal(n)
	var doc yaml.Node
	if err != nil || yaml.Unmarshal(text, &doc) == nil && doc.Kind == yaml.DocumentNode && Equal(doc.Content[0], n) {
		return text, err
	}
	quote(n)
	return marshal(n)
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

func marshal(n *yaml.Node) ([]byte, error) {
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	err := enc.Close()
	return buf.Bytes(), err
}

// quote puts all literal and folded strings in quotes.
func quote(n *yaml.Node) {
	if n.Style&(yaml.FoldedStyle|yaml.LiteralStyle) != 0 {
		n.Style = n.Style&^(yaml.FoldedStyle|yaml.LiteralStyle) | yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		quote(c)
	}
}
