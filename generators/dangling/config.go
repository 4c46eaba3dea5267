package dangling

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// data returns the files and variables of a ConfigMap.
func data(doc *source.Document) map[string]string {
	var cm struct{ Data map[string]string }
	_ = doc.ReadInto(&cm) // the API server reports the error
	return cm.Data
}

// inCluster is a name of a Service, or of a pod under it, in the DNS of the cluster.
var inCluster = source.Pattern(`(?:\b([a-z0-9][-a-z0-9]*)\.)?\b([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc\b`)

// text checks the names in the cluster that a file has of Services which are in the input.
func (c *checker) text(doc *source.Document, key, text string) {
	o, r := doc.Object(), report{doc: doc, owner: Owner(doc), at: source.Path{}.Field("data").MapKey(key)}
	for _, m := range inCluster().FindAllStringSubmatch(text, -1) {
		service, namespace := m[2], m[3]
		there := has(c.services, service, o.Namespace)
		switch {
		case there && !meets(namespace, o.Namespace) && !has(c.services, service, namespace):
			r.what, r.wayOut = "namespace", "write the namespace into the spec, and not into the kustomization alone"
			c.report(r, "the file has %s, and Service %s is in namespace %s", m[0], service, o.Namespace)
		case !there && meets(namespace, o.Namespace) && !c.reported[mistake{r.owner, affix}]:
			if other, alike := near(service, names(c.services, o.Namespace), o.Name); alike {
				r.what, r.wayOut = affix, inLayer
				c.report(r, "there is no Service %s in the input: it is called %s", service, other)
			}
		}
	}
}

// mounted checks the files that the pods of a StatefulSet mount from generated ConfigMaps, and those that each pod
// has for itself.
func (c *checker) mounted(s *workload.StatefulSet) {
	for _, doc := range c.ours["ConfigMap"] {
		o := doc.Object()
		if s.Err != nil || !meets(o.Namespace, s.Namespace) || !s.Reads(o.Name) || c.scaled[s.Name] {
			continue
		}
		keys := data(doc)
		for _, m := range workload.MountedFiles(s, o.Name) {
			if _, ok := keys[m.Key]; !ok {
				c.lacks(s, doc, m.Pod, m.Key, m.At)
			}
		}
		files := map[string]bool{}
		for key := range keys {
			if pod, file, ok := strings.Cut(key, "."); ok && strings.HasPrefix(pod, s.Name+"-") {
				files[file] = true
			}
		}
		for _, pod := range s.PodNames() {
			for _, file := range slices.Sorted(maps.Keys(files)) {
				if _, ok := keys[pod+"."+file]; !ok {
					c.lacks(s, doc, pod, pod+"."+file, workload.InPod.Field("volumes"))
				}
			}
		}
	}
}

// lacks reports a file that a pod mounts and that the ConfigMap does not have. If a prefix or a suffix has made the
// name of the pod, that is what is reported.
func (c *checker) lacks(s *workload.StatefulSet, doc *source.Document, pod, key string, at source.Path) {
	r := report{doc: s.Doc, owner: Owner(doc), what: s.Name, at: at, wayOut: again}
	var pods []string
	for key := range data(doc) {
		if pod, _, ok := strings.Cut(key, "."); ok {
			pods = append(pods, pod)
		}
	}
	if other, alike := near(pod, pods, doc.Object().Name); other != "" && alike || c.reported[mistake{r.owner, affix}] {
		r.what, r.wayOut = affix, inLayer
	}
	if !strings.Contains(key, pod) {
		c.report(r, "the pods mount the file %s, and ConfigMap %s does not have it", key, doc.Object().Name)
		return
	}
	c.report(r, "pod %s mounts the file %s, and ConfigMap %s does not have it: there are %d replicas, at %s", pod, key, doc.Object().Name, s.Replicas(), s.Place("spec", "replicas"))
}

