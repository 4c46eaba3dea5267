package decide

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// config plans the ConfigMap of a component.
func (d *decider) config(c *component, names map[string]string) {
	config := c.Spec.Config
	if config == nil || d.budget.closed() {
		return
	}
	scope := c.scope
	scope.position, scope.services = inConfig, names
	scope.paths, scope.domain = paths(*config), c.domain()
	at := c.Path.Field("config")
	cm := &plan.ConfigMap{Component: c.Component, Data: map[string]string{}, PodKey: config.Key,
		Name: d.names.name(config.Name, scope, at.Field("name"), v1alpha1.DNSSubdomain)}
	f := &fileWriter{d: d, c: c, cm: cm, values: &fileValues{d: d, c: c, scope: scope, overPods: map[string]text{}}, open: map[string][]plan.Value{}}
	for k, v := range config.Env {
		if value, _ := d.names.expand(*v, scope, at.Field("env").MapKey(k)); value != "" {
			f.set(k, value)
		}
	}
	f.files()
	f.containerEnv()
	if f.size <= maxConfigMap {
		f.discovery()
	}
	if f.size > maxConfigMap {
		d.found.Errorf(source.NumberRange, at.Field("files"), "reduce the pods, or shorten the files",
			"the ConfigMap would be larger than %d bytes, which is the limit of the API server", maxConfigMap)
	} else if d.budget.tooManyFiles(c, f.size) {
		return
	}
	if len(cm.Data) > 0 && *c.Spec.Create {
		d.plan.ConfigMaps, c.ConfigMap = append(d.plan.ConfigMaps, cm), cm
		f.recordDiscovered()
		configUsed(d, c, cm.Name, at)
	}
}

// recordDiscovered records the values that the files of a component discover, each at the component
// whose Service has it.
func (f *fileWriter) recordDiscovered() {
	owners := map[string]*plan.Component{"": f.c.Component} // a value without a Service is one of the pod's node
	if len(f.open) > 0 {
		for i := range f.d.plan.Services {
			owners[f.d.plan.Services[i].Name] = f.d.plan.Services[i].Component
		}
	}
	for _, values := range f.open {
		for _, v := range values {
			c := owners[v.Service]
			if c.Discovered == nil {
				c.Discovered = map[plan.Value]bool{}
			}
			c.Discovered[v] = true
		}
	}
}

