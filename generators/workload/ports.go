package workload

import (
	"cmp"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Listeners are the containers whose ports count: one by its name, or all where none has it.
// Init containers that go on running (native sidecars) are among them.
func (s *StatefulSet) Listeners(container string) []corev1.Container {
	pod := s.Spec.Template.Spec
	all := slices.Clone(pod.Containers)
	for _, c := range pod.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			all = append(all, c)
		}
	}
	if i := slices.IndexFunc(all, func(c corev1.Container) bool { return c.Name == container }); i >= 0 {
		return all[i : i+1]
	}
	return all
}

// ports are the ports of the listeners that a condition holds for.
func (s *StatefulSet) portsThat(container string, holds func(corev1.ContainerPort) bool) []corev1.ContainerPort {
	var out []corev1.ContainerPort
	for _, c := range s.Listeners(container) {
		for _, p := range c.Ports {
			if holds(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// AllPorts returns the ports of all containers, by number and protocol, each once.
func (s *StatefulSet) AllPorts() []v1alpha1.Port {
	var out []v1alpha1.Port
	for _, p := range s.portsThat("", func(corev1.ContainerPort) bool { return true }) {
		out = append(out, v1alpha1.Port{Name: p.Name, ContainerPort: p.ContainerPort, Protocol: cmp.Or(v1alpha1.Protocol(p.Protocol), v1alpha1.TCP)})
	}
	slices.SortStableFunc(out, func(a, b v1alpha1.Port) int {
		return cmp.Or(cmp.Compare(a.ContainerPort, b.ContainerPort), cmp.Compare(a.Protocol, b.Protocol))
	})
	return slices.CompactFunc(out, func(a, b v1alpha1.Port) bool {
		return a.ContainerPort == b.ContainerPort && a.Protocol == b.Protocol
	})
}

// Target returns the port of the pods that a port of a Service leads to; 0: it is not known.
func (s *StatefulSet) Target(p corev1.ServicePort) (int32, v1alpha1.Protocol) {
	protocol := cmp.Or(v1alpha1.Protocol(p.Protocol), v1alpha1.TCP)
	switch {
	case p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal == 0:
		return p.Port, protocol
	case p.TargetPort.Type == intstr.Int:
		return p.TargetPort.IntVal, protocol
	}
	for _, port := range s.AllPorts() {
		if port.Name == p.TargetPort.StrVal && port.Protocol == protocol {
			return port.ContainerPort, protocol
		}
	}
	return 0, protocol
}

// Lists reports whether a container lists the port that a port of a Service leads to, and what that is called there.
func (s *StatefulSet) Lists(p corev1.ServicePort) (target string, listed bool) {
	number, protocol := s.Target(p)
	if number == 0 {
		return p.TargetPort.StrVal, false
	}
	return strconv.Itoa(int(number)), slices.ContainsFunc(s.AllPorts(), func(o v1alpha1.Port) bool { return o.ContainerPort == number && o.Protocol == protocol })
}

// HasPort reports whether a container has a port of a name.
func (s *StatefulSet) HasPort(container, name string) bool {
	return len(s.portsThat(container, func(p corev1.ContainerPort) bool { return p.Name == name })) > 0
}

// NamesPorts reports whether a container lists ports at all: it need not.
func (s *StatefulSet) NamesPorts(container string) bool {
	return len(s.portsThat(container, func(corev1.ContainerPort) bool { return true })) > 0
}

// PortName returns what a port is called by its number, and whether it is listed.
func (s *StatefulSet) PortName(container string, number int32, protocol v1alpha1.Protocol) (name string, listed bool) {
	for _, p := range s.portsThat(container, func(p corev1.ContainerPort) bool {
		return p.ContainerPort == number && cmp.Or(v1alpha1.Protocol(p.Protocol), v1alpha1.TCP) == cmp.Or(protocol, v1alpha1.TCP)
	}) {
		name, listed = cmp.Or(name, p.Name), true
	}
	return name, listed
}

// A HostPort is a port that pods open on their nodes.
type HostPort struct {
	Number   int32
	Protocol v1alpha1.Protocol
}

// HostPorts returns the ports that the pods of a StatefulSet, DaemonSet or Deployment open on
// their nodes. Other objects have none.
func HostPorts(doc *source.Document) []HostPort {
	if !slices.Contains(Kinds, doc.Object().Kind) || !doc.Mentions("hostPort") {
		return nil
	}
	var pods struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Ports []struct {
							HostPort int32 `yaml:"hostPort"`
							Protocol v1alpha1.Protocol
						}
					}
				}
			}
		}
	}
	var out []HostPort
	_ = doc.ReadInto(&pods) // the API server reports the error
	for _, c := range pods.Spec.Template.Spec.Containers {
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				out = append(out, HostPort{p.HostPort, cmp.Or(p.Protocol, v1alpha1.TCP)})
			}
		}
	}
	return out
}
