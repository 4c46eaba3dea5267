// Floor is the minimum that a Go program can cost: it prints a line, or copies a file.
package main

import (
	"io"
	"os"
)

func main() {
	if len(os.Args) == 1 {
		os.Stdout.WriteString("nothing\n")
		return
	}
	f, err := os.Open(os.Args[1])
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{os.Stdout}, struct{ io.Reader }{f}, make([]byte, 64<<10))
	}
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
