package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// stepped reports a port that counts up from pod to pod in an entry that can only have one number
// for all pods. A Service of all pods has one target. Host ports are in the template of the pods.
func (v entryValidator) stepped(c Component, e Service, port ServicePort, p source.Path) {
	i := slices.IndexFunc(c.Ports, func(cp Port) bool { return cp.Name == port.Name })
	step := *c.Ports[i].Step
	if step <= 0 {
		return
	}
	if !e.canOpen(c.Ports[i]) {
		wayOut := "take the port out, or make the entry PerPod"
		if e.Mode == Headless {
			wayOut = "take the port out: the DNS names of pods need no port"
		}
		v.Errorf(source.Contradiction, p, wayOut,
			"the Service of entry %s has one target port for all pods, and they listen on different numbers: port %s has step %d", e.Name, port.Name, step)
		return
	}
	at := componentPath(c.Name).Field("ports").Item("name", port.Name).Field("step")
	if t := e.Target(); t.OpensHostPorts() && !v.Wrong(at) { // another entry has the same error
		v.Errorf(source.Contradiction, at,
			"take it out: pods with a host port are on different nodes, and can listen on one number",
			"entry %s is of type HostPort: the pods share a template, which has one containerPort for the host port, and port %s has step %d", e.Name, port.Name, step)
	}
}

// opensPorts reports a Shared entry without ports of its own if all ports of the component count
// up from pod to pod. A headless Service may have no ports.
func (v entryValidator) opensPorts(c Component, e Service, p source.Path) {
	if e.Mode == Shared && len(e.Ports) == 0 && len(c.Ports) > 0 {
		v.Errorf(source.Contradiction, p, "take the entry out, or make it PerPod",
			"entry %s has no port to open: all ports of component %s have a step, and a Service of all pods has one target port for them", e.Name, c.Name)
	}
}
