package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// An initInput is what init reads of a file.
type initInput struct {
	file     string
	sets     []*source.Document // StatefulSets of any API group, because OpenKruise names pods in the same way
	pkg      *workload.Package
	services []*workload.Service
}

func readInit(file string, docs []*source.Document) *initInput {
	in := &initInput{file: file, pkg: workload.ReadPackage(docs)}
	for _, doc := range docs {
		if doc.Object().Kind == workload.Kind {
			in.sets = append(in.sets, doc)
		}
	}
	in.services = in.pkg.Services()
	return in
}

// problem is an error in a document of the file.
func (in *initInput) problem(doc *source.Document, code source.Code, wayOut, format string, args ...any) source.Diagnostic {
	r := source.NewReporter(doc)
	r.Errorf(code, source.Path{}.Field("kind"), wayOut, format, args...)
	return r.Diagnostics()[0]
}

func (in *initInput) missing() source.Diagnostic {
	return source.Diagnostic{Code: source.Required, Severity: source.Error, File: in.file,
		Message: "there is no StatefulSet in the input", WayOut: "kubectl get statefulset NAME -o yaml prints one"}
}

// several is the error for StatefulSets of which none is chosen.
func (in *initInput) several(o *initOptions) source.Diagnostic {
	names := namesOf(in.sets)
	if len(names) == 1 {
		return in.problem(in.sets[0], source.Duplicate, "take one out: several have this name", "there are %d StatefulSets in the input", len(in.sets))
	}
	wayOut := "write --workload with the name of each that the spec is about: " + strings.Join(names, ", ")
	if spec, _, _ := profiles.Lookup(o.profile); len(spec.Components) > 1 {
		wayOut += "; or COMPONENT=NAME"
	}
	return in.problem(in.sets[0], source.Duplicate, wayOut, "there are %d StatefulSets in the input", len(in.sets))
}

// drafts returns a draft for each StatefulSet that the flags choose.
func (in *initInput) drafts(o *initOptions) ([]*draft, source.Diagnostics) {
	if len(in.sets) == 0 {
		return nil, source.Diagnostics{in.missing()}
	}
	if len(o.workloads) == 0 && len(in.sets) > 1 && o.profile == "" {
		return nil, source.Diagnostics{in.several(o)}
	}
	chosen, ds := in.chosen(o)
	var out []*draft
	for _, c := range chosen {
		d, found := in.draft(c.doc)
		if ds = append(ds, found...); d != nil {
			ds = append(ds, o.place(c.doc)...)
			d.component, d.namespace = c.component, cmp.Or(d.namespace, o.namespace)
			out = append(out, d)
		}
	}
	if ds.Failed() {
		return nil, ds
	}
	for _, d := range out[1:] {
		if d.namespace != out[0].namespace {
			return nil, append(ds, in.problem(d.doc, source.Contradiction, "make a spec for each: write --workload with the name of one",
				"a spec has one namespace, and the StatefulSets have %q and %q", out[0].namespace, d.namespace))
		}
	}
	if o.profile != "" {
		drafts, found := o.assign(in, out)
		return drafts, append(ds, found...)
	}
	named(out)
	for _, d := range out {
		ds = append(append(ds, d.hint(in.file)...), in.choosePorts(o, d)...)
	}
	return out, ds
}

// place checks the namespace of an object of the file against the flag.
func (o *initOptions) place(doc *source.Document) source.Diagnostics {
	r := source.NewReporter(doc)
	if own := doc.Object().Namespace; own != "" && o.namespace != "" && own != o.namespace {
		r.Errorf(source.Contradiction, source.Path{}.Field("metadata", "namespace"), "leave out --namespace, or write --namespace "+own,
			"it is in namespace %s, and the spec would be in %s", own, o.namespace)
	}
	return r.Diagnostics()
}

// A choice is a StatefulSet that a flag names, and its component, if the flag names it too.
type choice struct {
	component string
	doc       *source.Document
}

// chosen returns the StatefulSets that flags name, or all.
func (in *initInput) chosen(o *initOptions) ([]choice, source.Diagnostics) {
	var out []choice
	var ds source.Diagnostics
	if len(o.workloads) == 0 {
		for _, doc := range in.sets {
			out = append(out, choice{"", doc})
		}
		return out, nil
	}
	for _, flag := range o.workloads {
		component, name, ok := strings.Cut(flag, "=")
		if !ok {
			component, name = "", flag
		}
		var named []*source.Document
		for _, doc := range in.sets {
			if doc.Object().Name == name {
				named = append(named, doc)
			}
		}
		switch len(named) {
		case 0:
			ds = append(ds, source.Diagnostic{Code: source.Required, Severity: source.Error, File: in.file,
				Message: fmt.Sprintf("there is no StatefulSet %q in the input", name), WayOut: source.Suggest(name, namesOf(in.sets))})
		case 1:
			out = append(out, choice{component, named[0]})
		default:
			ds = append(ds, in.problem(named[0], source.Duplicate, "take one out: several have this name", "there are %d StatefulSets in the input", len(named)))
		}
	}
	return out, ds
}

