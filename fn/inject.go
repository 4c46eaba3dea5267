package fn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// A statefulSet is a StatefulSet among the items.
type statefulSet struct {
	item    *inputItem
	doc     *source.Document // without what the owners in scope have injected: the plan uses it
	patched *edit.Document   // doc, with what this run has injected so far
	before  record           // what the owners in scope had injected
	after   record           // what they inject now, and what owners out of scope have injected
}

// An injector patches the StatefulSets among the items. It decides what to inject as if
// nothing had been injected before, and then changes only what differs.
type injector struct {
	*reconciler
	sets []*statefulSet
}

// newInjector finds the StatefulSets. In others it replaces their documents with those that
// lack what was injected.
func newInjector(r *reconciler, others []*source.Document) (*injector, source.Diagnostics) {
	in := &injector{reconciler: r}
	var ds source.Diagnostics
	for i := range r.items {
		it := &r.items[i]
		if !isStatefulSet(it.doc) {
			continue
		}
		s, found := r.newStatefulSet(it)
		ds = append(ds, found...)
		if s.doc != it.doc {
			others[slices.Index(others, it.doc)] = s.doc
		}
		in.sets = append(in.sets, s)
	}
	return in, ds
}

// newStatefulSet reads the record of a StatefulSet and reverts what is in scope.
func (r *reconciler) newStatefulSet(it *inputItem) (*statefulSet, source.Diagnostics) {
	s := &statefulSet{item: it, doc: it.doc, before: record{}, after: record{}}
	reporter := source.NewReporter(it.doc)
	all := record{}
	if text := it.annotation(recordAnnotation); text != "" && json.Unmarshal([]byte(text), &all) != nil {
		reporter.Errorf(source.Invalid, sourcePath(recordPath), "remove the annotation, and remove what was injected",
			"the record of what was injected cannot be read, so it cannot be reverted")
	}
	for owner, changes := range all {
		if r.scope.Has(owner) {
			s.before[owner] = changes
		} else {
			s.after[owner] = changes
		}
	}
	s.patched = edit.New(it.doc.Node(), edit.Source{Front: initContainers}, listKeys)
	s.before.revert(s.patched, len(s.after) == 0, nil)
	if len(s.before) > 0 {
		s.doc = it.doc.With(tree.Clone(s.patched.Root()))
	}
	return s, reporter.Diagnostics()
}

// isStatefulSet reports whether pods are injected into. OpenKruise's have the same template.
func isStatefulSet(doc *source.Document) bool { return doc.Object().Kind == workload.Kind }

var injectPath = source.Path{}.Field("spec", "inject")

// inject updates all StatefulSets. If one of the patches cannot be applied, it updates none.
func (in *injector) inject(patches []*patch.Patch) source.Diagnostics {
	ds := in.apply(patches)
	if ds.Failed() {
		return ds
	}
	for _, s := range in.sets {
		if len(s.before)+len(s.after) > 0 {
			in.update(s)
		}
	}
	return ds
}

// apply applies patches to the trees of StatefulSets, and reports those that cannot be applied.
func (in *injector) apply(patches []*patch.Patch) source.Diagnostics {
	var ds source.Diagnostics
	for _, p := range patches {
		i := slices.IndexFunc(in.sets, func(s *statefulSet) bool { return s.doc == p.Target })
		r := source.NewReporter(p.From.Doc)
		switch {
		case i >= 0:
			in.sets[i].patch(p, r)
		case p.Target != nil:
			r.Warnf(source.NotInjected, injectPath, "move it to a document of its own, or apply the output of sallyport render --patch as a kustomize patch",
				"StatefulSet %s is in a List, and nothing is injected into a List", p.Metadata.Name)
		default:
			r.Warnf(source.NotInjected, injectPath, "add it to the input, or apply the output of sallyport render --patch as a kustomize patch",
				"StatefulSet %s is not in the input, so nothing is injected into it", p.Metadata.Name)
		}
		ds = append(ds, r.Diagnostics()...)
	}
	return ds
}

// update edits the text of the item, from what was injected before to what is injected now,
// and reports the differences.
func (in *injector) update(s *statefulSet) {
	from := edit.Source{Text: s.item.text, CommentsApart: s.item.lead != "", ListStyle: podSpec.Field("containers"), Front: initContainers}
	if in.inList {
		from.Dash = "- "
	}
	d := edit.New(s.item.doc.Node(), from, listKeys)
	put := map[string]json.RawMessage{} // by path
	for _, changes := range s.before {
		for _, c := range changes {
			put[c.At.String()] = c.Put
		}
	}
	keep := map[string]bool{}
	for owner, changes := range s.after {
		for _, c := range changes {
			keep[c.At.String()] = true
		}
		if in.scope.Has(owner) {
			in.report(s, "injected for "+owner, changes, func(c change) bool { return !bytes.Equal(put[c.At.String()], c.Put) })
		}
	}
	for owner, changes := range s.before.revert(d, len(s.after) == 0, keep) {
		in.report(s, "reverted what was injected for "+owner, changes, func(change) bool { return true })
	}
	for _, owner := range slices.Sorted(maps.Keys(s.after)) {
		if in.scope.Has(owner) {
			for _, c := range s.after[owner] {
				c.apply(d, put[c.At.String()])
			}
		}
	}
	if len(s.after) > 0 {
		d.Merge(recordPath, nil, &yaml.Node{Kind: yaml.ScalarNode, Tag: tree.StringTag, Value: s.after.String(), Style: yaml.SingleQuotedStyle})
	}
	if !tree.Equal(d.Root(), tree.Clone(s.item.doc.Node())) {
		s.item.text = d.Text()
	}
}

// report reports the changes that differ, without those that only make room for others.
func (in *injector) report(s *statefulSet, what string, changes []change, differs func(change) bool) {
	var names []string
	for _, c := range changes {
		name := shortPath(c.At)
		if c.Was != nil {
			name += fmt.Sprintf(" (was %s)", c.Was)
		}
		if differs(c) && !c.isContainer() {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		in.infof(source.Injected, s.item.doc, "", "%s: %s", what, strings.Join(names, ", "))
	}
}
