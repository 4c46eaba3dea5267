package preflight

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// CheckSelectors reports Services and NetworkPolicies of components that select pods of other workloads
// of the package beside their own.
func CheckSelectors(specs []Spec, pkg *workload.Package) {
	all, n := make([][]*selectorGroup, len(specs)), 0
	for i, s := range specs {
		all[i] = selectorGroups(s)
		n += len(all[i])
	}
	if n == 0 {
		return
	}
	c := selectorChecker{templates: pkg.Templates(), owners: map[*workload.Template]string{}}
	for _, s := range specs {
		for _, component := range s.Plan.Components {
			for _, own := range c.own(s.Plan, component) {
				c.owners[own] = "component " + component.Spec.Name + " of " + s.Plan.Object.String()
			}
		}
	}
	for i, s := range specs {
		for _, g := range all[i] {
			c.check(s, g)
		}
	}
}

// A selectorChecker knows the workloads of the package.
type selectorChecker struct {
	templates *workload.Templates
	owners    map[*workload.Template]string // the components that workloads are of
}

// own returns the workloads of a component that the package has: its StatefulSets, or else what has their names.
func (c selectorChecker) own(p *plan.Plan, component *plan.Component) []*workload.Template {
	var out []*workload.Template
	for _, name := range component.Workloads {
		out = append(out, c.templates.Named(name, p.Namespace)...)
	}
	isSet := func(t *workload.Template) bool { return t.Set() != nil }
	if slices.ContainsFunc(out, isSet) {
		out = slices.DeleteFunc(out, func(t *workload.Template) bool { return !isSet(t) })
	}
	return out
}

// A selectorGroup is the objects of a component that have one selector, which is written at one place.
type selectorGroup struct {
	component *plan.Component
	at        source.Path
	ofEntry   bool // at is in an entry
	onePod    bool
	selector  map[string]string
	names     []string
	headless  string // the Service of an entry that names pods in DNS
}

// selectorGroups returns the objects of a spec that select pods by labels. The policy of a component has the
// selector of its Services.
func selectorGroups(s Spec) []*selectorGroup {
	var out []*selectorGroup
	known := map[[2]string]*selectorGroup{}
	add := func(g selectorGroup, name string) {
		key := [2]string{g.at.String(), labels.Set(g.selector).String()}
		if known[key] == nil {
			known[key] = &g
			out = append(out, &g)
		}
		known[key].names = append(known[key].names, name)
	}
	for i := range s.Plan.Services {
		svc := &s.Plan.Services[i]
		if !svc.Emit || svc.Component == nil || len(svc.Selector) == 0 {
			continue
		}
		g := selectorGroup{component: svc.Component, at: svc.Levels.Entry().Field("selector"), ofEntry: true, onePod: svc.Pod != nil, selector: svc.Selector}
		if !s.Found.Wrote(g.at) {
			g.at, g.ofEntry = svc.Levels.Component().Field("selector"), false
		} else if svc.Mode == v1alpha1.Headless {
			g.headless = svc.Name
		}
		add(g, "Service "+svc.Name)
	}
	policies := map[string]*plan.NetworkPolicy{}
	for _, p := range s.Plan.NetworkPolicies {
		policies[p.At.String()] = p
	}
	for _, component := range s.Plan.Components {
		if p := policies[component.Path.Field("networkPolicy").String()]; p != nil && len(p.Pods) > 0 {
			add(selectorGroup{component: component, at: component.Path.Field("selector"), selector: p.Pods}, "NetworkPolicy "+p.Name)
		}
	}
	return out
}

