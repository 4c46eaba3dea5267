package decide

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A fileWriter writes the files of one component into its ConfigMap.
type fileWriter struct {
	d         *decider
	c         *component
	cm        *plan.ConfigMap
	values    *fileValues
	size      int                     // bytes of all keys and values
	usedLists map[string]bool         // the names of those that files mention
	open      map[string][]plan.Value // by key: the values that are not known offline
}

// files adds the files of the component. A file that differs from pod to pod gets a key for
// each pod.
func (f *fileWriter) files() {
	config := f.c.Spec.Config
	for name, l := range config.Lists {
		at := f.c.Path.Field("config", "lists").MapKey(name)
		f.values.checkComponent(l.Component, at.Field("component"))
		f.checkLiteral(l.Item, 0, at.Field("item"))
		f.checkLiteral(*l.Separator, 0, at.Field("separator"))
		f.checkNested(l.Item, at.Field("item"))
		f.checkUnusedList(name, at.Field("item"))
	}
	for _, name := range slices.Sorted(maps.Keys(config.Files)) {
		template, at := *config.Files[name], f.c.Path.Field("config", "files").MapKey(name)
		switch {
		case !f.checkLiteral(template, 0, at):
		case !f.perPod(template):
			text, _ := f.expand(template, nil, at)
			f.add(name, text, at)
		case f.addForPods(name, template, at):
			f.cm.PerPod = append(f.cm.PerPod, name)
		}
	}
	slices.Sort(f.cm.PerPod)
}

// checkNested reports a list in the item of a list, also of one that is empty and so never expanded.
func (f *fileWriter) checkNested(item string, at source.Path) {
	s := scope{position: inFile, inList: true}
	for name := range v1alpha1.Placeholders(item) {
		var bad placeholderError
		if strings.HasPrefix(name, "list:") && errors.As(s.check(name), &bad) {
			f.d.found.ErrorOnceFor(name, source.UnknownPlaceholder, at, bad.wayOut, "%s", bad.message)
		}
	}
}

// addForPods adds a file for each pod. It reports whether all of them are valid.
func (f *fileWriter) addForPods(name, template string, at source.Path) bool {
	f.values.countPods(f.c)
	complete := true
	for i := range f.c.Pods {
		pod := &f.c.Pods[i]
		key := f.cm.Key(pod.Name, name)
		if v1alpha1.ConfigMapKey.Passes(name) {
			f.d.names.check(at, key, v1alpha1.ConfigMapKey)
		}
		text, ok := f.expand(template, pod, at)
		f.add(key, text, at)
		if complete = ok && f.size <= maxConfigMap; !complete {
			break // the files of the other pods have the same error, and may take long
		}
	}
	for i := range f.c.exemplars {
		f.expand(template, &f.c.exemplars[i], at) // for its errors
	}
	return complete
}

// expand expands a file for one pod, or for all pods if pod is nil.
func (f *fileWriter) expand(template string, pod *plan.Pod, at source.Path) (text, bool) {
	return f.d.names.expandText(template, f.values.scopeOf(f.c, pod), at)
}

func (f *fileWriter) add(key string, text text, at source.Path) {
	f.checkLiteral(text.string, len(text.open), at)
	_, twice := f.cm.Data[key]
	switch {
	case twice && !v1alpha1.Mentions(f.cm.PodKey, "file"):
		f.d.found.ErrorOnce(source.NameClash, f.c.Path.Field("config", "key"), "add $(file) to it", "the key %s would be that of several files", key)
	case twice:
		f.d.found.Errorf(source.NameClash, at, "rename the file, or the variable", "the key %s occurs twice in the ConfigMap", key)
	}
	f.set(key, text.string)
	if len(text.open) > 0 {
		f.open[key] = text.open
	}
}

func (f *fileWriter) set(key, value string) {
	f.cm.Data[key] = value
	f.size += len(key) + len(value)
}

// checkLiteral reports text of the spec that begins a token. It reports whether the text is
// valid. ours is the number of tokens in the text that Sallyport itself has written.
func (f *fileWriter) checkLiteral(text string, ours int, at source.Path) bool {
	found := strings.Count(text, plan.TokenStart) > ours
	if found {
		f.d.found.ErrorOnce(source.Invalid, at, "write a placeholder, such as $(host:PORT), or other text",
			"%s is reserved: it marks addresses that are discovered when a pod starts", plan.TokenStart)
	}
	return !found
}

// perPod reports whether a file differs from pod to pod. It does if the file, or a list in it
// that is not itself over pods, uses a placeholder of the pod.
func (f *fileWriter) perPod(template string) bool {
	if f.ofPod(template) {
		return true
	}
	for placeholder := range v1alpha1.Placeholders(template) {
		name, isList := strings.CutPrefix(placeholder, "list:")
		l := f.c.Spec.Config.Lists[name]
		if isList && l != nil && l.Over != v1alpha1.OverPods && f.values.of(l) == f.c && f.ofPod(l.Item) { // lists do not nest
			return true
		}
	}
	return false
}

// ofPod reports whether a text contains a placeholder of a pod of the component. The addresses of
// another component are those of all its pods.
func (f *fileWriter) ofPod(text string) bool {
	if v1alpha1.MentionsPod(text, "workload", "podFQDN") {
		return true
	}
	for name := range v1alpha1.Placeholders(text) {
		kind, ref, _ := strings.Cut(name, ":")
		port := strings.TrimPrefix(ref, f.c.Spec.Name+".")
		if strings.Contains(port, ".") {
			continue // of another component
		}
		if slices.Contains([]string{"host", "port", "address"}, kind) || kind == "bindPort" && f.countsUp(port) {
			return true
		}
	}
	return false
}

// countsUp reports whether the number that pods listen on for a port, or for some listener if it is
// "", differs from pod to pod.
func (f *fileWriter) countsUp(port string) bool {
	return slices.ContainsFunc(f.c.Spec.Ports, func(p v1alpha1.Port) bool {
		return *p.Step > 0 && (p.Name == port || port == "" && p.Listener != nil)
	})
}

// checkUnusedList expands a list that no text uses, for its errors.
func (f *fileWriter) checkUnusedList(name string, at source.Path) {
	if f.usedLists == nil {
		f.usedLists = map[string]bool{}
		for _, texts := range []v1alpha1.StringMap{f.c.Spec.Config.Files, f.c.Spec.Config.ContainerEnv} {
			for _, text := range texts {
				for placeholder := range v1alpha1.Placeholders(*text) {
					f.usedLists[strings.TrimPrefix(placeholder, "list:")] = true
				}
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
