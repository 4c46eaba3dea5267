package fn

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// write prints the ResourceList. Generated objects go from the encoder straight to the
// output, and what came in as text goes out as text: neither becomes nodes. A
// bufio.Writer keeps its first error until Flush.
func (l *list) write(w io.Writer, entries []entry, ds source.Diagnostics) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "apiVersion: %s\nkind: %s\n", l.apiVersion, listKind)
	if len(entries) == 0 {
		fmt.Fprintln(out, "items: []")
	} else {
		fmt.Fprint(out, "items:"+cmp.Or(l.preface, "\n"))
		if err := writeEntries(out, entries); err != nil {
			return err
		}
	}
	if c := l.functionConfig; c != nil {
		fmt.Fprint(out, "functionConfig:"+c.text)
		if c.text == "" {
			fmt.Fprintln(out)
			if err := writeNode(out, c.node, "  ", "  "); err != nil {
				return err
			}
		}
	}
	if err := l.writeResults(out, ds); err != nil {
		return err
	}
	return out.Flush()
}

func writeEntries(out *bufio.Writer, entries []entry) error {
	for i := 0; i < len(entries); {
		fmt.Fprint(out, entries[i].lead)
		if entries[i].object == nil {
			if err := writeItem(out, entries[i].item); err != nil {
				return err
			}
			i++
			continue
		}
		var objs []generators.Object
		for more := true; more; more = i < len(entries) && entries[i].object != nil && entries[i].lead == "" {
			objs = append(objs, entries[i].object)
			i++
		}
		if err := generators.EncodeItems(out, objs); err != nil {
			return err
		}
	}
	return nil
}

func writeItem(out *bufio.Writer, it item) error {
	if it.text == "" {
		return writeNode(out, it.node, "- ", "  ")
	}
	fmt.Fprint(out, it.text)
	return nil
}

// writeNode prints a node with an indent, a different one on the first line.
func writeNode(out io.Writer, n *yaml.Node, first, indent string) error {
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

// encode makes text of a node. The library makes another text of some that were folded:
// then all that are written over several lines are put into quotes.
func encode(n *yaml.Node) ([]byte, error) {
	spellNulls(n, false)
	text, err := marshal(n)
	var doc yaml.Node
	if err != nil || yaml.Unmarshal(text, &doc) == nil && doc.Kind == yaml.DocumentNode && same(doc.Content[0], n) {
		return text, err
	}
	quote(n)
	return marshal(n)
}

// spellNulls writes null between brackets, where the library makes a text of nothing at all.
func spellNulls(n *yaml.Node, flow bool) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	if flow && n.Value == "" && n.Kind == yaml.ScalarNode && isNull(n) {
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

func quote(n *yaml.Node) {
	if n.Style&(yaml.FoldedStyle|yaml.LiteralStyle) != 0 {
		n.Style = n.Style&^(yaml.FoldedStyle|yaml.LiteralStyle) | yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		quote(c)
	}
}
