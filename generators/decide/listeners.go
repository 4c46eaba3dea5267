package decide

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// ofPorts are the placeholders that name a port.
var ofPorts = []string{"listener", "protocol", "host", "port", "address"}

// scopeOf is what placeholders stand for in a file of a pod, or of all pods.
func (f *filer) scopeOf(pod *plan.Pod) scope {
	s := f.c.scope
	s.pod, s.services = pod, f.services
	s.more = func(name string) (text, bool, error) {
		kind, arg, of := strings.Cut(name, ":")
		switch {
		case kind == "list":
			return f.list(arg, pod)
		case name == "podFQDN" && pod != nil:
			if !f.d.checkFQDN(f.c, nil) {
				return text{}, true, nil
			}
			return text{string: f.c.FQDN(pod)}, true, nil
		case of && slices.Contains(ofPorts, kind):
			c, port, err := f.portNamed(name, arg)
			if err != nil {
				return text{}, true, err
			}
			return f.ofPort(kind, c, port, pod)
		}
		return text{}, false, nil
	}
	return s
}

// scopeOfListener is what placeholders stand for in an item of a list over listeners.
func (f *filer) scopeOfListener(port v1alpha1.Port, pod *plan.Pod) scope {
	s := f.scopeOf(pod)
	file := s.more
	s.more = func(name string) (text, bool, error) {
		switch {
		case name == "bindPort":
			return text{string: strconv.Itoa(int(port.ContainerPort))}, true, nil
		case slices.Contains(ofPorts, name):
			return f.ofPort(name, f.c, port, pod)
		}
		return file(name)
	}
	return s
}

// portNamed finds PORT, or COMPONENT.PORT, for a placeholder.
func (f *filer) portNamed(placeholder, ref string) (*component, v1alpha1.Port, error) {
	c := f.c
	if other, port, ok := strings.Cut(ref, "."); ok {
		i := slices.IndexFunc(f.d.components, func(c *component) bool { return c.Spec.Name == other })
		if i < 0 {
			return nil, v1alpha1.Port{}, wrongPlaceholder{fmt.Sprintf("$(%s): there is no component %q", placeholder, other),
				source.Suggest(other, namesOf(f.d.components, func(c *component) string { return c.Spec.Name }))}
		}
		c, ref = f.d.components[i], port
	}
	for _, p := range c.Spec.Ports {
		if p.Name == ref {
			return c, p, nil
		}
	}
	return nil, v1alpha1.Port{}, wrongPlaceholder{fmt.Sprintf("$(%s): component %s has no port %q", placeholder, c.Spec.Name, ref),
		source.Suggest(ref, namesOf(c.Spec.Ports, func(p v1alpha1.Port) string { return p.Name }))}
}

// ofPort is what a placeholder for a port stands for.
func (f *filer) ofPort(kind string, c *component, port v1alpha1.Port, pod *plan.Pod) (text, bool, error) {
	if l := port.Listener; kind == "listener" || kind == "protocol" {
		switch {
		case l == nil:
			return text{}, true, wrongPlaceholder{fmt.Sprintf("port %s of component %s has no listener", port.Name, c.Spec.Name), "give the port a listener"}
		case kind == "listener":
			return text{string: *l.Name}, true, nil
		}
		return text{string: *l.Protocol}, *l.Protocol != "", nil
	}
	if pod == nil || c != f.c {
		return text{}, false, nil // addresses are those of a pod, and the pod is of this component
	}
	a := c.Address(pod, port.Name, port.ContainerPort)
	if a.Service != nil && a.Service.Type == "" || kind != "port" && !f.d.checkFQDN(c, a.Service) {
		return text{}, true, nil // what is missing is reported
	}
	f.checkOneNode(a.Service)
	switch {
	case kind == "port":
		return textOf(a.Port), true, nil
	case kind == "host":
		return textOf(a.Host), true, nil
	case a.Host.Source != plan.Known:
		return text{a.Host.AddressToken(), []plan.Value{a.Host}}, true, nil
	case !plan.IsIP(a.Host.Text):
		return text{}, true, wrongPlaceholder{fmt.Sprintf("$(address:%s) takes an IP address, and clients of pod %s are told %s", port.Name, pod.Name, a.Host.Text),
			"set a host or a loadBalancer.address that is one, or write $(host:" + port.Name + ")"}
	}
	return textOf(a.Host), true, nil
}

