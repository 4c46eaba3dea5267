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

// scopeOf returns the scope of a file for one pod, or for all pods if pod is nil.
func (f *fileWriter) scopeOf(pod *plan.Pod) scope {
	s := f.c.scope
	s.position, s.pod, s.services, s.lists = inFile, pod, f.services, f.c.Path.Field("config", "lists")
	s.fileValue = func(name string) (text, bool, error) {
		switch kind, arg, _ := strings.Cut(name, ":"); kind {
		case "list":
			return f.list(arg, pod)
		case "podFQDN":
			if !f.d.checkFQDN(f.c, nil) {
				return text{}, true, nil
			}
			return text{string: f.c.FQDN(pod)}, true, nil
		default:
			c, port, err := f.findPort(name, arg)
			if err != nil {
				return text{}, true, err
			}
			return f.portValue(kind, c, port, pod)
		}
	}
	return s
}

// scopeOfListener returns the scope of an item in a list over listeners.
func (f *fileWriter) scopeOfListener(port v1alpha1.Port, pod *plan.Pod) scope {
	s := f.scopeOf(pod)
	fileValue := s.fileValue
	s.position = inListeners
	s.fileValue = func(name string) (text, bool, error) {
		switch {
		case name == "bindPort":
			return text{string: strconv.Itoa(int(port.ContainerPort))}, true, nil
		case name == "podFQDN" || strings.Contains(name, ":"):
			return fileValue(name)
		}
		return f.portValue(name, f.c, port, pod)
	}
	return s
}

// findPort finds the port of PORT or COMPONENT.PORT in a placeholder.
func (f *fileWriter) findPort(placeholder, ref string) (*component, v1alpha1.Port, error) {
	c := f.c
	if other, port, ok := strings.Cut(ref, "."); ok {
		i := slices.IndexFunc(f.d.components, func(c *component) bool { return c.Spec.Name == other })
		if i < 0 {
			return nil, v1alpha1.Port{}, placeholderError{fmt.Sprintf("$(%s): there is no component %q", placeholder, other),
				source.Suggest(other, namesOf(f.d.components, func(c *component) string { return c.Spec.Name }))}
		}
		c, ref = f.d.components[i], port
	}
	for _, p := range c.Spec.Ports {
		if p.Name == ref {
			return c, p, nil
		}
	}
	return nil, v1alpha1.Port{}, placeholderError{fmt.Sprintf("$(%s): component %s has no port %q", placeholder, c.Spec.Name, ref),
		source.Suggest(ref, namesOf(c.Spec.Ports, func(p v1alpha1.Port) string { return p.Name }))}
}

// portValue returns the value of a placeholder for a port.
func (f *fileWriter) portValue(kind string, c *component, port v1alpha1.Port, pod *plan.Pod) (text, bool, error) {
	if l := port.Listener; kind == "listener" || kind == "protocol" {
		switch {
		case l == nil:
			return text{}, true, placeholderError{fmt.Sprintf("port %s of component %s must have a listener", port.Name, c.Spec.Name), "set the listener of the port"}
		case kind == "listener":
			return text{string: *l.Name}, true, nil
		case *l.Protocol == "":
			return text{}, true, placeholderError{fmt.Sprintf("the listener of port %s of component %s must have a protocol", port.Name, c.Spec.Name), "set listener.protocol of the port"}
		}
		return text{string: *l.Protocol}, true, nil
	}
	if c != f.c {
		return text{}, true, placeholderError{fmt.Sprintf("$(%s:%s.%s): a file can only contain addresses of pods of its own component", kind, c.Spec.Name, port.Name),
			"use $(service:" + c.Spec.Name + ".ENTRY) for the name of one of its Services"}
	}
	a := c.Address(pod, port.Name, port.ContainerPort)
	if a.Service != nil && a.Service.Type == "" || kind != "port" && !f.d.checkFQDN(c, a.Service) {
		return text{}, true, nil // what is missing has been reported
	}
	f.checkOneNode(a.Service)
	switch {
	case kind == "port":
		return textOf(a.Port), true, nil
	case kind == "host":
		return textOf(a.Host), true, nil
	case a.Host.Source != plan.Known:
		return text{a.Host.AddressToken(), []plan.Value{a.Host}}, true, nil
	case !plan.IsIP(a.Host.Text) && slices.Contains(c.Spec.Requires, v1alpha1.IPAddress):
		return text{}, true, nil // the engine's rule reports it
	case !plan.IsIP(a.Host.Text):
		return text{}, true, placeholderError{fmt.Sprintf("$(address:%s) must be an IP address, but the advertised host of pod %s is %s", port.Name, pod.Name, a.Host.Text),
			"set host or loadBalancer.address to an IP address, or use $(host:" + port.Name + ")"}
	}
	return textOf(a.Host), true, nil
}

// checkOneNode checks that a Service for all pods does not set one host for them, if each pod
// has the host of its own node.
func (f *fileWriter) checkOneNode(s *plan.Service) {
	if s == nil || s.Pod != nil {
		return
	}
	found := f.d.found
	for _, at := range []source.Path{s.Levels.Entry().Field("host"), found.Where(s.Levels, plan.Setting("externalIPs"))} {
		if found.Wrote(at) && !found.User.Empty(at) {
			found.ErrorOnce(source.AdvertisedClash, at, "take it out, so that each pod advertises the address of its node; or set mode: PerPod",
				"all pods would advertise one host, but with externalTrafficPolicy Local each node only leads to its own pod")
		}
	}
}

// list expands a list: its item for each listener, each advertised listener, or each pod.
func (f *fileWriter) list(name string, pod *plan.Pod) (text, bool, error) {
	lists := f.c.Spec.Config.Lists
	l, ok := lists[name]
	if !ok {
		return text{}, true, placeholderError{fmt.Sprintf("$(list:%s): there is no list %s in config.lists", name, name),
			cmp.Or(source.Suggest(name, slices.Sorted(maps.Keys(lists))), "add it to lists")}
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
		return text{}, true, placeholderError{fmt.Sprintf("list %s contains the nodes of all pods, but a pod can only discover its own node", name),
			"set the host of the entry, or give each pod a load balancer"}
	}
	f.overPods[name] = all
	return all, true, nil
}

// joined expands the item of a list in each scope, and joins the results.
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

// scopesOf returns the scopes of the items of a list.
func (f *fileWriter) scopesOf(l v1alpha1.List, pod *plan.Pod) []scope {
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

// checkUnusedList expands a list that no file uses, for its errors.
func (f *fileWriter) checkUnusedList(name string, at source.Path) {
	if f.usedLists == nil {
		f.usedLists = map[string]bool{}
		for _, text := range f.c.Spec.Config.Files {
			for placeholder := range v1alpha1.Placeholders(*text) {
				f.usedLists[strings.TrimPrefix(placeholder, "list:")] = true
			}
		}
	}
	if f.usedLists[name] {
		return
	}
	var one *plan.Pod
	if all := slices.Concat(f.c.Pods, f.c.exemplars); len(all) > 0 {
		one = &all[0]
	}
	f.expand("$(list:"+name+")", one, at)
}
