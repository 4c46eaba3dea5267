package edit

import (
	"iter"
	"strings"
)

// Lines yields the lines of a text, each with its line end. It splits where YAML 1.1 ends
// a line, and so where the parser counts one.
func Lines[T ~string | ~[]byte](text T) iter.Seq[T] {
	return func(yield func(T) bool) {
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
func lineLength[T ~string | ~[]byte](text T) int {
	for i := range len(text) {
		switch next := text[i:min(i+3, len(text))]; text[i] {
		case '\n':
			return i + 1
		case '\r':
			if strings.HasPrefix(string(next), "\r\n") {
				return i + 2
			}
			return i + 1
		case 0xC2, 0xE2:
			switch s := string(next); {
			case strings.HasPrefix(s, "\u0085"):
				return i + 2
			case s == "\u2028", s == "\u2029":
				return i + 3
			}
		}
	}
	return len(text)
}

// EndsLine reports whether a text ends with a line end.
func EndsLine[T ~string | ~[]byte](text T) bool {
	return len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r')
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
