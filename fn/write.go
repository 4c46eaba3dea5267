package fn

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// write prints the ResourceList. Generated objects go from the encoder straight to the
// output: they never become nodes. A bufio.Writer keeps its first error until Flush.
func (l *list) write(w io.Writer, items []entry, ds source.Diagnostics) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "apiVersion: %s\nkind: %s\n", l.apiVersion, listKind)
	if err := writeItems(out, items); err != nil {
		return err
	}
	if l.functionConfig != nil {
		fmt.Fprintln(out, "functionConfig:")
		if err := writeNode(out, l.functionConfig, "  ", "  "); err != nil {
			return err
		}
	}
	if err := writeResults(out, l.results, results(ds)); err != nil {
		return err
	}
	return out.Flush()
}

func writeItems(out *bufio.Writer, items []entry) error {
	if len(items) == 0 {
		fmt.Fprintln(out, "items: []")
		return nil
	}
	fmt.Fprintln(out, "items:")
	for i := 0; i < len(items); {
		if items[i].node != nil {
			if err := writeNode(out, items[i].node, "- ", "  "); err != nil {
				return err
			}
			i++
			continue
		}
		var objs []generators.Object
		for ; i < len(items) && items[i].node == nil; i++ {
			objs = append(objs, items[i].object)
		}
		if err := generators.EncodeItems(out, objs); err != nil {
			return err
		}
	}
	return nil
}

// writeNode prints a node with an indent, a different one on the first line.
func writeNode(out *bufio.Writer, n *yaml.Node, first, indent string) error {
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	if err := enc.Encode(n); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	for i, line := range bytes.Split(bytes.TrimSuffix(buf.Bytes(), []byte("\n")), []byte("\n")) {
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

// A result is a diagnostic in KRM's words. It is framework.Result to the letter: that
// package brings OpenAPI validation along, which every start of the program would pay.
type result struct {
	Message     string                   `yaml:"message,omitempty"`
	Severity    source.Severity          `yaml:"severity,omitempty"`
	ResourceRef *yaml.ResourceIdentifier `yaml:"resourceRef,omitempty"`
	Field       *resultPlace             `yaml:"field,omitempty"`
	File        *resultPlace             `yaml:"file,omitempty"`
	Tags        map[string]string        `yaml:"tags,omitempty"`
}

// A resultPlace is a field of an object, or a file.
type resultPlace struct {
	Path string `yaml:"path,omitempty"`
}

func results(ds source.Diagnostics) []result {
	var out []result
	for _, d := range ds {
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
				r.Field = &resultPlace{d.Path}
			}
		}
		if d.File != "" {
			r.File = &resultPlace{d.File}
		}
		out = append(out, r)
	}
	return out
}

// writeResults prints the results that came in, and ours after them.
func writeResults(out *bufio.Writer, old []*yaml.Node, ours []result) error {
	if len(old)+len(ours) == 0 {
		return nil
	}
	fmt.Fprintln(out, "results:")
	for _, r := range ours {
		n := &yaml.Node{}
		if err := n.Encode(r); err != nil {
			return err
		}
		old = append(old, n)
	}
	for _, n := range old {
		if err := writeNode(out, n, "- ", "  "); err != nil {
			return err
		}
	}
	return nil
}
