package preflight

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A socket is a port of the pods of a StatefulSet, or of their nodes.
type socket struct {
	workload, namespace string
	number              int32
	protocol            v1alpha1.Protocol
}

// An opener is the port that opens a socket, with the number on the other side.
type opener struct {
	title string
	other int32
}

// sockets are the open ports of nodes and of pods.
type sockets struct{ nodes, pods map[socket]opener }

func newSockets() sockets { return sockets{map[socket]opener{}, map[socket]opener{}} }

// claim checks that each host port of a StatefulSet belongs to one container port, and each
// container port has one host port. All pods share one template, and a container has one entry
// for each port.
func (t sockets) claim(s claimant) {
	for _, c := range s.Plan.Components {
		for _, name := range c.Workloads {
			for _, o := range c.Openings {
				t.open(s, c, o, name)
			}
		}
	}
}

func (t sockets) open(s claimant, c *plan.Component, o plan.Opening, workload string) {
	node, pod := socket{workload, s.Plan.Namespace, o.Host, o.Protocol}, socket{workload, s.Plan.Namespace, o.ContainerPort, o.Protocol}
	at := o.At.Field("hostPort")
	if by, ok := t.nodes[node]; ok && by.other != o.ContainerPort {
		s.Found.ErrorOnce(source.PortClash, at, "give one of them another hostPort",
			"pods of StatefulSet %s already use host port %d/%s for %s", workload, o.Host, o.Protocol, by.title)
	} else if by, ok := t.pods[pod]; ok && by.other != o.Host {
		s.Found.ErrorOnce(source.PortClash, at, "set the same hostPort for both, or take one of them out",
			"pods of StatefulSet %s already have the host port of their port %d/%s: it is %d, for %s", workload, o.ContainerPort, o.Protocol, by.other, by.title)
	}
	title := "port " + o.Name + " of component " + c.Spec.Name + " of " + s.title
	t.nodes[node], t.pods[pod] = opener{title, o.ContainerPort}, opener{title, o.Host}
}
