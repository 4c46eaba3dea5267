package fn

import (
	"math"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// keepText gives what came in the text that it was read from: an encoder would fold
// strings anew, and move comments. That needs a ResourceList in block style, and each
// text must read as the very node that it stands for; where one does not, as in JSON, the
// whole list is written by the encoder.
func (l *list) keepText(input string, root *yaml.Node) {
	spans := spansOf(input, root)
	if s, ok := spans["items"]; ok {
		l.preface = s.keepText(l.items, field(root, "items"))
	}
	if s, ok := spans["results"]; ok {
		s.keepText(l.results, field(root, "results"))
	}
	if s, ok := spans["functionConfig"]; ok && l.functionConfig != nil {
		text := whole(strings.Join(s.lines, ""))
		if readsAs("k:"+text, 1, l.functionConfig.node) {
			l.functionConfig.text = text
		}
	}
}

// A span is what a key of the ResourceList has: the rest of the key's line, and the lines
// up to the next key. Lines have their ends.
type span struct {
	line  int // the number of the first line, from 1
	lines []string
}

// spansOf cuts the input at the keys of a mapping in block style. Where it is another, or
// the keys are not where one expects them, there are none.
func spansOf(input string, root *yaml.Node) map[string]span {
	if root.Style&yaml.FlowStyle != 0 || root.Column != 1 {
		return nil
	}
	lines := strings.SplitAfter(input, "\n")
	end := len(lines)
	if i := slices.IndexFunc(lines[root.Line-1:], marksEnd); i >= 0 {
		end = root.Line - 1 + i
	}
	spans := map[string]span{}
	for i := 0; i < len(root.Content); i += 2 {
		key, next := root.Content[i], end
		if i+2 < len(root.Content) {
			next = root.Content[i+2].Line - 1
		}
		if key.Column != 1 || key.Line > next || next > end {
			return nil
		}
		rest, ok := strings.CutPrefix(lines[key.Line-1], key.Value+":")
		if !ok {
			return nil
		}
		spans[key.Value] = span{key.Line, append([]string{rest}, lines[key.Line:next]...)}
	}
	return spans
}

// marksEnd tells whether a line ends a document. Nothing else looks like it: what a
// mapping holds is indented.
func marksEnd(line string) bool {
	text := strings.TrimRight(line, " \t\r\n")
	return text == "..." || text == "---" || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "... ")
}

// keepText cuts a list in block style at its dashes, gives each item its lines, without
// the list's margin, and returns what stands above the first. Comment lines directly
// above a dash go with it, all others with the item before, as the encoder has it too.
func (s span) keepText(items []item, list *yaml.Node) (preface string) {
	starts := s.dashes(list)
	if list.Kind != yaml.SequenceNode || len(starts) != len(items) || len(items) == 0 {
		return ""
	}
	cut := make([]int, len(items)+1) // where an item's lead begins
	for i, start := range starts {
		floor, column := 1, math.MaxInt // what stands above the first item is not another's
		if i > 0 {
			floor, column = starts[i-1]+1, list.Column
		}
		cut[i] = start
		for cut[i] > floor && commentAt(s.lines[cut[i]-1], column) {
			cut[i]--
		}
	}
	cut[len(items)] = len(s.lines)
	preface = whole(s.text(0, cut[0], list.Column))
	if !readsAs("k:"+preface, 1, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}) {
		return ""
	}
	kept := slices.Clone(items)
	for i := range kept {
		kept[i].lead = s.text(cut[i], starts[i], list.Column)
		kept[i].text = whole(s.text(starts[i], cut[i+1], list.Column))
		if !readsAs(kept[i].text, 0, kept[i].node) {
			return ""
		}
	}
	copy(items, kept)
	if strings.TrimSpace(preface) == "" {
		return ""
	}
	return preface
}

// dashes finds the line of each entry of a list, or of less.
func (s span) dashes(list *yaml.Node) []int {
	var starts []int
	above := 0
	for _, n := range list.Content {
		at := n.Line - s.line
		for at > above && at < len(s.lines) && !dashAt(s.lines[at], list.Column) {
			at--
		}
		if at <= above || at >= len(s.lines) {
			return nil
		}
		starts = append(starts, at)
		above = at
	}
	return starts
}

// dashAt tells whether a line begins with a dash in a column.
func dashAt(line string, column int) bool {
	text := strings.TrimLeft(line, " ")
	return len(line)-len(text) == column-1 && strings.HasPrefix(text, "-")
}

// commentAt tells whether a line is a comment that is not indented more than a dash.
func commentAt(line string, column int) bool {
	text := strings.TrimLeft(line, " ")
	return len(line)-len(text) < column && strings.HasPrefix(text, "#")
}

// text joins lines and takes the margin off.
func (s span) text(from, to, column int) string {
	if column == 1 {
		return strings.Join(s.lines[from:to], "")
	}
	var b strings.Builder
	for _, line := range s.lines[from:to] {
		rest := strings.TrimLeft(line, " ")
		b.WriteString(line[min(len(line)-len(rest), column-1):])
	}
	return b.String()
}

// whole ends a text's last line.
func whole(text string) string {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// readsAs tells whether a text is a mapping or list whose entry at an index is a node,
// and its last.
func readsAs(text string, index int, n *yaml.Node) bool {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || doc.Kind != yaml.DocumentNode {
		return false
	}
	content := doc.Content[0].Content
	return len(content) == index+1 && same(content[index], n)
}

// same compares what nodes say, but for their places and comments.
func same(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && a.Anchor == b.Anchor &&
		slices.EqualFunc(a.Content, b.Content, same)
}
