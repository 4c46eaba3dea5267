package fn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// injectedAnnotation tells what was injected into a StatefulSet, so that it can be taken
// back: a record, as JSON.
const injectedAnnotation = v1alpha1.Group + "/injected"

// A record has the changes of each owner, in the order in which they were made.
type record map[string][]change

// A change is one thing that was put into a StatefulSet: a setting, an entry of a list, or
// the empty list, or mapping, that had to be there first.
type change struct {
	At  edit.Path       `json:"at"`
	Put json.RawMessage `json:"put"`
	Was json.RawMessage `json:"was,omitempty"` // what it replaced; none: nothing
}

// A workload is a StatefulSet among the items.
type workload struct {
	item        *item
	doc         *source.Document // as it is without what was injected: what is planned with
	manifest    *edit.Document   // the same, and what has been injected by now
	old, record record           // what came in, of specs that this run has a say in; what goes out
}

// An injector patches the StatefulSets among the items. It takes what was injected before
// for not there, decides anew, and then changes no more than the difference.
type injector struct {
	*reconciler
	workloads []*workload
}

// newInjector finds the StatefulSets, and puts those documents in the place of theirs
// that lack what was injected.
func newInjector(r *reconciler, others []*source.Document) (*injector, source.Diagnostics) {
	in := &injector{reconciler: r}
	var ds source.Diagnostics
	for i := range r.items {
		it := &r.items[i]
		if !isStatefulSet(it.doc) {
			continue
		}
		w := &workload{item: it, doc: it.doc, old: record{}, record: record{}}
		all := record{}
		if text := it.annotation(injectedAnnotation); text != "" && json.Unmarshal([]byte(text), &all) != nil {
			reporter := source.NewReporter(it.doc)
			reporter.Errorf(source.Invalid, sourcePath(recordPath), "take the annotation out, and what was injected as well",
				"what was injected cannot be read, so that it cannot be taken back")
			ds = append(ds, reporter.Diagnostics()...)
		}
		for owner, changes := range all {
			if r.scope.Has(owner) {
				w.old[owner] = changes
			} else {
				w.record[owner] = changes
			}
		}
		w.manifest = edit.New(it.doc.Node(), edit.Source{}, listKeys)
		takeBack(w.manifest, w.old, len(w.record) == 0, nil)
		if len(w.old) > 0 {
			w.doc = it.doc.With(tree.Clone(w.manifest.Root()))
			others[slices.Index(others, it.doc)] = w.doc
		}
		in.workloads = append(in.workloads, w)
	}
	return in, ds
}

func isStatefulSet(doc *source.Document) bool {
	o := doc.Object()
	return o.APIVersion == "apps/v1" && o.Kind == "StatefulSet"
}

// The annotations of a StatefulSet, and the one that has the record.
var (
	annotationsPath = edit.Path{}.Field("metadata", "annotations")
	recordPath      = annotationsPath.Entry(injectedAnnotation)
)

// inject brings all StatefulSets up to date, or says why none is.
func (in *injector) inject(patches []*generators.Patch) source.Diagnostics {
	var ds source.Diagnostics
	for _, p := range patches {
		i := slices.IndexFunc(in.workloads, func(w *workload) bool { return w.doc == p.Target })
		r := source.NewReporter(p.From.Doc)
		switch {
		case i >= 0:
			weave(in.workloads[i], p, r)
		case p.Target != nil:
			r.Warnf(source.NotInjected, injectPath, "write it as a document of its own; or apply what sallyport render --patch prints, as a kustomize patch",
				"StatefulSet %s stands in a List, where nothing is injected", p.Metadata.Name)
		default:
			r.Warnf(source.NotInjected, injectPath, "hand it over too; or apply what sallyport render --patch prints, as a kustomize patch",
				"StatefulSet %s is not in the input, so that nothing is injected into it", p.Metadata.Name)
		}
		ds = append(ds, r.Diagnostics()...)
	}
	if ds.Failed() {
		return ds
	}
	for _, w := range in.workloads {
		if len(w.old)+len(w.record) > 0 {
			in.update(w)
		}
	}
	return ds
}

var injectPath = source.Path{}.Field("spec", "inject")

