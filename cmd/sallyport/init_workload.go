package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A draft has the values that init writes into a spec.
type draft struct {
	name, namespace string
	replicas, start int32
	selector        map[string]string
	ports           []corev1.ContainerPort
}

// sample is the draft for a spec without a StatefulSet.
var sample = draft{name: "example", namespace: "default", replicas: 3, selector: map[string]string{"app": "example"},
	ports: []corev1.ContainerPort{{Name: "client", ContainerPort: 8080}}}

// readStatefulSet reads the only StatefulSet of a file, or the one that has a name. It accepts
// any API group, because OpenKruise names pods in the same way.
func readStatefulSet(file string, data []byte, name string) (*draft, source.Diagnostics) {
	docs, ds := source.Parse(file, data)
	if ds.Failed() {
		return nil, ds
	}
	var sets, named []*source.Document
	for _, doc := range source.Unlisted(docs) {
		if doc.Object().Kind != workload.Kind {
			continue
		}
		sets = append(sets, doc)
		if doc.Object().Name == name || name == "" {
			named = append(named, doc)
		}
	}
	missing := source.Diagnostic{Code: source.Required, Severity: source.Error, File: file}
	switch {
	case len(sets) == 0:
		missing.Message, missing.WayOut = "there is no StatefulSet in the input", "kubectl get statefulset NAME -o yaml prints one"
		return nil, source.Diagnostics{missing}
	case len(named) == 0:
		missing.Message = fmt.Sprintf("there is no StatefulSet %q in the input", name)
		missing.WayOut = source.Suggest(name, namesOf(sets))
		return nil, source.Diagnostics{missing}
	}
	r := source.NewReporter(named[0])
	own := named[0].Object().Name
	if wrong, _ := v1alpha1.DNSLabel.Problem(own); wrong != "" {
		r.Errorf(source.NameInvalid, source.Path{}.Field("metadata", "name"), "", "%q is not a valid name of a StatefulSet: %s", own, wrong)
	}
	if len(named) > 1 {
		wayOut := "write --workload with the name of one: " + strings.Join(namesOf(named), ", ")
		if len(namesOf(named)) == 1 {
			wayOut = "take one out: several have this name"
		}
		r.Errorf(source.Duplicate, source.Path{}.Field("kind"), wayOut, "there are %d StatefulSets in the input", len(named))
	}
	if ds = r.Diagnostics(); ds.Failed() {
		return nil, ds
	}
	d, ds := draftOf(named[0])
	if d != nil {
		ds = append(ds, d.scale(workload.ReadPackage(source.Unlisted(docs)), named[0])...)
	}
	return d, ds
}

// scale takes the number of pods from an autoscaler in the file, which decides it.
func (d *draft) scale(pkg *workload.Package, doc *source.Document) source.Diagnostics {
	scaler := pkg.Scaler(workload.Parse(doc))
	if scaler == nil || scaler.Max == 0 {
		return nil
	}
	d.replicas = scaler.Max
	r := source.NewReporter(scaler.Doc)
	r.Warnf(source.Inferred, source.Path{}.Field("spec"), "keep the two numbers equal", "it decides how many pods there are: the spec has %d, the most that it makes", scaler.Max)
	return r.Diagnostics()
}

