package generators

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A filer writes the files of one component.
type filer struct {
	*planner
	c        *component
	config   v1alpha1.Config
	services map[string]string // names by COMPONENT.ENTRY
	overPods map[string]string // lists over pods, which are the same in all files
}

// files adds the component's files to a ConfigMap: one key for each pod where a file
// mentions it.
func (f filer) files(cm *configMap) {
	for name, l := range f.config.Lists {
		at := f.c.path.Field("config", "lists").MapKey(name)
		f.checkLiteral(l.Item, at.Field("item"))
		f.checkLiteral(*l.Separator, at.Field("separator"))
		f.rehearse(name, at.Field("item"))
	}
	for _, name := range slices.Sorted(maps.Keys(f.config.Files)) {
		text, at := f.config.Files[name], f.c.path.Field("config", "files").MapKey(name)
		switch {
		case !f.checkLiteral(*text, at):
			continue
		case !f.perPod(*text):
			f.add(cm, name, f.file(*text, nil, at), at)
			continue
		}
		f.countPods()
		complete := true
		for i := range f.c.pods {
			pod := &f.c.pods[i]
			if v1alpha1.ConfigMapKey.Passes(name) {
				f.checkName(at, pod.name+"."+name, v1alpha1.ConfigMapKey)
			}
			text, ok := f.expand(*text, f.scopeOf(pod), at)
			f.add(cm, pod.name+"."+name, text, at)
			if complete = ok && cm.size <= maxConfigMap; !complete {
				break // the rest would come to the same, and might take long
			}
		}
		for i := range f.c.standIn {
			f.file(*text, &f.c.standIn[i], at) // for its mistakes
		}
		if complete {
			cm.perPod = append(cm.perPod, name)
		}
	}
	slices.Sort(cm.perPod)
}

// countPods reports that nobody says how many pods the files go by, where Validate had no
// reason to ask.
func (f filer) countPods() {
	at := f.c.path.Field("replicas")
	if slices.ContainsFunc(f.c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod }) || f.found.Wrote(at) || len(f.c.pods) > 0 {
		return
	}
	if f.c.Workload == "" {
		at = f.c.path.Field("workload")
	}
	f.found.ErrorOnce(source.Required, at, "name the StatefulSet in workload, and write how many pods it has in replicas",
		"files of component %s go by its pods, and nobody says which these are", f.c.Name)
}

func (f filer) add(cm *configMap, key, text string, at source.Path) {
	f.checkLiteral(tokens.ReplaceAllString(text, ""), at)
	if _, ok := cm.data[key]; ok {
		f.found.Errorf(source.NameClash, at, "rename the file, or the variable", "the key %s is in the ConfigMap already", key)
	}
	cm.data[key] = text
	cm.size += len(key) + len(text)
}

// checkLiteral reports what a spec's own text cannot have in it, and tells whether there
// is nothing of the kind.
func (f filer) checkLiteral(text string, at source.Path) bool {
	found := strings.Contains(text, tokenStart)
	if found {
		f.found.ErrorOnce(source.Invalid, at, "write a placeholder, such as $(host:PORT), or other text",
			"%s stands for an address that a pod finds when it starts, and is not for specs to write", tokenStart)
	}
	return !found
}

// perPod tells whether a file differs from pod to pod: it, or a list in it that does not
// itself go over pods, mentions one.
func (f filer) perPod(text string) bool {
	if v1alpha1.MentionsPod(text, "workload", "podFQDN", "host", "port", "address") {
		return true
	}
	for name, l := range f.config.Lists {
		if v1alpha1.Mentions(text, "list:"+name) && l.Over != v1alpha1.OverPods && f.perPod(l.Item) {
			return true
		}
	}
	return false
}

func (f filer) file(text string, pod *pod, at source.Path) string {
	return f.text(text, f.scopeOf(pod), at)
}

// scopeOf is what placeholders stand for in a file: of a pod, or of all where pod is nil.
func (f filer) scopeOf(pod *pod) scope {
	s := f.c.scope
	s.pod, s.services = pod, f.services
	s.more = func(name string) (string, bool, error) {
		kind, arg, of := strings.Cut(name, ":")
		switch {
		case kind == "list":
			return f.list(arg, pod)
		case name == "podFQDN" && pod != nil:
			if !f.checkFQDN(f.c, nil) {
				return "", true, nil
			}
			return f.podFQDN(f.c, pod), true, nil
		case of && slices.Contains(ofPorts, kind):
			c, port, err := f.portNamed(name, arg)
			if err != nil {
				return "", true, err
			}
			return f.ofPort(kind, c, port, pod)
		}
		return "", false, nil
	}
	return s
}

// ofPorts are the placeholders that name a port.
var ofPorts = []string{"listener", "protocol", "host", "port", "address"}

// portNamed finds PORT, or COMPONENT.PORT, for a placeholder.
func (f filer) portNamed(placeholder, ref string) (*component, v1alpha1.Port, error) {
	c := f.c
	if other, port, ok := strings.Cut(ref, "."); ok {
		i := slices.IndexFunc(f.components, func(c *component) bool { return c.Name == other })
		if i < 0 {
			return nil, v1alpha1.Port{}, wrongPlaceholder{fmt.Sprintf("$(%s): there is no component %q", placeholder, other),
				source.Suggest(other, namesOf(f.components, func(c *component) string { return c.Name }))}
		}
		c, ref = f.components[i], port
	}
	for _, p := range c.Ports {
		if p.Name == ref {
			return c, p, nil
		}
	}
	return nil, v1alpha1.Port{}, wrongPlaceholder{fmt.Sprintf("$(%s): component %s has no port %q", placeholder, c.Name, ref),
		source.Suggest(ref, namesOf(c.Ports, func(p v1alpha1.Port) string { return p.Name }))}
}

