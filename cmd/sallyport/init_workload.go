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

// A draft has the values that init writes for a StatefulSet.
type draft struct {
	component       string // "": not decided
	name, namespace string
	replicas, start int32
	selector        map[string]string
	ports           []corev1.ContainerPort
	open            []int // the indexes of the ports that clients reach

	doc          *source.Document
	labelsOfPods map[string]string
	scaled       bool // an autoscaler decides the number of pods
	labelled     bool // the StatefulSet selects its pods by the selector
	containers   []string
	before       []string // the init containers
	images       []string
	listeners    []string // the containers of the ports
	serviceName  string
}

// sample is the draft for a spec without a StatefulSet.
var sample = draft{component: "node", name: "example", namespace: "default", replicas: 3, selector: map[string]string{"app": "example"},
	ports: []corev1.ContainerPort{{Name: "client", ContainerPort: 8080}}, open: []int{0}}

// scale takes the number of pods from an autoscaler in the file, which decides it.
func (d *draft) scale(pkg *workload.Package, doc *source.Document) source.Diagnostics {
	scaler := pkg.Scaler(workload.Parse(doc))
	if scaler == nil || scaler.Max == 0 {
		return nil
	}
	d.replicas, d.scaled = scaler.Max, true
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
	d := &draft{name: doc.Object().Name, namespace: doc.Object().Namespace, replicas: set.Replicas(), start: set.Start(), selector: set.Selector(),
		doc: doc, labelsOfPods: set.Spec.Template.Labels, serviceName: set.Spec.ServiceName}
	if d.labelled = len(d.selector) > 0; !d.labelled {
		d.selector = set.Spec.Template.Labels // they match the selector, whatever it is
	}
	r := source.NewReporter(doc)
	if len(d.selector) == 0 {
		r.Errorf(source.Required, source.Path{}.Field("spec", "selector", "matchLabels"), "Kubernetes requires them too", "the StatefulSet has no labels to select its pods by")
	}
	for _, c := range set.Spec.Template.Spec.Containers {
		d.containers, d.images = append(d.containers, c.Name), append(d.images, c.Image)
	}
	for _, c := range set.Spec.Template.Spec.InitContainers {
		d.before = append(d.before, c.Name)
	}
	for _, c := range set.Listeners("") {
		for _, p := range c.Ports {
			d.addPort(p, c.Name)
		}
	}
	return d, r.Diagnostics()
}

// says reports whether a text of the StatefulSet, such as an argument of a container, has a part.
func (d *draft) says(part string) bool { return hasText(d.doc.Node(), part) }

func hasText(n *yaml.Node, part string) bool {
	return n.Kind == yaml.ScalarNode && strings.Contains(n.Value, part) ||
		slices.ContainsFunc(n.Content, func(inner *yaml.Node) bool { return hasText(inner, part) })
}

// addPort adds a port under a unique name. It ignores a number that the draft has already:
// two containers of a pod cannot listen on the same number, so it is the same port.
func (d *draft) addPort(p corev1.ContainerPort, container string) {
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
	d.ports, d.listeners = append(d.ports, p), append(d.listeners, container)
}

// named gives names to the components of drafts: those of the StatefulSets, without what all of them
// begin with.
func named(drafts []*draft) {
	if len(drafts) == 1 {
		drafts[0].component = "node"
		return
	}
	prefix := commonPrefix(drafts)
	for _, d := range drafts {
		d.component = strings.TrimPrefix(d.name, prefix)
		if wrong, _ := v1alpha1.DNSLabel.Problem(d.component); wrong != "" {
			d.component = d.name
		}
	}
}

