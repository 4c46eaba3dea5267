package source

import (
	"fmt"
	"io"
)

// Print writes all diagnostics, each with a prefix before its first line. Errors of the
// writer are not reported: there is nowhere to report them.
func (ds Diagnostics) Print(w io.Writer, prefix string) {
	for _, d := range ds {
		fmt.Fprintf(w, "%s%s\n", prefix, d)
	}
}
