// Package source reads the YAML and JSON documents that users write. It decodes them
// strictly, knows the position of every field, and has the diagnostics that point to those
// positions. It is pure: bytes in, values out.
package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// A Document is one YAML document and where it came from.
type Document struct {
	File    string // for messages; empty if there is none
	Index   int    // the position of the document in its file, from 0
	Numbers bool   // whether lines and columns are those of the user's file

	root   *yaml.Node // without aliases; nil: it is unread, or has no tree
	unread unread
	listed bool     // see InList
	object *Object  // see Object
	shadow []string // paths with errors of decoding, see shadowed

	indexes sync.Mutex // of what is below: pods are planned in parallel, and look up their settings
	lists   map[listKey]map[string]int
	fields  map[*yaml.Node]map[string]int // the keys of large mappings, see field
}

// A listKey is a list and the key that identifies its entries.
type listKey struct {
	list *yaml.Node
	key  string
}

// entries maps the merge keys of a list to the indexes of the entries. An entry without the
// key is under "". The result is kept, because a spec may have settings for thousands of
// pods and each is looked up.
func (d *Document) entries(list *yaml.Node, key string) map[string]int {
	d.indexes.Lock()
	defer d.indexes.Unlock()
	k := listKey{list, key}
	if at, ok := d.lists[k]; ok {
		return at
	}
	at := make(map[string]int, len(list.Content))
	for i, c := range list.Content {
		name := ""
		if _, v := lookup(c, key); v != nil {
			name = v.Value
		}
		if _, ok := at[name]; !ok {
			at[name] = i
		}
	}
	if d.lists == nil {
		d.lists = map[listKey]map[string]int{}
	}
	d.lists[k] = at
	return at
}

// Unlisted replaces each v1 List, as kubectl get prints it, by its items.
func Unlisted(docs []*Document) []*Document {
	var out []*Document
	for _, d := range docs {
		if o := d.Object(); o.APIVersion == "v1" && o.Kind == "List" {
			out = append(out, d.Members()...)
		} else {
			out = append(out, d)
		}
	}
	return out
}

// Aliases counts the nodes that aliases expand to, in all documents of an input together.
type Aliases int

// FromNode returns the document of a node that the caller has parsed, such as an item of a
// ResourceList.
func FromNode(file string, index int, n *yaml.Node, made *Aliases) (*Document, Diagnostics) {
	e := expander{made: made}
	doc := &Document{File: file, Index: index, root: withoutMark(e.expand(n, 0))}
	if e.found != nil {
		e.found.File, e.found.Index = file, index
		return nil, Diagnostics{*e.found}
	}
	return doc, nil
}

// withoutMark returns a document without the byte order mark in front of its first key. The
// YAML library skips one in front of a stream, and not one in front of a later document.
func withoutMark(root *yaml.Node) *yaml.Node {
	const mark = "\ufeff"
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 || !strings.HasPrefix(root.Content[0].Value, mark) {
		return root
	}
	out, key := *root, *root.Content[0]
	key.Value = strings.TrimPrefix(key.Value, mark)
	out.Content = append([]*yaml.Node{&key}, root.Content[1:]...)
	return &out
}

// An expander replaces aliases and merge keys (<<) by what they stand for, so that the rest
// of the code does not have to handle them.
type expander struct {
	made   *Aliases
	around int         // how many aliases the node is inside of
	found  *Diagnostic // the error at which it stopped
}

// fail stops at a node with an error.
func (e *expander) fail(n *yaml.Node, wayOut, message string) *yaml.Node {
	if e.found == nil {
		e.found = &Diagnostic{Code: YAMLLimit, Severity: Error, Line: n.Line, Column: n.Column, Message: message, WayOut: wayOut}
	}
	return n
}

// expand returns a node without aliases: the node itself if it has none, and else a copy. The copy
// is incomplete if expand stops at a limit.
func (e *expander) expand(n *yaml.Node, depth int) *yaml.Node {
	if e.found != nil {
		return n
	}
	if e.around > 0 {
		if *e.made++; *e.made > maxNodes {
			return e.fail(n, "write the values out instead of nesting aliases", fmt.Sprintf("the aliases of the input expand to more than %d nodes", maxNodes))
		}
	}
	if depth > maxDepth {
		return e.fail(n, "look for extra brackets or spaces: no spec and no manifest is nested that deep", fmt.Sprintf("the document is nested more than %d levels deep", maxDepth))
	}
	if n.Kind == yaml.AliasNode {
		e.around++
		defer func() { e.around-- }()
		return e.expand(n.Alias, depth+1)
	}
	if len(n.Content) == 0 {
		return n
	}
	out := n
	var merged []*yaml.Node
	for i, c := range n.Content {
		x := e.expand(c, depth+1)
		merges := n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].ShortTag() == "!!merge" && mergeable(x)
		if out == n && (merges || x != c) {
			copied := *n
			copied.Content = append(make([]*yaml.Node, 0, len(n.Content)), n.Content[:i]...)
			out = &copied
		}
		switch {
		case merges:
			out.Content = out.Content[:len(out.Content)-1]
			merged = append(merged, x)
		case out != n:
			out.Content = append(out.Content, x)
		}
	}
	if len(merged) > 0 {
		has := make(map[string]bool, len(out.Content)/2)
		for i := 0; i < len(out.Content); i += 2 {
			has[out.Content[i].Value] = true
		}
		for _, m := range merged {
			mergeKeys(out, m, has)
		}
	}
	return out
}