// draft reads a StatefulSet.
func (in *initInput) draft(doc *source.Document) (*draft, source.Diagnostics) {
	r := source.NewReporter(doc)
	own := doc.Object().Name
	if wrong, _ := v1alpha1.DNSLabel.Problem(own); wrong != "" {
		r.Errorf(source.NameInvalid, source.Path{}.Field("metadata", "name"), "", "%q is not a valid name of a StatefulSet: %s", own, wrong)
		return nil, r.Diagnostics()
	}
	d, ds := draftOf(doc)
	if d != nil {
		ds = append(ds, d.scale(in.pkg, doc)...)
	}
	return d, ds
}

// choosePorts decides which ports of the pods clients reach. Only what somebody chose is opened.
func (in *initInput) choosePorts(o *initOptions, d *draft) source.Diagnostics {
	if len(d.ports) == 0 {
		r := source.NewReporter(d.doc)
		d.ports, d.open = sample.ports, sample.open
		r.Warnf(source.Required, workload.InPod.Field("containers"), "write into the spec what the pods listen on",
			"the containers name no ports, and port %d is a guess", d.ports[0].ContainerPort)
		return r.Diagnostics()
	}
	names := d.portNames()
	for _, name := range o.ports {
		if i := slices.Index(names, name); i >= 0 {
			d.open = append(d.open, i)
		}
	}
	if len(o.ports) == 0 {
		d.open = in.opened(d)
	}
	if len(d.open) > 0 {
		return nil
	}
	wayOut := "write --port with the name of each port that clients reach: " + strings.Join(names, ", ")
	if len(o.ports) > 0 {
		return source.Diagnostics{in.problem(d.doc, source.UnknownName, source.Suggest(o.ports[0], names), "StatefulSet %s has no port %q", d.name, o.ports[0])}
	}
	return source.Diagnostics{in.problem(d.doc, source.Required, wayOut, "StatefulSet %s has %d ports, and nothing says which one clients reach", d.name, len(names))}
}

// opened returns the ports that are open today, or the one that is for clients, or the only one.
func (in *initInput) opened(d *draft) []int {
	if len(d.ports) == 1 {
		return []int{0}
	}
	var out []int
	for _, s := range in.services {
		if s.Spec.Type != corev1.ServiceTypeNodePort && s.Spec.Type != corev1.ServiceTypeLoadBalancer || !in.selects(s, d) {
			continue
		}
		for _, p := range s.Spec.Ports {
			i := slices.IndexFunc(d.ports, func(own corev1.ContainerPort) bool { return targets(p, own) })
			if i >= 0 && !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	if len(out) > 0 {
		return out
	}
	for _, words := range forClients {
		if i := slices.IndexFunc(d.ports, func(p corev1.ContainerPort) bool { return says(p.Name, words) && !says(p.Name, inside) }); i >= 0 {
			return []int{i}
		}
	}
	return nil
}

// forClients are words in names of ports that clients reach, the clearest first. Ports with one of the
// words inside are for those who look after the pods, whatever else they are called.
var (
	forClients = [][]string{{"external", "outside", "public"}, {"client", "clients"}}
	inside     = []string{"admin", "health", "internal", "jmx", "metrics", "probe", "stats"}
)

// says reports whether a name has one of some words.
func says(name string, words []string) bool {
	return slices.ContainsFunc(strings.Split(name, "-"), func(part string) bool { return slices.Contains(words, part) })
}

// selects reports whether a Service leads to pods of a draft.
func (in *initInput) selects(s *workload.Service, d *draft) bool {
	if len(s.Spec.Selector) == 0 || !workload.Meets(s.Namespace, d.namespace) {
		return false
	}
	if pod, ok := s.Spec.Selector[podNameLabel]; ok {
		return strings.HasPrefix(pod, d.name+"-")
	}
	return labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(d.labelsOfPods))
}

// targets reports whether a port of a Service leads to a port of the pods.
func targets(p corev1.ServicePort, own corev1.ContainerPort) bool {
	if p.TargetPort.StrVal != "" {
		return p.TargetPort.StrVal == own.Name
	}
	return targetNumber(p) == own.ContainerPort
}
