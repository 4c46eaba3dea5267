package importer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/generators"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// compareAll compares what a spec generates with the objects that came in. Objects are read one by one:
// there can be thousands.
func compareAll(d *Draft, result generators.Result) []Difference {
	came := map[source.Object]*source.Document{}
	for _, doc := range d.Came {
		came[key(doc.Object())] = doc
	}
	var lists []*object // of addresses, which are compared together
	var out []Difference
	for o := range result.Objects() {
		m, err := madeObject(o)
		if err != nil {
			out = append(out, Difference{Object: source.Object{Kind: "object"}, Field: "it cannot be compared", Now: err.Error()})
			continue
		}
		if m.Kind == "Endpoints" || m.Kind == "EndpointSlice" {
			lists = append(lists, m)
			continue
		}
		out = append(out, compareOne(came, m)...)
	}
	out = append(compareBackends(came, &lists), out...)
	for _, m := range lists {
		out = append(out, compareOne(came, m)...)
	}
	for _, doc := range d.Came {
		if came[key(doc.Object())] == doc {
			out = append(out, Difference{Object: doc.Object(), Now: "not generated"})
		}
	}
	return out
}

// compareOne compares an object with the one that came in, which it takes out.
func compareOne(came map[source.Object]*source.Document, m *object) []Difference {
	doc := came[key(m.Object)]
	if doc == nil {
		return []Difference{{Object: m.Object, Now: "generated, and did not come in"}}
	}
	delete(came, key(m.Object))
	c, err := cameObject(doc)
	if err != nil {
		return nil // the source has reported it
	}
	var out []Difference
	if field := "endpoints"; m.Kind == "EndpointSlice" && !reflect.DeepEqual(c.tree[field], m.tree[field]) && slices.Equal(addressesIn([]*object{c}), addressesIn([]*object{m})) {
		out = append(out, Difference{Object: m.Object, Field: field, Came: "the order", Now: "another", Meant: true, Why: "it means nothing"})
		delete(c.tree, field)
		delete(m.tree, field)
	}
	for _, diff := range compare(c, m) {
		out = append(out, explain(diff, c, m))
	}
	return out
}

// key identifies an object of a draft, whose objects are in one namespace.
func key(o source.Object) source.Object {
	o = o.Unversioned()
	o.Namespace = ""
	return o
}

// A meaning explains differences of a field.
type meaning struct {
	field string // how the field begins
	holds func(d Difference, came, made *object) bool
	why   string
	meant bool
}

// meanings are why fields differ, the first that holds.
var meanings = []meaning{
	{"spec.ports[", func(d Difference, _, _ *object) bool { return strings.HasSuffix(d.Field, ".name") && d.Came == "" },
		"every port that is generated has a name; clients do not see it", true},
	{"spec.ports[", func(d Difference, _, _ *object) bool {
		return strings.HasSuffix(d.Field, ".targetPort") && strings.HasPrefix(d.Came, `"`)
	},
		"the number that the containers give this name", true},
	{"spec.ports[", func(d Difference, c, _ *object) bool {
		return strings.HasSuffix(d.Field, ".targetPort") && child(c.tree, "spec", "selector") == nil
	},
		"without a selector, nothing reads it", true},
	{"metadata.labels[strimzi.io/", func(Difference, *object, *object) bool { return true },
		"Strimzi deletes Services with its labels that are not those of its own listeners", true},
	{"metadata.annotations[", sameDklb, "dklb reads the same of it", true},
	{"metadata.annotations[", onlyDots, "external-dns drops the dot at the end", true},
	{"metadata.annotations[", otherName, "the provider reads this name of the setting, too", true},
	{"metadata.annotations[", fromField, "the provider reads the address here, and not in spec.loadBalancerIP", true},
	{"spec.loadBalancerIP", inAnnotation, "an annotation of the provider has the address", true},
	{"metadata.annotations[", bookkeeping, "another tool manages its objects by it: take them out there first", true},
	{"metadata.labels[app.kubernetes.io/managed-by]", func(Difference, *object, *object) bool { return true }, "Sallyport manages it now", true},
	{"metadata.labels[endpointslice.kubernetes.io/managed-by]", func(Difference, *object, *object) bool { return true },
		"Sallyport manages it now", true},
	{"metadata.labels[endpointslice.kubernetes.io/skip-mirror]", func(d Difference, _, _ *object) bool { return d.Came == "" },
		"the cluster makes no copy, because there are EndpointSlices", true},
	{"spec.ipFamilies", func(d Difference, _, m *object) bool { return d.Came == "" && child(m.tree, "spec", "selector") == nil },
		"the addresses are of this family", true},
	{"metadata.ownerReferences", func(Difference, *object, *object) bool { return true },
		"a controller makes the object and will change it back: stop it from doing so first", false},
	{"spec.clusterIP", func(_ Difference, c, _ *object) bool { return !c.live },
		"the cluster allocates it, and keeps it as long as the Service exists", false},
	{"spec.sessionAffinityConfig", func(Difference, *object, *object) bool { return true }, "a spec cannot set the timeout", false},
}

