package services

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A podTemplate is the labels and the ports of pods that an object of the input makes.
type podTemplate struct {
	namespace  string
	labels     map[string]string
	containers []corev1.Container
}

// worldOfPods is what the input says about pods.
type worldOfPods struct {
	sets      []*workload.StatefulSet
	templates []podTemplate
}

// templatesOf reads the pods and the pod templates among documents. What cannot be read is left out.
func templatesOf(docs []*source.Document) []podTemplate {
	var out []podTemplate
	for _, doc := range docs {
		var o struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Template *struct {
					Metadata struct{ Labels map[string]string }
					Spec     struct{ Containers, InitContainers []any }
				}
				Containers []any
			}
		}
		kind := doc.Object().Kind
		if kind == "Service" || kind == "Endpoints" || kind == "EndpointSlice" || doc.Node().Decode(&o) != nil {
			continue
		}
		t := podTemplate{namespace: doc.Object().Namespace, labels: o.Metadata.Labels}
		found := o.Spec.Containers
		if o.Spec.Template != nil {
			t.labels, found = o.Spec.Template.Metadata.Labels, append(o.Spec.Template.Spec.Containers, o.Spec.Template.Spec.InitContainers...)
		}
		if text, err := json.Marshal(found); err != nil || len(found) == 0 || json.Unmarshal(text, &t.containers) != nil {
			continue
		}
		out = append(out, t)
	}
	return out
}

// number returns the number that the containers of the selected pods give a port name; 0: nobody does.
func (w *worldOfPods) number(s *service, set *workload.StatefulSet, name string) int32 {
	if set != nil {
		for _, p := range set.AllPorts() {
			if p.Name == name {
				return p.ContainerPort
			}
		}
	}
	for _, t := range w.templates {
		if !workload.Meets(t.namespace, s.Namespace) || !selects(s.Spec.Selector, t.labels) {
			continue
		}
		for _, c := range t.containers {
			for _, p := range c.Ports {
				if p.Name == name {
					return p.ContainerPort
				}
			}
		}
	}
	return 0
}

// selects reports whether labels of pods match a selector, without those that name single pods.
func selects(selector, of map[string]string) bool {
	n := 0
	for k, v := range selector {
		if isPodLabel(k) {
			continue
		}
		if n++; of[k] != v {
			return false
		}
	}
	return n > 0
}

// podIndexLabel is a label of pods of a StatefulSet that has the ordinal.
const podIndexLabel = "apps.kubernetes.io/pod-index"

func isPodLabel(key string) bool { return key == plan.PodNameLabel || key == podIndexLabel }

// A target is the single pod that a Service selects.
type target struct {
	key      string // the label that names the pod
	workload string // "": not known
	ordinal  int32
	rest     string // the other labels
}

// targetOf returns which single pod a Service selects: by the label of StatefulSets, or by one whose
// value has an ordinal that is in the name of the Service too.
func targetOf(s *service) (target, bool) {
	selector := s.Spec.Selector
	if s.Spec.ClusterIP == corev1.ClusterIPNone {
		return target{}, false
	}
	for _, key := range keysOf(selector) {
		workload, ordinal, ok := splitPod(selector[key])
		switch {
		case !ok:
		case key == plan.PodNameLabel && workload != "":
		case key == podIndexLabel && workload == "":
		case isPodLabel(key) || !hasNumber(s.Name, ordinal):
			ok = false
		case workload == "" && !mayCount(key):
			ok = false
		}
		if !ok {
			continue
		}
		rest := map[string]string{}
		for k, v := range selector {
			if k != key {
				rest[k] = v
			}
		}
		return target{key, workload, ordinal, labels.Set(rest).String()}, true
	}
	return target{}, false
}

// mayCount reports whether a label may have the number of a pod, by its name.
func mayCount(key string) bool {
	return slices.ContainsFunc([]string{"id", "ordinal", "index", "pod", "broker", "node", "replica", "member"}, func(word string) bool {
		return strings.Contains(strings.ToLower(key), word)
	})
}

// keysOf returns the keys of a selector, those of single pods first.
func keysOf(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(-compareBool(isPodLabel(a), isPodLabel(b)), cmp.Compare(a, b))
	})
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// splitPod splits WORKLOAD-ORDINAL, or returns the ordinal alone.
func splitPod(value string) (workload string, ordinal int32, ok bool) {
	i := strings.LastIndexByte(value, '-')
	n, err := strconv.ParseInt(value[i+1:], 10, 32)
	if err != nil || n < 0 || n >= v1alpha1.MaxReplicas || strconv.FormatInt(n, 10) != value[i+1:] || i == 0 {
		return "", 0, false
	}
	return value[:max(0, i)], int32(n), true
}

// hasNumber reports whether a run of digits in a name is a number.
func hasNumber(name string, n int32) bool {
	return slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' }), strconv.Itoa(int(n)))
}