// checkOneNode holds that a Service of all pods does not have one host for them all, where
// each pod has its own node's.
func (f *filer) checkOneNode(s *plan.Service) {
	if s == nil || s.Pod != nil {
		return
	}
	found := f.d.found
	for _, at := range []source.Path{s.Levels.Entry().Field("host"), found.Where(s.Levels, plan.Setting("externalIPs"))} {
		if found.Wrote(at) && !found.User.Empty(at) {
			found.ErrorOnce(source.AdvertisedClash, at, "take it out: a pod is told its node's address; or make the entry PerPod",
				"under policy Local each node answers for its own pod, and clients of all pods would be told the same")
		}
	}
}

// list expands a list: its item for each listener, each advertised one, or each pod.
func (f *filer) list(name string, pod *plan.Pod) (text, bool, error) {
	lists := f.c.Spec.Config.Lists
	l, ok := lists[name]
	if !ok {
		return text{}, true, wrongPlaceholder{fmt.Sprintf("$(list:%s): the config has no such list", name),
			cmp.Or(source.Suggest(name, slices.Sorted(maps.Keys(lists))), "write it under lists")}
	}
	if l.Over != v1alpha1.OverPods {
		all, err := joined(*l, f.scopesOf(*l, pod))
		return all, true, err
	}
	f.countPods()
	if all, ok := f.overPods[name]; ok {
		return all, true, nil
	}
	all, err := joined(*l, f.scopesOf(*l, pod))
	if err != nil {
		return text{}, true, err
	}
	for i := range f.c.exemplars {
		if _, err := f.scopeOf(&f.c.exemplars[i]).expand(l.Item); err != nil {
			return text{}, true, err
		}
	}
	if slices.ContainsFunc(all.open, func(v plan.Value) bool { return v.Source == plan.Node }) {
		return text{}, true, wrongPlaceholder{fmt.Sprintf("list %s names the nodes of all pods, and a pod can ask for its own only", name),
			"give the entry a host, or each pod a load balancer"}
	}
	f.overPods[name] = all
	return all, true, nil
}

// joined is a list's item in each of the scopes.
func joined(l v1alpha1.List, scopes []scope) (text, error) {
	var all strings.Builder
	var open []plan.Value
	for i, s := range scopes {
		s.inList = true
		item, err := s.expand(l.Item)
		if err != nil {
			return text{}, err
		}
		if i > 0 {
			all.WriteString(*l.Separator)
		}
		open = append(open, item.open...)
		if all.WriteString(item.string); all.Len() > maxConfigMap {
			return text{}, tooLong
		}
	}
	return text{all.String(), open}, nil
}

// scopesOf are what placeholders stand for in each item of a list.
func (f *filer) scopesOf(l v1alpha1.List, pod *plan.Pod) []scope {
	var out []scope
	if l.Over == v1alpha1.OverPods {
		for i := range f.c.Pods {
			out = append(out, f.scopeOf(&f.c.Pods[i]))
		}
		return out
	}
	for _, port := range f.c.Spec.Ports {
		if port.Listener != nil && (l.Over == v1alpha1.OverListeners || *port.Listener.Advertised) {
			out = append(out, f.scopeOfListener(port, pod))
		}
	}
	return out
}

// checkUnused expands a list that no file uses, for its mistakes.
func (f *filer) checkUnused(name string, at source.Path) {
	for _, text := range f.c.Spec.Config.Files {
		if strings.Contains(*text, "$(list:"+name+")") {
			return
		}
	}
	var one *plan.Pod
	if all := slices.Concat(f.c.Pods, f.c.exemplars); len(all) > 0 {
		one = &all[0]
	}
	f.expand("$(list:"+name+")", one, at)
}
