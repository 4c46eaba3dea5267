package v1alpha1

import (
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// An entryValidator checks an entry of services.
type entryValidator struct{ *validator }

func (v entryValidator) entry(c Component, e Service) {
	p := entryPath(c.Name, e.Name)
	v.form(p.Field("name"), e.Name, DNSLabel)
	v.notEmpty(p.Field("serviceName"))
	if e.Mode == "" {
		v.Errorf(source.Required, p.Field("mode"), "write PerPod, Shared or Headless", "mode is required in entry %s", e.Name)
		return
	}
	if *e.Type == "" && !v.DecodeFailedAt(componentPath(c.Name).Field("type"), specPath.Field("type")) {
		v.Errorf(source.Required, p.Field("type"), "write it here, on the component or on the spec, as one of: "+strings.Join(ServiceType("").Values(), ", "),
			"type is required for entry %s", e.Name)
	}
	v.selector(c, e, p)
	for _, port := range e.Ports {
		v.entryPort(c, e, port, p.Field("ports").Item("name", port.Name))
	}
	v.opensPorts(c, e, p)
	v.entryPods(e, p)
	v.only(e, p)
	v.withoutService(e, p)
	v.routed(c, e, p)
	t := e.Target()
	v.settings(t, LevelsOf(c.Name, e.Name, ""))
	for i := range e.Pods {
		pod := &e.Pods[i]
		t.Access, t.Own, t.OnePod = &pod.Access, &pod.Own, true
		v.settings(t, LevelsOf(c.Name, e.Name, pod.Pod))
	}
}

// selector checks which pods the Services of an entry select, if it makes any.
func (v entryValidator) selector(c Component, e Service, p source.Path) {
	at, none := p.Field("selector"), len(e.Selector) == 0
	replicas := componentPath(c.Name).Field("replicas")
	switch {
	case e.Mode != Headless && !e.Type.MakesService():
		// withoutService reports a selector
	case e.Mode != PerPod && none && v.Wrong(replicas) && !v.Wrote(replicas):
		// the StatefulSet is missing, which has both
	case e.Mode != PerPod && none:
		v.Errorf(source.Required, componentPath(c.Name).Field("selector"), "write the labels of the pods, or add the StatefulSet to the input",
			"selector is required: entry %s is %s", e.Name, e.Mode)
	case e.Mode == PerPod && e.Selector != nil && none && (v.User.Has(at) || v.emptied(at)):
		v.Errorf(source.Invalid, at, "leave it out to select the pod by its name",
			"a Service without a selector has no pods")
	case e.Mode == PerPod && !none && !e.selectsOne():
		v.Errorf(source.Invalid, at, "put $(pod) into a value, or leave it out to select the pod by its name",
			"the Service of each pod would select all pods")
	}
}

// settings checks the settings of the Services of an entry, or of a pod.
func (v entryValidator) settings(t Target, ls Levels) {
	accessValidator(v).access(t, ls)
	v.gateway(t, ls)
	v.ranges(reflect.ValueOf(*t.Own), func(fields ...string) source.Path { return v.Where(ls.Own(), at(fields...)) })
}

// selectsOne reports whether the selector differs from pod to pod.
func (e Service) selectsOne() bool {
	for _, value := range e.Selector {
		if MentionsPod(*value) {
			return true
		}
	}
	return false
}

func (v entryValidator) entryPort(c Component, e Service, port ServicePort, p source.Path) {
	if !slices.ContainsFunc(c.Ports, func(cp Port) bool { return cp.Name == port.Name }) {
		names := each(c.Ports, func(cp Port) string { return cp.Name })
		v.Errorf(source.UnknownName, p.Field("name"), "", "component %s has no port %q", c.Name, port.Name).
			OneOf(port.Name, names)
		return
	}
	v.portName(e, port, p.Field("portName"))
	v.stepped(c, e, port, p)
	v.numbers(e, port.Numbers, p)
	if v.User.Has(p.Field("hostPort")) {
		v.hostPort(e, *port.HostPort, p.Field("hostPort"))
	} else if t := e.Target(); t.OpensHostPorts() && v.inProfile(p.Field("hostPort")) {
		v.portNumber(p.Field("hostPort"), *port.HostPort)
	}
	if port.Steps == nil {
		return
	}
	for name, n := range map[string]*int32{"port": port.Steps.Port, "nodePort": port.Steps.NodePort, "advertisedPort": port.Steps.AdvertisedPort} {
		at := p.Field("steps", name)
		if *n < 0 {
			v.Errorf(source.NumberRange, at, "write 0 or more", "%d is negative, and numbers can only count up", *n)
		}
		if e.Mode != PerPod && v.User.Has(at) {
			v.Errorf(source.UnusableSetting, at, "take it out", "entry %s is %s: only PerPod entries count up", e.Name, e.Mode)
		}
	}
}

// portName checks the name that a port has in the Service. One that is not set is the name of the
// component's port.
func (v entryValidator) portName(e Service, port ServicePort, p source.Path) {
	v.notEmpty(p)
	if port.PortName != port.Name {
		v.form(p, port.PortName, DNSLabel)
	}
	for _, other := range e.Ports {
		if other.Name == port.Name {
			break
		}
		if other.PortName == port.PortName {
			v.Errorf(source.Duplicate, p, "give each port of a Service a name of its own",
				"ports %s and %s of entry %s would both be called %s", other.Name, port.Name, e.Name, port.PortName)
		}
	}
}

func (v entryValidator) hostPort(e Service, n int32, p source.Path) {
	if t := e.Target(); !t.OpensHostPorts() {
		v.Errorf(source.UnusableSetting, p, "take it out, or make the entry PerPod and of type HostPort",
			"entry %s opens no ports on nodes", e.Name)
		return
	}
	v.portNumber(p, n)
}

// numbers checks whether an entry can have such a number at all, which does not depend on the
// pod.
func (v entryValidator) numbers(e Service, n Numbers, p source.Path) {
	if t := e.Target(); n.NodePort != nil && *n.NodePort != 0 && *e.Type != "" && !t.FromOutside() {
		v.Errorf(source.UnusableSetting, p.Field("nodePort"), "take it out, or set the type to NodePort or LoadBalancer",
			"entry %s is of type %s, which has no node ports", e.Name, *e.Type)
	}
	if n.AdvertisedPort != nil && *n.AdvertisedPort != 0 && e.Mode == Headless {
		v.Errorf(source.UnusableSetting, p.Field("advertisedPort"), "take it out",
			"entry %s is %s: clients connect to the ports of the pods", e.Name, e.Mode)
	}
}

// entryPods checks the settings of single pods.
func (v entryValidator) entryPods(e Service, p source.Path) {
	if e.Mode != PerPod && len(e.Pods) > 0 {
		v.Errorf(source.UnusableSetting, p.Field("pods"), "take it out, or make the entry PerPod",
			"entry %s is %s and has no Service of a single pod", e.Name, e.Mode)
	}
	for _, pod := range e.Pods {
		at := p.Field("pods").Item("pod", pod.Pod)
		for _, port := range pod.Ports {
			q := at.Field("ports").Item("name", port.Name)
			if !slices.ContainsFunc(e.Ports, func(sp ServicePort) bool { return sp.Name == port.Name }) {
				names := each(e.Ports, func(sp ServicePort) string { return sp.Name })
				v.Errorf(source.UnknownName, q.Field("name"), "", "entry %s has no port %q", e.Name, port.Name).
					OneOf(port.Name, names)
				continue
			}
			v.numbers(e, port.Numbers, q)
		}
	}
}