// A podSet is a set of pods with the Services that lead to it.
type podSet struct {
	world     *worldOfPods
	namespace string
	workload  string                // "": not known
	set       *workload.StatefulSet // nil: the input does not have it
	each      []*service            // of single pods
	all       []*service            // of all pods, and headless ones
	targets   map[*service]target
	guessed   bool   // nobody says how the workload is called
	name      string // of the spec
	way       string // what the names of Services have besides the pod, for the second spec of the same pods
}

// podSets sorts Services by the pods that they lead to, in the order of the input.
func (w *worldOfPods) podSets(all []*service) []*podSet {
	var out []*podSet
	index := map[string]*podSet{}
	get := func(key string, s *service) *podSet {
		p := index[key]
		if p == nil {
			p = &podSet{world: w, namespace: s.Namespace, targets: map[*service]target{}}
			index[key] = p
			out = append(out, p)
		}
		return p
	}
	var rest []*service
	for _, s := range all {
		t, ok := targetOf(s)
		if !ok {
			rest = append(rest, s)
			continue
		}
		set := w.setOf(s, t)
		if set != nil {
			t.workload = set.Name
		}
		p := get(fmt.Sprintf("%s/each/%s/%s", s.Namespace, t.workload, cmp.Or(t.workload, t.rest)), s)
		p.each, p.set, p.workload = append(p.each, s), cmp.Or(p.set, set), t.workload
		p.targets[s] = t
	}
	single := slices.Clone(out)
	for _, s := range rest {
		p := index[fmt.Sprintf("%s/all/%s", s.Namespace, labels.Set(s.Spec.Selector))]
		if p == nil {
			p = w.owner(single, s)
		}
		if p == nil {
			p = get(fmt.Sprintf("%s/all/%s", s.Namespace, labels.Set(s.Spec.Selector)), s)
			p.set = cmp.Or(p.set, w.selected(s))
			if p.set != nil {
				p.workload = p.set.Name
			}
		}
		p.all = append(p.all, s)
	}
	for _, p := range out {
		p.guess()
	}
	return out
}

// setOf returns the StatefulSet of a pod, or nil.
func (w *worldOfPods) setOf(s *service, t target) *workload.StatefulSet {
	if t.workload == "" {
		return w.selected(s)
	}
	for _, set := range w.sets {
		if set.Name == t.workload && workload.Meets(set.Namespace, s.Namespace) && set.Err == nil {
			return set
		}
	}
	if t.key != plan.PodNameLabel {
		return w.selected(s)
	}
	return nil
}

// selected returns the only StatefulSet whose pods a selector matches, but for labels of single pods.
func (w *worldOfPods) selected(s *service) *workload.StatefulSet {
	selector := map[string]string{}
	t, single := targetOf(s)
	for k, v := range s.Spec.Selector {
		if !single || k != t.key {
			selector[k] = v
		}
	}
	var found *workload.StatefulSet
	for _, set := range w.sets {
		if set.Err == nil && workload.Meets(set.Namespace, s.Namespace) && selects(selector, set.Spec.Template.Labels) {
			if found != nil {
				return nil
			}
			found = set
		}
	}
	return found
}

// owner returns the set of pods that a Service for all pods is for, as far as there is evidence; nil:
// there is none.
func (w *worldOfPods) owner(all []*podSet, s *service) *podSet {
	selector := labels.Set(s.Spec.Selector).String()
	for _, p := range all {
		if p.namespace != s.Namespace {
			continue
		}
		if p.set != nil && selects(s.Spec.Selector, p.set.Spec.Template.Labels) {
			return p
		}
		if len(p.each) > 0 && p.targets[p.each[0]].rest == selector {
			return p
		}
	}
	var best *podSet
	most := 0
	for _, p := range all {
		if p.namespace != s.Namespace || p.set != nil || len(p.each) == 0 {
			continue
		}
		if n := evidence(s.Spec.Selector, p.workload); n > most {
			best, most = p, n
		}
	}
	return best
}

// roleLabels say which part of an application pods are.
var roleLabels = []string{"component", "app.kubernetes.io/component", "role", "tier"}

// evidence returns how much of the name of a workload the values of a selector have.
func evidence(selector map[string]string, workload string) int {
	most := 0
	for k, v := range selector {
		in := v != "" && strings.Contains("-"+workload+"-", "-"+v+"-")
		if slices.Contains(roleLabels, k) && !in {
			return 0
		}
		if in {
			most = max(most, len(v))
		}
	}
	return most
}

// guess finds a name for the workload where nobody has one.
func (p *podSet) guess() {
	if p.workload != "" || len(p.each) == 0 {
		return
	}
	p.guessed = true
	for _, key := range []string{"app.kubernetes.io/instance", "app.kubernetes.io/name", "app", "k8s-app", "name"} {
		if v := p.each[0].Spec.Selector[key]; v1alpha1.WorkloadName.Passes(v) {
			p.workload = v
			return
		}
	}
	name := strings.TrimRight(strings.TrimSuffix(p.each[0].Name, strconv.Itoa(int(p.targets[p.each[0]].ordinal))), "-")
	p.workload = cmp.Or(name, "pods")
}
