package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A workload is what a spec says of a StatefulSet.
type workload struct {
	name, namespace string
	replicas, start int32
	selector        map[string]string
	ports           []containerPort
}

// sample is a workload for those who have none at hand.
var sample = workload{name: "example", namespace: "default", replicas: 3, selector: map[string]string{"app": "example"},
	ports: []containerPort{{Name: "client", Number: 8080}}}

// A statefulSet is the part of one that is read.
type statefulSet struct {
	Spec struct {
		Replicas *int32            `json:"replicas"`
		Ordinals v1alpha1.Ordinals `json:"ordinals"`
		Selector struct {
			MatchLabels map[string]string `json:"matchLabels"`
		} `json:"selector"`
		Template struct {
			Metadata v1alpha1.Metadata `json:"metadata"`
			Spec     podSpec           `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

type podSpec struct {
	InitContainers []container `json:"initContainers"`
	Containers     []container `json:"containers"`
}

type container struct {
	RestartPolicy string          `json:"restartPolicy"`
	Ports         []containerPort `json:"ports"`
}

type containerPort struct {
	Name     string `json:"name"`
	Number   int32  `json:"containerPort"`
	Protocol string `json:"protocol"`
}

// readWorkload reads the one StatefulSet of a file, of whatever version and group: that
// of OpenKruise names its pods the same.
func readWorkload(file string, data []byte) (*workload, source.Diagnostics) {
	docs, ds := source.Parse(file, data)
	if ds.Failed() {
		return nil, ds
	}
	docs = slices.DeleteFunc(docs, func(d *source.Document) bool { return d.Object().Kind != "StatefulSet" })
	if len(docs) == 0 {
		return nil, source.Diagnostics{{Code: source.Required, Severity: source.Error, File: file,
			Message: "there is no StatefulSet in the input", WayOut: "kubectl get statefulset NAME -o yaml prints one"}}
	}
	r := source.NewReporter(docs[0])
	name := docs[0].Object().Name
	if wrong, _ := v1alpha1.DNSLabel.Problem(name); wrong != "" {
		r.Errorf(source.NameInvalid, source.Path{}.Field("metadata", "name"), "", "%q cannot name a StatefulSet: %s", name, wrong)
	}
	for _, doc := range docs[1:] {
		r.Errorf(source.Duplicate, source.Path{}.Field("kind"), "take one out; a spec of two StatefulSets has two components",
			"there is another StatefulSet in the input: %s", doc.Object())
	}
	if ds = r.Diagnostics(); ds.Failed() {
		return nil, ds
	}
	return workloadOf(docs[0])
}

func workloadOf(doc *source.Document) (*workload, source.Diagnostics) {
	var s statefulSet
	ds := slices.DeleteFunc(doc.Decode(&s), func(d source.Diagnostic) bool {
		return d.Code == source.UnknownField || d.Code == source.Null // it has many more fields, and null is absent there
	})
	if ds.Failed() {
		return nil, ds
	}
	w := &workload{name: doc.Object().Name, namespace: doc.Object().Namespace, replicas: 1, selector: s.Spec.Selector.MatchLabels}
	if s.Spec.Ordinals.Start != nil {
		w.start = *s.Spec.Ordinals.Start
	}
	if s.Spec.Replicas != nil {
		w.replicas = *s.Spec.Replicas
	}
	if len(w.selector) == 0 {
		w.selector = s.Spec.Template.Metadata.Labels // what else is in the selector, they match
	}
	r := source.NewReporter(doc)
	if len(w.selector) == 0 {
		r.Errorf(source.Required, source.Path{}.Field("spec", "selector", "matchLabels"), "Kubernetes needs them too", "the StatefulSet has no labels to select its pods by")
	}
	pod := s.Spec.Template.Spec
	sidecars := slices.DeleteFunc(pod.InitContainers, func(c container) bool { return c.RestartPolicy != "Always" })
	for _, c := range append(pod.Containers, sidecars...) {
		for _, p := range c.Ports {
			w.add(p)
		}
	}
	if len(w.ports) == 0 {
		w.ports = sample.ports
		r.Warnf(source.Required, source.Path{}.Field("spec", "template", "spec", "containers"), "write into the spec what the pods listen on",
			"the containers name no ports, and port %d is a guess", w.ports[0].Number)
	}
	return w, r.Diagnostics()
}

// add enters a port under a name that no other has. Two containers of a pod cannot
// listen on one number, so that one that is there already is the same.
func (w *workload) add(p containerPort) {
	if p.Protocol == string(v1alpha1.TCP) {
		p.Protocol = ""
	}
	for _, q := range w.ports {
		if q.Number == p.Number && q.Protocol == p.Protocol {
			return
		}
	}
	numbered := fmt.Sprintf("%s-%d", cmp.Or(p.Name, "port"), p.Number)
	for _, name := range []string{p.Name, numbered, numbered + "-" + strings.ToLower(cmp.Or(p.Protocol, "TCP"))} {
		p.Name = name
		if name != "" && !slices.ContainsFunc(w.ports, func(q containerPort) bool { return q.Name == name }) {
			break
		}
	}
	w.ports = append(w.ports, p)
}

// spec writes the spec of the workload, without what stands above it.
func (w *workload) spec() string {
	name := scalar(w.name)
	namespace := "  # namespace: default # without one, whoever applies the manifests decides\n"
	if w.namespace != "" {
		namespace = "  namespace: " + scalar(w.namespace) + " # where the pods are\n"
	}
	numbers := fmt.Sprintf("    replicas: %d\n", w.replicas)
	if w.start != 0 {
		numbers += fmt.Sprintf("    ordinals: {start: %d}\n", w.start)
	}
	selector, ports := "", ""
	for _, k := range slices.Sorted(maps.Keys(w.selector)) {
		selector += fmt.Sprintf("      %s: %s\n", scalar(k), scalar(w.selector[k]))
	}
	for _, p := range w.ports {
		protocol := ""
		if p.Protocol != "" {
			protocol = ", protocol: " + scalar(p.Protocol)
		}
		ports += fmt.Sprintf("    - {name: %s, containerPort: %d%s}\n", scalar(p.Name), p.Number, protocol)
	}
	first := w.ports[0]
	return fmt.Sprintf(initAccess, name, namespace, w.start, w.pods(), numbers, selector, ports, scalar(first.Name), first.Number)
}

// pods tells what the pods are called.
func (w *workload) pods() string {
	switch w.replicas {
	case 0:
		return "it has no pods now"
	case 1:
		return fmt.Sprintf("its pod is %s-%d", w.name, w.start)
	}
	return fmt.Sprintf("its pods are %s-%d to %s-%d", w.name, w.start, w.name, w.start+w.replicas-1)
}

// scalar is a string as YAML has it, in a block or between braces.
func scalar(s string) string {
	plain, err := yaml.Marshal(s)
	if err == nil && string(plain) == s+"\n" && !strings.ContainsAny(s, ",[]{}") {
		return s
	}
	quoted, _ := json.Marshal(s) // strings always marshal
	return string(quoted)
}
