package patch

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// hostPorts returns the host ports that a patch adds to a container. Its ports are merged by number. But kustomize
// drops one without a warning if only one side sets the protocol. So TCP is left out, as most
// StatefulSets do, unless the StatefulSet in the input sets it or two ports have the same
// number.
func (o *podPatch) hostPorts(container string) []corev1.ContainerPort {
	var out []corev1.ContainerPort
	openings := o.c.Openings
	if !o.c.Enabled {
		return nil
	}
	if o.byKustomize {
		o.protocolsUnknown(openings)
	}
	for i, open := range openings {
		sameNumber := func(other plan.Opening) bool { return other.ContainerPort == open.ContainerPort }
		first := slices.IndexFunc(openings, sameNumber)
		twice := first < i || slices.ContainsFunc(openings[i+1:], sameNumber)
		there := o.portsThere(container, open.ContainerPort)
		withoutProtocol := slices.ContainsFunc(there, func(port corev1.ContainerPort) bool { return port.Protocol == "" })
		switch at := o.c.Path.Field("ports").Item("name", open.Name).Field("protocol"); {
		case o.byKustomize && withoutProtocol && first == i && (twice || len(there) > 1 || open.Protocol != v1alpha1.TCP):
			o.found.Errorf(source.Required, at, "write protocol: TCP at "+o.set.Doc.Place(containerPath(container).Field("ports")),
				"kustomize would drop host ports: several ports have the number %d, and one of them has no protocol", open.ContainerPort)
		}
		port := corev1.ContainerPort{ContainerPort: open.ContainerPort, HostPort: open.Host}
		if open.Protocol != v1alpha1.TCP || twice || len(there) > 0 && !withoutProtocol {
			port.Protocol = corev1.Protocol(open.Protocol)
		}
		out = append(out, port)
	}
	return out
}

// protocolsUnknown warns that the StatefulSet is not in the input, and so may write a protocol
// where the patch does not, or the other way round.
func (o *podPatch) protocolsUnknown(openings []plan.Opening) {
	isTCP := func(open plan.Opening) bool { return open.Protocol == v1alpha1.TCP }
	if i := slices.IndexFunc(openings, isTCP); o.set == nil && i >= 0 {
		o.found.Warnf(source.Required, o.c.Path.Field("ports").Item("name", openings[i].Name).Field("protocol"),
			"add the file of the StatefulSet to the input, and the patch will match it",
			"kustomize drops a host port if only one of StatefulSet and patch has its protocol: the patch has none for TCP, unless two ports have one number")
	}
}

// portsThere returns the ports with a number in a container of the StatefulSet.
func (o *podPatch) portsThere(container string, number int32) []corev1.ContainerPort {
	if o.set == nil {
		return nil
	}
	c, _ := byKey(slices.Concat(o.template().Containers, o.template().InitContainers), container, func(c corev1.Container) string { return c.Name })
	return slices.DeleteFunc(slices.Clone(c.Ports), func(p corev1.ContainerPort) bool { return p.ContainerPort != number })
}
