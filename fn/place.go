package fn

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	jsonyaml "sigs.k8s.io/yaml"

	"sallyport.dev/schemas/source"
)

// A place in an object: fields with dots between them, and after them the key of an entry,
// and so on. ["spec.template.spec.containers", "kafka", "env"] are variables of a container.
type place []string

func (p place) isEntry() bool { return len(p)%2 == 0 }

// String is for comparing.
func (p place) String() string { return strings.Join(p, "\x00") }

func (p place) field(name string) place {
	if p.isEntry() {
		return append(slices.Clip(p), name)
	}
	out := slices.Clone(p)
	out[len(out)-1] += "." + name
	return out
}

func (p place) entry(key string) place { return append(slices.Clip(p), key) }

// list is the name of the list, or the setting, that a place is, or lies in.
func (p place) list() string {
	if len(p) == 0 {
		return ""
	}
	fields := p[(len(p)-1)/2*2]
	return fields[strings.LastIndex(fields, ".")+1:]
}

// name is the last field, or what tells the entry apart.
func (p place) name() string {
	last := p[len(p)-1]
	if p.isEntry() {
		return last
	}
	return last[strings.LastIndex(last, ".")+1:]
}

// short is for messages: what everybody knows of it is left out.
func (p place) short() string {
	text := p.path().String()
	return cmp.Or(strings.TrimPrefix(text, "spec.template.spec."), text)
}

// path is the place in the words of messages.
func (p place) path() source.Path {
	var out source.Path
	for i := range p {
		part := p[:i+1]
		switch list := part.list(); {
		case !part.isEntry():
			out = out.Field(strings.Split(p[i], ".")...)
		case list == "volumeClaimTemplates":
			n, _ := strconv.Atoi(p[i])
			out = out.Index(n)
		case list == "ports":
			number, _, _ := strings.Cut(p[i], "/")
			out = out.Item(keys[list], number)
		case keys[list] == "":
			out = out.MapKey(p[i])
		default:
			out = out.Item(keys[list], p[i])
		}
	}
	return out
}

// A link is a step of the way to a place: a value in what holds it.
type link struct {
	holder *yaml.Node
	i      int // of the value in the holder's Content
}

func (l link) value() *yaml.Node { return l.holder.Content[l.i] }

// way goes from a tree towards a place, as far as it leads.
func (p place) way(root *yaml.Node) (way []link, whole bool) {
	n := root
	for i, part := range p {
		names := []string{part}
		if i%2 == 0 {
			names = strings.Split(part, ".")
		}
		for _, name := range names {
			at := -1
			if n.Kind == yaml.SequenceNode && i%2 == 1 {
				at = slices.IndexFunc(n.Content, func(e *yaml.Node) bool { return keyOf(p[:i+1].list(), e) == name })
			} else if n.Kind == yaml.MappingNode {
				for j := 0; j+1 < len(n.Content) && at < 0; j += 2 {
					if n.Content[j].Value == name {
						at = j + 1
					}
				}
			}
			if at < 0 {
				return way, false
			}
			way = append(way, link{n, at})
			n = n.Content[at]
		}
	}
	return way, true
}

// pairs are the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

func sequence(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// entries are those of a list, with what tells them apart.
func entries(list string, n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for _, e := range sequence(n) {
			if !yield(keyOf(list, e), e) {
				return
			}
		}
	}
}

func entryOf(list string, n *yaml.Node, key string) *yaml.Node {
	for k, e := range entries(list, n) {
		if k == key {
			return e
		}
	}
	return nil
}

func isNull(n *yaml.Node) bool { return n.ShortTag() == yaml.NodeTagNull }

// says tells whether a tree says all that another one does: entries of a list that has
// keys go by them, other lists are the same or not.
func says(have, want *yaml.Node, list string) bool {
	switch {
	case have == nil || want == nil || have.Kind != want.Kind:
		return have == want
	case have.Kind == yaml.MappingNode:
		for k, v := range pairs(want) {
			if !says(field(have, k), v, k) {
				return false
			}
		}
		return true
	case have.Kind == yaml.SequenceNode && keys[list] != "":
		for k, v := range entries(list, want) {
			if !says(entryOf(list, have, k), v, "") {
				return false
			}
		}
		return true
	case have.Kind == yaml.SequenceNode:
		return slices.EqualFunc(have.Content, want.Content, func(a, b *yaml.Node) bool { return says(a, b, "") })
	}
	return have.Value == want.Value && have.ShortTag() == want.ShortTag()
}

// clone copies a tree, without the anchors that nobody refers to.
func clone(n *yaml.Node) *yaml.Node {
	out := *n
	out.Anchor, out.Content = "", nil
	for _, c := range n.Content {
		out.Content = append(out.Content, clone(c))
	}
	return &out
}

// nodeOf makes a tree of JSON, in block style; of what is none it makes null.
func nodeOf(text json.RawMessage) *yaml.Node {
	var doc yaml.Node
	block, err := jsonyaml.JSONToYAML(text)
	if err != nil || yaml.Unmarshal(block, &doc) != nil || len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull}
	}
	n := doc.Content[0]
	if isNull(n) {
		n.Value = ""
	}
	return n
}

// jsonOf is compact, with sorted keys.
func jsonOf(n *yaml.Node) json.RawMessage {
	var v any
	if len(n.Content) == 0 && n.Kind == yaml.SequenceNode {
		return json.RawMessage("[]")
	}
	if err := n.Decode(&v); err != nil {
		return json.RawMessage("null")
	}
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
