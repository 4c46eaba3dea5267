package fn

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/v1alpha1"
)

// recordAnnotation has the record of what was injected into a StatefulSet, as JSON, so that
// it can be reverted.
const recordAnnotation = v1alpha1.Group + "/injected"

var (
	annotationsPath = edit.Path{}.Field("metadata", "annotations")
	recordPath      = annotationsPath.Entry(recordAnnotation)
)

// A record has the changes that were injected for each owner, in the order in which they
// were made.
type record map[string][]change

// A change sets one value in a StatefulSet: a scalar, a list entry, or an empty list or
// mapping that has to exist first.
type change struct {
	At  edit.Path       `json:"at"`
	Put json.RawMessage `json:"put"`
	Was json.RawMessage `json:"was,omitempty"` // the value before; empty if there was none
}

// isContainer reports whether the change sets an empty list or mapping.
func (c change) isContainer() bool {
	text := strings.Join(strings.Fields(string(c.Put)), "")
	return text == "[]" || text == "{}"
}

// String returns the record as compact JSON. Equal records have equal strings.
func (r record) String() string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic("fn: " + err.Error()) // all of it was JSON before
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// revert undoes the changes of a record, the last one first. It skips changes at the paths
// to keep, and values that the user has changed since. If the record is the whole of what
// was injected, its annotation is removed. It returns what was undone.
func (r record) revert(d *edit.Document, whole bool, keep map[string]bool) record {
	undone := record{}
	if whole && len(r) > 0 {
		d.Remove(recordPath)
	}
	for _, owner := range slices.Backward(slices.Sorted(maps.Keys(r))) {
		for _, c := range slices.Backward(r[owner]) {
			if keep[c.At.String()] || !c.isIn(d) {
				continue
			}
			if c.Was != nil {
				d.Set(c.At, tree.FromJSON(c.Was))
			} else {
				d.Remove(c.At)
			}
			undone[owner] = slices.Insert(undone[owner], 0, c)
		}
	}
	return undone
}

// isIn reports whether a document still has the value that the change has set. A list or
// mapping that was empty does not count if it has entries by now.
func (c change) isIn(d *edit.Document) bool {
	have, put := d.Get(c.At), tree.FromJSON(c.Put)
	switch {
	case have == nil:
		return false
	case c.isContainer() && len(have.Content) > 0:
		return false
	case c.At.IsEntry():
		return isInjectedEntry(c.At.LastField(), have, put)
	}
	return c.isContainer() || listKeys.Contain(have, put, "")
}

// isInjectedEntry reports whether a list entry is still the one that was injected. The names
// of injected volumes and containers are reserved. In other lists the user may have written
// another entry with the same key, which differs in one field.
func isInjectedEntry(list string, have, put *yaml.Node) bool {
	field := map[string]string{"volumeMounts": "name", "env": "valueFrom", "ports": "hostPort"}[list]
	return field == "" || listKeys.Contain(tree.Field(have, field), tree.Field(put, field), "")
}

// apply makes the change. If it was made before, put is the value that it set then. What the
// user has added to that value is kept.
func (c change) apply(d *edit.Document, put json.RawMessage) {
	have := d.Get(c.At)
	switch {
	case have == nil || tree.IsNull(have):
		d.Set(c.At, tree.FromJSON(c.Put))
	case !c.isContainer():
		d.Merge(c.At, tree.FromJSON(put), tree.FromJSON(c.Put))
		d.ToFront(c.At)
	}
}
