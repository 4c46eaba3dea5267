package v1alpha1

import "sallyport.dev/schemas/source"

// withoutService reports settings of Services in an entry that makes none, because clients reach
// the pods at their nodes or at their own addresses. A Shared entry of such a type makes nothing at
// all.
func (v entryValidator) withoutService(e Service, p source.Path) {
	if e.Type.MakesService() || e.Mode == Headless {
		return
	}
	unused := func(p source.Path, wayOut string) {
		if v.User.Has(p) {
			v.Errorf(source.UnusableSetting, p, wayOut, "entry %s is of type %s, which makes no Service", e.Name, *e.Type)
		}
	}
	for _, field := range []string{"serviceName", "selector"} {
		if field != "serviceName" || !e.namedByService() {
			unused(p.Field(field), "take it out")
		}
	}
	port, steps := "take it out; the number on the node is hostPort", "take it out; all pods have one hostPort"
	if *e.Type == PodIP {
		port, steps = "take it out; clients connect to containerPort", "take it out; step of the component's port counts containerPort up"
	}
	for _, sp := range e.Ports {
		at := p.Field("ports").Item("name", sp.Name)
		unused(at.Field("port"), port)
		unused(at.Field("portName"), "take it out")
		if e.Mode == Shared { // Validate reports its steps
			unused(at.Field("advertisedPort"), "take it out, or make the entry PerPod")
			continue
		}
		unused(at.Field("steps", "port"), steps)
		unused(at.Field("steps", "nodePort"), steps)
	}
	for _, pod := range e.Pods {
		for _, sp := range pod.Ports {
			unused(p.Field("pods").Item("pod", pod.Pod).Field("ports").Item("name", sp.Name).Field("port"), steps)
		}
	}
}

// namedByService reports whether a host or an alias contains the Service's name. serviceName then
// matters although there is no Service.
func (e Service) namedByService() bool {
	hosts := append([]string{*e.Host}, e.Aliases...)
	for _, pod := range e.Pods {
		hosts = append(append(hosts, *pod.Host), pod.Aliases...)
	}
	for _, host := range hosts {
		if e.Mode == PerPod && Mentions(host, "serviceName") {
			return true
		}
	}
	return false
}
