package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// A profiled is a spec with a profile, and with what the StatefulSets of a file have otherwise.
type profiled struct {
	profile         string
	spec            v1alpha1.ExternalAccessSpec // of the profile
	name, namespace string
	guessed         bool              // the StatefulSet has no namespace
	drafts          map[string]*draft // by component
}

// withProfile returns a spec with the fields that a profile does not set, or that StatefulSets have
// otherwise. It tries out which settings are valid with the profile, so that no list of engines is
// needed. beside says that the spec is for an input that has the StatefulSets.
func (o *initOptions) withProfile(drafts []*draft, beside bool) string {
	spec, _, _ := profiles.Lookup(o.profile) // see check
	p := profiled{profile: o.profile, spec: spec, name: o.profile, namespace: cmp.Or(o.namespace, "default"), drafts: map[string]*draft{}}
	for i, d := range drafts {
		p.drafts[d.component] = d
		if i == 0 {
			p.name, p.namespace, p.guessed = p.nameFor(d), cmp.Or(d.namespace, p.namespace), d.namespace == ""
		}
	}
	valid := func(settings string) bool { return len(errorsIn("", p.text(settings, false))) == 0 }
	typ := "  type: LoadBalancer\n"
	if spec.Type != nil {
		typ = ""
	}
	mistakes := func(s suggestion) int { return len(errorsIn("", p.text(typ+s.yaml(), false))) }
	needed := slices.MinFunc(addressSettings, func(a, b suggestion) int { return mistakes(a) - mistakes(b) }).yaml()
	settings := needed
	for _, s := range suggestions {
		if s.yaml() != needed && valid(typ+needed+s.yaml()) {
			settings += s.comment + "  # " + s.line + "\n"
		}
	}
	if spec.Type != nil && valid("  type: NodePort\n"+needed) {
		typ = fmt.Sprintf("  # type: NodePort # the profile has %s\n", *spec.Type)
	}
	return p.text(typ+settings, beside)
}

// namespaceLine returns the line with the namespace. Profiles need one: names in DNS contain it.
func (p profiled) namespaceLine() string {
	if p.guessed {
		return "  namespace: " + p.namespace + " # change it to the namespace in which the StatefulSet is applied\n"
	}
	return namespaceLine(p.namespace)
}

// nameFor returns a name of the spec with which the profile has the name of a StatefulSet.
func (p profiled) nameFor(d *draft) string {
	for _, c := range p.spec.Components {
		before, after, ok := strings.Cut(c.Workload, nameVariable)
		name, begins := strings.CutPrefix(d.name, before)
		name, ends := strings.CutSuffix(name, after)
		if c.Name == d.component && ok && begins && ends && name != "" {
			return name
		}
	}
	return d.name
}

// nameVariable stands for the name of the spec in the names of a profile.
const nameVariable = "$(name)"

// A suggestion is a setting for a spec with a profile, a comment that describes it, and one that says
// what must be changed.
type suggestion struct{ comment, line, change string }

// yaml returns the setting with its comment, or "" if there is no setting.
func (s suggestion) yaml() string {
	if s.line == "" {
		return ""
	}
	return s.comment + "  " + s.line + s.change + "\n"
}

// text returns the spec with some settings.
func (p profiled) text(settings string, beside bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, initProfileHead, scalar(p.name), p.namespaceLine(), p.profile)
	b.WriteString(settings + initProfileComponents)
	for _, c := range p.spec.Components {
		fmt.Fprintf(&b, "  - name: %s\n", c.Name)
		for _, e := range c.Services {
			fmt.Fprintf(&b, "    # %s: %s.\n", strings.ToUpper(e.Name[:1])+e.Name[1:], modes[e.Mode])
		}
		if d := p.drafts[c.Name]; hasHorizons(c) && (d == nil || !d.says("--tls")) {
			b.WriteString("    # Clients outside need TLS (--tlsMode of mongod): MongoDB finds their horizon by the name in it (SNI).\n")
		}
		if d := p.drafts[c.Name]; d != nil {
			p.writeDraft(&b, c, d, beside)
			continue
		}
		labels := "app: " + p.name
		if len(p.spec.Components) > 1 {
			labels += ", component: " + c.Name
		}
		writeMissing(&b, p.name, labels, c, hasPods(p.spec, c))
	}
	return b.String()
}

// hasHorizons reports whether members of a component have other addresses for clients that connect with TLS.
func hasHorizons(c v1alpha1.Component) bool {
	if c.Config == nil {
		return false
	}
	for _, l := range c.Config.Lists {
		if strings.Contains(l.Item, "horizons:") {
			return true
		}
	}
	return false
}

// writeDraft writes what the StatefulSet of a component has.
func (p profiled) writeDraft(b *strings.Builder, c v1alpha1.Component, d *draft, beside bool) {
	if strings.ReplaceAll(c.Workload, nameVariable, p.name) != d.name {
		fmt.Fprintf(b, "    workload: %s\n", scalar(d.name))
	}
	fmt.Fprintf(b, "    # Of StatefulSet %s: %s.\n", d.name, d.pods(beside))
	b.WriteString(d.inferred(beside))
	d.writePorts(b, c)
	p.writeHeadless(b, c, d)
	if c.Config == nil || c.Config.Container == "" || d.engine(c) == c.Config.Container || len(d.containers) == 0 {
		return
	}
	fmt.Fprintf(b, "    config:\n      container: %s # the profile has %s\n", scalar(d.engine(c)), c.Config.Container)
}