// mergeable reports whether << can merge a value. If not, << is an ordinary key, which no
// kind has.
func mergeable(n *yaml.Node) bool {
	if n.Kind == yaml.SequenceNode {
		return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.MappingNode })
	}
	return n.Kind == yaml.MappingNode
}

// mergeKeys adds the keys of a mapping that << names, except those that the mapping already
// has. has is the set of its keys.
func mergeKeys(into, from *yaml.Node, has map[string]bool) {
	if from.Kind == yaml.SequenceNode {
		for _, c := range from.Content {
			mergeKeys(into, c, has)
		}
		return
	}
	for i := 0; i+1 < len(from.Content); i += 2 {
		if key := from.Content[i].Value; !has[key] {
			has[key] = true
			into.Content = append(into.Content, from.Content[i], from.Content[i+1])
		}
	}
}

// lookup returns the key and the value of a mapping's field, or nils.
func lookup(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// With returns the document with another tree. That tree must not have aliases.
func (d *Document) With(root *yaml.Node) *Document {
	return &Document{File: d.File, Index: d.Index, Numbers: d.Numbers, root: root, listed: d.listed}
}

// InList reports whether it is an item of another document, such as a List.
func (d *Document) InList() bool { return d.listed }

// Node returns the document's tree, without aliases. It is parsed when it is first asked for.
func (d *Document) Node() *yaml.Node {
	if d.root == nil && d.unread.text != "" {
		d.root = d.unread.parse()
	}
	return d.root
}

// FirstLine returns a line that is part of a document, or of what is in front of it.
func FirstLine(d *Document) int {
	if d.root == nil {
		return int(d.unread.line)
	}
	return d.root.Line
}

// Scalar returns the text of a scalar, or "".
func (d *Document) Scalar(fields ...string) string {
	if d.root == nil && d.unread.text != "" {
		if value, sure := d.unread.scalar(fields...); sure {
			return value
		}
	}
	n := d.Node()
	for _, f := range fields {
		_, n = lookup(n, f)
	}
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

// Object returns the identity of the object in the document. It is kept, because everything asks for it.
func (d *Document) Object() Object {
	if d.object == nil {
		d.object = &Object{
			APIVersion: d.Scalar("apiVersion"),
			Kind:       d.Scalar("kind"),
			Namespace:  d.Scalar("metadata", "namespace"),
			Name:       d.Scalar("metadata", "name"),
		}
	}
	return *d.object
}

// Members returns the items of a document whose kind ends in List. An item of a ServiceList
// is a Service of the list's apiVersion if it does not have a kind, and so for other kinds.
func (d *Document) Members() []*Document {
	kind, isList := strings.CutSuffix(d.Object().Kind, "List")
	if !isList {
		return nil
	}
	_, items := lookup(d.Node(), "items")
	if items == nil || items.Kind != yaml.SequenceNode {
		return nil
	}
	var out []*Document
	for _, n := range items.Content {
		if kind != "" && n.Kind == yaml.MappingNode {
			n = withField(withField(n, "kind", kind), "apiVersion", d.Scalar("apiVersion"))
		}
		out = append(out, &Document{File: d.File, Index: d.Index, Numbers: d.Numbers, root: n, listed: true})
	}
	return out
}

// withField returns a mapping that has a field, in front of the others if it was missing.
func withField(n *yaml.Node, name, value string) *yaml.Node {
	if key, _ := lookup(n, name); key != nil {
		return n
	}
	out := *n
	at := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: n.Line, Column: n.Column}
	key, text := at, at
	key.Value, text.Value = name, value
	out.Content = append([]*yaml.Node{&key, &text}, n.Content...)
	return &out
}

// Before orders documents by file and by their position in it. Documents without a file come
// last.
func (d *Document) Before(other *Document) bool {
	if (d.File == "") != (other.File == "") {
		return d.File != ""
	}
	return cmp.Or(cmp.Compare(d.File, other.File), cmp.Compare(d.Index, other.Index)) < 0
}

// Has reports whether the user wrote the field. An empty value counts. The path can be in parts,
// of which each is relative to the one before.
func (d *Document) Has(parts ...Path) bool {
	n := d.Node()
	for _, p := range parts {
		for _, s := range p {
			if _, n, _ = d.in(s, n); n == nil {
				return false
			}
		}
	}
	return true
}

// value returns the scalar that the user wrote at a path.
func (d *Document) value(p Path) Value {
	n := d.Node()
	for _, s := range p {
		_, n, _ = d.in(s, n)
	}
	switch {
	case n == nil || n.Kind != yaml.ScalarNode:
		return Value{}
	case n.ShortTag() == "!!null":
		return Value{Tag: "!!null", Text: "null"}
	}
	return Value{Tag: n.ShortTag(), Text: n.Value}
}

// Empty reports whether the user wrote an empty value: "", 0, [] or {}.
func (d *Document) Empty(p Path) bool {
	n := d.Node()
	for _, s := range p {
		if _, n, _ = d.in(s, n); n == nil {
			return false
		}
	}
	return len(n.Content) == 0 && (n.Kind != yaml.ScalarNode || n.Value == "" || n.Value == "0")
}

// manyKeys is the number of keys from which on a mapping gets an index.
const manyKeys = 32

// field is lookup for mappings that may have thousands of keys of which each is looked up, such as
// annotations.
func (d *Document) field(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind != yaml.MappingNode || len(n.Content) < 2*manyKeys {
		return lookup(n, name)
	}
	d.indexes.Lock()
	defer d.indexes.Unlock()
	index, ok := d.fields[n]
	if !ok {
		index = make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if _, twice := index[n.Content[i].Value]; !twice {
				index[n.Content[i].Value] = i
			}
		}
		if d.fields == nil {
			d.fields = map[*yaml.Node]map[string]int{}
		}
		d.fields[n] = index
	}
	if i, ok := index[name]; ok {
		return n.Content[i], n.Content[i+1]
	}
	return nil, nil
}

