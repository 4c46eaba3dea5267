package edit

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
)

// A blockText is the text of a document as lines, with the tree that it reads as. After a
// change to the lines it must be parsed again.
type blockText struct {
	lines [][]byte
	root  *yaml.Node
	keys  tree.Keys
	eol   string
	wide  bool // lists are indented more than their keys
}

// parse reads the text, or returns nil.
func (d *Document) parse() *blockText {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(d.text), &doc) != nil || doc.Kind != yaml.DocumentNode {
		return nil
	}
	t := &blockText{lines: slices.Collect(Lines([]byte(d.text))), root: doc.Content[0], keys: d.keys, eol: "\n"}
	if d.dash != "" {
		if t.root.Kind != yaml.SequenceNode || len(t.root.Content) != 1 {
			return nil
		}
		t.root = t.root.Content[0]
	}
	if strings.Contains(d.text, "\r\n") {
		t.eol = "\r\n"
	}
	if found, complete := d.listStyle.resolve(t.root, t.keys); complete && len(found) > 0 {
		list := found[len(found)-1]
		t.wide = inBlockStyle(found) && list.value().Column > list.column()
	}
	return t
}

// set writes the value that root, the edited tree, has at a path.
func (t *blockText) set(p Path, root *yaml.Node) bool {
	found, complete := p.resolve(t.root, t.keys)
	if complete && t.replaceScalar(found[len(found)-1].value(), p, root) {
		return true
	}
	parent := t.root
	if len(found) > 0 {
		parent = found[len(found)-1].value()
	}
	if complete || !inBlockStyle(found) || parent.Style&yaml.FlowStyle != 0 || len(parent.Content) == 0 {
		return t.rewrite(p, found, root)
	}
	last := position{parent, len(parent.Content) - 1}
	edited, _ := p.resolve(root, t.keys)
	at, added := t.end(last), edited[len(edited)-1]
	if !added.isField() && added.index == 0 {
		at = found[len(found)-1].key().Line // comments above the first entry stay with it
	}
	t.replaceLines(at, at, t.encode(added, strings.Repeat(" ", last.column()-1)))
	return true
}

// replaceScalar writes a plain scalar over another one, within its line. It reports
// whether both are plain.
func (t *blockText) replaceScalar(old *yaml.Node, p Path, root *yaml.Node) bool {
	edited, complete := p.resolve(root, t.keys)
	if !complete || !isPlain(old) {
		return false
	}
	value := edited[len(edited)-1].value()
	line, column := t.lines[old.Line-1], old.Column-1
	if !isPlain(value) || column > len(line) {
		return false
	}
	rest, ok := bytes.CutPrefix(line[column:], []byte(old.Value))
	if ok {
		t.lines[old.Line-1] = slices.Concat(line[:column], []byte(value.Value), rest)
	}
	return ok
}

func isPlain(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value != ""
}

// remove deletes the lines of a path that root, the edited tree, does not have any more.
func (t *blockText) remove(p Path, root *yaml.Node) bool {
	found, complete := p.resolve(t.root, t.keys)
	if !complete {
		return false
	}
	at := found[len(found)-1]
	// The first field of a list entry is on the line of the dash.
	only, first := len(at.holder.Content) == 1, false
	if at.isField() {
		only, first = len(at.holder.Content) == 2, at.index == 1
	}
	if parents := found[:len(found)-1]; !inBlockStyle(parents) || only || first {
		return t.rewrite(p, parents, root)
	}
	t.replaceLines(t.start(at), t.end(at), nil)
	return true
}

// inBlockStyle reports whether nothing on a path is in flow style.
func inBlockStyle(found []position) bool {
	return !slices.ContainsFunc(found, func(p position) bool { return (p.holder.Style|p.value().Style)&yaml.FlowStyle != 0 })
}

// rewrite writes, of the positions on a path, the last one that has lines of its own as
// root, the edited tree, has it.
func (t *blockText) rewrite(p Path, found []position, root *yaml.Node) bool {
	for len(found) > 0 && found[len(found)-1].holder.Style&yaml.FlowStyle != 0 {
		found = found[:len(found)-1]
	}
	edited, _ := p.resolve(root, t.keys)
	if len(found) == 0 || len(edited) < len(found) {
		return false
	}
	at := found[len(found)-1]
	start := t.start(at)
	margin := string(t.lines[start][:min(at.column()-1, len(t.lines[start]))])
	t.replaceLines(start, t.end(at), t.encode(edited[len(found)-1], margin))
	return true
}

// start returns the index of the line on which a field or a list entry begins.
func (t *blockText) start(at position) int {
	if at.isField() {
		return at.key().Line - 1
	}
	line := at.value().Line - 1
	for line > 0 && !hasDash(string(t.lines[line]), at.column()) {
		line--
	}
	return line
}

// end returns the index of the line after a field or a list entry: the next line that is
// not indented more. The dashes of a list may be in the column of its key.
func (t *blockText) end(at position) int {
	dashes := at.isField() && at.value().Kind == yaml.SequenceNode
	end := t.start(at) + 1
	for i := end; i < len(t.lines); i++ {
		line := string(t.lines[i])
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case strings.TrimSpace(line[indent:]) == "", line[indent] == '#' && indent < at.column():
		case indent >= at.column(), dashes && hasDash(line, at.column()):
			end = i + 1
		default:
			return end
		}
	}
	return end
}

// encode returns the lines of a field or a list entry. The first one begins with the
// margin, the others with as many spaces.
func (t *blockText) encode(at position, margin string) [][]byte {
	value := tree.Clone(at.value())
	holder := &yaml.Node{Kind: at.holder.Kind, Content: []*yaml.Node{value}}
	if at.isField() {
		holder.Content = []*yaml.Node{tree.Clone(at.key()), value}
	}
	// Comments above and below have lines of their own, which stay.
	for n := value; ; n = n.Content[len(n.Content)-1] {
		for _, c := range append(holder.Content, n.Content...) {
			c.FootComment = ""
		}
		if n.FootComment = ""; len(n.Content) == 0 {
			break
		}
	}
	holder.Content[0].HeadComment, value.HeadComment = "", ""
	var text bytes.Buffer
	enc := tree.NewEncoder(&text)
	if t.wide {
		enc.DefaultSeqIndent()
	}
	if enc.Encode(holder) != nil || enc.Close() != nil {
		return nil
	}
	var out [][]byte
	for line := range bytes.Lines(text.Bytes()) {
		line = append([]byte(margin), bytes.TrimSuffix(line, []byte("\n"))...)
		out = append(out, append(line, t.eol...))
		margin = strings.Repeat(" ", len(margin))
	}
	return out
}

// replaceLines replaces the lines between two indices. A text that ends without a line
// end still does afterwards.
func (t *blockText) replaceLines(from, to int, by [][]byte) {
	open := len(t.lines) > 0 && !EndsLine(t.lines[len(t.lines)-1])
	if open {
		last := len(t.lines) - 1
		t.lines[last] = append(slices.Clip(t.lines[last]), t.eol...)
	}
	t.lines = slices.Replace(t.lines, from, to, by...)
	if last := len(t.lines) - 1; open && last >= 0 {
		t.lines[last] = bytes.TrimSuffix(t.lines[last], []byte(t.eol))
	}
}
