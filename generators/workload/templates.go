package workload

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/schemas/source"
)

// A Template is the pod template of a workload of the package: a StatefulSet, a Deployment or a DaemonSet.
type Template struct {
	Doc    *source.Document
	Labels map[string]string

	set *StatefulSet // nil: of another kind
}

// Namespace returns the namespace of the workload.
func (t *Template) Namespace() string { return t.Doc.Object().Namespace }

// Name returns the name of the workload.
func (t *Template) Name() string { return t.Doc.Object().Name }

// Set returns the workload if it is a StatefulSet, or nil.
func (t *Template) Set() *StatefulSet { return t.set }

// A label is a label of pods.
type label struct{ key, value string }

// Templates are all pod templates of a package.
type Templates struct {
	all     []*Template
	byName  map[string][]*Template
	byLabel map[label][]*Template
}

// Templates returns the pod templates of the package, in the order of kinds, namespaces and names.
func (p *Package) Templates() *Templates {
	out := &Templates{byName: map[string][]*Template{}, byLabel: map[label][]*Template{}}
	for _, s := range p.Sets {
		out.all = append(out.all, &Template{s.Doc, s.Spec.Template.Labels, s})
	}
	for o, doc := range p.objects {
		if group, _, _ := strings.Cut(o.APIVersion, "/"); group == appsv1.GroupName && o.Kind != Kind && slices.Contains(Kinds, o.Kind) {
			if labels, whole := templateLabels(doc); whole {
				out.all = append(out.all, &Template{doc, labels, nil})
			}
		}
	}
	slices.SortFunc(out.all, func(a, b *Template) int {
		return strings.Compare(a.Doc.Object().String(), b.Doc.Object().String())
	})
	for _, t := range out.all {
		out.byName[t.Name()] = append(out.byName[t.Name()], t)
		for key, value := range t.Labels {
			out.byLabel[label{key, value}] = append(out.byLabel[label{key, value}], t)
		}
	}
	return out
}

// templateLabels returns the labels of the pods of a workload that is no patch.
func templateLabels(doc *source.Document) (labels map[string]string, whole bool) {
	var pods struct {
		Spec struct {
			Selector yaml.Node
			Template struct {
				Metadata struct{ Labels map[string]string }
			}
		}
	}
	_ = doc.ReadInto(&pods) // the API server reports the error
	return pods.Spec.Template.Metadata.Labels, pods.Spec.Selector.Kind != 0
}

// Named returns the templates of workloads of a name that may be in a namespace.
func (t *Templates) Named(name, namespace string) []*Template {
	return slices.DeleteFunc(slices.Clone(t.byName[name]), func(one *Template) bool { return !Meets(one.Namespace(), namespace) })
}

// Selected returns the templates of the workloads that may be in a namespace and have pods that a selector
// selects.
func (t *Templates) Selected(selector map[string]string, namespace string) []*Template {
	fewest := t.all
	for key, value := range selector {
		if with := t.byLabel[label{key, value}]; !ofController(key) && len(with) < len(fewest) {
			fewest = with
		}
	}
	return slices.DeleteFunc(slices.Clone(fewest), func(one *Template) bool {
		return !Meets(one.Namespace(), namespace) || !one.selected(selector)
	})
}

// ofController reports whether the controller of StatefulSets gives each pod the label.
func ofController(key string) bool {
	return key == appsv1.StatefulSetPodNameLabel || key == appsv1.PodIndexLabel
}

// selected reports whether a selector selects a pod of the workload.
func (t *Template) selected(selector map[string]string) bool {
	for key, value := range selector {
		if t.Labels[key] != value && (t.set == nil || !t.set.labels(key, value)) {
			return false
		}
	}
	return len(selector) > 0
}

// Selected reports whether a selector selects a pod of the StatefulSet.
func (s *StatefulSet) Selected(selector map[string]string) bool {
	return (&Template{s.Doc, s.Spec.Template.Labels, s}).selected(selector)
}

// SelectsOwn reports whether the selector of the StatefulSet selects its own pods. The API server rejects a
// StatefulSet for which it does not. One without a template is not written out.
func (s *StatefulSet) SelectsOwn() bool {
	selector, err := metav1.LabelSelectorAsSelector(s.Spec.Selector)
	return err != nil || s.Spec.Selector == nil || !s.Doc.Has(template) || selector.Matches(labels.Set(s.Spec.Template.Labels))
}

// template is the field with what the pods are like.
var template = source.Path{}.Field("spec", "template")

// labels reports whether the controller gives a pod of the StatefulSet a label.
func (s *StatefulSet) labels(key, value string) bool {
	if !ofController(key) {
		return false
	}
	if key == appsv1.StatefulSetPodNameLabel {
		ordinal, ok := strings.CutPrefix(value, s.Name+"-")
		if value = ordinal; !ok {
			return false
		}
	}
	n, err := strconv.ParseInt(value, 10, 32)
	return err == nil && int32(n) >= s.Start() && int32(n) < s.Start()+s.Replicas()
}
