package generators

import (
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A socket is a port of a StatefulSet's pods, or of their nodes.
type socket struct {
	workload PatchMetadata
	number   int32
	protocol v1alpha1.Protocol
}

// An opener is who opens a socket, and the number on the other side of it.
type opener struct {
	said  string
	other int32
}

// openers are who has opened what, on nodes and in pods.
type openers struct{ nodes, pods map[socket]opener }

// claimOpenings holds that the pods of a StatefulSet, which share one template, open each
// port of their nodes once, and each of their own on one port of the node: in a patch, and
// so in the container, there is one entry for it.
func claimOpenings(planners []*planner) {
	taken := openers{map[socket]opener{}, map[socket]opener{}}
	for _, p := range planners {
		for _, c := range p.components {
			for _, name := range c.workloads() {
				for _, o := range c.openings() {
					taken.claim(p, c, o, PatchMetadata{name, p.namespace})
				}
			}
		}
	}
}

func (t openers) claim(p *planner, c *component, o opening, workload PatchMetadata) {
	node, pod := socket{workload, o.host, o.Protocol}, socket{workload, o.ContainerPort, o.Protocol}
	at := o.at.Field("hostPort")
	if by, ok := t.nodes[node]; ok && by.other != o.ContainerPort {
		p.found.ErrorOnce(source.PortClash, at, "give one of them another hostPort",
			"pods of StatefulSet %s open port %d/%s of their nodes for %s already", workload.Name, o.host, o.Protocol, by.said)
	} else if by, ok := t.pods[pod]; ok && by.other != o.host {
		p.found.ErrorOnce(source.PortClash, at, "write the same hostPort for both, or take one of them out",
			"pods of StatefulSet %s have their port %d/%s on port %d of their nodes already, for %s", workload.Name, o.ContainerPort, o.Protocol, by.other, by.said)
	}
	said := "port " + o.Name + " of component " + c.Name + " of " + p.title
	t.nodes[node], t.pods[pod] = opener{said, o.ContainerPort}, opener{said, o.host}
}
