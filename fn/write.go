package fn

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"sallyport.dev/fn/tree"
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
			if err := tree.Write(out, c.node, "  ", "  "); err != nil {
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
		return tree.Write(out, it.node, "- ", "  ")
	}
	fmt.Fprint(out, it.text)
	return nil
}