// discovery decides what must be discovered for the files, in the order of the pods, and adds
// the script that does it.
func (f *fileWriter) discovery() {
	c, cm, found := f.c, f.cm, f.d.found
	for i := range c.Pods {
		for _, file := range cm.PerPod {
			for _, v := range f.open[cm.Key(c.Pods[i].Name, file)] {
				cm.Need.Add(v)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Spec.Config.Files)) {
		if len(f.open[name]) > 0 {
			found.Errorf(source.Undetermined, c.Path.Field("config", "files").MapKey(name), "give the Services hosts or addresses; or use $(pod) in the file, so that each pod has a file of its own",
				"the file is the same for all pods and contains addresses that are not known offline; only files of single pods are completed when a pod starts")
			break
		}
	}
	if !cm.Need.Any() {
		return
	}
	d, at := c.Spec.Config.Discovery, c.Path.Field("config", "discovery")
	switch {
	case *d.By == v1alpha1.ByEngine:
		found.Errorf(source.Undetermined, at.Field("by"), "give the Services hosts, addresses or node ports; or set by: Script and an image",
			"files of component %s contain addresses that are not known offline, and with discovery by Engine they are not completed", c.Spec.Name)
	case *d.Image == "" && f.lacksAddresses():
		// enoughAddresses reports that the list has too few addresses
	case *d.Image == "" && f.nodesNamed() != nil:
		found.Errorf(source.Undetermined, f.nodesNamed().Levels.Entry().Field("host"), "write host: a name of the nodes; or set config.discovery.image to an image with "+cm.Need.Program()+", which finds the node of each pod when it starts",
			"host is missing: files of component %s contain the address of the node of each pod, which is not known offline", c.Spec.Name)
	case *d.Image == "":
		what, wayOut := f.example()
		found.Errorf(source.Undetermined, at.Field("image"), wayOut+"; or set config.discovery.image to an image with "+cm.Need.Program()+", which finds them when a pod starts",
			"files of component %s contain addresses that are not known offline, such as that of %s", c.Spec.Name, what)
	}
	if cm.PodKey != v1alpha1.DefaultKey {
		found.Errorf(source.UnusableSetting, c.Path.Field("config", "key"), "take it out, or give the Services hosts or addresses",
			"discovery by Script reads the keys "+v1alpha1.DefaultKey+", and files of component %s contain addresses that are not known offline", c.Spec.Name)
	}
	f.checkKeys()
	f.set(plan.ScriptKey, discoverSh(*d.Timeout))
}

// lacksAddresses reports whether all that is missing are addresses of Services for which the
// setting addresses is too short.
func (f *fileWriter) lacksAddresses() bool {
	need := f.cm.Need
	return len(need.Services) > 0 && !need.Node && len(notListed(f.d.plan.Services, need.Services)) == 0
}

// nodesNamed returns a Service of a pod that has node ports and lacks a host alone, if that is all that is
// missing. It returns nil if the spec has discovery, which does without one.
func (f *fileWriter) nodesNamed() *plan.Service {
	if len(f.cm.Need.Services) > 0 || f.d.found.Wrote(f.c.Path.Field("config", "discovery")) {
		return nil
	}
	i := slices.IndexFunc(f.d.plan.Services, func(s plan.Service) bool {
		return s.Component == f.c.Component && s.Pod != nil && s.Type == v1alpha1.NodePort && s.Host.Source == plan.Node
	})
	if i < 0 {
		return nil
	}
	return &f.d.plan.Services[i]
}

// notListed returns the names of Services that do not have their addresses from the setting addresses. If
// that is too short, enoughAddresses reports it.
func notListed(services []plan.Service, names []string) []string {
	listed := map[string]bool{}
	for _, s := range services {
		if s.Balanced() && len(s.Access.LoadBalancer.Addresses) > 0 {
			listed[s.Name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return listed[name] })
}

// checkKeys reports keys that discover.sh would take for its own key or for the file of a pod.
func (f *fileWriter) checkKeys() {
	c, at := f.c, f.c.Path.Field("config")
	check := func(key string, at source.Path) {
		prefix, _, _ := strings.Cut(key, ".")
		isPod := slices.ContainsFunc(c.Pods, func(pod plan.Pod) bool { return pod.Name == prefix })
		if isPod || key == plan.ScriptKey {
			f.d.found.Errorf(source.NameClash, at, "rename it",
				"the key %s is reserved: discovery uses such keys for its script and for the files of single pods", key)
		}
	}
	for key := range c.Spec.Config.Env {
		check(key, at.Field("env").MapKey(key))
	}
	for name := range c.Spec.Config.Files {
		if !slices.Contains(f.cm.PerPod, name) {
			check(name, at.Field("files").MapKey(name))
		}
	}
}

// example names one of the addresses that are not known, for messages, and what would make it
// known.
func (f *fileWriter) example() (what, wayOut string) {
	wayOut = "give the Services hosts, addresses or node ports"
	switch {
	case len(f.cm.Need.Services) > 0:
	case f.cm.Need.Pod:
		return "pod " + f.c.Pods[0].Name, "give the pods hosts"
	default:
		return "the node of pod " + f.c.Pods[0].Name, wayOut
	}
	name := f.cm.Need.Services[0]
	what = "Service " + name
	i := slices.IndexFunc(f.d.plan.Services, func(s plan.Service) bool { return s.Name == name })
	if s := f.d.plan.Services[max(i, 0)]; i >= 0 && s.Host.Source == plan.Known && s.Type == v1alpha1.NodePort {
		return what + ": its host is " + s.Host.Text + ", and a node port is missing", "set nodePort at the port of the entry"
	}
	return what, wayOut
}