// commonPrefix returns what the names of all drafts begin with, up to a dash.
func commonPrefix(drafts []*draft) string {
	prefix := drafts[0].name
	for _, d := range drafts {
		for !strings.HasPrefix(d.name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix[:strings.LastIndex(prefix, "-")+1]
}

func workloadsOf(drafts []*draft) []string {
	var out []string
	for _, d := range drafts {
		out = append(out, d.name)
	}
	return out
}

// specOf returns the text of a spec with a component for each draft, without the comments above it. beside
// says that it is for an input that has the StatefulSets.
func specOf(drafts []*draft, beside bool) string {
	first := drafts[0]
	name := strings.TrimSuffix(commonPrefix(drafts), "-")
	if name == "" || len(drafts) == 1 {
		name = first.name
	}
	var b strings.Builder
	fmt.Fprintf(&b, initAccessHead, scalar(name), namespaceLine(first.namespace), first.name, first.start)
	for _, d := range drafts {
		fmt.Fprintf(&b, initAccessComponent, scalar(d.component), d.pods(beside), scalar(d.name), d.inferred(beside), d.portLines(), d.start, d.opened(), scalar(name), d.openedInLine())
	}
	return b.String()
}

// namespaceLine returns the line with the namespace.
func namespaceLine(namespace string) string {
	if namespace == "" {
		return "  # namespace: default # without it, the tool that applies the manifests decides\n"
	}
	return "  namespace: " + scalar(namespace) + " # the namespace of the pods\n"
}

// unneeded is the comment on what is read from a StatefulSet in the input. If the spec has it too, the
// two must be changed together.
const unneeded = " # leave it out if the StatefulSet is in the input"

// inferred returns the lines with the number of pods and their labels. If the spec is for an input that
// has the StatefulSet, they are commented out, so that a change has one place.
func (d *draft) inferred(beside bool) string {
	var b strings.Builder
	write := func(setting string, read bool) {
		switch {
		case read && beside:
			b.WriteString("    # " + setting + "\n")
		case read:
			b.WriteString("    " + setting + unneeded + "\n")
		default:
			b.WriteString("    " + setting + "\n")
		}
	}
	if beside {
		b.WriteString("    # Read from the StatefulSet. Only write it if the StatefulSet is not in the input.\n")
	}
	write(fmt.Sprintf("replicas: %d", d.replicas), !d.scaled)
	if d.start != 0 {
		write(fmt.Sprintf("ordinals: {start: %d}", d.start), true)
	}
	write("selector: {"+inLine(d.selector)+"}", d.labelled)
	return b.String()
}

// inLine returns labels as a mapping on one line, without the braces.
func inLine(labels map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, scalar(k)+": "+scalar(labels[k]))
	}
	return strings.Join(out, ", ")
}

// labels returns the lines of the selector.
func (d *draft) labels() string {
	out := ""
	for _, k := range slices.Sorted(maps.Keys(d.selector)) {
		out += fmt.Sprintf("      %s: %s\n", scalar(k), scalar(d.selector[k]))
	}
	return out
}

// portLines returns the lines of the ports.
func (d *draft) portLines() string {
	out := ""
	for _, p := range d.ports {
		protocol := ""
		if p.Protocol != "" {
			protocol = ", protocol: " + scalar(string(p.Protocol))
		}
		out += fmt.Sprintf("    - {name: %s, containerPort: %d%s}\n", scalar(p.Name), p.ContainerPort, protocol)
	}
	return out
}

func (d *draft) portNames() []string {
	var out []string
	for _, p := range d.ports {
		out = append(out, p.Name)
	}
	return out
}

// opened returns the ports of the entry: those that clients reach. The others are commented out: they
// may be for the pods alone, such as those of controllers.
func (d *draft) opened() string {
	if first := d.ports[0]; len(d.ports) == 1 {
		return fmt.Sprintf("      # The ports of the Services. By default, these are all ports under their own numbers.\n"+
			"      # ports: [{name: %s, port: %d}]\n", scalar(first.Name), first.ContainerPort)
	}
	text := "      # The ports that clients can reach. Without the list, these are all ports.\n      ports:\n"
	closed := ""
	for i, p := range d.ports {
		if line := fmt.Sprintf("- {name: %s}\n", scalar(p.Name)); slices.Contains(d.open, i) {
			text += "      " + line
		} else {
			closed += "      # " + line
		}
	}
	return text + closed
}

// openedInLine returns the ports that clients reach, for an entry on one line.
func (d *draft) openedInLine() string {
	if len(d.ports) == 1 {
		return ""
	}
	var out []string
	for i, p := range d.ports {
		if slices.Contains(d.open, i) {
			out = append(out, "{name: "+scalar(p.Name)+"}")
		}
	}
	return ", ports: [" + strings.Join(out, ", ") + "]"
}

// pods describes the names of the pods in a comment. The last one is only known if the spec has the number.
func (d *draft) pods(beside bool) string {
	switch {
	case beside && !d.scaled:
		return fmt.Sprintf("its pods are %s-%d and so on", d.name, d.start)
	case d.replicas == 0:
		return "it has no pods now"
	case d.replicas == 1:
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
