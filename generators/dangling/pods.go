package dangling

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// A podChecker checks generated objects against the pods of the StatefulSets.
type podChecker struct{ *checker }

// check checks the Services and ConfigMaps against the pods of the StatefulSets.
func (c podChecker) check() {
	c.entries()
	for _, sure := range []bool{true, false} {
		for _, svc := range c.generated {
			c.selector(svc, sure)
		}
	}
	for _, svc := range c.generated {
		c.targets(svc)
		c.others(svc)
	}
	for _, doc := range c.ours["ConfigMap"] {
		c.unread(doc)
	}
}

// selector checks that a Service which selects by labels selects pods, if StatefulSets of its owner are there. Those of
// another component may be made by an operator, so that it is only sure where a StatefulSet names the Service.
func (c podChecker) selector(svc *workload.Service, sure bool) {
	if len(svc.Spec.Selector) == 0 || svc.Spec.Selector[plan.PodNameLabel] != "" || len(c.templates.Selected(svc.Spec.Selector, svc.Namespace)) > 0 {
		return
	}
	for _, s := range c.setsOf(Owner(svc.Doc)) {
		if meets(s.Namespace, svc.Namespace) && (s.Spec.ServiceName == svc.Name) == sure {
			c.report(report{doc: svc.Doc, owner: Owner(svc.Doc), what: "selector", at: source.Path{}.Field("spec", "selector"), weak: !sure, wayOut: "give the pods the labels; or write the selector of the component in the spec, and render again"},
				"no pod in the input has these labels: StatefulSet %s gives its pods others, at %s", s.Name, s.Place("spec", "template", "metadata", "labels"))
			return
		}
	}
}

// others warns of a Service that selects the pods of a workload beside its own. StatefulSets that have Services for
// their pods from the same owner, or refer to one headless Service, are pools of one component. With the spec in the
// input, that is checked with it.
func (c podChecker) others(svc *workload.Service) {
	owner := Owner(svc.Doc)
	once := mistake{owner, "selects others"}
	if c.specs[owner] || c.reported[once] || svc.Spec.Selector[plan.PodNameLabel] != "" {
		return
	}
	selected := c.templates.Selected(svc.Spec.Selector, svc.Namespace)
	if len(selected) < 2 {
		return
	}
	sets := c.setsOf(owner)
	isOwn := func(t *workload.Template) bool { return t.Set() != nil && slices.Contains(sets, t.Set()) }
	own := selected[max(0, slices.IndexFunc(selected, isOwn))]
	for _, t := range selected {
		if t == own || isOwn(t) || samePool(own.Set(), t.Set()) {
			continue
		}
		c.reported[once] = true
		r := source.NewReporter(svc.Doc)
		labels := source.Path{}.Field("spec", "template", "metadata", "labels")
		r.Warnf(source.SelectorClash, source.Path{}.Field("spec", "selector"), "write labels into the component's selector that only its own pods have, and render again; ignore this if it is meant",
			"the Service selects the pods with the labels at %s, and those of another workload, with the labels at %s", own.Doc.Place(labels), t.Doc.Place(labels))
		c.found = append(c.found, r.Diagnostics()...)
		return
	}
}

// samePool reports whether two StatefulSets refer to one headless Service.
func samePool(a, b *workload.StatefulSet) bool {
	return a != nil && b != nil && a.Spec.ServiceName != "" && a.Spec.ServiceName == b.Spec.ServiceName
}

// targets warns of a port of a Service that the containers of its pods do not list, while they list others.
func (c podChecker) targets(svc *workload.Service) {
	owner := Owner(svc.Doc)
	if c.specs[owner] || svc.Spec.ClusterIP == corev1.ClusterIPNone {
		return
	}
	for _, t := range c.templates.Selected(svc.Spec.Selector, svc.Namespace) {
		s := t.Set()
		if s == nil || s.Err != nil || !s.NamesPorts("") {
			continue
		}
		for i, p := range svc.Spec.Ports {
			if name, listed := s.Lists(p); !listed {
				c.report(report{doc: svc.Doc, owner: owner, what: "port " + name, weak: true, at: source.Path{}.Field("spec", "ports").Index(i).Field("targetPort"), wayOut: "write a port that is there, or add it there"},
					"no container of StatefulSet %s has port %s, at %s", s.Name, name, s.Place("spec", "template", "spec", "containers"))
			}
		}
	}
}