// update makes of the item what it should be.
func (in *injector) update(w *workload) {
	dash := ""
	if in.files {
		dash = "- "
	}
	m := edit.New(w.item.doc.Node(), edit.Source{Text: w.item.text, Dash: dash, CommentsApart: w.item.lead != "", ListStyle: podSpec.Field("containers")}, listKeys)
	puts := map[string]json.RawMessage{}
	for _, changes := range w.old {
		for _, e := range changes {
			puts[e.At.String()] = e.Put
		}
	}
	stays := map[string]bool{}
	for owner, changes := range w.record {
		for _, e := range changes {
			stays[e.At.String()] = true
		}
		if in.scope.Has(owner) {
			in.tell(w, "injected for "+owner, changes, func(e change) bool { return !bytes.Equal(puts[e.At.String()], e.Put) })
		}
	}
	for owner, changes := range takeBack(m, w.old, len(w.record) == 0, stays) {
		in.tell(w, "taken back, which was injected for "+owner, changes, func(change) bool { return true })
	}
	for _, owner := range slices.Sorted(maps.Keys(w.record)) {
		for _, e := range w.record[owner] {
			if in.scope.Has(owner) {
				apply(m, e, puts[e.At.String()])
			}
		}
	}
	if len(w.record) > 0 {
		m.Merge(recordPath, nil, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: w.record.String(), Style: yaml.SingleQuotedStyle})
	}
	if !tree.Equal(m.Root(), tree.Clone(w.item.doc.Node())) {
		w.item.text = m.Text()
	}
}

// tell says what has changed.
func (in *injector) tell(w *workload, what string, changes []change, changed func(change) bool) {
	var names []string
	for _, e := range changes {
		name := shortPath(e.At)
		if e.Was != nil {
			name += fmt.Sprintf(" (%s before)", e.Was)
		}
		if changed(e) && !e.made() {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		in.infof(source.Injected, w.item.doc, "", "%s: %s", what, strings.Join(names, ", "))
	}
}

// made tells whether an edit made no more than room.
func (e change) made() bool {
	return len(tree.FromJSON(e.Put).Content) == 0 && tree.FromJSON(e.Put).Kind != yaml.ScalarNode
}

// String is compact and the same for the same changes.
func (r record) String() string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic("fn: " + err.Error()) // what is in it was JSON already
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// takeBack undoes what was injected, last things first, but for what stays. What the user
// has changed since is the user's. The annotation goes if all does. What was undone is
// returned.
func takeBack(m *edit.Document, r record, all bool, stays map[string]bool) record {
	undone := record{}
	if all && len(r) > 0 {
		m.Remove(recordPath)
	}
	for _, owner := range slices.Backward(slices.Sorted(maps.Keys(r))) {
		for _, e := range slices.Backward(r[owner]) {
			have, put := m.Get(e.At), tree.FromJSON(e.Put)
			switch {
			case have == nil || stays[e.At.String()]:
				continue
			case e.made() && len(have.Content) > 0:
				continue
			case e.At.IsEntry() && !ours(e.At.LastField(), have, put):
				continue
			case !e.made() && !e.At.IsEntry() && !listKeys.Contain(have, put, ""):
				continue
			case e.Was != nil:
				m.Set(e.At, tree.FromJSON(e.Was))
			default:
				m.Remove(e.At)
			}
			undone[owner] = slices.Insert(undone[owner], 0, e)
		}
	}
	return undone
}

// ours tells whether an entry is still the one that was injected: volumes and containers
// go by their names, which are ours; of all others the user may have made something else.
func ours(list string, have, put *yaml.Node) bool {
	name := map[string]string{"volumeMounts": "name", "env": "valueFrom", "ports": "hostPort"}[list]
	return name == "" || listKeys.Contain(tree.Field(have, name), tree.Field(put, name), "")
}

// apply puts a thing where it is not there, and changes what has been put before to what
// it should be now.
func apply(m *edit.Document, e change, old json.RawMessage) {
	have := m.Get(e.At)
	switch {
	case have == nil || tree.IsNull(have):
		m.Set(e.At, tree.FromJSON(e.Put))
	case e.made():
	default:
		m.Merge(e.At, tree.FromJSON(old), tree.FromJSON(e.Put))
	}
}
