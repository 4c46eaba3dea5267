package fn

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/schemas/source"
)

// A manifest is an object that is edited, as a tree and, in step with it, as the text that
// the tree was read from: all lines that no edit is about stay as they are. The tree is
// the truth. A text that does not read as the tree, as that of an edit in JSON or between
// anchors, is made anew.
type manifest struct {
	root *yaml.Node
	text string // "": none
	dash string // what the text begins with, as an entry of a list
}

// newManifest is for an item; one of a list has a dash before it.
func newManifest(it *item, dash string) *manifest {
	m := &manifest{root: clone(it.doc.Node()), text: it.text, dash: dash}
	var doc yaml.Node
	switch {
	case it.lead != "":
		m.root.HeadComment = "" // it stands there
	case dash == "" && yaml.Unmarshal([]byte(it.text), &doc) == nil:
		m.root.HeadComment = cmp.Or(m.root.HeadComment, doc.HeadComment)
		m.root.FootComment = cmp.Or(m.root.FootComment, doc.FootComment)
	}
	return m
}

// at is the value at a place, or nil.
func (m *manifest) at(p place) *yaml.Node {
	way, whole := p.way(m.root)
	if !whole || len(way) == 0 {
		return nil
	}
	return way[len(way)-1].value()
}

// put sets a field or adds an entry. All but the last step of the place must be there.
func (m *manifest) put(at place, value *yaml.Node) {
	way, whole := at.way(m.root)
	value = clone(value)
	if whole {
		l := way[len(way)-1]
		value.LineComment = l.value().LineComment
		l.holder.Content[l.i] = value
	} else {
		parent := m.root
		if len(way) > 0 {
			parent = way[len(way)-1].value()
		}
		if len(parent.Content) == 0 {
			parent.Style &^= yaml.FlowStyle
		}
		switch name := at.name(); parent.Kind {
		case yaml.SequenceNode:
			parent.Content = append(parent.Content, value)
		case yaml.MappingNode:
			parent.Content = append(parent.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: name}, value)
		}
	}
	m.revise(func(p *page) bool { return p.put(at, m.root) })
}

// remove takes a field or an entry out.
func (m *manifest) remove(at place) {
	way, whole := at.way(m.root)
	if !whole {
		return
	}
	l := way[len(way)-1]
	from := l.i
	if l.holder.Kind == yaml.MappingNode {
		from--
	}
	l.holder.Content = slices.Delete(l.holder.Content, from, l.i+1)
	m.revise(func(p *page) bool { return p.remove(at, m.root) })
}

// revise changes the text, or gives it up.
func (m *manifest) revise(change func(*page) bool) {
	if m.text == "" {
		return
	}
	if p := m.page(); p != nil && change(p) {
		m.text = string(bytes.Join(p.lines, nil))
	} else {
		m.text = ""
	}
}

// result is the text.
func (m *manifest) result() string {
	if m.text != "" {
		if p := m.page(); p != nil {
			doc, ds := source.FromNode("", 0, p.root, new(source.Aliases))
			if ds == nil && same(clone(doc.Node()), m.root) {
				return m.text
			}
		}
	}
	var b bytes.Buffer
	if err := writeNode(&b, m.root, m.dash, strings.Repeat(" ", len(m.dash))); err != nil {
		return ""
	}
	return b.String()
}

// A page is the text as lines, and what it reads as now.
type page struct {
	lines [][]byte
	root  *yaml.Node
	eol   string
	wide  bool // lists are indented more than their keys
}

func (m *manifest) page() *page {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(m.text), &doc) != nil || doc.Kind != yaml.DocumentNode {
		return nil
	}
	p := &page{lines: lines([]byte(m.text)), root: doc.Content[0], eol: "\n"}
	if m.dash != "" {
		if p.root.Kind != yaml.SequenceNode || len(p.root.Content) != 1 {
			return nil
		}
		p.root = p.root.Content[0]
	}
	if strings.Contains(m.text, "\r\n") {
		p.eol = "\r\n"
	}
	if way, whole := inPod.field("containers").way(p.root); whole {
		l := way[len(way)-1]
		p.wide = block(way) && l.value().Column > l.column()
	}
	return p
}

// put brings a place of the text in line with the tree.
func (p *page) put(at place, root *yaml.Node) bool {
	way, whole := at.way(p.root)
	if whole && p.exchange(way[len(way)-1].value(), at, root) {
		return true
	}
	if whole || len(way) == 0 {
		return p.rewrite(at, way, root)
	}
	parent := way[len(way)-1].value()
	if !block(way) || len(parent.Content) == 0 {
		return p.rewrite(at, way, root)
	}
	last := link{parent, len(parent.Content) - 1}
	now, _ := at.way(root)
	made := p.encode(now[len(now)-1], strings.Repeat(" ", last.column()-1))
	p.replace(p.end(last), p.end(last), made)
	return true
}

