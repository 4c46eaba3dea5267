package edit

import (
	"math"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
)

// A Section is the text of the value of a key: the rest of the key's line, and the lines
// up to the next key, with their line ends.
type Section struct {
	line  int // the number of the first line, from 1
	lines cutText
	plain bool // see plainLines
}

// A cutText is a text that is cut into lines. It has the place of each, which takes less memory than
// the lines themselves.
type cutText struct {
	text   string
	start  int     // of the first line
	starts []int32 // of the lines, and the end of the text; without the first one
}

// cutLines cuts a text behind each line feed.
func cutLines(text string) cutText {
	starts := make([]int32, 0, strings.Count(text, "\n")+1)
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return cutText{text, 0, append(starts, int32(len(text)))}
		}
		i += n + 1
		starts = append(starts, int32(i))
	}
}

func (c cutText) len() int { return len(c.starts) }

// join returns the lines from an index to another one.
func (c cutText) join(from, to int) string { return c.text[c.at(from):c.at(to)] }

func (c cutText) at(i int) int {
	if i == 0 {
		return c.start
	}
	return int(c.starts[i-1])
}

// line returns a line, with its line end.
func (c cutText) line(i int) string { return c.join(i, i+1) }

// slice returns the lines from an index to another one. Some bytes of the first line are left out.
func (c cutText) slice(from, to, bytes int) cutText {
	return cutText{c.text, c.at(from) + bytes, c.starts[from:to]}
}

// An Item is the text of a list entry.
type Item struct {
	Lead string // the comment lines directly above the dash
	Text string // whole lines, from the dash on
}

// Split cuts a text at the keys of its root, by key. There is nothing to cut if the root
// is not a mapping in block style that begins in the first column, or a key is not at the
// beginning of its line as it is spelled.
func Split(text string, root *yaml.Node) map[string]Section {
	if root.Style&yaml.FlowStyle != 0 || root.Column != 1 {
		return nil
	}
	lines := cutLines(text)
	end := root.Line - 1
	for end < lines.len() && !endsDocument(lines.line(end)) {
		end++
	}
	sections, plain := map[string]Section{}, plainLines(lines.join(0, root.Line-1), text)
	for i := 0; i < len(root.Content); i += 2 {
		key, next := root.Content[i], end
		if i+2 < len(root.Content) {
			next = root.Content[i+2].Line - 1
		}
		if key.Column != 1 || key.Line > next || next > end {
			return nil
		}
		if !strings.HasPrefix(lines.line(key.Line-1), key.Value+":") {
			return nil
		}
		sections[key.Value] = Section{key.Line, lines.slice(key.Line-1, next, len(key.Value+":")), plain}
	}
	return sections
}

// plainLines reports whether a part of a text reads as it does in the text, if it begins with the dash
// of a list in the first column and ends before another one: all line breaks are line feeds, no line
// above the root is a directive, and no line begins with a tab.
func plainLines(above, text string) bool {
	for _, other := range []string{"\r", "\n\t", "\ufeff", "\u0085", "\u2028", "\u2029"} {
		if strings.Contains(text, other) {
			return false
		}
	}
	return !strings.HasPrefix(above, "%") && !strings.Contains(above, "\n%")
}

// endsDocument reports whether a line ends a document. Nothing else looks like it, because
// what a mapping in the first column holds is indented.
func endsDocument(line string) bool {
	if line == "" || line[0] != '.' && line[0] != '-' {
		return false
	}
	text := strings.TrimRight(line, " \t\r\n")
	return text == "..." || text == "---" || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "... ")
}

// Value returns the text from behind the key's colon, or "" if it does not read as the
// value.
func (s Section) Value(value *yaml.Node) string {
	text := endLine(s.lines.join(0, s.lines.len()))
	if !readsAs("k:"+text, 1, value) {
		return ""
	}
	return text
}

