package plan

import (
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// A ConfigMap is a component's.
type ConfigMap struct {
	Component *Component
	Name      string
	Data      map[string]string
	PerPod    []string // the files that have a key for each pod, sorted
	Need      Need     // what its files leave to be discovered
}

// ScriptKey is the key of the script that discovers.
const ScriptKey = "discover.sh"

// PodKey is the key of a file that each pod has for itself.
func PodKey(pod, file string) string { return pod + "." + file }

// A Need is what discovery asks for.
type Need struct {
	Services []string // of the API server, in the order of the plan, each once
	Node     bool     // of the API server
	Host     bool     // by the downward API
}

// Any tells whether something is discovered, if only by the downward API.
func (n *Need) Any() bool { return n.API() || n.Host }

// API tells whether anything is asked of the API server.
func (n *Need) API() bool { return len(n.Services) > 0 || n.Node }

// Add adds a value that a file leaves open.
func (n *Need) Add(v Value) {
	switch {
	case v.Source == Node && v.Address == v1alpha1.InternalIP:
		n.Host = true
	case v.Source == Node:
		n.Node = true
	case !slices.Contains(n.Services, v.Service):
		n.Services = append(n.Services, v.Service)
	}
}
