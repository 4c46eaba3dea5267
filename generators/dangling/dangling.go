// Package dangling checks objects that were generated before and have passed through other
// tools since: that what they refer to is still there. kustomize puts prefixes and suffixes on
// names, but not on the names of pods in selectors, in keys and in texts. And that each name and node port belongs to one.
package dangling

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// Owner returns the spec that a document was generated from, or "" if it was not generated.
func Owner(doc *source.Document) string {
	return doc.Scalar("metadata", "annotations", plan.OwnerAnnotation)
}

// Check reports references of generated objects to what the documents do not have. What is
// generated again by the specs of these owners is a warning.
func Check(docs []*source.Document, specs map[string]bool) source.Diagnostics {
	c := checker{specs: specs, services: map[string][]string{}, configMaps: map[string][]string{}, parents: map[string]map[string][]string{"Gateway": {}, "ListenerSet": {}},
		scaled: map[string]bool{}, reported: map[mistake]bool{}}
	ours := map[string][]*source.Document{}
	docs = inOrder(docs)
	for _, doc := range docs {
		o := doc.Object()
		c.read(doc, o)
		if Owner(doc) != "" {
			ours[o.Kind] = append(ours[o.Kind], doc)
		} else if o.Kind != workload.Kind {
			c.foreign = append(c.foreign, doc)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	c.ours, c.pkg = ours, workload.ReadPackage(docs)
	c.sets, c.templates = c.pkg.Sets, c.pkg.Templates()
	c.generated = slices.DeleteFunc(c.pkg.Services(), func(svc *workload.Service) bool { return Owner(svc.Doc) == "" })
	for _, kind := range []struct {
		name  string
		check func(*source.Document)
	}{{"Service", c.service}, {"ConfigMap", c.configMap}, {"Role", c.role}, {"EndpointSlice", c.slice},
		{"Certificate", c.certificate}, {"TLSRoute", c.route}, {"TCPRoute", c.route}, {"UDPRoute", c.route}} {
		for _, doc := range ours[kind.name] {
			kind.check(doc)
		}
	}
	for _, s := range c.sets {
		c.volumes(s)
		c.mounted(s)
	}
	podChecker{&c}.check()
	c.claims(docs)
	return c.found
}

// inOrder sorts documents, so that the messages do not depend on the order of the input.
func inOrder(docs []*source.Document) []*source.Document {
	return slices.SortedStableFunc(slices.Values(docs), func(a, b *source.Document) int {
		x, y := a.Object(), b.Object()
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name), cmp.Compare(a.File, b.File), cmp.Compare(a.Index, b.Index))
	})
}

// A checker knows what the input has.
type checker struct {
	specs      map[string]bool
	ours       map[string][]*source.Document // what was generated, by kind
	services   map[string][]string           // their namespaces, by name
	configMaps map[string][]string
	parents    map[string]map[string][]string // Gateways and ListenerSets: by kind, those
	pkg        *workload.Package
	sets       []*workload.StatefulSet
	templates  *workload.Templates
	podsOf     map[string][]string // the pods that objects of an owner are for, see setsOf
	generated  []*workload.Service // of the input
	foreign    []*source.Document  // neither generated nor a StatefulSet
	scaled     map[string]bool     // the workloads with an autoscaler

	reported map[mistake]bool
	found    source.Diagnostics
}

// A mistake is reported once for each owner: a prefix is missing in many places.
type mistake struct{ owner, what string }

func (c *checker) read(doc *source.Document, o source.Object) {
	switch o.Kind {
	case "Service":
		c.services[o.Name] = append(c.services[o.Name], o.Namespace)
	case "ConfigMap":
		c.configMaps[o.Name] = append(c.configMaps[o.Name], o.Namespace)
	case "Gateway", "ListenerSet":
		c.parents[o.Kind][o.Name] = append(c.parents[o.Kind][o.Name], o.Namespace)
	case "HorizontalPodAutoscaler", "ScaledObject":
		c.scaled[doc.Scalar("spec", "scaleTargetRef", "name")] = true
	}
}

// meets reports whether two objects may be in one namespace. One without may be in any.
func meets(a, b string) bool { return a == "" || b == "" || a == b }

// has reports whether an object of a name may be in a namespace.
func has(all map[string][]string, name, namespace string) bool {
	return slices.ContainsFunc(all[name], func(in string) bool { return meets(in, namespace) })
}

// names returns the names of the objects that may be in a namespace.
func names(all map[string][]string, namespace string) []string {
	var out []string
	for name := range all {
		if has(all, name, namespace) {
			out = append(out, name)
		}
	}
	return out
}

// near returns the name that another one becomes by a prefix or a suffix, or that becomes the
// other one, or "". Of several it is the shortest. It also reports whether the name of the
// object that refers to it has the same prefix and suffix, so that both are from one tool.
func near(name string, among []string, from string) (other string, alike bool) {
	slices.SortFunc(among, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, next := range among {
		if prefix, suffix, ok := affixes(next, name); ok {
			other = cmp.Or(other, next)
			if strings.HasPrefix(from, prefix) && strings.HasSuffix(from, suffix) {
				return next, true
			}
		}
	}
	i := slices.IndexFunc(among, func(next string) bool { _, _, ok := affixes(name, next); return ok })
	if other == "" && i >= 0 {
		other = among[i]
	}
	return other, false
}

// affixes returns what is in front of a name and behind it, with the dashes.
func affixes(long, short string) (prefix, suffix string, ok bool) {
	i := strings.Index("-"+long+"-", "-"+short+"-")
	if i < 0 || long == short || short == "" {
		return "", "", false
	}
	return long[:i], long[i+len(short):], true
}

const (
	inLayer = "put the spec into the layer that sets the prefix or suffix, under transformers, with inject: true"
	again   = "render again: the StatefulSet has changed since"
)

// A report is a mistake at a field of a document.
type report struct {
	doc    *source.Document
	owner  string
	what   string // reported once
	at     source.Path
	wayOut string
	weak   bool // it may be right
	unused bool // nothing refers to the document: ConfigUnused
}

// report reports a mistake that was not reported before.
func (c *checker) report(r report, format string, args ...any) {
	k := mistake{r.owner, r.what}
	if c.reported[k] {
		return
	}
	c.reported[k] = true
	reporter := source.NewReporter(r.doc)
	switch {
	case r.unused:
		reporter.Warnf(source.ConfigUnused, r.at, r.wayOut, format, args...)
	case r.weak || c.specs[r.owner]:
		reporter.Warnf(source.DanglingReference, r.at, r.wayOut, format, args...)
	default:
		reporter.Errorf(source.DanglingReference, r.at, r.wayOut, format, args...)
	}
	c.found = append(c.found, reporter.Diagnostics()...)
}

// affix is what is reported once of an owner whose objects lack a prefix or suffix.
const affix = "affix"
