package source

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// An Entry is an entry of a list that is not parsed. Its text and the comment lines above it are
// without the margin of the list.
type Entry struct {
	Doc        *Document
	Lead, Text string
}

// ThinList thins the items of a ResourceList. It looks for them by the beginnings of lines, so that
// what it takes for items may be text. Whoever has parsed the list asks for the entries of each node
// among the items. If Complete is true then, all of them were items: each of them was where an entry
// of the list was expected, and nothing in it can have changed what follows.
func ThinList(text string) *Thinned {
	l := listThinner{text: text, thinned: &Thinned{Text: text}}
	const key = "\nitems:\n"
	i := strings.Index(text, key)
	if i < 0 || !l.begin(i+len(key)) {
		return l.thinned
	}
	for l.next() {
	}
	if l.thinned.Weight > 0 {
		l.flush(0)
		l.out.WriteString(text[l.kept:])
		l.thinned.Text = l.out.String()
	}
	return l.thinned
}

// A listThinner is the state of thinning a list.
type listThinner struct {
	text    string
	thinned *Thinned
	out     strings.Builder
	column  int // of the dashes, from 0
	at      int // the line of the next dash
	line    int // the number of that line
	kept    int // what is in front of it is written
	run     []unread
	simple  simple
}

// begin finds the first dash.
func (l *listThinner) begin(at int) bool {
	l.line = 1 + countLines(l.text[:at])
	for line := range strings.Lines(l.text[at:]) {
		if !isEnd(strings.TrimSuffix(line, "\n")) {
			break
		}
		at += len(line)
		l.line += countLines(line)
	}
	l.at, l.column = at, spaces(l.text[at:])
	return l.hasDash()
}

// hasDash reports whether the next line begins with a dash of the list.
func (l *listThinner) hasDash() bool {
	rest := l.text[l.at:]
	if spaces(rest) != l.column {
		return false
	}
	rest, found := strings.CutPrefix(rest[l.column:], "-")
	return found && (rest == "" || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// next reads an entry, up to the next dash. It reports whether there is one.
func (l *listThinner) next() bool {
	u, nodes := l.entry()
	if nodes == 0 {
		if l.run != nil {
			l.flush(l.lead(l.run[len(l.run)-1].text))
		}
		return l.skip()
	}
	if l.run == nil {
		l.out.WriteString(l.text[l.kept:l.at])
	}
	l.run, l.thinned.Weight = append(l.run, u), l.thinned.Weight+u.weigh(nodes)
	l.at += len(u.text)
	l.line += strings.Count(u.text, "\n")
	return l.hasDash()
}

// entry returns the next entry if it is simple and passes through, with the number of its nodes.
func (l *listThinner) entry() (u unread, nodes int) {
	text := l.text[l.at:]
	column := l.column + 1 + spaces(text[l.column+1:])
	length, nodes := l.simple.mapping(text[column:], column)
	rest := text[column+length:]
	if length == 0 || spaces(rest) > l.column && strings.TrimLeft(rest, " ") != "" {
		return u, 0
	}
	if u = (unread{text: text[:column+length], line: int32(l.line), key: int32(column), column: int32(column)}); !u.passes() {
		return u, 0
	}
	return u, nodes
}

// skip goes on to the next line that begins with a dash of the list.
func (l *listThinner) skip() bool {
	for {
		end := strings.IndexByte(l.text[l.at:], '\n')
		if end < 0 {
			l.at = len(l.text)
			return false
		}
		l.line += countLines(l.text[l.at : l.at+end+1])
		if l.at += end + 1; l.hasDash() {
			return true
		}
	}
}

// flush writes what stands for the run. Some bytes at its end are comments of the entry that follows.
func (l *listThinner) flush(comments int) {
	if l.run == nil {
		return
	}
	last := &l.run[len(l.run)-1]
	last.text = last.text[:len(last.text)-comments]
	l.kept = l.at - comments
	lines := 0
	for _, u := range l.run {
		lines += strings.Count(u.text, "\n")
	}
	l.out.WriteString(strings.Repeat(" ", l.column) + "- " + standIn + strings.Repeat("\n", lines))
	l.thinned.runs, l.thinned.margin, l.run = append(l.thinned.runs, l.run), l.column, nil
}

// lead returns the length of the comment lines at the end of the text of an entry that belong to the
// entry after it: all that are not indented more than the dashes.
func (l *listThinner) lead(text string) int {
	end := len(text)
	for {
		start := 1 + strings.LastIndexByte(text[:end-1], '\n')
		if n := spaces(text[start:end]); start == 0 || n > l.column || text[start+n] != '#' {
			return len(text) - end
		}
		end = start
	}
}

// Entries returns the entries that a node of the items stands for, or nothing. It must be called
// in the order of the items.
func (t *Thinned) Entries(n *yaml.Node) []Entry {
	if n.Column != t.margin+len("- ")+1 {
		return nil
	}
	run := t.take(n)
	out := make([]Entry, len(run))
	docs := make([]Document, len(run))
	l, lead := listThinner{column: t.margin}, ""
	for i, u := range run {
		docs[i].unread, out[i].Doc, out[i].Lead = u, &docs[i], withoutMargin(lead, t.margin)
		n := 0
		if i < len(run)-1 {
			n = l.lead(u.text)
		}
		out[i].Text, lead = withoutMargin(u.text[:len(u.text)-n], t.margin), u.text[len(u.text)-n:]
	}
	return out
}

// Complete reports whether Entries has returned all entries.
func (t *Thinned) Complete() bool { return len(t.runs) == 0 }

// withoutMargin returns lines without the margin of a list.
func withoutMargin(text string, margin int) string {
	if margin == 0 || text == "" {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		b.WriteString(line[min(spaces(line), margin):])
	}
	return b.String()
}
