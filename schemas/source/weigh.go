package source

import "strings"

// A weight is how much there is to read in a YAML or JSON text. It is taken before the text is
// parsed, because a value takes a hundred times its length in memory.
type weight struct {
	lines  int
	values int // keys, scalars, lists and mappings: at least two thirds of their number
}

// weigh estimates the weight of a text. A value begins with its line or behind one of a few
// characters, which are counted wherever they are. Texts of | and > are not counted: those of
// ConfigMaps are large, and cheap.
func weigh(data string) weight {
	var w weight
	if strings.HasPrefix(data, "\xff\xfe") || strings.HasPrefix(data, "\xfe\xff") {
		return weight{values: len(data) / 2} // UTF-16: as many as it can have
	}
	text := blockTexts{off: strings.Contains(data, "\u0085") || strings.Contains(data, "\u2028") || strings.Contains(data, "\u2029")}
	for len(data) > 0 {
		n := 1 + strings.IndexAny(data, "\r\n")
		if n == 0 {
			n = len(data)
		}
		line := data[:n]
		data = data[n:]
		w.lines++
		switch {
		case text.has(line):
		case strings.HasPrefix(line, "---"):
			w.values += newDocument + valuesOf(line)
		default:
			w.values += valuesOf(line)
		}
	}
	return w
}

// marks are the characters in front of a value on a line. A comma counts twice, for {a, b} has a
// key and a null behind each.
var marks = [256]int{':': 1, '[': 1, '{': 1, '?': 1, ',': 2}

// newDocument is what a document costs beside its values.
const newDocument = 4

// valuesOf returns how many values can begin on a line.
func valuesOf(line string) int {
	blank, n := true, 1
	for i := range len(line) {
		c := line[i]
		if n += marks[c]; c == '-' && i+1 < len(line) && isBlank(line[i+1]) {
			n++
		}
		if c >= 0x80 && endsLine(line[i:]) {
			n++
		}
		blank = blank && (isBlank(c) || c == '\r' || c == '\n')
	}
	switch {
	case blank:
		return 0
	case strings.IndexByte(line, '#') >= 0:
		return n + 1 // a comment takes as long as a value
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// endsLine reports whether a text begins with a line break of YAML 1.1 that others do not know.
func endsLine(text string) bool {
	return strings.HasPrefix(text, "\u0085") || strings.HasPrefix(text, "\u2028") || strings.HasPrefix(text, "\u2029")
}

// blockTexts follows the texts of | and > from line to line.
type blockTexts struct {
	off    bool // the text has line breaks that this does not know
	flow   bool // the document has a bracket: strings between brackets may look like block texts
	inside bool
	margin int // lines that are indented more belong to the text
}

// has reports whether a line belongs to a block text for certain.
func (b *blockTexts) has(line string) bool {
	if b.off {
		return false
	}
	rest := strings.TrimLeft(line, " ")
	if b.inside && (len(line)-len(rest) > b.margin || len(strings.TrimSpace(rest)) == 0) {
		return true
	}
	b.inside = false
	if strings.HasPrefix(line, "---") {
		b.flow = false
	}
	if b.flow = b.flow || strings.ContainsAny(line, "[{"); b.flow || !strings.ContainsAny(line, "|>") || !blockHeader().MatchString(line) {
		return false
	}
	for len(rest) > 1 && (rest[0] == '-' || rest[0] == '?') && isBlank(rest[1]) {
		rest = strings.TrimLeft(rest[1:], " \t")
	}
	b.inside, b.margin = true, len(line)-len(rest)
	return false
}

// blockHeader matches a line that a block text begins on.
var blockHeader = Pattern(`^[^#]*[:?-][ \t]+[|>][-+0-9]*([ \t]+#.*)?[\r\n]*$`)
