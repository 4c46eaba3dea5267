package randspec

import (
	"math/rand/v2"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Careless returns a spec of New in which somebody has changed a few values without care:
// taken one from elsewhere, emptied one, taken a field out. It may be right or wrong.
func Careless(seed uint64) string {
	r := &gen{Rand: rand.New(rand.NewPCG(seed, 2))}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(New(seed)), &doc); err != nil {
		panic("randspec: " + err.Error())
	}
	root := doc.Content[0]
	spec := root.Content[slices.IndexFunc(root.Content, func(n *yaml.Node) bool { return n.Value == "spec" })+1]
	r.change(spec)
	if r.IntN(3) == 0 {
		r.change(spec)
	}
	out, err := yaml.Marshal(&doc)
	if err != nil {
		panic("randspec: " + err.Error())
	}
	return string(out)
}

// change alters one value of a tree.
func (r *gen) change(spec *yaml.Node) {
	all := values(spec, nil)
	if len(all) == 0 {
		return
	}
	n := all[r.IntN(len(all))]
	switch other := all[r.IntN(len(all))]; {
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		i := 2 * r.IntN(len(n.Content)/2)
		n.Content = slices.Delete(n.Content, i, i+2)
	case n.Kind != yaml.ScalarNode:
		n.Content = nil
	case other.Kind == yaml.ScalarNode && r.IntN(3) > 0:
		n.Value, n.Tag, n.Style = other.Value, other.Tag, other.Style
	default:
		n.Value, n.Tag, n.Style = pick(r, "", "0", "70000", "9001", "$(id)"), "", 0
		if n.Value == "" {
			n.Tag = "!!str"
		}
	}
}

// values are the values of a tree, without keys, and without replicas: a port's number
// there is right, and takes its time.
func values(n *yaml.Node, all []*yaml.Node) []*yaml.Node {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && (i%2 == 0 || n.Content[i-1].Value == "replicas") {
			continue
		}
		all = values(c, append(all, c))
	}
	return all
}
