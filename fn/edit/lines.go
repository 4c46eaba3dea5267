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
	for i, c := range text {
		switch {
		case c == '\n':
			return i + 1
		case c == '\r':
			if bytes.HasPrefix(text[i:], []byte("\r\n")) {
				return i + 2
			}
			return i + 1
		case c == 0xC2 && bytes.HasPrefix(text[i:], []byte("\u0085")):
			return i + 2
		case c == 0xE2 && (bytes.HasPrefix(text[i:], []byte("\u2028")) || bytes.HasPrefix(text[i:], []byte("\u2029"))):
			return i + 3
		}
	}
	return len(text)
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
