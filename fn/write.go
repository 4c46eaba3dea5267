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
	if err := writeResults(out, l.results, ds); err != nil {
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
