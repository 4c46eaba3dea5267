package source

import "strconv"

// Path is the path of a field in an object. An entry of a list that merges by key is named
// by that key, so that a path means the same before and after a merge. Messages show the
// index in the user's file instead.
type Path []step

// A step is a field ("spec"), a key of a map or an entry of a list. For an entry that a merge
// key names, key is set.
type step struct {
	name  string // the field, the map's key, or the value of the merge key
	key   string // the merge key: "name", "pod", "workload"
	index int    // of an entry by position, from 0; or one of those below
}

const (
	byName   = -1 // a field, or an entry that a merge key names
	byMapKey = -2 // name is a key of a map, which may contain dots
)

func itemAt(i int) step          { return step{index: i} }
func fieldStep(name string) step { return step{name: name, index: byName} }
func keyStep(key string) step    { return step{name: key, index: byMapKey} }

// with returns a copy with more steps, and without spare capacity: a run makes more paths than
// anything else.
func (p Path) with(more ...step) Path {
	out := make(Path, len(p)+len(more))
	copy(out[copy(out, p):], more)
	return out
}

// Field appends fields. The outermost comes first.
func (p Path) Field(names ...string) Path {
	out := make(Path, len(p)+len(names))
	rest := out[copy(out, p):]
	for i, n := range names {
		rest[i] = fieldStep(n)
	}
	return out
}

// MapKey appends a key of a map, such as the name of an annotation.
func (p Path) MapKey(key string) Path { return p.with(keyStep(key)) }

// Item appends the list entry whose merge key has the given value.
func (p Path) Item(key, value string) Path {
	return p.with(step{name: value, key: key, index: byName})
}

// Index appends a list entry by position, from 0.
func (p Path) Index(i int) Path { return p.with(itemAt(i)) }

// String returns the path in the notation of KRM results: spec.components[broker].ports[0].
func (p Path) String() string {
	var room [128]byte // enough for most paths
	b := room[:0]
	for _, s := range p {
		switch {
		case s.index >= 0:
			b = append(strconv.AppendInt(append(b, '['), int64(s.index), 10), ']')
		case s.key != "" || s.index == byMapKey:
			b = append(append(append(b, '['), s.name...), ']')
		case len(b) > 0:
			b = append(append(b, '.'), s.name...)
		default:
			b = append(b, s.name...)
		}
	}
	return string(b)
}

// Name returns the field, the key or the value of the merge key of the last step.
func (p Path) Name() string { return p[len(p)-1].name }

// IsItem reports whether the last step is an entry of a list, by a merge key.
func (p Path) IsItem() bool { return p[len(p)-1].key != "" }

// Names returns the fields, the keys and the values of merge keys, of each step. That of an entry by
// position is "".
func (p Path) Names() []string {
	out := make([]string, len(p))
	for i, s := range p {
		out[i] = s.name
	}
	return out
}