// explain adds to a difference why it is one.
func explain(d Difference, came, made *object) Difference {
	for _, m := range meanings {
		if strings.HasPrefix(d.Field, m.field) && m.holds(d, came, made) {
			d.Why, d.Meant = m.why, m.meant
			return d
		}
	}
	return d
}

func annotation(d Difference) string {
	_, key, _ := strings.Cut(strings.TrimSuffix(d.Field, "]"), "[")
	return key
}

func withoutDots(text string) string {
	return strings.Join(hostsIn(text), ",")
}

// hostsIn returns the names in an annotation of external-dns.
func hostsIn(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		out = append(out, strings.TrimSuffix(strings.TrimSpace(part), "."))
	}
	return out
}

func onlyDots(d Difference, came, made *object) bool {
	key := annotation(d)
	x, y := at(came.tree, "metadata", "annotations", key), at(made.tree, "metadata", "annotations", key)
	return strings.HasSuffix(key, "/hostname") && x != nil && y != nil && withoutDots(str(x)) == withoutDots(str(y))
}

// settingOf returns the setting that a key of a provider carries.
func settingOf(key string) (of string, p *provider.Provider) {
	for _, p := range provider.All {
		for _, k := range p.Keys {
			if k.Name == key && !k.Label {
				return k.Of, p
			}
		}
	}
	return "", nil
}

// otherName reports whether what came in has the value under another name that the provider reads.
func otherName(d Difference, came, _ *object) bool {
	of, p := settingOf(annotation(d))
	if p == nil || d.Came != "" {
		return false
	}
	return slices.ContainsFunc(p.Keys, func(k provider.Key) bool {
		return k.Of == of && text(at(came.tree, "metadata", "annotations", k.Name)) == d.Now
	})
}

func fromField(d Difference, came, _ *object) bool {
	of, _ := settingOf(annotation(d))
	return of == "address" && d.Came == "" && text(at(came.tree, "spec", "loadBalancerIP")) == d.Now
}

func inAnnotation(d Difference, _, made *object) bool {
	for key, value := range child(made.tree, "metadata", "annotations") {
		if of, _ := settingOf(key); of == "address" && text(value) == d.Came {
			return d.Now == ""
		}
	}
	return false
}

