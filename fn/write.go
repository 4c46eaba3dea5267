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
		out.WriteString("items:" + cmp.Or(l.preface, "\n"))
		if err := writeEntries(out, entries); err != nil {
			return err
		}
	}
	if c := l.functionConfig; c != nil {
		out.WriteString("functionConfig:" + c.text)
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
		out.WriteString(entries[i].lead)
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
	_, err := out.WriteString(it.text)
	return err
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