func namesOf[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = name(v)
	}
	return out
}

// ofPort is what a placeholder for a port stands for.
func (f filer) ofPort(kind string, c *component, port v1alpha1.Port, pod *pod) (string, bool, error) {
	if l := port.Listener; kind == "listener" || kind == "protocol" {
		switch {
		case l == nil:
			return "", true, wrongPlaceholder{fmt.Sprintf("port %s of component %s has no listener", port.Name, c.Name), "give the port a listener"}
		case kind == "listener":
			return *l.Name, true, nil
		}
		return *l.Protocol, *l.Protocol != "", nil
	}
	if pod == nil || c != f.c {
		return "", false, nil // addresses are those of a pod, and the pod is of this component
	}
	t := f.told(c, pod, port)
	if t.svc != nil && t.svc.typ == "" || kind != "port" && !f.checkFQDN(c, t.svc) {
		return "", true, nil // Validate has told what is missing
	}
	f.checkOneNode(t.svc)
	switch {
	case kind == "port":
		return t.port.text + t.port.token, true, nil
	case kind == "host":
		return t.host.text + t.host.token, true, nil
	case t.host.token != "":
		return bare(t.host.token), true, nil
	case !isIP(t.host.text):
		return "", true, wrongPlaceholder{fmt.Sprintf("$(address:%s) takes an IP address, and clients of pod %s are told %s", port.Name, pod.name, t.host.text),
			"set a host or a loadBalancer.address that is one, or write $(host:" + port.Name + ")"}
	}
	return t.host.text, true, nil
}

// checkOneNode holds that a Service of all pods does not have one host for them all, where
// each pod is told its own node.
func (f filer) checkOneNode(s *service) {
	if s == nil || s.pod != nil {
		return
	}
	for _, at := range []source.Path{s.levels.Entry().Field("host"), f.found.Where(s.levels, setting("externalIPs"))} {
		if f.found.Wrote(at) && !f.found.User.Empty(at) {
			f.found.ErrorOnce(source.AdvertisedClash, at, "take it out: a pod is told its node's address; or make the entry PerPod",
				"under policy Local each node answers for its own pod, and clients of all pods would be told the same")
		}
	}
}

// list expands a list: its item for each listener, each advertised one, or each pod.
func (f filer) list(name string, pod *pod) (string, bool, error) {
	l, ok := f.config.Lists[name]
	if !ok {
		return "", true, wrongPlaceholder{fmt.Sprintf("$(list:%s): the config has no such list", name),
			cmp.Or(source.Suggest(name, slices.Sorted(maps.Keys(f.config.Lists))), "write it under lists")}
	}
	if l.Over == v1alpha1.OverPods {
		f.countPods()
	}
	if all, ok := f.overPods[name]; ok {
		return all, true, nil
	}
	var all strings.Builder
	for i, s := range f.scopesOf(*l, pod) {
		s.inList = true
		text, err := s.expand(l.Item)
		if err != nil {
			return "", true, err
		}
		if i > 0 {
			all.WriteString(*l.Separator)
		}
		if all.WriteString(text); all.Len() > maxConfigMap {
			return "", true, tooLong
		}
	}
	if l.Over != v1alpha1.OverPods {
		return all.String(), true, nil
	}
	for i := range f.c.standIn {
		if _, err := f.scopeOf(&f.c.standIn[i]).expand(l.Item); err != nil {
			return "", true, err
		}
	}
	if ofNode.MatchString(all.String()) {
		return "", true, wrongPlaceholder{fmt.Sprintf("list %s names the nodes of all pods, and a pod can ask for its own only", name),
			"give the entry a host, or each pod a load balancer"}
	}
	f.overPods[name] = all.String()
	return all.String(), true, nil
}

// rehearse expands a list that no file uses, for its mistakes.
func (f filer) rehearse(name string, at source.Path) {
	for _, text := range f.config.Files {
		if strings.Contains(*text, "$(list:"+name+")") {
			return
		}
	}
	var one *pod
	if all := slices.Concat(f.c.pods, f.c.standIn); len(all) > 0 {
		one = &all[0]
	}
	f.text("$(list:"+name+")", f.scopeOf(one), at)
}

// scopesOf are what placeholders stand for in each item of a list.
func (f filer) scopesOf(l v1alpha1.List, pod *pod) []scope {
	var out []scope
	if l.Over == v1alpha1.OverPods {
		for i := range f.c.pods {
			out = append(out, f.scopeOf(&f.c.pods[i]))
		}
		return out
	}
	for _, port := range f.c.Ports {
		if port.Listener != nil && (l.Over == v1alpha1.OverListeners || *port.Listener.Advertised) {
			out = append(out, f.scopeOfListener(port, pod))
		}
	}
	return out
}

// scopeOfListener is what placeholders stand for in an item of a list over listeners.
func (f filer) scopeOfListener(port v1alpha1.Port, pod *pod) scope {
	s := f.scopeOf(pod)
	file := s.more
	s.more = func(name string) (string, bool, error) {
		switch {
		case name == "bindPort":
			return strconv.Itoa(int(port.ContainerPort)), true, nil
		case slices.Contains(ofPorts, name):
			return f.ofPort(name, f.c, port, pod)
		}
		return file(name)
	}
	return s
}