// unread warns of a generated ConfigMap that no StatefulSet of its owner reads, and nothing else in the input. Where
// the spec is in the input, it is checked with that.
func (c podChecker) unread(doc *source.Document) {
	o, owner := doc.Object(), Owner(doc)
	if c.specs[owner] || c.reported[mistake{owner, affix}] || c.reported[mistake{owner, noConfig}] || c.mentioned(o) {
		return
	}
	for _, s := range c.setsOf(owner) {
		if meets(s.Namespace, o.Namespace) {
			c.report(report{doc: doc, owner: owner, what: "unread " + o.Name, at: source.Path{}.Field("metadata", "name"), unused: true,
				wayOut: "write inject: true in the spec, or apply what render --patch prints"},
				"no container reads the configuration: StatefulSet %s does not mount ConfigMap %s, at %s", s.Name, o.Name, s.Doc.Place(workload.InPod.Field("volumes")))
			return
		}
	}
}

// mentioned reports whether anything that was not generated may read a ConfigMap: a StatefulSet, also by a patch, or an
// object of another kind.
func (c podChecker) mentioned(o source.Object) bool {
	for _, s := range c.pkg.Sets {
		if meets(s.Namespace, o.Namespace) && (s.Reads(o.Name) || c.pkg.Patched(s, o.Name)) {
			return true
		}
	}
	return slices.ContainsFunc(c.foreign, func(doc *source.Document) bool {
		return meets(doc.Object().Namespace, o.Namespace) && source.Contains(doc, o.Name)
	})
}

// setsOf returns the StatefulSets that make the pods which the objects of an owner are for.
func (c *checker) setsOf(owner string) []*workload.StatefulSet {
	if c.podsOf == nil {
		c.podsOf = map[string][]string{}
		for _, svc := range c.generated {
			if pod := svc.Spec.Selector[plan.PodNameLabel]; pod != "" {
				c.podsOf[Owner(svc.Doc)] = append(c.podsOf[Owner(svc.Doc)], pod)
			}
		}
		for _, doc := range c.ours["ConfigMap"] {
			for key := range data(doc) {
				pod, _, _ := strings.Cut(key, ".")
				c.podsOf[Owner(doc)] = append(c.podsOf[Owner(doc)], pod)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(c.pkg.Sets), func(s *workload.StatefulSet) bool {
		return s.Err != nil || !slices.ContainsFunc(c.podsOf[owner], func(pod string) bool { _, ok := s.Ordinal(pod); return ok })
	})
}

// noConfig is what is reported once of an owner whose ConfigMap is gone.
const noConfig = "config"

// volumes checks the ConfigMaps of injected volumes.
func (c *checker) volumes(s *workload.StatefulSet) {
	var names []string
	owners := map[string]string{}
	for _, doc := range c.ours["ConfigMap"] {
		if o := doc.Object(); meets(o.Namespace, s.Namespace) {
			names, owners[o.Name] = append(names, o.Name), Owner(doc)
		}
	}
	for _, v := range s.Spec.Template.Spec.Volumes {
		if v.ConfigMap == nil || !strings.HasPrefix(v.Name, injectedVolume) || has(c.configMaps, v.ConfigMap.Name, s.Namespace) {
			continue
		}
		at := workload.InPod.Field("volumes").Item("name", v.Name).Field("configMap", "name")
		if other, alike := near(v.ConfigMap.Name, names, s.Name); other != "" {
			c.report(report{weak: !alike, doc: s.Doc, owner: owners[other], what: affix, at: at, wayOut: inLayer},
				"there is no ConfigMap %s in the input: it is called %s", v.ConfigMap.Name, other)
			continue
		}
		c.gone(s, v, at)
	}
}

// gone reports an injected volume whose ConfigMap is not in the input, although other objects of its owner are.
func (c *checker) gone(s *workload.StatefulSet, v corev1.Volume, at source.Path) {
	for _, owner := range c.owners() {
		injected, sets := s.Annotations[workload.Injected], c.setsOf(owner)
		if strings.Contains(injected, `"`+owner+`"`) || injected == "" && slices.Contains(sets, s) {
			c.report(report{doc: s.Doc, owner: owner, what: noConfig, at: at, wayOut: "add it to the input, or write the name of the generated ConfigMap; or render again"},
				"there is no ConfigMap %s in the input, which the pods mount, and there are other objects of %s", v.ConfigMap.Name, strings.Replace(owner, "/", " ", 1))
			return
		}
	}
}

// owners returns the specs that objects of the input were generated from.
func (c *checker) owners() []string {
	out := map[string]bool{}
	for _, docs := range c.ours {
		for _, doc := range docs {
			out[Owner(doc)] = true
		}
	}
	return slices.Sorted(maps.Keys(out))
}
