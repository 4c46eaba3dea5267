package generators

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An opening is a port that the pods of a component open on their nodes.
type opening struct {
	*v1alpha1.Port
	at   source.Path // of the entry's port
	host int32
}

// openings are read off the entries: a StatefulSet of no pods has the same template.
func (c *component) openings() []opening {
	var out []opening
	for _, e := range c.Services {
		if e.Mode != v1alpha1.PerPod || *e.Type != v1alpha1.HostPort {
			continue
		}
		for _, sp := range e.Ports {
			if i := slices.IndexFunc(c.Ports, func(cp v1alpha1.Port) bool { return cp.Name == sp.Name }); i >= 0 {
				at := portOf(c.path.Field("services").Item("name", e.Name), sp.Name)
				out = append(out, opening{&c.Ports[i], at, *sp.HostPort})
			} // else Validate has told
		}
	}
	return out
}

// hostPorts are the openings in a patch. There, ports go by their numbers; but kustomize
// drops one without a word where a protocol stands on one side only. So TCP, which most
// leave out, is left out, unless a port of the number has it where the workload is at hand,
// or two ports have one number.
func (p *planner) hostPorts(c *component, w atHand, container string) []corev1.ContainerPort {
	var out []corev1.ContainerPort
	openings := c.openings()
	if !c.enabled {
		return nil
	}
	for i, o := range openings {
		same := func(other opening) bool { return other.ContainerPort == o.ContainerPort }
		first := slices.IndexFunc(openings, same)
		twice := first < i || slices.ContainsFunc(openings[i+1:], same)
		there := w.ports(container, o.ContainerPort)
		silent := slices.ContainsFunc(there, func(port corev1.ContainerPort) bool { return port.Protocol == "" })
		switch at := c.path.Field("ports").Item("name", o.Name).Field("protocol"); {
		case silent && first == i && (twice || len(there) > 1 || o.Protocol != v1alpha1.TCP):
			p.found.Errorf(source.Required, at, "write protocol: TCP at "+w.doc.Place(inPod.Field("containers").Item("name", container).Field("ports")),
				"kustomize would drop host ports: it cannot tell ports of one number, %d, apart while one of them has no protocol", o.ContainerPort)
		case w.doc == nil && twice && first == i:
			p.found.Warnf(source.Required, at, "name the StatefulSet's file too, and this is looked at",
				"kustomize drops host ports of one number, %d, if the StatefulSet has one of them without a protocol", o.ContainerPort)
		}
		port := corev1.ContainerPort{ContainerPort: o.ContainerPort, HostPort: o.host}
		if o.Protocol != v1alpha1.TCP || twice || len(there) > 0 && !silent {
			port.Protocol = corev1.Protocol(o.Protocol)
		}
		out = append(out, port)
	}
	return out
}

// withProtocols is a second patch, for a StatefulSet that is not at hand: its host ports
// once more, with the protocol that was left out. Of the two, kustomize drops the one that
// is not spelled as the StatefulSet is, and either is as good.
func (p *Patch) withProtocols() []*Patch {
	again := &Patch{APIVersion: p.APIVersion, Kind: p.Kind, Metadata: p.Metadata}
	containers := &again.Spec.Template.Spec.Containers
	for _, c := range p.Spec.Template.Spec.Containers {
		ports := slices.DeleteFunc(slices.Clone(c.Ports), func(port corev1.ContainerPort) bool { return port.Protocol != "" })
		for i := range ports {
			ports[i].Protocol = corev1.ProtocolTCP
		}
		if len(ports) > 0 {
			*containers = append(*containers, PatchContainer{Name: c.Name, Ports: ports})
		}
	}
	if p.Target != nil || len(*containers) == 0 {
		return nil
	}
	return []*Patch{again}
}
