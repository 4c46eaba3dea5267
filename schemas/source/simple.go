package source

import (
	"strings"
	"unicode/utf8"
)

// Most documents of a large package only pass through, and to parse them would take most of the time
// and of the memory. Some can be passed through unparsed: those that are simple.
//
// A mapping is simple if it is certain that the YAML library reads it, that it ends where its lines
// do, and that nothing around it can depend on it or change its meaning. All of it is in block style,
// but for brackets that close on their line; keys are words; strings are plain or in quotes on one
// line, or block texts. It has no anchors, aliases, tags, directives, tabs, nor line ends other than
// line feeds. Whoever wants its values has the library parse it: see Document.

// SimpleMapping returns the length of a simple mapping that a text begins with, up to the next line
// with something that does not belong to it, and the number of its nodes. The text begins in a
// column, from 0. The length is 0 if the text does not begin with a simple mapping.
func SimpleMapping(text string, column int) (length, nodes int) {
	return new(simple).mapping(text, column)
}

func (s *simple) mapping(text string, column int) (length, nodes int) {
	if keyLength(text[:strings.IndexByte(text, '\n')+1]) == 0 {
		return 0, 0
	}
	*s = simple{text: text, levels: append(s.levels[:0], level{column: column}), nodes: 1, margin: -1}
	for indent := column; ; {
		end := strings.IndexByte(text[s.at:], '\n')
		if end < 0 || !s.line(text[s.at:s.at+end], indent) {
			return 0, 0
		}
		s.at += end + 1
		if indent = spaces(text[s.at:]); s.ended(indent) {
			return s.at, s.nodes
		}
		s.at += indent
	}
}

// A simple is the state of reading a mapping line by line.
type simple struct {
	text   string
	at     int
	levels []level // the mappings and lists that the line is in, the outermost first
	nodes  int
	open   bool // the value of the last key is on the lines to come, or null
	texts  bool // lines that are indented more than the last level belong to a block text
	margin int  // the indentation of its lines; -1: of no line yet
}

// A level is a mapping or a list in block style.
type level struct {
	column int
	list   bool
}

// maxLevels is how deep a simple mapping is nested at most. No manifest is nested that deep.
const maxLevels = 64

// ended reports whether the next line does not belong to the mapping. Its indentation is given.
// Comments and blank lines do.
func (s *simple) ended(indent int) bool {
	rest := s.text[s.at+indent:]
	switch {
	case rest == "":
		return true
	case rest[0] == '\n', rest[0] == '#':
		return false
	case indent < s.levels[0].column:
		return true
	}
	return indent == 0 && (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "..."))
}

// line reads a line behind its indentation. It reports whether the line is simple.
func (s *simple) line(line string, indent int) bool {
	switch {
	case s.texts && line == "":
		return indent == 0 || s.margin >= 0 // spaces in front of a block text count for its indentation
	case s.texts && s.margin < 0 && indent > s.levels[len(s.levels)-1].column:
		s.margin = indent
		return line[0] != '\t' && printable(line, true)
	case s.texts && s.margin >= 0 && indent >= s.margin:
		return printable(line, true)
	case line == "":
		return true
	case line[0] == '#':
		s.texts = false
		return printable(line, false)
	}
	s.texts = false
	return printable(line, false) && s.content(line, indent)
}

// content reads a line with dashes, a key or both.
func (s *simple) content(line string, column int) bool {
	dashes := false
	for ; isEntry(line); dashes = true {
		if !s.enter(level{column, true}) {
			return false
		}
		rest := strings.TrimLeft(line[1:], " ")
		column += len(line) - len(rest)
		line, s.open = rest, true
	}
	key := keyLength(line)
	if key == 0 {
		s.open = false
		return dashes && line != "" && s.value(line)
	}
	if !s.enter(level{column, false}) {
		return false
	}
	s.nodes++
	line = strings.TrimLeft(line[key+1:], " ")
	if s.open = isEnd(line); s.open {
		return true
	}
	return s.value(line)
}

// isEntry reports whether a line begins with the dash of a list.
func isEntry(line string) bool { return strings.HasPrefix(line, "- ") || line == "-" }

// enter begins or goes on with a mapping or a list. It reports whether one can be there.
func (s *simple) enter(next level) bool {
	top := s.levels[len(s.levels)-1]
	if s.open {
		s.nodes++ // a mapping, a list or a null
		s.open = false
		// The dashes of a list may be in the column of its key.
		if next.column > top.column || next.list && !top.list && next.column == top.column {
			s.levels = append(s.levels, next)
			return len(s.levels) <= maxLevels
		}
	}
	for top.column > next.column || top.column == next.column && top.list && !next.list {
		s.levels = s.levels[:len(s.levels)-1]
		if len(s.levels) == 0 {
			return false
		}
		top = s.levels[len(s.levels)-1]
	}
	return top == next
}

// value reads the value that the rest of a line begins with.
func (s *simple) value(line string) bool {
	var end int
	switch line[0] {
	case '|', '>':
		s.texts, s.margin = true, -1
		end = 1
		if len(line) > 1 && (line[1] == '+' || line[1] == '-') {
			end = 2
		}
		s.nodes++
	case '[', '{':
		end = s.brackets(line, 0)
	case '"', '\'':
		end = quotedLength(line)
		s.nodes++
	default:
		s.nodes++
		return plainLength(line) > 0
	}
	return end > 0 && isEnd(line[end:]) && (end == len(line) || line[end] == ' ')
}