// Items cuts a list in block style into its entries. Each text is without the margin of
// the list. The preface is what is between the key's colon and the first entry, or "" if
// that is white space. Items returns nothing if there are no entries, or if one of the
// texts does not read as its entry. Only the last entry may lack its text: its line end is
// missing, and adding it would change a value.
//
// Comment lines directly above a dash, and not indented more, belong to its entry. All
// others belong to the entry before, as in the encoder.
func (s Section) Items(list *yaml.Node) (preface string, items []Item) {
	starts := s.starts(list)
	if list.Kind != yaml.SequenceNode || len(starts) != len(list.Content) || len(starts) == 0 {
		return "", nil
	}
	cuts := s.cuts(starts, list.Column)
	preface = endLine(s.text(0, cuts[0], list.Column))
	if !readsAs("k:"+preface, 1, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}) {
		return "", nil
	}
	for i, start := range starts {
		items = append(items, Item{Lead: s.text(cuts[i], start, list.Column), Text: s.text(start, cuts[i+1], list.Column)})
	}
	last := len(items) - 1
	text := items[last].Text
	unsure, nodes := s.unsure(items[:last], list, cuts, starts)
	switch items[last].Text = endLine(text); {
	case !readAs(unsure, nodes):
		return "", nil
	case readsAs(items[last].Text, 0, list.Content[last]):
	case items[last].Text != text && readsAs(text, 0, list.Content[last]):
		items[last] = Item{}
	default:
		return "", nil
	}
	if strings.TrimSpace(preface) == "" {
		preface = ""
	}
	return preface, items
}

// unsure returns the items that may not read as their nodes. The others are whole lines from one dash
// in the first column to the next, see plainLines.
func (s Section) unsure(items []Item, list *yaml.Node, cuts, starts []int) (unsure []Item, nodes []*yaml.Node) {
	for i, it := range items {
		n := list.Content[i]
		if !s.plain || list.Column != 1 || cuts[i] != starts[i] || cuts[i+1] != starts[i+1] || !tree.SelfContained(n) {
			unsure, nodes = append(unsure, it), append(nodes, n)
		}
	}
	return unsure, nodes
}

// cuts returns the line on which the comments of each entry begin, and the end.
func (s Section) cuts(starts []int, column int) []int {
	cuts := make([]int, len(starts)+1)
	for i, start := range starts {
		floor, limit := 1, math.MaxInt // comments above the first entry are no other entry's
		if i > 0 {
			floor, limit = starts[i-1]+1, column
		}
		cuts[i] = start
		for cuts[i] > floor && hasComment(s.lines.line(cuts[i]-1), limit) {
			cuts[i]--
		}
	}
	cuts[len(starts)] = s.lines.len()
	return cuts
}

// starts returns the line of the dash of each entry, or nil if one is not found.
func (s Section) starts(list *yaml.Node) []int {
	var starts []int
	above := 0
	for _, n := range list.Content {
		at := n.Line - s.line
		for at > above && at < s.lines.len() && !hasDash(s.lines.line(at), list.Column) {
			at--
		}
		if at <= above || at >= s.lines.len() {
			return nil
		}
		starts = append(starts, at)
		above = at
	}
	return starts
}

// text joins lines without the margin of a list whose dashes are in a column.
func (s Section) text(from, to, column int) string {
	if column == 1 {
		return s.lines.join(from, to)
	}
	var b strings.Builder
	for line := range strings.Lines(s.lines.join(from, to)) {
		rest := strings.TrimLeft(line, " ")
		b.WriteString(line[min(len(line)-len(rest), column-1):])
	}
	return b.String()
}

// endLine adds a line end if there is none.
func endLine(text string) string {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// readAs reports whether each text is a list of one entry that is equal to its node. The texts are
// read as documents of one stream, because a parser takes longer to make than to read a short text.
func readAs(items []Item, nodes []*yaml.Node) bool {
	var stream strings.Builder
	for _, it := range items {
		stream.WriteString(it.Text + "---\n")
	}
	dec := yaml.NewDecoder(strings.NewReader(stream.String()))
	for _, n := range nodes {
		var doc yaml.Node
		if dec.Decode(&doc) != nil || !isListOf(&doc, n) || !tree.SelfContained(doc.Content[0]) {
			return false
		}
	}
	return true
}

// isListOf reports whether a document is a list with one entry, which is equal to n.
func isListOf(doc, n *yaml.Node) bool {
	return doc.Kind == yaml.DocumentNode && len(doc.Content[0].Content) == 1 && tree.Equal(doc.Content[0].Content[0], n)
}

// readsAs reports whether a text is a mapping or list whose last node, at an index of its
// content, is equal to n.
func readsAs(text string, index int, n *yaml.Node) bool {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || doc.Kind != yaml.DocumentNode {
		return false
	}
	content := doc.Content[0].Content
	return len(content) == index+1 && tree.Equal(content[index], n)
}
