package fn

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"sallyport.dev/fn/tree"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

// write writes the ResourceList. Generated objects go from the encoder straight to the
// output, and items that have a text are written as text: neither becomes nodes. A
// bufio.Writer keeps its first error until Flush.
func (l *resourceList) write(w io.Writer, items []outputItem, ds source.Diagnostics) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "apiVersion: %s\nkind: %s\n", l.apiVersion, listKind)
	if len(items) == 0 {
		fmt.Fprintln(out, "items: []")
	} else {
		fmt.Fprint(out, "items:"+cmp.Or(l.preface, "\n"))
		if err := writeItems(out, items); err != nil {
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

// writeItems writes the items of the list. Objects that follow each other are encoded
// together.
func writeItems(out *bufio.Writer, items []outputItem) error {
	for i := 0; i < len(items); {
		fmt.Fprint(out, items[i].lead)
		if items[i].object == nil {
			if err := writeItem(out, items[i].inputItem); err != nil {
				return err
			}
			i++
			continue
		}
		var objs []encode.Object
		for more := true; more; more = i < len(items) && items[i].object != nil && items[i].lead == "" {
			objs = append(objs, items[i].object)
			i++
		}
		if err := encode.Items(out, objs); err != nil {
			return err
		}
	}
	return nil
}

func writeItem(out *bufio.Writer, it *inputItem) error {
	if it.text == "" {
		return tree.Write(out, it.node, "- ", "  ")
	}
	_, err := out.WriteString(it.text)
	return err
}
