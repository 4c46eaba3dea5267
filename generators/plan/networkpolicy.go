package plan

import (
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A NetworkPolicy lets traffic through to pods, or from pods. All other traffic of its direction
// is shut for these pods, unless another policy lets it through.
type NetworkPolicy struct {
	Name   string
	At     source.Path // where the policy is written
	Egress bool        // from the pods, and not to them
	Pods   map[string]string
	Rules  []Passage
}

// A Passage is what a NetworkPolicy lets through.
type Passage struct {
	Ports []PortRange
	Peers []Peer // on the other side; nil: everybody
}

// A PortRange is a range of numbers that servers listen on.
type PortRange struct {
	Protocol    v1alpha1.Protocol
	First, Last int32
}

// A Peer is an address block, or pods.
type Peer struct {
	CIDR             string            // "": pods
	Pods, Namespaces map[string]string // labels; nil: all pods, the namespace of the policy
}