// find follows p as far as the document has it. It returns the node of the last step found
// (the value if it is a scalar, else its key), the path to it in the user's file, and the
// steps that are missing.
func (d *Document) find(p Path) (at *yaml.Node, found Path, rest Path) {
	root := d.Node()
	at, value := root, root
	found = make(Path, 0, len(p))
	for depth, s := range p {
		k, v, i := d.in(s, value)
		if v == nil {
			return at, found, p[depth:]
		}
		if at = k; k == nil || v.Kind == yaml.ScalarNode {
			at = v
		}
		if s.key != "" {
			s = itemAt(i)
		}
		value, found = v, append(found, s)
	}
	return at, found, nil
}

// in returns the value that a step leads to, with its key in a mapping or its index in a
// list.
func (d *Document) in(s step, n *yaml.Node) (key, value *yaml.Node, place int) {
	switch {
	case n == nil:
		return nil, nil, 0
	case s.key == "" && s.index < 0:
		key, value = d.field(n, s.name)
		return key, value, 0
	case n.Kind != yaml.SequenceNode:
		return nil, nil, 0
	}
	i, ok := s.index, s.index < len(n.Content)
	if s.key != "" {
		i, ok = d.entries(n, s.key)[s.name]
	}
	if !ok {
		return nil, nil, 0
	}
	return nil, n.Content[i], i
}

// diagnostic returns a Diagnostic at a field of the user's file. If the field is missing, or
// only a profile has it, the position is that of the nearest field around it.
func (d *Document) diagnostic(s Severity, code Code, p Path, wayOut, message string) Diagnostic {
	at, found, rest := d.find(p)
	out := Diagnostic{Code: code, Severity: s, Object: d.Object(), File: d.File, Index: d.Index,
		Path: append(found, rest...).String(), Message: message, WayOut: wayOut, Current: d.value(p)}
	if d.Numbers && at != nil {
		out.Line, out.Column = at.Line, at.Column
	}
	return out.short()
}

// Position returns the line and the column of a field, or of the nearest field around it. They are
// 0 if they are not known.
func (d *Document) Position(p Path) (line, column int) {
	at, _, _ := d.find(p)
	if !d.Numbers || at == nil {
		return 0, 0
	}
	return at.Line, at.Column
}

// shadowed reports whether decoding found an error at a path or around it. What follows from
// that error is not reported as another one.
func (d *Document) shadowed(p Path) bool {
	if len(d.shadow) == 0 {
		return false
	}
	at := d.inFile(p)
	return slices.ContainsFunc(d.shadow, func(path string) bool { return within(at, path) })
}

// Line names the line of a field for a comment: FILE:LINE, or the object and the path if that is not
// known.
func (d *Document) Line(p Path) string {
	at, _, _ := d.find(p)
	if d.File == "" || !d.Numbers || at == nil {
		return d.Place(p)
	}
	return fmt.Sprintf("%s:%d", d.File, at.Line)
}

// Place describes a field for a message about another document: the file and the line if
// they are known, the object, and the path as far as the document has it.
func (d *Document) Place(p Path) string {
	at, found, _ := d.find(p)
	where := d.Object().String()
	if len(found) > 0 {
		where = found.String() + " of " + where
	}
	switch {
	case d.File == "":
		return where
	case d.Numbers && at != nil:
		return fmt.Sprintf("%s:%d, %s", d.File, at.Line, where)
	}
	return d.File + ", " + where
}