// exchange writes a plain word in the place of another.
func (p *page) exchange(old *yaml.Node, at place, root *yaml.Node) bool {
	now, whole := at.way(root)
	if !whole || old.Kind != yaml.ScalarNode || old.Style != 0 || old.Value == "" {
		return false
	}
	value := now[len(now)-1].value()
	line, column := p.lines[old.Line-1], old.Column-1
	if value.Kind != yaml.ScalarNode || value.Style != 0 || value.Value == "" || column > len(line) {
		return false
	}
	rest, ok := bytes.CutPrefix(line[column:], []byte(old.Value))
	if ok {
		p.lines[old.Line-1] = slices.Concat(line[:column], []byte(value.Value), rest)
	}
	return ok
}

// remove takes lines out that the tree does not have any more.
func (p *page) remove(at place, root *yaml.Node) bool {
	way, whole := at.way(p.root)
	if !whole {
		return false
	}
	l := way[len(way)-1]
	one, first := 1, false
	if l.holder.Kind == yaml.MappingNode {
		one, first = 2, l.i == 1
	}
	if !block(way[:len(way)-1]) || len(l.holder.Content) == one || first {
		return p.rewrite(at, way[:len(way)-1], root)
	}
	p.replace(p.start(l), p.end(l), nil)
	return true
}

// block tells whether everything on a way is written over lines.
func block(way []link) bool {
	return !slices.ContainsFunc(way, func(l link) bool { return (l.holder.Style|l.value().Style)&yaml.FlowStyle != 0 })
}

// rewrite writes the last value on the way that has lines of its own as the tree has it
// now.
func (p *page) rewrite(at place, way []link, root *yaml.Node) bool {
	for len(way) > 0 && way[len(way)-1].holder.Style&yaml.FlowStyle != 0 {
		way = way[:len(way)-1]
	}
	now, _ := at.way(root)
	if len(way) == 0 || len(now) < len(way) {
		return false
	}
	l := way[len(way)-1]
	start := p.start(l)
	margin := string(p.lines[start][:min(l.column()-1, len(p.lines[start]))])
	p.replace(start, p.end(l), p.encode(now[len(way)-1], margin))
	return true
}

// column is that of a key, or of the dash of an entry.
func (l link) column() int {
	if l.holder.Kind == yaml.MappingNode {
		return l.holder.Content[l.i-1].Column
	}
	return l.holder.Column
}

// start is the line on which a field or an entry begins.
func (p *page) start(l link) int {
	if l.holder.Kind == yaml.MappingNode {
		return l.holder.Content[l.i-1].Line - 1
	}
	at := l.value().Line - 1
	for at > 0 && !dashAt(string(p.lines[at]), l.column()) {
		at--
	}
	return at
}

// end is the line behind a field or an entry: the next that is not indented more, but for
// the dashes of a list.
func (p *page) end(l link) int {
	dashes := l.holder.Kind == yaml.MappingNode && l.value().Kind == yaml.SequenceNode
	end := p.start(l) + 1
	for at := end; at < len(p.lines); at++ {
		line := string(p.lines[at])
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case strings.TrimSpace(line[indent:]) == "", line[indent] == '#' && indent < l.column():
		case indent >= l.column(), dashes && dashAt(line, l.column()):
			end = at + 1
		default:
			return end
		}
	}
	return end
}

// encode writes a field or an entry, with a margin before each line.
func (p *page) encode(l link, margin string) [][]byte {
	value := clone(l.value())
	holder := &yaml.Node{Kind: l.holder.Kind, Content: []*yaml.Node{value}}
	if l.holder.Kind == yaml.MappingNode {
		holder.Content = []*yaml.Node{clone(l.holder.Content[l.i-1]), value}
	}
	// Comments above and below have lines of their own.
	for n := value; ; n = n.Content[len(n.Content)-1] {
		for _, c := range append(holder.Content, n.Content...) {
			c.FootComment = ""
		}
		if n.FootComment = ""; len(n.Content) == 0 {
			break
		}
	}
	holder.Content[0].HeadComment, value.HeadComment = "", ""
	style := yaml.CompactSequenceStyle
	if p.wide {
		style = yaml.WideSequenceStyle
	}
	var out [][]byte
	text, err := yaml.MarshalWithOptions(holder, &yaml.EncoderOptions{SeqIndent: style})
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(text) {
		line = append([]byte(margin), bytes.TrimSuffix(line, []byte("\n"))...)
		out = append(out, append(line, p.eol...))
		margin = strings.Repeat(" ", len(margin))
	}
	return out
}

// replace puts lines in the place of others. A text without a line end at its end stays
// one.
func (p *page) replace(from, to int, by [][]byte) {
	open := len(p.lines) > 0 && !ended(p.lines[len(p.lines)-1])
	if open {
		last := len(p.lines) - 1
		p.lines[last] = append(slices.Clip(p.lines[last]), p.eol...)
	}
	p.lines = slices.Replace(p.lines, from, to, by...)
	if last := len(p.lines) - 1; open && last >= 0 {
		p.lines[last] = bytes.TrimSuffix(p.lines[last], []byte(p.eol))
	}
}