// bookkeepers are the prefixes of annotations by which tools know their objects. They cannot be handed
// over with the object.
var bookkeepers = []string{"meta.helm.sh/", "argocd.argoproj.io/", "objectset.rio.cattle.io/", "config.kubernetes.io/", "internal.config.kubernetes.io/",
	"config.k8s.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "sallyport.dev/"}

func isBookkeeping(key string) bool {
	return slices.ContainsFunc(bookkeepers, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func bookkeeping(d Difference, _, _ *object) bool { return d.Now == "" && isBookkeeping(annotation(d)) }

// notes returns the comments at the end of a spec.
func (t *trial) notes() string {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		b.WriteString(source.Visible("#"+strings.Repeat(" ", 1+2*depth)+fmt.Sprintf(format, args...)) + "\n")
	}
	if len(t.Came) > 0 {
		what := fmt.Sprintf("It generates what came in: %s", counted(t.Came))
		if len(t.differences) == 0 {
			line(0, "%s.", what)
		} else {
			line(0, "%s, but for these differences:", what)
			for _, g := range grouped(t.differences) {
				line(1, "%s", g.what())
				line(2, "%s", g.who())
			}
		}
	}
	if t.shortened {
		line(0, "Render it together with what it reads: sallyport render access.yaml %s", strings.Join(t.filesBeside(), " "))
	}
	if len(t.Remarks) > 0 {
		line(0, "What it cannot say of the input:")
		for _, r := range t.Remarks {
			line(1, "%s", r)
		}
	}
	if t.Hint != "" {
		line(0, "%s", t.Hint)
	}
	return b.String()
}

// filesBeside are the files that a spec is rendered with.
func (d *Draft) filesBeside() []string {
	var out []string
	for _, doc := range d.Beside {
		if !slices.Contains(out, doc.File) {
			out = append(out, doc.File)
		}
	}
	return out
}

// String returns the remark with its place.
func (r Remark) String() string {
	if r.Doc == nil {
		return r.Text
	}
	place := r.Doc.Line(r.Path)
	if path := r.Path.String(); path != "" && !strings.Contains(place, path) {
		place += ": " + path
	}
	return place + ": " + r.Text
}

// counted returns how many objects of each kind there are.
func counted(docs []*source.Document) string {
	var kinds []string
	count := map[string]int{}
	for _, doc := range docs {
		kind := doc.Object().Kind
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	var out []string
	for _, kind := range kinds {
		switch plural := kind + "s"; {
		case count[kind] == 1:
			out = append(out, "1 "+kind)
		case strings.HasSuffix(kind, "s"):
			out = append(out, fmt.Sprintf("%d %s", count[kind], kind))
		default:
			out = append(out, fmt.Sprintf("%d %s", count[kind], plural))
		}
	}
	return strings.Join(out, ", ")
}

// A diffGroup is a difference that several objects have.
type diffGroup struct {
	Difference
	differ bool // the objects have different values
	kinds  []string
	names  map[string][]string // by kind
}

// grouped puts the objects together that have the same difference.
func grouped(all []Difference) []*diffGroup {
	var out []*diffGroup
	index := map[Difference]*diffGroup{}
	for _, d := range all {
		same := d
		same.Object = source.Object{}
		if d.Meant && (strings.HasPrefix(d.Field, "metadata.annotations[") || d.Field == "spec.loadBalancerIP") {
			same.Came, same.Now = present(d.Came), present(d.Now)
		}
		g := index[same]
		if g == nil {
			g = &diffGroup{Difference: d, names: map[string][]string{}}
			index[same] = g
			out = append(out, g)
		}
		g.differ = g.differ || g.Came != d.Came || g.Now != d.Now
		kind := d.Object.Kind
		if g.names[kind] == nil {
			g.kinds = append(g.kinds, kind)
		}
		g.names[kind] = append(g.names[kind], d.Object.Name)
	}
	return out
}

func present(text string) string {
	if text == "" {
		return ""
	}
	return "some"
}

// what returns the field, its two values, and why they differ.
func (g *diffGroup) what() string {
	out, others := g.Now, ""
	if g.differ {
		others = " (each its own)"
	}
	switch {
	case g.Field == "":
	case g.Came == "":
		out = fmt.Sprintf("%s: %s is added%s", g.Field, g.Now, others)
	case g.Now == "":
		out = fmt.Sprintf("%s: %s is gone%s", g.Field, g.Came, others)
	case g.differ:
		out = fmt.Sprintf("%s: %s becomes %s, and so on", g.Field, g.Came, g.Now)
	default:
		out = fmt.Sprintf("%s: %s becomes %s", g.Field, g.Came, g.Now)
	}
	if g.Why != "" {
		out += ": " + g.Why
	}
	return out
}

// who names the objects.
func (g *diffGroup) who() string {
	const few = 4
	var out []string
	for _, kind := range g.kinds {
		names := g.names[kind]
		text := strings.Join(names, ", ")
		if len(names) > few {
			text = fmt.Sprintf("%s and %d more", strings.Join(names[:few-1], ", "), len(names)-few+1)
		}
		out = append(out, kind+" "+text)
	}
	return strings.Join(out, "; ")
}
