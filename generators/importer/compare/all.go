package compare

import (
	"iter"
	"reflect"
	"slices"

	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

// All compares what a spec generates with the objects that came in. Objects are read one by one:
// there can be thousands.
func All(all []*source.Document, made iter.Seq[encode.Object]) []Difference {
	came := map[source.Object]*source.Document{}
	for _, doc := range all {
		came[key(doc.Object())] = doc
	}
	var lists []*object // of addresses, which are compared together
	var out []Difference
	for o := range made {
		m, err := madeObject(o)
		if err != nil {
			out = append(out, Difference{Object: source.Object{Kind: "object"}, Field: "it cannot be compared", Now: err.Error()})
			continue
		}
		if m.Kind == "Endpoints" || m.Kind == "EndpointSlice" {
			lists = append(lists, m)
			continue
		}
		out = append(out, compareOne(came, m)...)
	}
	out = append(compareBackends(came, &lists), out...)
	for _, m := range lists {
		out = append(out, compareOne(came, m)...)
	}
	for _, doc := range all {
		if came[key(doc.Object())] == doc {
			out = append(out, Difference{Object: doc.Object(), Now: "not generated"})
		}
	}
	return out
}

// compareOne compares an object with the one that came in, which it takes out.
func compareOne(came map[source.Object]*source.Document, m *object) []Difference {
	doc := came[key(m.Object)]
	if doc == nil {
		return []Difference{{Object: m.Object, Now: "generated, and did not come in"}}
	}
	delete(came, key(m.Object))
	c, err := cameObject(doc)
	if err != nil {
		return nil // the source has reported it
	}
	var out []Difference
	if field := "endpoints"; m.Kind == "EndpointSlice" && !reflect.DeepEqual(c.tree[field], m.tree[field]) && slices.Equal(addressesIn([]*object{c}), addressesIn([]*object{m})) {
		out = append(out, Difference{Object: m.Object, Field: field, Came: "the order", Now: "another", Meant: true, Why: "it means nothing"})
		delete(c.tree, field)
		delete(m.tree, field)
	}
	for _, diff := range compare(c, m) {
		out = append(out, explain(diff, c, m))
	}
	return out
}