// An entry is the Services that differ only in numbers, for the pods of one StatefulSet.
type entry struct{ owner, namespace, name, set string }

// A served pod has a Service.
type served struct {
	svc     *workload.Service
	ordinal int
	numbers []int // in the name of the Service
}

var number = source.Pattern(`[0-9]+`)

// entries checks the Services for single pods: that each is for the pod that its name says, and that no pod has none.
func (c podChecker) entries() {
	all := map[entry][]served{}
	for _, svc := range c.generated {
		pod := svc.Spec.Selector[plan.PodNameLabel]
		i := strings.LastIndex(pod, "-")
		ordinal, err := strconv.Atoi(pod[i+1:])
		if i <= 0 || err != nil {
			continue
		}
		e := entry{Owner(svc.Doc), svc.Namespace, number().ReplaceAllString(svc.Name, "#"), pod[:i]}
		one := served{svc: svc, ordinal: ordinal}
		for _, n := range number().FindAllString(svc.Name, -1) {
			n, _ := strconv.Atoi(n)
			one.numbers = append(one.numbers, n)
		}
		all[e] = append(all[e], one)
	}
	for _, e := range slices.SortedFunc(maps.Keys(all), func(a, b entry) int { return cmp.Or(cmp.Compare(a.owner, b.owner), cmp.Compare(a.name, b.name)) }) {
		if wrong, offset, ok := otherPod(e.set, all[e]); ok {
			c.report(report{doc: wrong.svc.Doc, owner: e.owner, what: podsNamed(e.set), at: source.Path{}.Field("spec", "selector").MapKey(plan.PodNameLabel), wayOut: "render again; or take out what changes the selector"},
				"the Service is for pod %s-%d by its name, and selects %s-%d", e.set, offset, e.set, wrong.ordinal)
			continue
		}
		c.unserved(e, all[e])
	}
}

// podsNamed is what is reported once of a StatefulSet whose pods are not those that the names of Services say.
func podsNamed(set string) string { return "Services of pods of " + set }

// otherPod returns a Service that is for another pod than its name says, and the ordinal of that pod. The names of the
// others say how to count: each has a number that is as far from the ordinal. Otherwise, the name of a pod in the name of
// its Service counts.
func otherPod(set string, all []served) (wrong served, ordinal int, found bool) {
	most, at, offset := 0, 0, 0
	for i := range all[0].numbers {
		count := map[int]int{}
		for _, s := range all {
			n := s.numbers[i] - s.ordinal
			if count[n]++; count[n] > most {
				most, at, offset = count[n], i, n
			}
		}
	}
	before, _, named := strings.Cut("-"+all[0].svc.Name, "-"+set+"-")
	if 2*most <= len(all) {
		at, offset = len(number().FindAllString(before+set, -1)), 0
	}
	if most == 0 || 2*most <= len(all) && (!named || at >= len(all[0].numbers)) {
		return served{}, 0, false
	}
	i := slices.IndexFunc(all, func(s served) bool { return s.numbers[at]-s.ordinal != offset })
	if i < 0 {
		return served{}, 0, false
	}
	return all[i], all[i].numbers[at] - offset, true
}

// unserved warns of a pod that has no Service, while all before it have one. Where the ConfigMap has files of the pod,
// the spec knew it, and left it out.
func (c podChecker) unserved(e entry, all []served) {
	for _, s := range c.pkg.Named(e.set, e.namespace) {
		pods := s.PodNames()
		if s.Err != nil || c.scaled[s.Name] || len(all) < 2 || len(all) >= len(pods) {
			continue
		}
		for _, pod := range pods[:len(all)] {
			if !slices.ContainsFunc(all, func(one served) bool { return one.svc.Spec.Selector[plan.PodNameLabel] == pod }) {
				return
			}
		}
		next := pods[len(all)]
		for _, doc := range c.ours["ConfigMap"] {
			for key := range data(doc) {
				if pod, _, _ := strings.Cut(key, "."); Owner(doc) == e.owner && pod == next {
					return
				}
			}
		}
		c.report(report{doc: s.Doc, owner: e.owner, what: s.Name, at: source.Path{}.Field("spec", "replicas"), weak: true, wayOut: again},
			"pod %s has no Service, and the pods before it have: there are %d replicas", next, s.Replicas())
	}
}
