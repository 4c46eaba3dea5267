package show

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// A line is a line of YAML and the comment behind it.
type line struct {
	text, comment string

	inner string // the text without what is in front of it, as it can be in braces; "": it cannot
}

// lines are a document that is being written.
type lines struct {
	all  []line
	dash bool // the next line begins an entry of a list
}

// add adds a line. Lists are at the depth of their key.
func (l *lines) add(depth int, text, comment string) {
	margin := strings.Repeat("  ", depth)
	if l.dash {
		margin = strings.Repeat("  ", depth-1) + "- "
		l.dash = false
	}
	l.all = append(l.all, line{margin + text, comment, text})
}

// cut takes the line of a key out, below which there is nothing.
func (l *lines) cut(at int) {
	l.dash = strings.HasPrefix(strings.TrimLeft(l.all[at].text, " "), "- ")
	l.all = l.all[:at]
}

// empty writes an empty mapping behind the key in a line.
func (l *lines) empty(at int, comment string) {
	l.all[at] = line{l.all[at].text + " {}", comment, l.all[at].inner + " {}"}
}

// Comments begin in one column, unless a line is longer.
const (
	minColumn = 24
	maxColumn = 56
)

func (l *lines) String() string {
	column := minColumn
	for _, each := range l.all {
		if n := len([]rune(each.text)); each.comment != "" && n <= maxColumn {
			column = max(column, n)
		}
	}
	var b strings.Builder
	for _, each := range l.all {
		b.WriteString(each.text)
		if each.comment != "" {
			b.WriteString(strings.Repeat(" ", max(0, column-len([]rune(each.text)))) + "  # " + source.Visible(each.comment))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// pair adds a key and a text.
func (l *lines) pair(depth int, key, text, comment string) {
	before, block, _ := strings.Cut(scalar(text), "\n")
	l.add(depth, key+": "+before, comment)
	if block == "" {
		l.all[len(l.all)-1].inner = key + ": " + inline(text)
		return
	}
	l.all[len(l.all)-1].inner = ""
	for row := range strings.SplitSeq(strings.TrimSuffix(block, "\n"), "\n") {
		if row != "" {
			row = strings.Repeat("  ", depth+1) + row
		}
		l.all = append(l.all, line{text: row})
	}
}

// scalar writes a string so that YAML 1.1 and 1.2 read the same one: as a block of lines if it has
// several that need no escapes.
func scalar(text string) string {
	body, ended := strings.CutSuffix(text, "\n")
	plain := !strings.ContainsFunc(body, func(r rune) bool {
		return r != '\n' && (r < ' ' || source.Unprintable(r) || r == '\ufeff' || r == '\u2028' || r == '\u2029')
	})
	switch {
	case !plain:
		return strconv.QuoteToASCII(text)
	case !strings.Contains(text, "\n"):
		return marshalled(text)
	case body == "" || strings.HasPrefix(body, " ") || strings.HasPrefix(body, "\n") || strings.HasSuffix(body, "\n") || strings.HasSuffix(body, " "):
		return strconv.QuoteToASCII(text)
	case ended:
		return "|\n" + body + "\n"
	}
	return "|-\n" + body + "\n"
}

// marshalled writes a value on one line.
func marshalled(value any) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		panic("show: " + err.Error())
	}
	return string(bytes.TrimSuffix(text, []byte("\n")))
}

// inline writes a string as an entry of a list in brackets.
func inline(text string) string {
	out := scalar(text)
	if strings.Contains(out, "\n") || !strings.ContainsAny(out[:1], `"'`) && (strings.ContainsAny(out, ",[]{}") || strings.HasSuffix(out, ":")) {
		return strconv.QuoteToASCII(text)
	}
	return out
}