// namesOf returns the names of documents, each once.
func namesOf(docs []*source.Document) []string {
	var out []string
	for _, doc := range docs {
		out = append(out, doc.Object().Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func draftOf(doc *source.Document) (*draft, source.Diagnostics) {
	set, ds := workload.ParsePods(doc)
	if ds.Failed() {
		return nil, ds
	}
	d := &draft{name: doc.Object().Name, namespace: doc.Object().Namespace, replicas: set.Replicas(), start: set.Start(), selector: set.Selector()}
	if len(d.selector) == 0 {
		d.selector = set.Spec.Template.Labels // they match the selector, whatever it is
	}
	r := source.NewReporter(doc)
	if len(d.selector) == 0 {
		r.Errorf(source.Required, source.Path{}.Field("spec", "selector", "matchLabels"), "Kubernetes requires them too", "the StatefulSet has no labels to select its pods by")
	}
	for _, c := range set.Listeners("") {
		for _, p := range c.Ports {
			d.addPort(p)
		}
	}
	if len(d.ports) == 0 {
		d.ports = sample.ports
		r.Warnf(source.Required, workload.InPod.Field("containers"), "write into the spec what the pods listen on",
			"the containers name no ports, and port %d is a guess", d.ports[0].ContainerPort)
	}
	return d, r.Diagnostics()
}

// addPort adds a port under a unique name. It ignores a number that the draft has already:
// two containers of a pod cannot listen on the same number, so it is the same port.
func (d *draft) addPort(p corev1.ContainerPort) {
	if p.Protocol == corev1.ProtocolTCP {
		p.Protocol = ""
	}
	for _, q := range d.ports {
		if q.ContainerPort == p.ContainerPort && q.Protocol == p.Protocol {
			return
		}
	}
	numbered := fmt.Sprintf("%s-%d", cmp.Or(p.Name, workload.UnnamedPort(p)), p.ContainerPort)
	for _, name := range []string{cmp.Or(p.Name, numbered), numbered, numbered + "-" + strings.ToLower(string(cmp.Or(p.Protocol, corev1.ProtocolTCP)))} {
		p.Name = name
		if name != "" && !slices.ContainsFunc(d.ports, func(q corev1.ContainerPort) bool { return q.Name == name }) {
			break
		}
	}
	d.ports = append(d.ports, p)
}

// spec returns the text of the spec, without the comments above it.
func (d *draft) spec() string {
	name := scalar(d.name)
	namespace := "  # namespace: default # without it, the tool that applies the manifests decides\n"
	if d.namespace != "" {
		namespace = "  namespace: " + scalar(d.namespace) + " # the namespace of the pods\n"
	}
	numbers := fmt.Sprintf("    replicas: %d\n", d.replicas)
	if d.start != 0 {
		numbers += fmt.Sprintf("    ordinals: {start: %d}\n", d.start)
	}
	selector, ports := "", ""
	for _, k := range slices.Sorted(maps.Keys(d.selector)) {
		selector += fmt.Sprintf("      %s: %s\n", scalar(k), scalar(d.selector[k]))
	}
	for _, p := range d.ports {
		protocol := ""
		if p.Protocol != "" {
			protocol = ", protocol: " + scalar(string(p.Protocol))
		}
		ports += fmt.Sprintf("    - {name: %s, containerPort: %d%s}\n", scalar(p.Name), p.ContainerPort, protocol)
	}
	return fmt.Sprintf(initAccess, name, namespace, d.start, d.pods(), numbers, selector, ports, d.opened())
}

// opened returns the ports of the entry. Of several, clients outside can reach one: the others
// may be for the pods alone, such as those of controllers.
func (d *draft) opened() string {
	if first := d.ports[0]; len(d.ports) == 1 {
		return fmt.Sprintf("      # The ports of the Services. By default, these are all ports under their own numbers.\n"+
			"      # ports: [{name: %s, port: %d}]\n", scalar(first.Name), first.ContainerPort)
	}
	open := d.outside()
	text := "      # The ports that clients can reach. Without the list, these are all ports.\n      ports:\n" +
		fmt.Sprintf("      - {name: %s}\n", scalar(d.ports[open].Name))
	for i, p := range d.ports {
		if i != open {
			text += fmt.Sprintf("      # - {name: %s}\n", scalar(p.Name))
		}
	}
	return text
}

// inside are words in names of ports that pods have for each other, or for those who look after
// them.
var inside = []string{"admin", "cluster", "controller", "exporter", "gossip", "health", "inter", "internal", "jmx", "metrics", "peer", "probe", "raft", "replication", "stats"}

// outside returns the index of the port that clients most probably use: one that says so, else the
// first one that does not say otherwise.
func (d *draft) outside() int {
	for _, word := range []string{"external", "client"} {
		if i := slices.IndexFunc(d.ports, func(p corev1.ContainerPort) bool { return strings.Contains(p.Name, word) }); i >= 0 {
			return i
		}
	}
	return max(0, slices.IndexFunc(d.ports, func(p corev1.ContainerPort) bool {
		return !slices.ContainsFunc(inside, func(word string) bool { return strings.Contains(p.Name, word) })
	}))
}

// pods describes the names of the pods in a comment.
func (d *draft) pods() string {
	switch d.replicas {
	case 0:
		return "it has no pods now"
	case 1:
		return fmt.Sprintf("its pod is %s-%d", d.name, d.start)
	}
	return fmt.Sprintf("its pods are %s-%d to %s-%d", d.name, d.start, d.name, d.start+d.replicas-1)
}

// scalar returns a string as a YAML scalar that is valid in block and flow style.
func scalar(s string) string {
	plain, err := yaml.Marshal(s)
	if err == nil && string(plain) == s+"\n" && !strings.ContainsAny(s, ",[]{}") {
		return s
	}
	quoted, _ := json.Marshal(s) // strings always marshal
	return string(quoted)
}
