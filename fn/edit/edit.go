// Package edit changes fields of a YAML document and keeps all other bytes: comments, quotes,
// blank lines, indentation, line ends.
//
// A [Document] is a tree and the text that it was read from. Set, Remove and Merge change the
// tree and then the lines of the field in the text. The rules are:
//
//   - The tree is authoritative. Text returns the edited text only if it reads as the tree.
//     Otherwise it returns the tree as the encoder writes it.
//   - In block style, a change touches the lines of the field or list entry that is set or
//     removed. A plain scalar is replaced within its line.
//   - In flow style (between brackets), and if the first field of a mapping or the only entry
//     of a list is removed, that is not possible. Then the innermost value around the change
//     that has lines of its own is written again.
//   - New list entries are indented as the lists of the document.
//   - JSON is written as YAML.
//   - A text without a line end at its end keeps it so, and CRLF stays CRLF.
//
// [Split] splits the text of a mapping or a list into the texts of its values, without a
// change. It is for the text around documents.
package edit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A Document is edited as a tree and, in step with it, as text.
type Document struct {
	root      *yaml.Node
	text      string // "": there is none, or it was given up
	dash      string
	listStyle Path
	front     Path
	keys      tree.Keys
}

// A Source is what a document was read from.
type Source struct {
	Text string // "": there is none
	// Dash is what the text begins with if the document is a list entry: "- ".
	Dash string
	// CommentsApart reports that Text lacks the comments above the document. The caller keeps
	// them.
	CommentsApart bool
	// ListStyle leads to a list. If it is indented more than its key, so are new lists.
	ListStyle Path
	// Front leads to a list whose new entries go in front of the others.
	Front Path
}

// New returns the document that has a tree and a text. It works on a copy of the tree, which
// must have no aliases. Keys identify the entries of lists in paths.
func New(root *yaml.Node, from Source, keys tree.Keys) *Document {
	if json.Valid([]byte(from.Text)) {
		from.Text = "" // programs that read JSON could not read what is half JSON
	}
	d := &Document{root: tree.Clone(root), text: from.Text, dash: from.Dash, listStyle: from.ListStyle, front: from.Front, keys: keys}
	var doc yaml.Node
	switch {
	case from.CommentsApart:
		d.root.HeadComment = ""
	case from.Text != "" && from.Dash == "" && yaml.Unmarshal([]byte(from.Text), &doc) == nil:
		d.root.HeadComment = cmp.Or(d.root.HeadComment, doc.HeadComment)
		d.root.FootComment = cmp.Or(d.root.FootComment, doc.FootComment)
	}
	return d
}

// Root returns the tree. The caller must not change it.
func (d *Document) Root() *yaml.Node { return d.root }

// Get returns the value at a path, or nil.
func (d *Document) Get(p Path) *yaml.Node {
	found, complete := p.resolve(d.root, d.keys)
	if !complete || len(found) == 0 {
		return nil
	}
	return found[len(found)-1].value()
}

// Set sets a field or a list entry to a copy of value. A new one goes behind the others, or in
// front of them in the list of Source.Front. All but the last step of the path must exist.
func (d *Document) Set(p Path, value *yaml.Node) {
	found, complete := p.resolve(d.root, d.keys)
	value = tree.Clone(value)
	if complete {
		at := found[len(found)-1]
		value.LineComment = at.value().LineComment
		at.holder.Content[at.index] = value
	} else {
		d.add(found, p, value)
	}
	d.revise(func(t *blockText) bool { return t.set(p, d.root) })
}

// add adds the value of a path to the last of the positions, or to the root.
func (d *Document) add(found []position, p Path, value *yaml.Node) {
	parent := d.root
	if len(found) > 0 {
		parent = found[len(found)-1].value()
	}
	if len(parent.Content) == 0 {
		parent.Style &^= yaml.FlowStyle
	}
	switch parent.Kind {
	case yaml.SequenceNode:
		at := len(parent.Content)
		if p[:len(p)-1].Equal(d.front) {
			at = 0
		}
		parent.Content = slices.Insert(parent.Content, at, value)
	case yaml.MappingNode:
		parent.Content = append(parent.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: tree.StringTag, Value: p.Name()}, value)
	}
}

// ToFront puts an entry of the list of Source.Front in front of the others. Other values stay.
func (d *Document) ToFront(p Path) {
	found, complete := p.resolve(d.root, d.keys)
	if at := len(found) - 1; complete && len(p) > 0 && p[:len(p)-1].Equal(d.front) && found[at].index > 0 {
		value := tree.Clone(found[at].value())
		d.Remove(p)
		d.Set(p, value)
	}
}

// Remove removes a field or a list entry, if it exists.
func (d *Document) Remove(p Path) {
	found, complete := p.resolve(d.root, d.keys)
	if !complete {
		return
	}
	at := found[len(found)-1]
	from := at.index
	if at.isField() {
		from--
	}
	at.holder.Content = slices.Delete(at.holder.Content, from, at.index+1)
	d.revise(func(t *blockText) bool { return t.remove(p, d.root) })
}

// Merge makes of the value at a path, which was set to old once, what want is, and keeps
// what others have added to it since: fields of mappings, and entries of lists with keys.
// Old may be nil.
func (d *Document) Merge(p Path, old, want *yaml.Node) {
	have, list := d.Get(p), p.LastField()
	switch {
	case have == nil:
		d.Set(p, want)
	case have.Kind == yaml.MappingNode && want.Kind == yaml.MappingNode:
		for name := range tree.Pairs(old) {
			if tree.Field(want, name) == nil {
				d.Remove(p.Field(name))
			}
		}
		for name, v := range tree.Pairs(want) {
			d.Merge(p.Field(name), tree.Field(old, name), v)
		}
	case have.Kind == yaml.SequenceNode && want.Kind == yaml.SequenceNode && d.keys.Has(list):
		for key := range d.keys.Entries(list, old) {
			if d.keys.Entry(list, want, key) == nil {
				d.Remove(p.Entry(key))
			}
		}
		for key, v := range d.keys.Entries(list, want) {
			d.Merge(p.Entry(key), d.keys.Entry(list, old, key), v)
		}
	case !d.keys.Contain(have, want, list):
		d.Set(p, want)
	}
}

// revise changes the text. If the change cannot be made in it, the text is given up.
func (d *Document) revise(change func(*blockText) bool) {
	if d.text == "" {
		return
	}
	if t := d.parse(); t != nil && change(t) {
		d.text = string(bytes.Join(t.lines, nil))
	} else {
		d.text = ""
	}
}

// Text returns the text of the document as it is now.
func (d *Document) Text() string {
	if d.text != "" {
		if t := d.parse(); t != nil {
			doc, ds := source.FromNode("", 0, t.root, new(source.Aliases))
			if ds == nil && tree.Equal(tree.Clone(doc.Node()), d.root) {
				return d.text
			}
		}
	}
	var b bytes.Buffer
	if err := tree.Write(&b, d.root, d.dash, strings.Repeat(" ", len(d.dash))); err != nil {
		return ""
	}
	return b.String()
}
