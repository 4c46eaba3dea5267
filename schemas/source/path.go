package source

import (
	"slices"
	"strconv"
	"strings"
)

// Path is where a field stands in an object. Entries of a list that merges by
// key are named by that key, so a path means the same before a merge and after
// it; messages turn it into the index that the user's file has.
type Path []step

// A step is a field ("spec"), a key of a map or an entry of a list. Exactly one
// of its forms is set: key for an entry that a merge key names, index >= 0 for an
// entry by position.
type step struct {
	name  string // the field, the map's key, or the value of the merge key
	key   string // the merge key: "name", "pod", "workload"
	index int    // -1 unless the entry goes by position
	isMap bool   // name is a key of a map, which may contain dots
}

// Field appends fields, outermost first.
func (p Path) Field(names ...string) Path {
	p = slices.Clip(p)
	for _, n := range names {
		p = append(p, step{name: n, index: -1})
	}
	return p
}

// MapKey appends a key of a map, such as an annotation's.
func (p Path) MapKey(key string) Path {
	return append(slices.Clip(p), step{name: key, index: -1, isMap: true})
}

// Item appends the list entry whose merge key has that value.
func (p Path) Item(key, value string) Path {
	return append(slices.Clip(p), step{name: value, key: key, index: -1})
}

// Index appends a list entry by position, from 0.
func (p Path) Index(i int) Path {
	return append(slices.Clip(p), step{index: i})
}

// String is the path as KRM results write it: spec.components[broker].ports[0].
func (p Path) String() string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case s.key != "" || s.isMap:
			b.WriteString("[" + s.name + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// Name is the last step's field, key or merge key value.
func (p Path) Name() string { return p[len(p)-1].name }
