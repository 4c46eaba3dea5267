package generators

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

func (p *planner) config(c *component, names map[string]string) {
	if c.Config == nil {
		return
	}
	scope := c.scope
	scope.services = names
	at := c.path.Field("config")
	cm := configMap{component: c.Name, name: p.named(c.Config.Name, scope, at.Field("name"), v1alpha1.DNSSubdomain), data: map[string]string{}, config: *c.Config}
	for k, v := range c.Config.Env {
		if value := p.text(*v, scope, at.Field("env").MapKey(k)); value != "" {
			cm.data[k] = value
			cm.size += len(k) + len(value)
		}
	}
	filer{p, c, *c.Config, names, map[string]string{}}.files(&cm)
	if cm.size <= maxConfigMap {
		p.discovery(c, &cm)
	}
	if cm.size > maxConfigMap {
		p.found.Errorf(source.NumberRange, at.Field("files"), "make fewer pods, or shorter files",
			"the ConfigMap would have more than the %d bytes that the API server takes", maxConfigMap)
	}
	if len(cm.data) > 0 && *c.Create {
		p.configs = append(p.configs, cm)
	}
}

// discovery reads off the files what they leave open, in the order of the pods, and adds
// the script that finds it.
func (p *planner) discovery(c *component, cm *configMap) {
	for i := range c.pods {
		for _, file := range cm.perPod {
			cm.need.read(cm.data[c.pods[i].name+"."+file])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Config.Files)) {
		if text, ok := cm.data[name]; ok && tokens.MatchString(text) {
			p.found.Errorf(source.Undetermined, c.path.Field("config", "files").MapKey(name), "give the Services hosts or addresses; or mention $(pod), so that each pod has a file of its own to fill in",
				"the file is the same for all pods and names addresses that are not known offline: nobody would fill them in")
			break
		}
	}
	if !cm.need.any {
		return
	}
	d, at := c.Config.Discovery, c.path.Field("config", "discovery")
	wayOut := "give the Services hosts, addresses or node ports; or set config.discovery.image to one with kubectl, and pods find them when they start"
	switch {
	case *d.By == v1alpha1.ByEngine:
		p.found.Errorf(source.Undetermined, at.Field("by"), "give the Services hosts, addresses or node ports; or set by to Script, with an image",
			"files of component %s name addresses that are not known offline, and the engine discovers by itself", c.Name)
	case *d.Image == "" && p.short(cm):
		// that there are fewer addresses than pods was told
	case *d.Image == "":
		p.found.Errorf(source.Undetermined, at.Field("image"), wayOut,
			"files of component %s name addresses that are not known offline, such as that of %s", c.Name, p.open(c, cm))
	}
	p.foreignKeys(c, cm)
	cm.data[scriptKey] = discoverSh(*d.Timeout)
	cm.size += len(cm.data[scriptKey])
}

// short tells that all that is open are addresses that a list of them should have had.
func (p *planner) short(cm *configMap) bool {
	listed := 0
	for _, s := range p.services {
		if slices.Contains(cm.need.services, s.name) && s.balanced() && len(s.access.LoadBalancer.Addresses) > 0 {
			listed++
		}
	}
	return listed > 0 && !cm.need.node && listed == len(cm.need.services)
}

// foreignKeys reports keys that discover.sh would take for files of a pod, and one of its
// own name.
func (p *planner) foreignKeys(c *component, cm *configMap) {
	at := c.path.Field("config")
	check := func(key string, at source.Path) {
		prefix, _, _ := strings.Cut(key, ".")
		isPod := slices.ContainsFunc(c.pods, func(pod pod) bool { return pod.name == prefix })
		if isPod || key == scriptKey {
			p.found.Errorf(source.NameClash, at, "rename it",
				"the key %s is taken: pods that discover their addresses know the script and their own files by such keys", key)
		}
	}
	for key := range c.Config.Env {
		check(key, at.Field("env").MapKey(key))
	}
	for name := range c.Config.Files {
		if !slices.Contains(cm.perPod, name) {
			check(name, at.Field("files").MapKey(name))
		}
	}
}

// open is an example of what is not known, in the user's words.
func (p *planner) open(c *component, cm *configMap) string {
	if len(cm.need.services) > 0 {
		return "Service " + cm.need.services[0]
	}
	return "the node of pod " + c.pods[0].name
}
