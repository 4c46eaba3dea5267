package edit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
)

// A Path leads from the root of a document to a value.
//
// In JSON it is a list in which fields, with dots between them, and keys of entries
// alternate: ["spec.template.spec.containers", "kafka", "env"].
type Path []Step

// A Step leads to a field of a mapping, or to an entry: of a list, or of a mapping whose
// keys are data, such as annotations.
type Step struct {
	Name  string // of the field, or the key of the entry
	Entry bool
}

// Field appends fields, the outermost first.
func (p Path) Field(names ...string) Path {
	p = slices.Clip(p)
	for _, name := range names {
		p = append(p, Step{Name: name})
	}
	return p
}

// Entry appends the entry that has a key.
func (p Path) Entry(key string) Path { return append(slices.Clip(p), Step{Name: key, Entry: true}) }

// IsEntry reports whether the path leads to an entry.
func (p Path) IsEntry() bool { return len(p) > 0 && p[len(p)-1].Entry }

// Name returns the last field, or the key of the last entry.
func (p Path) Name() string { return p[len(p)-1].Name }

// LastField returns the last field on the path. For an entry, that is the list that it is
// in. A path without fields has none: "".
func (p Path) LastField() string {
	for _, step := range slices.Backward(p) {
		if !step.Entry {
			return step.Name
		}
	}
	return ""
}

// Equal reports whether two paths have the same steps.
func (p Path) Equal(q Path) bool { return slices.Equal(p, q) }

// String returns the fields with dots between them, and keys of entries quoted and in
// brackets. Different paths have different strings.
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch {
		case step.Entry:
			b.WriteString("[" + strconv.Quote(step.Name) + "]")
		case i > 0:
			b.WriteString("." + step.Name)
		default:
			b.WriteString(step.Name)
		}
	}
	return b.String()
}

// MarshalJSON implements json.Marshaler.
func (p Path) MarshalJSON() ([]byte, error) {
	var parts []string
	for i, step := range p {
		if i > 0 && !step.Entry && !p[i-1].Entry {
			parts[len(parts)-1] += "." + step.Name
		} else {
			parts = append(parts, step.Name)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the caller's encoder escapes if that is enabled
	err := enc.Encode(parts)
	return b.Bytes(), err
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Path) UnmarshalJSON(text []byte) error {
	var parts []string
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	*p = nil
	for i, part := range parts {
		if i%2 == 0 {
			*p = p.Field(strings.Split(part, ".")...)
		} else {
			*p = p.Entry(part)
		}
	}
	return nil
}

// A position is the place of a value in its parent node.
type position struct {
	holder *yaml.Node
	index  int // of the value in the holder's Content
}

func (p position) value() *yaml.Node { return p.holder.Content[p.index] }

// isField reports whether the value is that of a field, so that it has a key.
func (p position) isField() bool { return p.holder.Kind == yaml.MappingNode }

// key returns the key of a field.
func (p position) key() *yaml.Node { return p.holder.Content[p.index-1] }

// column returns the column of the key, or of the dash of a list entry, from 1.
func (p position) column() int {
	if p.isField() {
		return p.key().Column
	}
	return p.holder.Column
}

// resolve follows a path through a tree. It returns the positions of the steps that exist,
// and whether all do.
func (p Path) resolve(root *yaml.Node, keys tree.Keys) (found []position, complete bool) {
	n := root
	for i, step := range p {
		at := -1
		switch {
		case n.Kind == yaml.SequenceNode && step.Entry:
			at = keys.Index(p[:i+1].LastField(), n, step.Name)
		case n.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(n.Content) && at < 0; j += 2 {
				if n.Content[j].Value == step.Name {
					at = j + 1
				}
			}
		}
		if at < 0 {
			return found, false
		}
		found = append(found, position{n, at})
		n = n.Content[at]
	}
	return found, true
}
