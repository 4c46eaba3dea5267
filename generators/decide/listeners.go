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

// fileValues gives placeholders their values in the files of a component, and in variables of its
// container.
type fileValues struct {
	d        *decider
	c        *component
	scope    scope           // of the config
	variable *plan.Pod       // for variables of the container: its name is a variable too
	overPods map[string]text // expanded lists over pods, which are equal in all texts
}

// scopeOf returns the scope of a file for one pod of a component, or for all pods if pod is nil.
func (v *fileValues) scopeOf(of *component, pod *plan.Pod) scope {
	s := of.scope
	s.position, s.pod, s.lists = inFile, pod, v.c.Path.Field("config", "lists")
	s.services, s.paths, s.domain = v.scope.services, v.scope.paths, v.scope.domain
	s.byName = pod != nil && pod == v.variable
	s.fileValue = func(name string) (text, bool, error) {
		switch kind, arg, ofPort := strings.Cut(name, ":"); {
		case kind == "list":
			all, err := v.list(arg, pod)
			if l := v.c.Spec.Config.Lists[arg]; l != nil && l.Over == v1alpha1.OverPods {
				all.string = s.again(all.string)
			}
			return all, true, err
		case kind == "podFQDN":
			if !v.d.checkFQDN(of, nil) {
				return text{}, true, nil
			}
			return text{string: of.FQDN(pod)}, true, nil
		case !ofPort:
			return text{}, false, nil
		default:
			c, port, err := v.findPort(name, arg, of)
			if err != nil {
				return text{}, true, err
			}
			switch kind {
			case "bindPort":
				return v.bindPort(s, name, of, c, port)
			case "index":
				return text{string: strconv.Itoa(slices.IndexFunc(c.Spec.Ports, func(p v1alpha1.Port) bool { return p.Name == port.Name }))}, true, nil
			}
			if pod == nil || c != of || s.byName {
				return v.sharedValue(kind, c, port)
			}
			return v.portValue(kind, c, port, pod)
		}
	}
	return s
}

// scopeOfListener returns the scope of an item in a list over listeners.
func (v *fileValues) scopeOfListener(of *component, port v1alpha1.Port, pod *plan.Pod) scope {
	s := v.scopeOf(of, pod)
	fileValue := s.fileValue
	s.position = inListeners
	s.fileValue = func(name string) (text, bool, error) {
		switch name {
		case "bindPort":
			return v.bindPort(s, name, of, of, port)
		case "listener", "protocol", "host", "port", "address":
			return v.portValue(name, of, port, pod)
		}
		return fileValue(name)
	}
	return s
}

