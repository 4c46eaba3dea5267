package fn

import (
	"bufio"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A result is a diagnostic in KRM's words: framework.Result of kyaml, without the
// OpenAPI machinery that comes with that package and that every start would pay for.
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

// resultOf leaves out what the specification forbids: a reference without a name, and a
// field without a reference.
func resultOf(d source.Diagnostic) result {
	r := result{Message: d.Message, Severity: d.Severity, Tags: map[string]string{"code": string(d.Code)}}
	if d.WayOut != "" {
		r.Message += "; " + d.WayOut
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

// valueNode quotes strings that YAML 1.1 takes for something else.
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

// writeResults prints the results that came in, and ours after them.
func (l *list) writeResults(out *bufio.Writer, ds source.Diagnostics) error {
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
	for _, d := range ds {
		n := &yaml.Node{}
		if err := n.Encode(resultOf(d)); err != nil {
			return err
		}
		if err := tree.Write(out, n, "- ", "  "); err != nil {
			return err
		}
	}
	return nil
}
