package fn

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A result is a diagnostic as KRM defines it. It is framework.Result of kyaml; importing that
// package would add its OpenAPI machinery to the cost of every start.
type result struct {
	Message     string                   `yaml:"message"`
	Severity    source.Severity          `yaml:"severity"`
	ResourceRef *yaml.ResourceIdentifier `yaml:"resourceRef,omitempty"`
	Field       *resultField             `yaml:"field,omitempty"`
	File        *resultFile              `yaml:"file,omitempty"`
	Tags        map[string]string        `yaml:"tags"`
}

type resultField struct {
	Path          string     `yaml:"path"`
	CurrentValue  *yaml.Node `yaml:"currentValue,omitempty"`
	ProposedValue *yaml.Node `yaml:"proposedValue,omitempty"`
}

type resultFile struct {
	Path  string `yaml:"path"`
	Index int    `yaml:"index,omitempty"`
}

// resultOf returns the result of a diagnostic. It leaves out what the specification forbids: a
// reference without a name, and a field without a reference.
func resultOf(d source.Diagnostic) result {
	r := result{Message: source.Visible(d.Message), Severity: d.Severity, Tags: map[string]string{"code": string(d.Code)}}
	if d.WayOut != "" {
		r.Message += "; " + source.Visible(d.WayOut)
	}
	if d.Object.Name != "" && d.Object.Kind != "" && d.Object.APIVersion != "" {
		r.ResourceRef = &yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: d.Object.APIVersion, Kind: d.Object.Kind},
			NameMeta: yaml.NameMeta{Namespace: d.Object.Namespace, Name: d.Object.Name},
		}
		if d.Path != "" {
			r.Field = &resultField{Path: d.Path, CurrentValue: valueNode(d.Current), ProposedValue: valueNode(d.Proposed)}
		}
	}
	if d.File != "" {
		r.File = &resultFile{Path: d.File, Index: d.Index}
	}
	return r
}

// valueNode returns the node of a value, or nil if there is none. It quotes strings that YAML
// 1.1 reads as something else.
func valueNode(v source.Value) *yaml.Node {
	switch v.Tag {
	case "":
		return nil
	case yaml.NodeTagString:
		n := &yaml.Node{}
		n.SetString(v.Text)
		if yaml.IsYaml1_1NonString(n) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: v.Tag, Value: v.Text}
}

// writeResults writes the results that were in the input, and then the diagnostics.
func (l *resourceList) writeResults(out *bufio.Writer, ds source.Diagnostics) error {
	if len(l.results)+len(ds) == 0 {
		return nil
	}
	fmt.Fprintln(out, "results:")
	for _, it := range l.results {
		fmt.Fprint(out, it.lead)
		if err := writeItem(out, it); err != nil {
			return err
		}
	}
	earlier := map[string]bool{}
	for _, it := range l.results {
		if it.doc != nil {
			earlier[fingerprint(it.doc.Node())] = true
		}
	}
	results := make([]result, len(ds))
	for i, d := range ds {
		results[i] = resultOf(d)
	}
	var added yaml.Node
	if err := added.Encode(results); err != nil {
		return err
	}
	if len(earlier) > 0 {
		added.Content = slices.DeleteFunc(added.Content, func(n *yaml.Node) bool { return earlier[fingerprint(n)] })
	}
	if len(added.Content) == 0 {
		return nil
	}
	return tree.Write(out, &added, "", "")
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
