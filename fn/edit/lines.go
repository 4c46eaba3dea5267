package edit

import (
	"bytes"
	"iter"
	"strings"
)

// Lines yields the lines of a text, each with its line end. It splits where YAML 1.1 ends
// a line, and so where the parser counts one.
func Lines(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := text; len(rest) > 0; {
			n := lineLength(rest)
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// lineLength returns the length of the first line of a text, with its line end.
func lineLength(text []byte) int {
	i := bytes.IndexAny(text, "\r\n\u0085\u2028\u2029")
	switch {
	case i < 0:
		return len(text)
	case bytes.HasPrefix(text[i:], []byte("\r\n")), text[i] == 0xC2:
		return i + 2
	case text[i] == 0xE2:
		return i + 3
	}
	return i + 1
}

// EndsLine reports whether a text ends with a line end.
func EndsLine(text []byte) bool {
	return bytes.HasSuffix(text, []byte("\n")) || bytes.HasSuffix(text, []byte("\r"))
}

// hasDash reports whether the first character of a line that is not a space is a dash in a
// column, from 1.
func hasDash(line string, column int) bool {
	text := strings.TrimLeft(line, " ")
	return len(line)-len(text) == column-1 && strings.HasPrefix(text, "-")
}

// hasComment reports whether a line is a comment that begins in a column or left of it.
func hasComment(line string, column int) bool {
	text := strings.TrimLeft(line, " ")
	return len(line)-len(text) < column && strings.HasPrefix(text, "#")
}
