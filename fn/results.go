package fn

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	yaml11 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A resultMaker makes the nodes of results: diagnostics as KRM defines them. Such a node is that of
// framework.Result of kyaml; importing that package would add its OpenAPI machinery to the cost of
// every start.
type resultMaker struct {
	texts map[string]*yaml.Node // what many results say, such as a kind
}

// result returns the result of a diagnostic. It leaves out what the specification forbids: a
// reference without a name, and a field without a reference.
func (m resultMaker) result(d source.Diagnostic) *yaml.Node {
	message := source.Visible(d.Message)
	if d.WayOut != "" {
		message += "; " + source.Visible(d.WayOut)
	}
	r := mapping(pair{"message", textNode(message)}, pair{"severity", m.text(string(d.Severity))})
	if o := d.Object; o.Name != "" && o.Kind != "" && o.APIVersion != "" {
		ref := mapping(pair{"apiVersion", m.text(o.APIVersion)}, pair{"kind", m.text(o.Kind)}, pair{"name", textNode(o.Name)})
		if o.Namespace != "" {
			add(ref, pair{"namespace", m.text(o.Namespace)})
		}
		add(r, pair{"resourceRef", ref})
		if d.Path != "" {
			add(r, pair{"field", mapping(pair{"path", m.text(d.Path)}, pair{"currentValue", valueNode(d.Current)}, pair{"proposedValue", valueNode(d.Proposed)})})
		}
	}
	if d.File != "" {
		file := mapping(pair{"path", m.text(d.File)})
		if d.Index != 0 {
			add(file, pair{"index", &yaml.Node{Kind: yaml.ScalarNode, Tag: tree.IntTag, Value: strconv.Itoa(d.Index)}})
		}
		add(r, pair{"file", file})
	}
	add(r, pair{"tags", mapping(pair{"code", m.text(string(d.Code))})})
	return r
}

// A pair is a field of a mapping.
type pair struct {
	key   string
	value *yaml.Node // nil: there is no such field
}

func mapping(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: tree.MapTag}
	add(n, pairs...)
	return n
}

func add(to *yaml.Node, pairs ...pair) {
	for _, p := range pairs {
		if p.value != nil {
			to.Content = append(to.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: tree.StringTag, Value: p.key}, p.value)
		}
	}
}

// text is textNode for a text that other results have as well.
func (m resultMaker) text(s string) *yaml.Node {
	n, ok := m.texts[s]
	if !ok {
		n = textNode(s)
		m.texts[s] = n
	}
	return n
}

// textNode returns the node of a string. It quotes a string that YAML 1.1 reads as something else. The
// library quotes a string of several words where it must.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{}
	if n.SetString(s); !strings.ContainsAny(s, " \n") && isOther(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isOther reports whether YAML 1.1 reads a text as something else than a string.
func isOther(text string) bool {
	var v any
	if text == "" || yaml11.Unmarshal([]byte(text), &v) != nil {
		return false
	}
	_, isString := v.(string)
	return !isString
}

// valueNode returns the node of a value, or nil if there is none.
func valueNode(v source.Value) *yaml.Node {
	switch v.Tag {
	case "":
		return nil
	case tree.StringTag:
		return textNode(v.Text)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: v.Tag, Value: v.Text}
}

// writeResults writes the results that were in the input, and then the diagnostics.
func (l *resourceList) writeResults(out *bufio.Writer, ds source.Diagnostics) error {
	if len(l.results)+len(ds) == 0 {
		return nil
	}
	fmt.Fprintln(out, "results:")
	earlier := map[string]bool{}
	for _, it := range l.results {
		fmt.Fprint(out, it.lead)
		if err := writeItem(out, &it); err != nil {
			return err
		}
		if it.doc != nil {
			earlier[fingerprint(it.doc.Node())] = true
		}
	}
	m := resultMaker{map[string]*yaml.Node{}}
	for _, d := range ds {
		n := m.result(d)
		if len(earlier) > 0 && earlier[fingerprint(n)] {
			continue
		}
		if err := tree.Write(out, n, "- ", "  "); err != nil {
			return err
		}
	}
	return nil
}

// fingerprint returns a text that only trees with the same values have, whatever their anchors.
func fingerprint(n *yaml.Node) string {
	var b strings.Builder
	var add func(*yaml.Node)
	add = func(n *yaml.Node) {
		fmt.Fprintf(&b, "%d %s %q %d\n", n.Kind, n.Tag, n.Value, len(n.Content))
		for _, c := range n.Content {
			add(c)
		}
	}
	add(n)
	return b.String()
}
