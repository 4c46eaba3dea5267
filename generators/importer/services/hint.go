package services

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// profileHint says what to change in a spec so that a profile fits it: what has other names there.
func profileHint(engine string, c v1alpha1.Component) string {
	hint := fmt.Sprintf("The pods run %s: with profile: %s under spec, they also learn the addresses that clients have.", engine, engine)
	spec, _, _ := profiles.Lookup(engine)
	if len(spec.Components) != 1 {
		return hint + " See sallyport profiles show " + engine + "."
	}
	n := naming{of: spec.Components[0]}
	n.rename("component", c.Name, n.of.Name)
	for _, e := range c.Services {
		n.entry(c, e)
	}
	for _, p := range c.Ports {
		n.port(c, p)
	}
	if len(n.renames) > 0 {
		hint += " For it, rename " + strings.Join(n.renames, ", ") + "."
	}
	if len(n.numbers) > 0 {
		hint += " Write ports: [" + strings.Join(n.numbers, ", ") + "] into the component."
	}
	return hint
}

// A naming has the names that a profile has for the parts of a component.
type naming struct {
	of               v1alpha1.Component
	renames, numbers []string
}

func (n *naming) rename(what, from, to string) {
	if from != to {
		n.renames = append(n.renames, fmt.Sprintf("%s %s to %s", what, from, to))
	}
}

// only returns the entry of the profile that has a mode, if it is the only one.
func only(c v1alpha1.Component, mode v1alpha1.Mode) (out v1alpha1.Service, ok bool) {
	n := 0
	for _, e := range c.Services {
		if e.Mode == mode {
			out = e
			n++
		}
	}
	return out, n == 1
}

// entry renames the only entry of a mode to that of the profile.
func (n *naming) entry(c v1alpha1.Component, e v1alpha1.Service) {
	if theirs, ok := only(n.of, e.Mode); ok {
		if _, alone := only(c, e.Mode); alone {
			n.rename("entry", e.Name, theirs.Name)
		}
	}
}

// port renames a port to the one of the profile that has its number, or to the one that clients reach.
func (n *naming) port(c v1alpha1.Component, p v1alpha1.Port) {
	for _, q := range n.of.Ports {
		if q.Name == p.Name {
			if q.ContainerPort != p.ContainerPort {
				n.number(q.Name, p.ContainerPort)
			}
			return
		}
	}
	for _, q := range n.of.Ports {
		own := slices.ContainsFunc(c.Ports, func(other v1alpha1.Port) bool { return other.Name == q.Name })
		if q.ContainerPort == p.ContainerPort && !own {
			n.rename("port", p.Name, q.Name)
			return
		}
	}
	theirs, ok := only(n.of, v1alpha1.PerPod)
	own, alone := only(c, v1alpha1.PerPod)
	if ok && alone && len(theirs.Ports) == 1 && len(own.Ports) == 1 && own.Ports[0].Name == p.Name {
		n.rename("port", p.Name, theirs.Ports[0].Name)
		n.number(theirs.Ports[0].Name, p.ContainerPort)
	}
}

func (n *naming) number(name string, number int32) {
	n.numbers = append(n.numbers, fmt.Sprintf("{name: %s, containerPort: %d}", name, number))
}
