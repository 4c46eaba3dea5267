// Package workload reads StatefulSets as charts and operators print them: their pods, ports and
// templates.
package workload

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// The API version and kind of a StatefulSet.
const (
	APIVersion = "apps/v1"
	Kind       = "StatefulSet"
)

// Kinds are the kinds of workloads whose pods stay. They have the same template.
var Kinds = []string{Kind, "Deployment", "DaemonSet"}

// HashAnnotation in the template has the hash of what pods read when they start. When it
// changes, the controller of StatefulSets restarts them.
const HashAnnotation = v1alpha1.Group + "/config-hash"

// InPod is the path of the pod's spec in a StatefulSet.
var InPod = source.Path{}.Field("spec", "template", "spec")

// A StatefulSet is a StatefulSet of the package.
type StatefulSet struct {
	appsv1.StatefulSet
	Doc *source.Document

	// Reserved are ordinals that OpenKruise leaves out (reserveOrdinals).
	Reserved []int

	// Err is an error in the fields that determine pods and ports. The other fields hold what
	// could be read; the API server reports their errors.
	Err error
}

// Read reads the StatefulSets among documents, of any API group: those of OpenKruise name their
// pods in the same way. Patches of StatefulSets are left out.
func Read(docs []*source.Document) []*StatefulSet {
	sets, _ := readWithPatches(docs)
	return sets
}

// readWithPatches reads the StatefulSets among documents, and the patches of StatefulSets.
func readWithPatches(docs []*source.Document) (sets, patches []*StatefulSet) {
	var all []*StatefulSet
	whole := wholeSets{}
	for _, doc := range docs {
		if doc.Object().Kind != Kind {
			continue
		}
		s := Parse(doc)
		if all = append(all, s); doc.Has(selector) {
			whole[[2]string{s.Namespace, s.Name}], whole[[2]string{anyNamespace, s.Name}] = true, true
		}
	}
	for _, s := range all {
		if s.isPatch(whole) {
			patches = append(patches, s)
		} else {
			sets = append(sets, s)
		}
	}
	return sets, patches
}

// Patches returns the patches of StatefulSets among documents, such as the output of render --patch.
func Patches(docs []*source.Document) map[*source.Document]bool {
	out := map[*source.Document]bool{}
	_, patches := readWithPatches(docs)
	for _, s := range patches {
		out[s.Doc] = true
	}
	return out
}

// wholeSets are the namespaces and names of the StatefulSets that have a selector, each a second
// time with anyNamespace.
type wholeSets map[[2]string]bool

// anyNamespace is no name of a namespace.
const anyNamespace = "*"

// has reports whether one of them is what a patch is for. One without a namespace may be of any.
func (w wholeSets) has(patch *StatefulSet) bool {
	if patch.Namespace == "" {
		return w[[2]string{anyNamespace, patch.Name}]
	}
	return w[[2]string{patch.Namespace, patch.Name}] || w[[2]string{"", patch.Name}]
}

// isPatch reports whether the document is a strategic merge patch, such as the output of
// render --patch saved beside the StatefulSet. A patch has no selector. It patches another
// document of its name, or has nothing but a pod template with settings that patches have.
func (s *StatefulSet) isPatch(whole wholeSets) bool {
	if s.Doc.Has(selector) {
		return false
	}
	if s.Err != nil || whole.has(s) {
		return s.Err == nil
	}
	pod := s.Spec.Template.Spec
	onlyPod := appsv1.StatefulSetSpec{Template: corev1.PodTemplateSpec{Spec: pod}}
	hash, ours := s.Spec.Template.Annotations[HashAnnotation]
	if ours {
		onlyPod.Template.Annotations = map[string]string{HashAnnotation: hash}
	}
	image := func(c corev1.Container) bool { return c.Image != "" }
	hostPort := func(c corev1.Container) bool {
		return slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.HostPort != 0 })
	}
	return reflect.DeepEqual(s.Spec, onlyPod) && !slices.ContainsFunc(pod.Containers, image) &&
		(ours || pod.EnableServiceLinks != nil || len(pod.Volumes) > 0 || slices.ContainsFunc(pod.Containers, hostPort))
}

// selector is a field that every StatefulSet needs.
var selector = source.Path{}.Field("spec", "selector")

// Parse reads a StatefulSet as the API server does.
func Parse(doc *source.Document) *StatefulSet {
	s := &StatefulSet{Doc: doc}
	s.Name, s.Namespace = doc.Object().Name, doc.Object().Namespace
	var tree map[string]any
	if s.Err = doc.ReadInto(&tree); s.Err != nil {
		return s
	}
	reserved, _ := child(tree, "spec")["reserveOrdinals"].([]any)
	for _, n := range reserved {
		if n, ok := n.(int); ok {
			s.Reserved = append(s.Reserved, n)
		}
	}
	if decode(tree, &s.StatefulSet) == nil {
		return s
	}
	// Only errors in what is read count: the API server finds the others.
	pod := child(tree, "spec", "template", "spec")
	containers, _ := pod["containers"].([]any)
	maps.DeleteFunc(pod, func(key string, _ any) bool { return key != "containers" })
	for _, c := range containers {
		if c, ok := c.(map[string]any); ok {
			maps.DeleteFunc(c, func(key string, _ any) bool { return key != "name" && key != "ports" })
		}
	}
	s.Err = decode(tree, &appsv1.StatefulSet{})
	return s
}

