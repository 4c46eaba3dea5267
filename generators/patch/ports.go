package patch

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// hostPorts are the openings in a patch. There, ports go by their numbers; but kustomize
// drops one without a word where a protocol stands on one side only. So TCP, which most
// leave out, is left out, unless a port of the number has it where the workload is at hand,
// or two ports have one number.
func (o *podPatch) hostPorts() []corev1.ContainerPort {
	var out []corev1.ContainerPort
	openings, container := o.c.Openings, o.container()
	if !o.c.Enabled {
		return nil
	}
	for i, open := range openings {
		same := func(other plan.Opening) bool { return other.ContainerPort == open.ContainerPort }
		first := slices.IndexFunc(openings, same)
		twice := first < i || slices.ContainsFunc(openings[i+1:], same)
		there := o.portsThere(container, open.ContainerPort)
		silent := slices.ContainsFunc(there, func(port corev1.ContainerPort) bool { return port.Protocol == "" })
		switch at := o.c.Path.Field("ports").Item("name", open.Name).Field("protocol"); {
		case silent && first == i && (twice || len(there) > 1 || open.Protocol != v1alpha1.TCP):
			o.found.Errorf(source.Required, at, "write protocol: TCP at "+o.set.Doc.Place(containerPath(container).Field("ports")),
				"kustomize would drop host ports: it cannot tell ports of one number, %d, apart while one of them has no protocol", open.ContainerPort)
		case o.set == nil && twice && first == i:
			o.found.Warnf(source.Required, at, "name the StatefulSet's file too, and this is looked at",
				"kustomize drops host ports of one number, %d, if the StatefulSet has one of them without a protocol", open.ContainerPort)
		}
		port := corev1.ContainerPort{ContainerPort: open.ContainerPort, HostPort: open.Host}
		if open.Protocol != v1alpha1.TCP || twice || len(there) > 0 && !silent {
			port.Protocol = corev1.Protocol(open.Protocol)
		}
		out = append(out, port)
	}
	return out
}

// portsThere are those of a container of the StatefulSet that have a number.
func (o *podPatch) portsThere(container string, number int32) []corev1.ContainerPort {
	if o.set == nil {
		return nil
	}
	c, _ := byKey(o.template().Containers, container, func(c corev1.Container) string { return c.Name })
	return slices.DeleteFunc(slices.Clone(c.Ports), func(p corev1.ContainerPort) bool { return p.ContainerPort != number })
}

// WithProtocols is a second patch, for a StatefulSet that is not at hand: its host ports
// once more, with the protocol that was left out. Of the two, kustomize drops the one that
// is not spelled as the StatefulSet is, and either is as good.
func (p *Patch) WithProtocols() []*Patch {
	again := &Patch{APIVersion: p.APIVersion, Kind: p.Kind, Metadata: p.Metadata}
	containers := &again.Spec.Template.Spec.Containers
	for _, c := range p.Spec.Template.Spec.Containers {
		ports := slices.DeleteFunc(slices.Clone(c.Ports), func(port corev1.ContainerPort) bool { return port.Protocol != "" })
		for i := range ports {
			ports[i].Protocol = corev1.ProtocolTCP
		}
		if len(ports) > 0 {
			*containers = append(*containers, Container{Name: c.Name, Ports: ports})
		}
	}
	if p.Target != nil || len(*containers) == 0 {
		return nil
	}
	return []*Patch{again}
}