// writeHeadless writes the name of the Service that the StatefulSet refers to, if the profile has another.
// StatefulSets can refer to one Service, which then selects the pods of all of them.
func (p profiled) writeHeadless(b *strings.Builder, c v1alpha1.Component, d *draft) {
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 || d.serviceName == "" || strings.ReplaceAll(c.Services[i].ServiceName, nameVariable, p.name) == d.serviceName && len(p.sharing(d)) == 1 {
		return
	}
	name, serviceName, sharing := c.Services[i].Name, scalar(d.serviceName), p.sharing(d)
	b.WriteString("    services:\n")
	switch common := commonLabels(sharing); {
	case len(sharing) == 1:
		fmt.Fprintf(b, "    - {name: %s, serviceName: %s} # that of the StatefulSet\n", name, serviceName)
	case len(common) == 0:
		fmt.Fprintf(b, "    # The StatefulSets have one headless Service, and their pods no label in common: create it with another tool.\n"+
			"    - {name: %s, serviceName: %s, create: false}\n", name, serviceName)
	case sharing[0] == d:
		fmt.Fprintf(b, "    # The StatefulSets have one headless Service, which selects the pods of all of them.\n"+
			"    - {name: %s, serviceName: %s, selector: {%s}}\n", name, serviceName, inLine(common))
	default:
		fmt.Fprintf(b, "    - {name: %s, serviceName: %s, create: false} # component %s creates it\n", name, serviceName, sharing[0].component)
	}
}

// sharing returns the drafts whose StatefulSets refer to the Service of one, in the order of the components.
func (p profiled) sharing(d *draft) []*draft {
	var out []*draft
	for _, c := range p.spec.Components {
		if other := p.drafts[c.Name]; other != nil && other.serviceName == d.serviceName {
			out = append(out, other)
		}
	}
	return out
}

// commonLabels returns the labels that the pods of all drafts have.
func commonLabels(drafts []*draft) map[string]string {
	out := maps.Clone(drafts[0].labelsOfPods)
	for _, d := range drafts {
		maps.DeleteFunc(out, func(key, value string) bool { return d.labelsOfPods[key] != value })
	}
	return out
}

// modes describe what the entries of services generate.
var modes = map[v1alpha1.Mode]string{
	v1alpha1.PerPod:   "one Service for each pod",
	v1alpha1.Shared:   "one Service for all pods",
	v1alpha1.Headless: "names for the pods in the DNS of the cluster",
}

// writeMissing writes the fields that validation requires of a component and that the profile
// does not set: the workload, the number of pods, the selector.
func writeMissing(b *strings.Builder, name, labels string, c v1alpha1.Component, perPod bool) {
	rest := false
	for _, e := range c.Services {
		rest = rest || e.Mode != v1alpha1.PerPod && len(e.Selector) == 0
	}
	if perPod && c.Workload == "" {
		fmt.Fprintf(b, "    workload: %s # the StatefulSet\n", name)
	}
	if perPod && c.Replicas == nil {
		workload := strings.ReplaceAll(c.Workload, nameVariable, name)
		fmt.Fprintf(b, "    replicas: 3 # of StatefulSet %s; leave it out if that is in the input\n", cmp.Or(workload, name))
	}
	if rest && len(c.Selector) == 0 {
		fmt.Fprintf(b, "    selector: {%s} # the labels of the pods\n", labels)
	}
}

// hasPods reports whether a profile generates something for each pod of a component: Services, or
// items of a list.
func hasPods(spec v1alpha1.ExternalAccessSpec, c v1alpha1.Component) bool {
	for _, other := range spec.Components {
		if other.Config == nil {
			continue
		}
		for _, l := range other.Config.Lists {
			if l.Over == v1alpha1.OverPods && cmp.Or(l.Component, other.Name) == c.Name {
				return true
			}
		}
	}
	return slices.ContainsFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod })
}

// assign finds the component of the profile for each draft: the one that the flag names, the only one,
// or the one whose StatefulSet would have such a name.
func (o *initOptions) assign(in *initInput, drafts []*draft) ([]*draft, source.Diagnostics) {
	spec, _, _ := profiles.Lookup(o.profile)
	var names []string
	for _, c := range spec.Components {
		names = append(names, c.Name)
	}
	var out []*draft
	var ds source.Diagnostics
	if len(names) == 1 && len(drafts) > 1 {
		return nil, source.Diagnostics{in.several(o)}
	}
	for _, d := range drafts {
		if d.component == "" {
			d.component = componentFor(spec, d.name)
		}
		switch {
		case slices.Contains(names, d.component) && !slices.ContainsFunc(out, func(other *draft) bool { return other.component == d.component }):
			out = append(out, d)
		case len(o.workloads) == 0 && d.component == "" && len(drafts) > 1: // it is another StatefulSet of the file
		default:
			ds = append(ds, in.problem(d.doc, source.UnknownName, "write --workload COMPONENT="+d.name+" for each StatefulSet; profile "+o.profile+" has "+strings.Join(names, ", "),
				"it is not clear which component of profile %s StatefulSet %s is", o.profile, d.name))
		}
	}
	if len(out) == 0 && len(ds) == 0 {
		ds = source.Diagnostics{in.several(o)}
	}
	return out, ds
}

// componentFor returns the component of a profile whose StatefulSet would have a name, or "".
func componentFor(spec v1alpha1.ExternalAccessSpec, workload string) string {
	if len(spec.Components) == 1 {
		return spec.Components[0].Name
	}
	found := ""
	for _, c := range spec.Components {
		suffix := strings.TrimPrefix(cmp.Or(c.Workload, nameVariable+"-"+c.Name), nameVariable)
		if strings.HasSuffix(workload, suffix) || workload == c.Name {
			if found != "" {
				return ""
			}
			found = c.Name
		}
	}
	return found
}
