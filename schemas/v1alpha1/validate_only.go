package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// only checks the pods to which an entry is restricted. The plan checks that they exist.
func (v entryValidator) only(e Service, p source.Path) {
	at := p.Field("only")
	switch {
	case v.User.Empty(at):
		v.Errorf(source.Required, at, "name the pods, or leave the field out to have all", "only must not be empty: there would be no Service")
	case len(e.Only) == 0:
		return
	case e.Mode != PerPod:
		v.Errorf(source.UnusableSetting, at, "take it out, or make the entry PerPod", "entry %s is %s and has no Service of a single pod", e.Name, e.Mode)
		return
	case *e.Type == HostPort:
		v.Errorf(source.UnusableSetting, at, "take it out, or make these pods a component of their own",
			"entry %s is of type HostPort: the pods of a StatefulSet share a template, so that all of them open the ports", e.Name)
		return
	}
	listed := map[string]bool{}
	for i, pod := range e.Only {
		if listed[pod] {
			v.Errorf(source.Duplicate, at.Index(i), "take it out", "pod %s occurs twice in the list", pod)
		}
		listed[pod] = true
	}
	for _, pod := range e.Pods {
		if !listed[pod.Pod] {
			v.Errorf(source.UnusableSetting, p.Field("pods").Item("pod", pod.Pod).Field("pod"), "add it to only, or take its settings out",
				"pod %s has no Service of entry %s, which is only for other pods", pod.Pod, e.Name)
		}
	}
}

// onePerPod checks that a port has only one advertised address on each pod.
func (v entryValidator) onePerPod(c Component) {
	ports := map[string]carriers{}
	for _, e := range c.Services {
		if e.Mode != PerPod {
			continue
		}
		clash := carried{}
		for _, port := range e.Ports {
			by, ok := ports[port.Name]
			if !ok {
				by = carriers{}
				ports[port.Name] = by
			}
			if other, pods := by.other(e); other != "" {
				clash.add(other, port.Name, pods)
			}
			by.add(e)
		}
		v.carriedTwice(c, e, clash)
	}
}

// carried are the ports of an entry that another one carries, too: one mistake, however many they are.
type carried struct {
	other, pods string
	ports       []string
}

func (c *carried) add(other, port, pods string) {
	if c.other == "" {
		c.other, c.pods = other, pods
	}
	if c.other == other {
		c.ports = append(c.ports, port)
	}
}

// carriedTwice reports ports that two entries carry. If one of the two is the profile's, the other one
// was probably meant to be it.
func (v entryValidator) carriedTwice(c Component, e Service, clash carried) {
	if clash.other == "" {
		return
	}
	at, wayOut := entryPath(c.Name, e.Name).Field("ports").Item("name", clash.ports[0]), "give each entry a port of its own, or restrict them to different pods with only"
	own, theirs := e.Name, clash.other
	if !v.User.Has(entryPath(c.Name, own)) {
		own, theirs = theirs, own
	}
	inProfile := profileValidator(v).inProfile
	if inProfile(entryPath(c.Name, theirs)) && !v.User.Has(entryPath(c.Name, theirs)) && !inProfile(entryPath(c.Name, own)) {
		at = entryPath(c.Name, own).Field("name")
		wayOut = fmt.Sprintf("write name: %s, to change the entry of the profile; or %s", theirs, wayOut)
	}
	what := "port "
	if len(clash.ports) > 1 {
		what = "ports "
	}
	v.Errorf(source.Contradiction, at, wayOut, "PerPod entries %s and %s both carry %s%s, and a listener has one advertised address",
		clash.other, e.Name, what+strings.Join(clash.ports, ", "), clash.pods)
}

// carriers are the entries that carry a port, by pod. That of allPods carries it for all pods.
type carriers map[string]string

const allPods = ""

func (by carriers) add(e Service) {
	if len(e.Only) == 0 {
		by[allPods] = e.Name
	}
	for _, pod := range e.Only {
		by[pod] = e.Name
	}
}

// other returns an entry that carries the port for a pod of e, and which pod that is, for
// messages.
func (by carriers) other(e Service) (name, pods string) {
	if name, ok := by[allPods]; ok {
		return name, ofPod(e.Only)
	}
	if len(e.Only) == 0 {
		for _, pod := range slices.Sorted(maps.Keys(by)) {
			return by[pod], " of pod " + pod
		}
	}
	for _, pod := range e.Only {
		if name, ok := by[pod]; ok {
			return name, " of pod " + pod
		}
	}
	return "", ""
}

func ofPod(only []string) string {
	if len(only) == 0 {
		return ""
	}
	return " of pod " + only[0]
}
