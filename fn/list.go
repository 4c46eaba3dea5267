package fn

import (
	"bytes"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/ownership"
	"sallyport.dev/fn/tree"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

// hasMade reports whether a document is a List that has generated objects.
func hasMade(doc *source.Document) bool {
	return slices.ContainsFunc(doc.Members(), func(member *source.Document) bool { return ownership.Of(member) != "" })
}

// listStays reconciles the members of an item that is a List, where they are, and reports
// whether the item stays: a List of which nothing is left does not. Other members keep their
// bytes.
func (r *reconciler) listStays(m matches, i int) bool {
	it := &r.items[i]
	if !hasMade(it.doc) {
		return true
	}
	from := edit.Source{Text: it.text, CommentsApart: it.lead != ""}
	if r.inList {
		from.Dash = "- "
	}
	d, changed := edit.New(it.doc.Node(), from, nil), false
	members := it.doc.Members()
	left := len(members)
	for j, member := range slices.Backward(members) { // the indexes of those in front stay
		at := edit.Path{}.Field("items").Entry(strconv.Itoa(j))
		o, stays := r.decide(m, itemIndex{i, j}, inputItem{doc: member})
		switch {
		case stays:
		case o == nil:
			d.Remove(at)
			left--
			changed = true
		default:
			if n := nodeOf(o); !tree.Equal(tree.Clone(member.Node()), n) {
				d.Set(at, n)
				changed = true
			}
		}
	}
	if changed && left > 0 {
		it.text = d.Text()
	}
	return left > 0
}

// nodeOf returns an object as a tree.
func nodeOf(o encode.Object) *yaml.Node {
	var b bytes.Buffer
	var doc yaml.Node
	if err := encode.YAML(&b, slices.Values([]encode.Object{o})); err != nil {
		panic("fn: " + err.Error()) // a buffer takes everything
	}
	if err := yaml.Unmarshal(b.Bytes(), &doc); err != nil {
		panic("fn: " + err.Error()) // the encoder's tests hold that it writes YAML
	}
	return doc.Content[0]
}