// isEnd reports whether the rest of a line is blank or a comment.
func isEnd(line string) bool {
	line = strings.TrimLeft(line, " ")
	return line == "" || line[0] == '#'
}

// The characters of words: of keys, and of plain strings between brackets.
const (
	first = 1 << iota // at the beginning of a key or of a plain string
	inKey             // in a key
	inRow             // in a plain string between brackets
)

var words = func() (of [256]uint8) {
	for c := range 256 {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("_./$", byte(c)) >= 0:
			of[c] = first | inKey | inRow
		case strings.IndexByte("-()+", byte(c)) >= 0:
			of[c] = inKey | inRow
		case strings.IndexByte("=~;@", byte(c)) >= 0:
			of[c] = inRow
		}
	}
	return of
}()

// maxKey is the longest key that is simple. The library looks for the colon in the next 1024
// characters.
const maxKey = 512

// keyLength returns the length of the key that a line begins with, up to its colon; 0: it begins
// with none.
func keyLength(line string) int {
	if line == "" || words[line[0]]&first == 0 {
		return 0
	}
	i := 1
	for i < len(line) && words[line[i]]&inKey != 0 {
		i++
	}
	if i == len(line) || line[i] != ':' || i+1 < len(line) && line[i+1] != ' ' && line[i+1] != '\n' || i > maxKey {
		return 0
	}
	return i
}

// plainLength returns the length of the plain string that is all of a line but for a comment; 0: it
// is none.
func plainLength(line string) int {
	switch c := line[0]; {
	case words[c]&first != 0, c >= utf8.RuneSelf, strings.IndexByte("(~+=^;\\", c) >= 0:
	case c == '-' && len(line) > 1 && line[1] != ' ':
	default:
		return 0
	}
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == ':' && (i+1 == len(line) || line[i+1] == ' '):
			return 0
		case line[i] == '#' && line[i-1] == ' ':
			return len(strings.TrimRight(line[:i], " "))
		}
	}
	return len(strings.TrimRight(line, " "))
}

// quotedLength returns the length of the string in quotes that a line begins with; 0: it does not end
// on the line, or has an escape other than the usual ones.
func quotedLength(line string) int {
	for i := 1; i < len(line); i++ {
		switch {
		case line[0] == '"' && line[i] == '\\':
			if i++; i == len(line) || strings.IndexByte(`"\ntr`, line[i]) < 0 {
				return 0
			}
		case line[i] != line[0]:
		case line[0] == '\'' && i+1 < len(line) && line[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return 0
}

// brackets returns the length of the list or mapping in brackets that a line begins with; 0: it is
// not simple.
func (s *simple) brackets(line string, depth int) int {
	if s.nodes++; depth > maxLevels {
		return 0
	}
	closing := line[0] + 2 // ] and } are two behind [ and {
	for i := 1; ; {
		if i += spaces(line[i:]); i == len(line) {
			return 0
		}
		if line[i] == closing && (i == 1+spaces(line[1:])) {
			return i + 1
		}
		if closing == '}' {
			n := keyLength(line[i:])
			if s.nodes++; n == 0 || i+n+1 == len(line) {
				return 0
			}
			i += n + 1
			i += spaces(line[i:])
		}
		n := s.inBrackets(line[i:], depth)
		if n == 0 {
			return 0
		}
		i += n
		switch i += spaces(line[i:]); {
		case i < len(line) && line[i] == closing:
			return i + 1
		case i == len(line) || line[i] != ',' || i+1 < len(line) && line[i+1] != ' ':
			return 0
		}
		i++
	}
}

// inBrackets returns the length of a value between brackets; 0: it is not simple.
func (s *simple) inBrackets(line string, depth int) int {
	switch {
	case line == "":
		return 0
	case line[0] == '[', line[0] == '{':
		return s.brackets(line, depth+1)
	}
	s.nodes++
	if line[0] == '"' || line[0] == '\'' {
		return quotedLength(line)
	}
	if words[line[0]]&first == 0 && (line[0] != '-' || len(line) == 1 || words[line[1]]&inRow == 0) {
		return 0
	}
	i := 1
	for i < len(line) && (words[line[i]]&inRow != 0 || (line[i] == ':' || line[i] == ' ') && i+1 < len(line) && words[line[i+1]]&inRow != 0) {
		i++
	}
	return i
}

func spaces(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// printable reports whether a line has only characters that YAML allows and that no reader takes for
// the end of a line.
func printable(line string, tabs bool) bool {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c >= utf8.RuneSelf:
			return strings.IndexFunc(line, func(r rune) bool { return isOdd(r, tabs) }) < 0
		case c < ' ' && (c != '\t' || !tabs) || c == 0x7f:
			return false
		}
	}
	return true
}

// isOdd reports whether a character is none that printable allows.
func isOdd(r rune, tabs bool) bool {
	return r < ' ' && (r != '\t' || !tabs) || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == utf8.RuneError || forbidden(r)
}
