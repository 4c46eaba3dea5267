package generators

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// mentionsPod matches placeholders that stand for something else in every pod's file.
var mentionsPod = regexp.MustCompile(`\$\((pod|ordinal|id|workload|podFQDN|host|port|address)(:[^)]*)?\)`)

// A filer writes the files of one component.
type filer struct {
	*planner
	c        *component
	config   v1alpha1.Config
	services map[string]string // names by COMPONENT.ENTRY
}

// files adds the component's files to a ConfigMap: one key for each pod where a file
// mentions it.
func (f filer) files(cm *configMap) {
	for name, l := range f.config.Lists {
		at := f.c.path.Field("config", "lists").MapKey(name)
		f.checkLiteral(l.Item, at.Field("item"))
		f.checkLiteral(*l.Separator, at.Field("separator"))
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
		cm.perPod = append(cm.perPod, name)
		for i := range f.c.pods {
			pod := &f.c.pods[i]
			if len(validation.IsConfigMapKey(name)) == 0 {
				f.checkName(at, pod.name+"."+name, validation.IsConfigMapKey(pod.name+"."+name))
			}
			f.add(cm, pod.name+"."+name, f.file(*text, pod, at), at)
		}
	}
	slices.Sort(cm.perPod)
}

func (f filer) add(cm *configMap, key, text string, at source.Path) {
	f.checkLiteral(tokens.ReplaceAllString(text, ""), at)
	if _, ok := cm.data[key]; ok {
		f.Errorf(source.NameClash, at, "rename the file, or the variable", "the key %s is in the ConfigMap already", key)
	}
	cm.data[key] = text
	cm.size += len(text)
}

// checkLiteral reports what a spec's own text cannot have in it, and tells whether there
// is nothing of the kind.
func (f filer) checkLiteral(text string, at source.Path) bool {
	found := strings.Contains(text, tokenStart)
	if found && f.once(source.Invalid, at) {
		f.Errorf(source.Invalid, at, "write a placeholder, such as $(host:PORT), or other text",
			"%s stands for an address that a pod finds when it starts, and is not for specs to write", tokenStart)
	}
	return !found
}

// perPod tells whether a file differs from pod to pod: it, or a list in it that does not
// itself go over pods, mentions one.
func (f filer) perPod(text string) bool {
	if mentionsPod.MatchString(text) {
		return true
	}
	for name, l := range f.config.Lists {
		if strings.Contains(text, "$(list:"+name+")") && l.Over != v1alpha1.OverPods && f.perPod(l.Item) {
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
		kind, arg, _ := strings.Cut(name, ":")
		switch kind {
		case "list":
			return f.list(arg, pod)
		case "podFQDN":
			if pod != nil && f.checkFQDN(f.c) {
				return f.podFQDN(f.c, pod), true, nil
			}
			return "", pod != nil, nil
		case "host", "port", "address", "listener":
			if port, ok := f.portNamed(arg); ok {
				return f.ofPort(kind, port, pod)
			}
			if arg != "" {
				return "", true, fmt.Errorf("$(%s): component %s has no port %s", name, f.c.Name, arg)
			}
		}
		return "", false, nil
	}
	return s
}

func (f filer) portNamed(name string) (v1alpha1.Port, bool) {
	for _, p := range f.c.Ports {
		if p.Name == name {
			return p, true
		}
	}
	return v1alpha1.Port{}, false
}

// ofPort is what a placeholder for a port stands for.
func (f filer) ofPort(kind string, port v1alpha1.Port, pod *pod) (string, bool, error) {
	if kind == "listener" {
		if port.Listener == nil {
			return "", true, fmt.Errorf("$(listener:%s): the port has no listener", port.Name)
		}
		return *port.Listener.Name, true, nil
	}
	if pod == nil {
		return "", false, nil
	}
	t := f.told(f.c, pod, port)
	if t.svc == nil && kind != "port" && !f.checkFQDN(f.c) {
		return "", true, nil
	}
	switch {
	case kind == "port":
		return t.port.text + t.port.token, true, nil
	case kind == "host":
		return bracketed(t.host.text) + t.host.token, true, nil
	case t.host.token != "":
		return bare(t.host.token), true, nil
	case !isIP(t.host.text):
		return "", true, fmt.Errorf("$(address:%s) takes an IP address, and clients of pod %s are told %s", port.Name, pod.name, t.host.text)
	}
	return t.host.text, true, nil
}

// bracketed puts an IPv6 address into brackets, as it stands before a port.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// list expands a list: its item for each listener, each advertised one, or each pod.
func (f filer) list(name string, pod *pod) (string, bool, error) {
	l, ok := f.config.Lists[name]
	if !ok {
		return "", true, fmt.Errorf("$(list:%s): the config has no such list", name)
	}
	var items []string
	add := func(s scope) error {
		s.inList = true
		text, err := s.expand(l.Item)
		items = append(items, text)
		return err
	}
	if l.Over == v1alpha1.OverPods {
		for i := range f.c.pods {
			if err := add(f.scopeOf(&f.c.pods[i])); err != nil {
				return "", true, err
			}
		}
		return strings.Join(items, *l.Separator), true, nil
	}
	for _, port := range f.c.Ports {
		if port.Listener == nil || l.Over == v1alpha1.OverAdvertised && !*port.Listener.Advertised {
			continue
		}
		if err := add(f.scopeOfListener(port, pod)); err != nil {
			return "", true, err
		}
	}
	return strings.Join(items, *l.Separator), true, nil
}

// scopeOfListener is what placeholders stand for in an item of a list over listeners.
func (f filer) scopeOfListener(port v1alpha1.Port, pod *pod) scope {
	s := f.scopeOf(pod)
	file := s.more
	s.more = func(name string) (string, bool, error) {
		switch name {
		case "list":
			return "", false, nil
		case "protocol":
			return *port.Listener.Protocol, *port.Listener.Protocol != "", nil
		case "bindPort":
			return strconv.Itoa(int(port.ContainerPort)), true, nil
		case "listener", "host", "port", "address":
			return f.ofPort(name, port, pod)
		}
		return file(name)
	}
	return s
}
