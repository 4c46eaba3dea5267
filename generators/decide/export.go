package decide

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/engine"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/exports"
)

// An Export is an export that a spec has, or a built-in one that fits it.
type Export struct{ Name, For string }

// Exports lists the exports that Export can expand, sorted by name.
func (d Decision) Exports() []Export {
	var out []Export
	if d.exporter == nil {
		return nil
	}
	for _, name := range slices.Concat(exports.Names(), slices.Collect(d.exporter.written)) {
		there := slices.ContainsFunc(out, func(e Export) bool { return e.Name == name })
		if e, ok := d.exporter.find(name); ok && len(e.of) > 0 && !there {
			out = append(out, Export{name, e.For})
		}
	}
	slices.SortFunc(out, func(a, b Export) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// An Exported is the text of an export. If it does not fit the spec, or lacks an address, Found
// has the errors.
type Exported struct {
	Text  string
	Found source.Diagnostics
	Fits  bool // the spec has pods that the export is about
}

// Export expands an export. It returns nil if neither the spec nor the built-in exports have one
// of this name. ports are names of ports for those in the text, as NAME=PORT, or as PORT if the text has
// one: they override those of the spec.
func (d Decision) Export(name string, ports []string) *Exported {
	if d.exporter == nil {
		return nil
	}
	x := d.exporter.clone() // so that a second call reports the same
	x.ports = ports
	before := len(x.found.Diagnostics())
	e, ok := x.find(name)
	if !ok {
		return nil
	}
	if found := x.found.Diagnostics()[before:]; len(found) > 0 {
		return &Exported{Found: found, Fits: true}
	}
	for _, c := range e.of {
		engine.CheckComponent(c.Component, e.Requires, x.found)
	}
	out := x.expand(e)
	x.reportGaps(e)
	return &Exported{out, x.found.Diagnostics()[before:], len(e.of) > 0}
}

// An exporter expands the exports of one decided spec.
type exporter struct {
	*decider
	spec     v1alpha1.ExternalAccessSpec // complete
	services map[string]string           // names by COMPONENT.ENTRY
	ports    []string                    // see Export
	gaps     []gap
}

// A gap is an address in an export that is not known offline.
type gap struct {
	c     *component
	port  string
	whose string // the pod or the component that has the address
	value plan.Value
}

// A boundExport is an export with the components that it is about.
type boundExport struct {
	v1alpha1.Export
	name string
	at   source.Path
	of   []*component
	own  map[*component]v1alpha1.StringMap // names of ports, where components have their own

	chosen map[string]string // names of ports that override all others
}

// clone returns an exporter whose findings are apart from those of x.
func (x *exporter) clone() *exporter {
	d := *x.decider
	d.found = d.found.Clone()
	d.names.found = d.found
	return &exporter{decider: &d, spec: x.spec, services: x.services}
}

// written yields the names of the exports in the spec.
func (x *exporter) written(yield func(string) bool) {
	all := maps.Clone(x.spec.Exports)
	for _, c := range x.components {
		maps.Copy(all, c.Spec.Exports)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !yield(name) {
			return
		}
	}
}

// find returns an export of the spec or a built-in one. An export of components is about their
// pods. Another one is about the pods of all components that expose its ports.
func (x *exporter) find(name string) (boundExport, bool) {
	e := boundExport{name: name, at: specField("exports").MapKey(name), own: map[*component]v1alpha1.StringMap{}}
	builtIn, known := exports.Lookup(name)
	for _, c := range x.components {
		if own, ok := c.Spec.Exports[name]; ok {
			if e.of, e.own[c] = append(e.of, c), own.Ports; len(e.of) == 1 || own.Text != "" {
				e.Export, e.at = *own, c.Path.Field("exports").MapKey(name)
				e.Ports = nil // see own
			}
		}
	}
	of, ok := x.spec.Exports[name]
	switch {
	case len(e.of) > 0:
	case ok:
		e.Export = *of
	default:
		e.Export = builtIn
	}
	if known = known || e.Text != ""; e.Text == "" {
		e.Lists, e.Text, e.Requires = builtIn.Lists, builtIn.Text, builtIn.Requires
		e.For = cmp.Or(e.For, builtIn.For)
	}
	x.choose(&e)
	if len(e.own) == 0 {
		e.of = x.exposing(e)
	}
	return e, known
}

// choose sets the names of ports that override those of the spec.
func (x *exporter) choose(e *boundExport) {
	used := e.ports()
	e.chosen = map[string]string{}
	for _, p := range x.ports {
		name, port, named := strings.Cut(p, "=")
		if !named && len(used) == 1 {
			name, port = used[0], p
		}
		_, again := e.chosen[name]
		switch {
		case len(used) == 0:
			x.found.Errorf(source.UnusableSetting, specField(), "take it out", "--port %s: the text of export %s has no ports", p, e.name)
			return
		case named && !slices.Contains(used, name):
			x.found.Errorf(source.UnknownName, specField(), "", "--port %s: the text of export %s has no port %q", p, e.name, name).OneOf(name, used)
		case port == "":
			x.found.Errorf(source.Required, specField(), "write --port NAME=PORT, with a NAME of the text: "+strings.Join(used, ", "),
				"--port %s: it does not say which port of the component stands for which port of export %s", p, e.name)
		case again:
			x.found.Errorf(source.Duplicate, specField(), "run export once for each port", "--port %s: port %s of export %s is already %s", p, name, e.name, e.chosen[name])
		}
		e.chosen[name] = port
	}
}

// exposing returns the components with a PerPod entry for each port of an export.
func (x *exporter) exposing(e boundExport) []*component {
	var out []*component
	for _, c := range x.components {
		if !slices.ContainsFunc(e.ports(), func(p string) bool { return len(c.PerPod[e.port(c, p)]) == 0 }) {
			out = append(out, c)
		}
	}
	return out
}

// port returns the component's name for a port in the text of an export.
func (e *boundExport) port(c *component, name string) string {
	if port := e.chosen[name]; port != "" {
		return port
	}
	for _, names := range []v1alpha1.StringMap{e.own[c], e.Ports} {
		if own := names[name]; own != nil {
			return *own
		}
	}
	return name
}

// ports returns the names of ports that the text and its lists use.
func (e *boundExport) ports() []string {
	texts, names := []string{e.Text}, map[string]bool{}
	for _, l := range e.Lists {
		texts = append(texts, l.Item)
	}
	for _, text := range texts {
		for placeholder := range v1alpha1.Placeholders(text) {
			kind, port, ok := strings.Cut(placeholder, ":")
			if ok && kind != "list" && kind != "service" && !strings.Contains(port, ".") {
				names[port] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// checkExports expands the exports that the spec writes or mentions, for their errors. Addresses
// that are not known are none: nobody may want the export.
func (x *exporter) checkExports() {
	for name := range x.written {
		e, known := x.find(name)
		if !known {
			x.found.Errorf(source.Required, e.at.Field("text"), "", "text is required: there is no built-in export %q", name).OneOf(name, exports.Names())
			continue
		}
		if x.checkPorts(e) {
			x.expand(e)
		}
	}
	x.gaps = nil
}

// checkPorts checks the names of ports. It reports whether the text and the components have them.
func (x *exporter) checkPorts(e boundExport) bool {
	fine := true
	if of := x.spec.Exports[e.name]; of != nil {
		fine = x.checkNames(e, of.Ports, specField("exports").MapKey(e.name), x.components)
	}
	for c, names := range e.own {
		fine = x.checkNames(e, names, c.Path.Field("exports").MapKey(e.name), []*component{c}) && fine
	}
	return fine
}

func (x *exporter) checkNames(e boundExport, names v1alpha1.StringMap, at source.Path, of []*component) bool {
	fine := true
	var known []string
	for _, c := range of {
		known = append(known, namesOf(c.Spec.Ports, func(p v1alpha1.Port) string { return p.Name })...)
	}
	for name, port := range names {
		at := at.Field("ports").MapKey(name)
		used := e.ports()
		fine = fine && slices.Contains(used, name) && slices.Contains(known, *port)
		if !slices.Contains(used, name) {
			x.found.Errorf(source.UnknownName, at, "", "the text of export %s has no port %q", e.name, name).OneOf(name, used)
		} else if !slices.Contains(known, *port) {
			x.found.Errorf(source.UnknownName, at, "", "there is no port %q", *port).OneOf(*port, known)
		}
	}
	return fine
}

// expand expands an export. It reports errors where the text is written, or for a built-in one at the
// component that does not fit it.
func (x *exporter) expand(e boundExport) string {
	at, lists := e.at.Field("text"), e.at.Field("lists")
	if !x.found.Wrote(at) && len(e.of) > 0 {
		at, lists = e.of[0].Path, nil
	}
	s := scope{vars: map[string]string{"name": x.plan.Object.Name, "namespace": x.plan.Namespace}}
	if len(e.of) == 1 {
		c := e.of[0]
		s = c.scope.with(map[string]string{"replicas": strconv.Itoa(len(c.Pods))})
		s.domain = c.domain()
	}
	s.position, s.services, s.lists = inFile, x.services, lists
	s.fileValue = func(name string) (text, bool, error) { return x.value(e, name) }
	out, _ := x.names.expandText(e.Text, s, at)
	return out.string
}

// value returns the value of a placeholder of the text.
func (x *exporter) value(e boundExport, name string) (text, bool, error) {
	kind, arg, hasArg := strings.Cut(name, ":")
	switch {
	case kind == "list":
		return x.list(e, arg)
	case !hasArg && len(e.of) > 1:
		return text{}, true, placeholderError{fmt.Sprintf("$(%s) is that of one component, and the export is about %s", name, strings.Join(namesOf(e.of, componentName), " and ")),
			"write exports: {" + e.name + ": {}} on the component that is meant"}
	}
	var first text
	for i, c := range e.of {
		v, ok, err := x.scopeOf(e, c, nil).fileValue(name)
		switch {
		case !ok || err != nil:
			return v, ok, err
		case i > 0 && v.string != first.string:
			return v, true, placeholderError{fmt.Sprintf("$(%s) is %s in component %s and %s in component %s", name, first.string, e.of[0].Spec.Name, v.string, c.Spec.Name),
				"give them the same one: the text has it once for all"}
		}
		first = v
	}
	return first, true, nil
}

// list expands a list of an export, over its own component or over all components of the export.
func (x *exporter) list(e boundExport, name string) (text, bool, error) {
	l, ok := e.Lists[name]
	if !ok {
		return text{}, true, placeholderError{fmt.Sprintf("$(list:%s): the export has no list %s", name, name),
			cmp.Or(source.Suggest(name, slices.Sorted(maps.Keys(e.Lists))), "add it to lists")}
	}
	of := e.of
	if l.Component != "" {
		c := find(x.components, l.Component)
		if c == nil {
			return text{}, true, placeholderError{fmt.Sprintf("$(list:%s): there is no component %q", name, l.Component), source.Suggest(l.Component, namesOf(x.components, componentName))}
		}
		of = []*component{c}
	}
	var scopes []scope
	for _, c := range of {
		if l.Over != v1alpha1.OverPods {
			scopes = append(scopes, x.valuesOf(c).scopesOf(*l, c, nil)...)
		}
		for i := range c.Pods {
			if l.Over == v1alpha1.OverPods && (*l.Limit == 0 || len(scopes) < int(*l.Limit)) {
				scopes = append(scopes, x.scopeOf(e, c, &c.Pods[i]))
			}
		}
	}
	all, err := joined(*l, scopes)
	return all, true, err
}

// valuesOf returns the values of placeholders in files of a component.
func (x *exporter) valuesOf(c *component) *fileValues {
	return &fileValues{d: x.decider, c: c, scope: scope{services: x.services, domain: c.domain()}}
}

// scopeOf returns the scope of an item for one pod, or for all pods if pod is nil.
func (x *exporter) scopeOf(e boundExport, c *component, pod *plan.Pod) scope {
	s := x.valuesOf(c).scopeOf(c, pod)
	s.lists = e.at.Field("lists")
	inFile := s.fileValue
	s.fileValue = func(name string) (text, bool, error) {
		kind, port, hasPort := strings.Cut(name, ":")
		whose := "component " + c.Spec.Name
		if pod != nil {
			whose = "pod " + pod.Name
		}
		if other, shared, ok := strings.Cut(port, "."); ok {
			port, whose = shared, "component "+other
		} else if hasPort {
			port = e.port(c, port)
			name = kind + ":" + port
		}
		v, ok, err := inFile(name)
		for _, open := range v.open {
			x.gaps = append(x.gaps, gap{c, port, whose, open})
		}
		return v, ok, err
	}
	return s
}

// reportGaps reports that an export has addresses that are not known offline, or no pods.
func (x *exporter) reportGaps(e boundExport) {
	if len(e.of) == 0 {
		x.notExposed(e)
		return
	}
	if len(x.gaps) == 0 {
		return
	}
	g := x.gaps[0]
	what, wayOut := g.describe()
	x.found.Errorf(source.Undetermined, g.c.Path.Field("services"), wayOut,
		"export %s needs %s of port %s of %s, which is not known offline", e.name, what, g.port, g.whose)
}

// notExposed reports that no component has a PerPod entry for the ports of an export.
func (x *exporter) notExposed(e boundExport) {
	var ports, exposed []string
	for _, p := range e.ports() {
		ports = append(ports, e.port(nil, p))
	}
	for _, c := range x.components {
		exposed = slices.AppendSeq(exposed, maps.Keys(c.PerPod))
	}
	d := x.found.Errorf(source.UnknownName, specField("components"), "add a PerPod entry for it; or name the port of the component with --port "+e.ports()[0]+"=PORT, or in the spec with exports: {"+e.name+": {ports: {"+e.ports()[0]+": PORT}}}",
		"export %s is about pods with a PerPod entry for %s, and no component has one", e.name, strings.Join(ports, " and "))
	if slices.Sort(exposed); len(e.chosen) == 1 && len(exposed) > 0 {
		d.WayOut = "PerPod entries have these ports: " + strings.Join(slices.Compact(exposed), ", ") + "; name one of them with --port, or add an entry for " + ports[0]
	}
}

// describe names the missing value, and what would make it known.
func (g gap) describe() (what, wayOut string) {
	switch g.value.Source {
	case plan.NodePort:
		return "the node port", "set nodePort at the port of the entry"
	case plan.Node:
		return "the host", "set host of the entry to the name or address at which clients reach the node"
	}
	return "the host", "set domain, host or loadBalancer.address"
}
