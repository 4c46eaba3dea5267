package decide

import (
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// oneByOne finds the StatefulSets that start a pod when the one before is ready, and whose probe asks a port of clients
// whether it is.
func oneByOne(d *decider) {
	for _, c := range d.components {
		if !slices.Contains(c.Spec.Requires, v1alpha1.StartTogether) || c.Spec.Config == nil {
			continue
		}
		for _, s := range d.seen.sets[c.Spec.Name] {
			container := readingContainer(s, c.Spec.Config.Container)
			if container == nil || s.Replicas() < 2 || s.Spec.PodManagementPolicy == appsv1.ParallelPodManagement || !asks(container, c.clientPorts()) {
				continue
			}
			c.OneByOne = append(c.OneByOne, plan.OneByOne{Set: s.Name, Place: s.Place("spec", "template", "spec", "containers"), Replicas: int(s.Replicas())})
		}
	}
}

// clientPorts returns the numbers of the ports of the component without those at which pods meet, which the lists over
// pods name.
func (c *component) clientPorts() []int32 {
	var out []int32
	for _, p := range c.Spec.Ports {
		meets := false
		for _, l := range c.Spec.Config.Lists {
			meets = meets || l.Over == v1alpha1.OverPods && v1alpha1.Mentions(l.Item, "bindPort:"+p.Name)
		}
		if !meets {
			out = append(out, p.ContainerPort)
		}
	}
	return out
}

var digits = source.Pattern(`[0-9]+`)

// asks reports whether a probe that decides if a pod is ready connects to one of some ports.
func asks(c *corev1.Container, ports []int32) bool {
	for _, p := range []*corev1.Probe{c.ReadinessProbe, c.StartupProbe} {
		if p == nil {
			continue
		}
		for _, asked := range asked(p) {
			i := slices.IndexFunc(c.Ports, func(own corev1.ContainerPort) bool { return own.Name == asked.StrVal })
			if asked.Type == intstr.String && i >= 0 {
				asked = intstr.FromInt32(c.Ports[i].ContainerPort)
			}
			if asked.Type == intstr.Int && slices.Contains(ports, asked.IntVal) {
				return true
			}
		}
	}
	return false
}

// asked returns the ports that a probe may ask: those that it names, or all numbers in its command.
func asked(p *corev1.Probe) []intstr.IntOrString {
	switch {
	case p.TCPSocket != nil:
		return []intstr.IntOrString{p.TCPSocket.Port}
	case p.HTTPGet != nil:
		return []intstr.IntOrString{p.HTTPGet.Port}
	case p.GRPC != nil:
		return []intstr.IntOrString{intstr.FromInt32(p.GRPC.Port)}
	}
	var out []intstr.IntOrString
	if p.Exec == nil {
		return nil
	}
	for _, word := range p.Exec.Command {
		for _, number := range digits().FindAllString(word, -1) {
			if n, err := strconv.ParseInt(number, 10, 32); err == nil {
				out = append(out, intstr.FromInt32(int32(n)))
			}
		}
	}
	return out
}
