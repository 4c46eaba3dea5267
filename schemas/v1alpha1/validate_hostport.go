package v1alpha1

import "sallyport.dev/schemas/source"

// onNodes reports settings of Services in an entry that makes none: pods of type HostPort
// listen on their nodes. A Shared entry of that type makes nothing at all.
func (v *validator) onNodes(e Service, p source.Path) {
	if *e.Type != HostPort || e.Mode == Headless {
		return
	}
	unused := func(p source.Path, wayOut string) {
		if v.User.Has(p) {
			v.Errorf(source.UnusableSetting, p, wayOut, "entry %s is of type HostPort, which makes no Service", e.Name)
		}
	}
	for _, field := range []string{"serviceName", "selector"} {
		if field != "serviceName" || !e.namedByService() {
			unused(p.Field(field), "take it out")
		}
	}
	if e.Mode == Shared {
		unused(p.Field("host"), "take it out, or make the entry PerPod")
	}
	for _, port := range e.Ports {
		at := p.Field("ports").Item("name", port.Name)
		unused(at.Field("port"), "take it out; the number on the node is hostPort")
		if e.Mode == Shared { // Validate reports its steps
			unused(at.Field("advertisedPort"), "take it out, or make the entry PerPod")
			continue
		}
		unused(at.Field("steps", "port"), "take it out; all pods have one hostPort")
		unused(at.Field("steps", "nodePort"), "take it out; all pods have one hostPort")
	}
	for _, pod := range e.Pods {
		for _, port := range pod.Ports {
			unused(p.Field("pods").Item("pod", pod.Pod).Field("ports").Item("name", port.Name).Field("port"), "take it out; all pods have one hostPort")
		}
	}
}

// namedByService reports whether a host contains the Service's name. serviceName then matters
// although there is no Service.
func (e Service) namedByService() bool {
	hosts := []string{*e.Host}
	for _, pod := range e.Pods {
		hosts = append(hosts, *pod.Host)
	}
	for _, host := range hosts {
		if e.Mode == PerPod && Mentions(host, "serviceName") {
			return true
		}
	}
	return false
}
