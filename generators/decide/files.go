package decide

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A filer writes the files of one component into its ConfigMap.
type filer struct {
	d        *decider
	c        *component
	cm       *plan.ConfigMap
	size     int                     // bytes of all keys and values
	services map[string]string       // names by COMPONENT.ENTRY
	overPods map[string]text         // lists over pods, which are the same in all files
	open     map[string][]plan.Value // what the text under a key leaves open
}

// files adds the component's files: one key for each pod where a file mentions it.
func (f *filer) files() {
	config := f.c.Spec.Config
	for name, l := range config.Lists {
		at := f.c.Path.Field("config", "lists").MapKey(name)
		f.checkLiteral(l.Item, 0, at.Field("item"))
		f.checkLiteral(*l.Separator, 0, at.Field("separator"))
		f.checkUnused(name, at.Field("item"))
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

// addForPods adds a file for each pod, and tells whether all of them are right.
func (f *filer) addForPods(name, template string, at source.Path) bool {
	f.countPods()
	complete := true
	for i := range f.c.Pods {
		pod := &f.c.Pods[i]
		key := plan.PodKey(pod.Name, name)
		if v1alpha1.ConfigMapKey.Passes(name) {
			f.d.names.check(at, key, v1alpha1.ConfigMapKey)
		}
		text, ok := f.expand(template, pod, at)
		f.add(key, text, at)
		if complete = ok && f.size <= maxConfigMap; !complete {
			break // the rest would come to the same, and might take long
		}
	}
	for i := range f.c.exemplars {
		f.expand(template, &f.c.exemplars[i], at) // for its mistakes
	}
	return complete
}

// expand replaces the placeholders of a file: of a pod's, or of that of all pods.
func (f *filer) expand(template string, pod *plan.Pod, at source.Path) (text, bool) {
	return f.d.names.expandText(template, f.scopeOf(pod), at)
}

// countPods reports that nothing says how many pods the files go by, where validation had no
// reason to ask.
func (f *filer) countPods() {
	c, at := f.c, f.c.Path.Field("replicas")
	if slices.ContainsFunc(c.Spec.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod }) || f.d.found.Wrote(at) || len(c.Pods) > 0 {
		return
	}
	if c.Spec.Workload == "" {
		at = c.Path.Field("workload")
	}
	f.d.found.ErrorOnce(source.Required, at, "name the StatefulSet in workload, and write how many pods it has in replicas",
		"files of component %s go by its pods, and nobody says which these are", c.Spec.Name)
}

func (f *filer) add(key string, text text, at source.Path) {
	f.checkLiteral(text.string, len(text.open), at)
	if _, ok := f.cm.Data[key]; ok {
		f.d.found.Errorf(source.NameClash, at, "rename the file, or the variable", "the key %s is in the ConfigMap already", key)
	}
	f.set(key, text.string)
	if len(text.open) > 0 {
		f.open[key] = text.open
	}
}

func (f *filer) set(key, value string) {
	f.cm.Data[key] = value
	f.size += len(key) + len(value)
}

// checkLiteral reports what a spec's own text cannot have in it, the beginning of a token, and
// tells whether there is nothing of the kind. ours is how many tokens stand there rightly.
func (f *filer) checkLiteral(text string, ours int, at source.Path) bool {
	found := strings.Count(text, plan.TokenStart) > ours
	if found {
		f.d.found.ErrorOnce(source.Invalid, at, "write a placeholder, such as $(host:PORT), or other text",
			"%s stands for an address that a pod finds when it starts, and is not for specs to write", plan.TokenStart)
	}
	return !found
}

// perPod tells whether a file differs from pod to pod: it, or a list in it that does not
// itself go over pods, mentions one.
func (f *filer) perPod(template string) bool {
	if v1alpha1.MentionsPod(template, "workload", "podFQDN", "host", "port", "address") {
		return true
	}
	for name, l := range f.c.Spec.Config.Lists {
		if v1alpha1.Mentions(template, "list:"+name) && l.Over != v1alpha1.OverPods && f.perPod(l.Item) {
			return true
		}
	}
	return false
}
