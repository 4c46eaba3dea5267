package plan

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A ConfigMap holds the files and variables of a component.
type ConfigMap struct {
	Component *Component
	Name      string
	Data      map[string]string
	PerPod    []string // the files with a key for each pod, sorted
	PodKey    string   // the key of such a file, with $(pod) and $(file)
	Need      Need     // what is discovered for its files
}

// PodNameVariable has the name of the pod, for the paths of mounts and for variables of the
// container. POD_NAME is that of images, which may have something else in it.
const PodNameVariable = "SALLYPORT_POD_NAME"

// PodNameInEnv is what Kubernetes expands to the name of the pod.
const PodNameInEnv = "$(" + PodNameVariable + ")"

// ScriptKey is the key of the script that discovers addresses.
const ScriptKey = "discover.sh"

// Key returns the key of a pod's file.
func (m *ConfigMap) Key(pod, file string) string {
	return strings.ReplaceAll(strings.ReplaceAll(m.PodKey, "$(pod)", pod), "$(file)", file)
}

// A Need is what must be discovered.
type Need struct {
	Services []string // from the API server, in the order of the plan without duplicates
	Later    bool     // pods to come read Services, and those that are there read none
	Node     bool     // from the API server
	Host     bool     // from the downward API: the address of the node
	Pod      bool     // from the downward API: the address of the pod
}

// Any reports whether anything must be discovered.
func (n *Need) Any() bool { return n.API() || n.Host || n.Pod }

// API reports whether anything must be discovered from the API server.
func (n *Need) API() bool { return len(n.Services) > 0 || n.Later || n.Node }

// Program names what the image must have that discovers it, for messages. The downward API needs no
// program but the shell of the script.
func (n *Need) Program() string {
	if n.API() {
		return "kubectl"
	}
	return "a POSIX shell"
}

// Union adds the kinds of things that another Need has, and reports whether there is a new one. Of
// Services it only adds that there will be some: what does not exist needs no permission yet.
func (n *Need) Union(other Need) bool {
	before := *n
	n.Node, n.Host, n.Pod = n.Node || other.Node, n.Host || other.Host, n.Pod || other.Pod
	n.Later = len(n.Services) == 0 && len(other.Services) > 0
	return n.Node != before.Node || n.Host != before.Host || n.Pod != before.Pod || n.Later
}

// Add adds a value that is not known offline.
func (n *Need) Add(v Value) {
	switch {
	case v.Source == PodIP:
		n.Pod = true
	case v.Source == Node && v.Address == v1alpha1.InternalIP:
		n.Host = true
	case v.Source == Node:
		n.Node = true
	case !slices.Contains(n.Services, v.Service):
		n.Services = append(n.Services, v.Service)
	}
}