// check reports the other workloads that a selector selects pods of. If the package does not have the
// component's own, it may be one of those that are selected.
func (c selectorChecker) check(s Spec, g *selectorGroup) {
	own := c.own(s.Plan, g.component)
	others := slices.DeleteFunc(c.templates.Selected(g.selector, s.Plan.Namespace), func(t *workload.Template) bool { return slices.Contains(own, t) || g.isOf(t) })
	inferred := s.Found.Origin(g.at).Package != ""
	switch {
	case len(own) == 0 || s.Found.Wrong(g.at):
		return
	case len(others) == 0:
		if set := own[0].Set(); inferred && set != nil && set.Excluded() != "" {
			s.Found.WarnOnce(source.SpecConflict, g.at, "write labels here that no other pods have",
				"the selector at %s excludes pods by the label %s, and a selector here has labels alone: it may match pods of other workloads", set.Place("spec", "selector"), set.Excluded())
		}
		return
	}
	owner := ""
	if i := slices.IndexFunc(others, func(t *workload.Template) bool { return c.owners[t] != "" }); i >= 0 {
		others[0], others[i] = others[i], others[0]
		owner = c.owners[others[0]]
	}
	message := fmt.Sprintf("%s would also select the pods with the labels at %s", g.title(), listed(others, owner))
	claimed := owner != "" && !g.ofEntry
	wayOut := g.wayOut(inferred, claimed, own, others)
	if inferred || claimed || g.onePod {
		s.Found.ErrorOnce(source.SelectorClash, g.at, wayOut, "%s", message)
		return
	}
	s.Found.WarnOnce(source.SelectorClash, g.at, wayOut+"; ignore this if it is meant", "%s", message)
}

// isOf reports whether a StatefulSet refers to the headless Service: it gives names to the pods of all
// StatefulSets that do.
func (g *selectorGroup) isOf(t *workload.Template) bool {
	return g.headless != "" && t.Set() != nil && t.Set().Spec.ServiceName == g.headless
}

// listed names workloads in messages. The owner is that of the first one.
func listed(all []*workload.Template, owner string) string {
	out := all[0].Doc.Place(source.Path{}.Field("spec", "template", "metadata", "labels"))
	if owner != "" {
		out += ", of " + owner
	}
	switch len(all) {
	case 1:
		return out
	case 2:
		return out + ", and those of " + all[1].Doc.Object().String()
	}
	return out + fmt.Sprintf(", and those of %d more workloads", len(all)-1)
}

// title names the objects in messages.
func (g *selectorGroup) title() string {
	const most = 2
	if rest := len(g.names) - most; rest > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(g.names[:most], ", "), rest)
	}
	return strings.Join(g.names, " and ")
}

// wayOut names a label that only the component's own pods have, if there is one.
func (g *selectorGroup) wayOut(inferred, claimed bool, own, others []*workload.Template) string {
	out := "add a label to the pod template that no other pods have, and write it into the selector here"
	if key := apart(own, others); key != "" && inferred {
		whole := maps.Clone(g.selector)
		whole[key] = own[0].Labels[key]
		out = fmt.Sprintf("write selector: %s here", flow(whole))
	} else if key != "" {
		out = fmt.Sprintf("add %s to the selector here", strings.Trim(flow(map[string]string{key: own[0].Labels[key]}), "{}"))
	}
	if claimed {
		return out
	}
	if !g.onePod && !g.ofEntry && others[0].Set() != nil {
		out += "; or name " + others[0].Name() + " under pools if it belongs to the component"
	}
	if inferred {
		out += fmt.Sprintf("; or write selector: %s here if that is meant", flow(g.selector))
	}
	return out
}

// flow returns labels as YAML in one line.
func flow(m map[string]string) string {
	n := yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		k, v := &yaml.Node{}, &yaml.Node{}
		k.SetString(key)
		v.SetString(m[key])
		n.Content = append(n.Content, k, v)
	}
	out, err := yaml.Marshal(&n)
	if err != nil {
		panic("preflight: " + err.Error()) // a buffer takes everything
	}
	return strings.TrimSpace(string(out))
}

// releaseLabels are labels that say which release made an object, and not which pods it has.
var releaseLabels = []string{"helm.sh/chart", "app.kubernetes.io/version", "app.kubernetes.io/managed-by"}

// apart returns the key of a label that all of the first workloads have, and none of the others, or "".
func apart(own, others []*workload.Template) string {
	for _, key := range slices.Sorted(maps.Keys(own[0].Labels)) {
		has := func(t *workload.Template) bool { return t.Labels[key] == own[0].Labels[key] }
		hasNot := func(t *workload.Template) bool { return !has(t) }
		if !slices.Contains(releaseLabels, key) && !slices.ContainsFunc(own, hasNot) && !slices.ContainsFunc(others, has) {
			return key
		}
	}
	return ""
}
