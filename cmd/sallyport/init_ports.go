package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/v1alpha1"
)

// A portMatch is a port of a profile with its number in the StatefulSet, and a comment on it.
type portMatch struct {
	name   string
	number int32
	remark string
}

// A portMatcher finds the ports of a profile among those of a StatefulSet.
type portMatcher struct {
	d       *draft
	c       v1alpha1.Component
	found   []portMatch     // otherwise than in the profile
	choices []portMatch     // for ports of which it is not clear which one of the StatefulSet they are
	numbers map[string]bool // of the ports that are found
	taken   map[int]bool    // the indexes of the ports of the StatefulSet that are found
}

// writePorts writes the ports that the StatefulSet has otherwise than the profile.
func (d *draft) writePorts(b *strings.Builder, c v1alpha1.Component) {
	m := portMatcher{d: d, c: c, numbers: map[string]bool{}, taken: map[int]bool{}}
	m.match()
	for i, p := range m.found {
		if i == 0 {
			b.WriteString("    ports:\n")
		}
		fmt.Fprintf(b, "    - {name: %s, containerPort: %d} # %s\n", scalar(p.name), p.number, p.remark)
	}
	if len(m.choices) > 0 {
		b.WriteString("    # One of these, for what clients reach:\n")
	}
	for _, p := range m.choices {
		line := fmt.Sprintf("{name: %s, containerPort: %d}", scalar(p.name), p.number)
		if len(m.found) == 0 {
			line = "ports: [" + line + "]"
		} else {
			line = "- " + line
		}
		fmt.Fprintf(b, "    # %s # %s\n", line, p.remark)
	}
}

// match finds ports by their names, then by their numbers. What is left for a port that clients reach is
// that port, if there is only one. A port whose number another port has gets another number.
func (m *portMatcher) match() {
	var rest []v1alpha1.Port
	for _, p := range m.c.Ports {
		if i := m.index(p, func(own corev1.ContainerPort) bool { return own.Name == p.Name }); i >= 0 {
			m.take(p, i, fmt.Sprintf("the profile has %d", p.ContainerPort))
		} else {
			rest = append(rest, p)
		}
	}
	rest = slices.DeleteFunc(rest, func(p v1alpha1.Port) bool {
		i := m.index(p, func(own corev1.ContainerPort) bool { return own.ContainerPort == p.ContainerPort })
		if i >= 0 {
			m.take(p, i, "")
		}
		return i >= 0
	})
	var reached, others []v1alpha1.Port
	for _, p := range rest {
		if reaches(m.c, p.Name) {
			reached = append(reached, p)
		} else {
			others = append(others, p)
		}
	}
	for _, p := range reached {
		m.choose(p, len(reached) == 1)
	}
	for _, p := range others {
		if left := m.left(p); m.numbers[numberOf(p.ContainerPort, p.Protocol)] && len(left) == 1 && len(m.choices) == 0 {
			m.choose(p, true)
		} else {
			m.renumber(p)
		}
	}
}

// index returns the index of the port of the StatefulSet that a condition holds for, or -1.
func (m *portMatcher) index(p v1alpha1.Port, holds func(corev1.ContainerPort) bool) int {
	for i, own := range m.d.ports {
		if !m.taken[i] && sameProtocol(own.Protocol, p.Protocol) && holds(own) {
			return i
		}
	}
	return -1
}

// take decides which port of the StatefulSet a port of the profile is.
func (m *portMatcher) take(p v1alpha1.Port, i int, remark string) {
	own := m.d.ports[i]
	m.taken[i], m.numbers[numberOf(own.ContainerPort, own.Protocol)] = true, true
	if own.ContainerPort != p.ContainerPort {
		m.found = append(m.found, portMatch{p.Name, own.ContainerPort, remark})
	}
}

// left returns the ports of the StatefulSet that a port of the profile may be.
func (m *portMatcher) left(p v1alpha1.Port) []int {
	var out []int
	engine := m.d.engine(m.c)
	for i, own := range m.d.ports {
		here := m.d.listeners[i] == engine || !slices.Contains(m.d.listeners, engine) // an init container listens on nothing
		if !m.taken[i] && sameProtocol(own.Protocol, p.Protocol) && here && !says(own.Name, inside) {
			out = append(out, i)
		}
	}
	return out
}

// choose takes the only port that is left for a port that clients reach. If it is not the only one, the
// user chooses.
func (m *portMatcher) choose(p v1alpha1.Port, alone bool) {
	left := m.left(p)
	called := func(i int) string {
		return fmt.Sprintf("port %s of the StatefulSet; the profile has %d", m.d.ports[i].Name, p.ContainerPort)
	}
	if alone && len(left) == 1 {
		m.take(p, left[0], called(left[0]))
		return
	}
	for _, i := range left {
		m.choices = append(m.choices, portMatch{p.Name, m.d.ports[i].ContainerPort, called(i)})
	}
}

// renumber gives a port of the profile another number, if another port has its number.
func (m *portMatcher) renumber(p v1alpha1.Port) {
	if !m.numbers[numberOf(p.ContainerPort, p.Protocol)] {
		return
	}
	used := func(n int32) bool {
		own := func(q corev1.ContainerPort) bool { return q.ContainerPort == n }
		known := func(q v1alpha1.Port) bool { return q.ContainerPort == n }
		free := func(q v1alpha1.Port) bool { // the StatefulSet has the port under another number
			return slices.ContainsFunc(m.found, func(f portMatch) bool { return f.name == q.Name })
		}
		return slices.ContainsFunc(m.d.ports, own) || slices.ContainsFunc(m.found, func(f portMatch) bool { return f.number == n }) ||
			slices.ContainsFunc(m.c.Ports, func(q v1alpha1.Port) bool { return known(q) && !free(q) })
	}
	n := p.ContainerPort
	for used(n) {
		n++
	}
	m.found = append(m.found, portMatch{p.Name, n, fmt.Sprintf("the profile has %d, which is another port of the StatefulSet", p.ContainerPort)})
	m.numbers[numberOf(n, p.Protocol)] = true
}

// engine returns the container that a profile configures: the one that it names, or else the first one.
// "": not known.
func (d *draft) engine(c v1alpha1.Component) string {
	if c.Config != nil && slices.Contains(slices.Concat(d.containers, d.before), c.Config.Container) {
		return c.Config.Container
	}
	return append(d.containers, "")[0]
}

// reaches reports whether clients reach a port of a component of a profile.
func reaches(c v1alpha1.Component, port string) bool {
	return slices.ContainsFunc(c.Services, func(e v1alpha1.Service) bool {
		return e.Mode != v1alpha1.Headless && (len(e.Ports) == 0 || slices.ContainsFunc(e.Ports, func(p v1alpha1.ServicePort) bool { return p.Name == port }))
	})
}

func sameProtocol(a corev1.Protocol, b v1alpha1.Protocol) bool {
	return cmp.Or(string(a), string(corev1.ProtocolTCP)) == cmp.Or(string(b), string(corev1.ProtocolTCP))
}

// numberOf returns a number with its protocol.
func numberOf[P ~string](n int32, protocol P) string {
	return fmt.Sprintf("%d/%s", n, cmp.Or(string(protocol), string(corev1.ProtocolTCP)))
}
