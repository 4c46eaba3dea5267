package workload

import (
	"slices"

	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"

	"sallyport.dev/schemas/source"
)

// fields are fields by name, each with its own fields. Without any, the whole value belongs to
// it.
type fields map[string]fields

var (
	containers = fields{"name": nil, "image": nil, "restartPolicy": nil, "ports": {"name": nil, "containerPort": nil, "protocol": nil}}
	podFields  = fields{
		"apiVersion": nil, "kind": nil, "metadata": {"name": nil, "namespace": nil},
		"spec": {
			"replicas": nil, "ordinals": {"start": nil}, "selector": nil, "serviceName": nil,
			"template": {"metadata": {"labels": nil}, "spec": {"initContainers": containers, "containers": containers}},
		},
	}
)

// ParsePods reads the fields of a StatefulSet that describe its pods, their images and the ports that they
// listen on. It ignores other fields. Unlike Parse, it reports each error at its position.
func ParsePods(doc *source.Document) (*StatefulSet, source.Diagnostics) {
	pods := doc.With(pick(doc.Node(), podFields))
	ds := slices.DeleteFunc(pods.Decode(&appsv1.StatefulSet{}), func(d source.Diagnostic) bool {
		// In Kubernetes a null is an absent field. Merge keys are only required by patches.
		return d.Code == source.Null || d.Code == source.Required || d.Code == source.Duplicate
	})
	s := Parse(pods)
	if s.Err != nil && !ds.Failed() {
		panic("workload: " + s.Err.Error()) // Decode has checked the type of every value
	}
	s.Doc = doc
	return s, ds
}

// pick returns a copy of a tree with only some fields of its mappings, or with all of them if
// only is nil. In a list it picks from each entry. All keys become strings, as in JSON.
func pick(n *yaml.Node, only fields) *yaml.Node {
	out := *n
	out.Content = nil
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			out.Content = append(out.Content, pick(c, only))
		case i%2 == 1:
			key := n.Content[i-1]
			if more, ok := only[key.Value]; ok || only == nil {
				text := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key.Value, Line: key.Line, Column: key.Column}
				out.Content = append(out.Content, text, pick(c, more))
			}
		}
	}
	return &out
}
