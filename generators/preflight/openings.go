package preflight

import (
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A socket is a port of a StatefulSet's pods, or of their nodes.
type socket struct {
	workload, namespace string
	number              int32
	protocol            v1alpha1.Protocol
}

// An opener is who opens a socket, and the number on the other side of it.
type opener struct {
	said  string
	other int32
}

// sockets are who has opened what, on nodes and in pods.
type sockets struct{ nodes, pods map[socket]opener }

func newSockets() sockets { return sockets{map[socket]opener{}, map[socket]opener{}} }

// claim holds that the pods of a StatefulSet, which share one template, open each port of
// their nodes once, and each of their own on one port of the node: in a patch, and so in the
// container, there is one entry for it.
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
			"pods of StatefulSet %s open port %d/%s of their nodes for %s already", workload, o.Host, o.Protocol, by.said)
	} else if by, ok := t.pods[pod]; ok && by.other != o.Host {
		s.Found.ErrorOnce(source.PortClash, at, "write the same hostPort for both, or take one of them out",
			"pods of StatefulSet %s have their port %d/%s on port %d of their nodes already, for %s", workload, o.ContainerPort, o.Protocol, by.other, by.said)
	}
	said := "port " + o.Name + " of component " + c.Spec.Name + " of " + s.title
	t.nodes[node], t.pods[pod] = opener{said, o.ContainerPort}, opener{said, o.Host}
}