// Unreadable says why a StatefulSet with an Err cannot be read, and where.
func (s *StatefulSet) Unreadable() string {
	var twice *yaml.TypeError
	if errors.As(s.Err, &twice) {
		return fmt.Sprintf("%s, in %s", strings.Join(twice.Errors, "; "), s.Place())
	}
	var wrong *json.UnmarshalTypeError
	if !errors.As(s.Err, &wrong) {
		return fmt.Sprintf("%v, at %s", s.Err, s.Place("metadata", "name"))
	}
	return fmt.Sprintf("%s, at %s", source.Mismatch(wrong), s.Place(strings.Split(wrong.Field, ".")...))
}

func decode(tree map[string]any, into *appsv1.StatefulSet) error {
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return kjson.UnmarshalCaseSensitivePreserveInts(text, into)
}

// child returns the map at the end of a path of keys, or nil.
func child(tree map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		tree, _ = tree[key].(map[string]any)
	}
	return tree
}

// Place names the place of a field, for messages.
func (s *StatefulSet) Place(fields ...string) string {
	return s.Doc.Place(source.Path{}.Field(fields...))
}

// Line names the line of a field for a comment.
func (s *StatefulSet) Line(fields ...string) string {
	return s.Doc.Line(source.Path{}.Field(fields...))
}

// Replicas returns the number of pods: 1 by default, as in the API server.
func (s *StatefulSet) Replicas() int32 {
	if s.Spec.Replicas == nil {
		return 1
	}
	return *s.Spec.Replicas
}

// Start returns the ordinal of the first pod.
func (s *StatefulSet) Start() int32 {
	if s.Spec.Ordinals == nil {
		return 0
	}
	return s.Spec.Ordinals.Start
}

// Selector returns the selector as labels, for a Service. An expression becomes the label with
// which the pods match it.
func (s *StatefulSet) Selector() map[string]string {
	out := map[string]string{}
	if s.Spec.Selector == nil {
		return out
	}
	for k, v := range s.Spec.Selector.MatchLabels {
		out[k] = v
	}
	for _, e := range s.Spec.Selector.MatchExpressions {
		if v, ok := s.Spec.Template.Labels[e.Key]; ok && (e.Operator == "In" || e.Operator == "Exists") {
			out[e.Key] = v
		}
	}
	return out
}

// Ports returns the ports of a container, or of all containers if there is none with that name.
// It leaves out ports with protocols that Services do not support. twice is a name that two
// containers use for different ports.
func (s *StatefulSet) Ports(container string) (out []v1alpha1.Port, twice string) {
	for _, c := range s.Listeners(container) {
		for _, p := range c.Ports {
			port := v1alpha1.Port{Name: p.Name, ContainerPort: p.ContainerPort, Protocol: cmp.Or(v1alpha1.Protocol(p.Protocol), v1alpha1.TCP)}
			if port.Name == "" {
				port.Name = fmt.Sprintf("%s-%d", UnnamedPort(p), port.ContainerPort)
			}
			i := slices.IndexFunc(out, func(o v1alpha1.Port) bool { return o.Name == port.Name })
			switch {
			case !slices.Contains(port.Protocol.Values(), string(port.Protocol)):
			case i < 0:
				out = append(out, port)
			case out[i].ContainerPort != port.ContainerPort:
				twice = port.Name
			}
		}
	}
	return out, twice
}

// UnnamedPort returns what the name of a port without a name begins with: its protocol.
func UnnamedPort(p corev1.ContainerPort) string {
	return strings.ToLower(string(cmp.Or(p.Protocol, corev1.ProtocolTCP)))
}

// Excluded returns a key that the selector excludes pods by, "" for none. The selector of a
// Service cannot say that.
func (s *StatefulSet) Excluded() string {
	if s.Spec.Selector == nil {
		return ""
	}
	for _, e := range s.Spec.Selector.MatchExpressions {
		if e.Operator == metav1.LabelSelectorOpNotIn || e.Operator == metav1.LabelSelectorOpDoesNotExist {
			return e.Key
		}
	}
	return ""
}

// Injected is the annotation that records what Sallyport injected into a StatefulSet.
const Injected = v1alpha1.Group + "/injected"

// Account is the ServiceAccount that the StatefulSet runs its pods as. It is empty for the default
// account, and for an account that Sallyport injected.
func (s *StatefulSet) Account() string {
	pod := s.Spec.Template.Spec
	name := cmp.Or(pod.ServiceAccountName, pod.DeprecatedServiceAccount)
	if name == "default" || strings.Contains(s.Annotations[Injected], `"spec.template.spec.serviceAccountName"`) {
		return ""
	}
	return name
}