// findPort finds the port of PORT or COMPONENT.PORT in a placeholder.
func (v *fileValues) findPort(placeholder, ref string, c *component) (*component, v1alpha1.Port, error) {
	if other, port, ok := strings.Cut(ref, "."); ok {
		if c, ref = find(v.d.components, other), port; c == nil {
			return nil, v1alpha1.Port{}, placeholderError{fmt.Sprintf("$(%s): there is no component %q", placeholder, other),
				source.Suggest(other, namesOf(v.d.components, componentName))}
		}
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
func (v *fileValues) portValue(kind string, c *component, port v1alpha1.Port, pod *plan.Pod) (text, bool, error) {
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
	a := c.Address(pod, &port)
	if a.Service != nil && a.Service.Type == "" || kind != "port" && !v.d.checkFQDN(c, a.Service) {
		return text{}, true, nil // what is missing has been reported
	}
	if !v.checkOneNode(a.Service) {
		return text{}, true, nil
	}
	if a.Service == nil && kind != "port" {
		c.toldInside(pod, port.Name)
	}
	return advertised(kind, a, c, port, "pod "+pod.Name)
}

// advertised returns the host, the port or the IP address of an advertised address.
func advertised(kind string, a plan.Address, c *component, port v1alpha1.Port, whose string) (text, bool, error) {
	switch {
	case kind == "port":
		return textOf(a.Port), true, nil
	case kind == "host":
		return textOf(a.Host), true, nil
	case a.Host.Source != plan.Known:
		return text{a.Host.AddressToken(), []plan.Value{a.Host}}, true, nil
	case !plan.IsIP(a.Host.Text) && (requiresAddress(c) || a.Service != nil && a.Service.ExternalIPInvalid()):
		return text{}, true, nil // the engine's rule reports it, or validation
	case !plan.IsIP(a.Host.Text):
		return text{}, true, placeholderError{fmt.Sprintf("$(address:%s) must be an IP address, but the advertised host of %s is %s", port.Name, whose, a.Host.Text),
			"set host or loadBalancer.address to an IP address, or use $(host:" + port.Name + ")"}
	}
	return textOf(a.Host), true, nil
}

// sharedValue returns the value of a placeholder for a port of all pods of a component.
func (v *fileValues) sharedValue(kind string, c *component, port v1alpha1.Port) (text, bool, error) {
	if kind == "listener" || kind == "protocol" {
		return v.portValue(kind, c, port, nil)
	}
	where, component := fmt.Sprintf("$(%s:%s.%s)", kind, c.Spec.Name, port.Name), "component "+c.Spec.Name
	a, ok := c.SharedAddress(port.Name)
	switch {
	case !ok:
		return text{}, true, placeholderError{where + ": " + component + " has no Shared entry with port " + port.Name, "add one, or use a list over its pods, with component: " + c.Spec.Name}
	case a.Service.Type == "" || kind != "port" && !v.d.checkFQDN(c, a.Service):
		return text{}, true, nil // what is missing has been reported
	case kind != "port" && a.Host.Source == plan.Node:
		return text{}, true, placeholderError{where + ": Service " + a.Service.Name + " is advertised with the nodes of its pods, and a pod can only discover its own node", "set the host of the entry"}
	}
	return advertised(kind, a, c, port, component)
}

// requiresAddress reports whether a rule of the engine reports hosts that are names.
func requiresAddress(c *component) bool {
	return slices.Contains(c.Spec.Requires, v1alpha1.IPAddress) || slices.Contains(c.Spec.Requires, v1alpha1.IPv4Address)
}

// bindPort returns the number that the pods of a component listen on. One that counts up is that of
// the pod of the scope, if it is a pod of the component.
func (v *fileValues) bindPort(s scope, placeholder string, of, c *component, port v1alpha1.Port) (text, bool, error) {
	switch {
	case *port.Step <= 0:
	case s.byName:
		return text{}, true, differsFromPodToPod(placeholder)
	case s.pod == nil && of == v.c && c == v.c:
		v.countPods(c)
		return text{}, true, nil
	case s.pod == nil || c != of:
		return text{}, true, placeholderError{fmt.Sprintf("$(%s): port %s of component %s has a step, so that each of its pods has a number of its own", placeholder, port.Name, c.Spec.Name),
			"use a list over its pods, with component: " + c.Spec.Name}
	}
	return text{string: strconv.Itoa(int(c.Listens(&port, s.pod)))}, true, nil
}

// checkOneNode checks that a Service for all pods does not set one host for them, if each pod
// has the host of its own node. It reports whether that is so.
func (v *fileValues) checkOneNode(s *plan.Service) bool {
	if s == nil || s.Pod != nil {
		return true
	}
	found, ok := v.d.found, true
	for _, at := range []source.Path{s.Levels.Entry().Field("host"), found.Where(s.Levels, plan.Setting("externalIPs"))} {
		if found.Wrote(at) && !found.User.Empty(at) {
			ok = false
			found.ErrorOnce(source.AdvertisedClash, at, "take it out, so that each pod advertises the address of its node; or set mode: PerPod",
				"all pods would advertise one host, but with externalTrafficPolicy Local each node only leads to its own pod")
		}
	}
	return ok
}

// list expands a list: its item for each listener, each advertised listener, or each pod.
func (v *fileValues) list(name string, pod *plan.Pod) (text, error) {
	lists := v.c.Spec.Config.Lists
	l, ok := lists[name]
	if !ok {
		return text{}, placeholderError{fmt.Sprintf("$(list:%s): there is no list %s in config.lists", name, name),
			cmp.Or(source.Suggest(name, slices.Sorted(maps.Keys(lists))), "add it to lists")}
	}
	of := v.of(l)
	if of == nil {
		return text{}, nil // checkComponent reports it
	}
	if l.Over != v1alpha1.OverPods {
		all, err := joined(*l, v.scopesOf(*l, of, pod))
		return all, err
	}
	v.countPods(of)
	if all, ok := v.overPods[name]; ok {
		return all, nil
	}
	all, err := joined(*l, v.scopesOf(*l, of, pod))
	if err != nil {
		return text{}, err
	}
	for i := range of.exemplars {
		s := v.scopeOf(of, &of.exemplars[i])
		if _, err := s.expand(l.Item); err != nil {
			return text{}, err
		}
	}
	for _, v := range all.open {
		if of := map[plan.Source]string{plan.Node: "nodes", plan.PodIP: "addresses"}[v.Source]; of != "" {
			return text{}, badPlaceholders{{placeholderError: placeholderError{fmt.Sprintf("list %s contains the %s of all pods, but a pod can only discover its own", name, of),
				"set the host of a PerPod entry, or give each pod a load balancer"}}}
		}
	}
	v.overPods[name] = all
	return all, nil
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
			return text{}, badPlaceholders{{placeholderError: tooLong}}
		}
	}
	return text{all.String(), open}, nil
}

// scopesOf returns the scopes of the items of a list.
func (v *fileValues) scopesOf(l v1alpha1.List, of *component, pod *plan.Pod) []scope {
	var out []scope
	if l.Over == v1alpha1.OverPods {
		for i := range of.Pods {
			if *l.Limit == 0 || len(out) < int(*l.Limit) {
				out = append(out, v.scopeOf(of, &of.Pods[i]))
			}
		}
		return out
	}
	if of != v.c {
		pod = nil
	}
	for _, port := range of.Spec.Ports {
		if port.Listener != nil && (l.Over == v1alpha1.OverListeners || *port.Listener.Advertised) {
			out = append(out, v.scopeOfListener(of, port, pod))
		}
	}
	return out
}

// countPods reports that the number of pods of a component is not known. Validation checks that only for
// PerPod entries.
func (v *fileValues) countPods(c *component) {
	at := c.Path.Field("replicas")
	if slices.ContainsFunc(c.Spec.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod }) || v.d.found.Wrote(at) || len(c.Pods) > 0 {
		return
	}
	if c.Spec.Workload == "" {
		at = c.Path.Field("workload")
	}
	why := "files of component " + c.Spec.Name + " differ from pod to pod"
	if c != v.c {
		why = "lists of component " + v.c.Spec.Name + " repeat for the pods of component " + c.Spec.Name
	}
	v.d.found.ErrorOnce(source.Required, at, "set workload to the name of the StatefulSet, and replicas to the number of its pods", "workload and replicas are required: %s", why)
}
