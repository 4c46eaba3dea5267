package fn

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// podSpec is where a StatefulSet describes its pods.
var podSpec = edit.Path{}.Field("spec", "template", "spec")

// initContainers run one after the other: what discovery finds is for those of the user too.
var initContainers = podSpec.Field("initContainers")

// keyFields are the fields that identify the entries of lists in a strategic merge patch.
var keyFields = map[string]string{"containers": "name", "initContainers": "name", "volumes": "name", "env": "name",
	"volumeMounts": "mountPath", "ports": "containerPort"}

// listKeys are the keys that these fields make. The key of a port includes the protocol.
var listKeys = tree.Keys{"containers": name, "initContainers": name, "volumes": name, "env": name,
	"volumeMounts": func(e *yaml.Node) string { return path.Clean(tree.Text(e, "mountPath")) },
	"ports":        func(e *yaml.Node) string { return tree.Text(e, "containerPort") + "/" + protocol(e) }}

func name(entry *yaml.Node) string { return tree.Text(entry, "name") }

func protocol(port *yaml.Node) string { return cmp.Or(tree.Text(port, "protocol"), "TCP") }

// sourcePath returns a path as diagnostics have it.
func sourcePath(p edit.Path) source.Path {
	var out source.Path
	for i, step := range p {
		list := p[:i+1].LastField()
		switch key := keyFields[list]; {
		case !step.Entry:
			out = out.Field(step.Name)
		case list == "volumeClaimTemplates":
			n, _ := strconv.Atoi(step.Name)
			out = out.Index(n)
		case list == "ports":
			number, _, _ := strings.Cut(step.Name, "/")
			out = out.Item(key, number)
		case key == "":
			out = out.MapKey(step.Name)
		default:
			out = out.Item(key, step.Name)
		}
	}
	return out
}

// shortPath returns a path for messages, without the fields that lead to the pod's.
func shortPath(p edit.Path) string {
	return strings.TrimPrefix(sourcePath(p).String(), "spec.template.spec.")
}
