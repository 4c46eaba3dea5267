package fn

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"slices"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/diff"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// A transition is what the run makes of objects that it has made before. A cluster may have them.
type transition struct {
	old  []*source.Document // what becomes of each is in now
	now  []encode.Object
	gone []*source.Document
	new  []encode.Object
	sets []*statefulSet     // into which this run injects something else than the last one
	pods []*source.Document // the workloads of the input
}

// keep records that an object replaces a document.
func (t *transition) keep(doc *source.Document, o encode.Object) {
	t.old, t.now = append(t.old, doc), append(t.now, o)
}

// report warns about what clients and pods in a cluster notice, in the words of sallyport diff: one
// warning for each rule and spec.
func (r *reconciler) reportTransition() {
	t := &r.transition
	t.unchangedApart()
	if len(t.old)+len(t.gone)+len(t.sets) == 0 {
		return
	}
	t.pods = workloads(r.items)
	owners := map[source.Object]string{}
	from, to := t.states(owners)
	result, ds := diff.Compare(from, to)
	if ds.Failed() {
		return // what cannot be compared is reported elsewhere, or is not the user's
	}
	docs := map[string]*source.Document{}
	for _, s := range r.specs {
		docs[s.Owner()] = s.Doc
	}
	var groups []noticed
	for _, c := range result.Changes {
		object := source.Object{Kind: c.Kind, Namespace: c.Namespace, Name: c.Name}
		for _, f := range c.Findings { // the worst one comes first
			if f.Class != diff.Refused && c.Findings[0].Class == diff.Refused {
				break // nothing of the change takes effect
			}
			i := slices.IndexFunc(groups, func(g noticed) bool { return g.owner == owners[object] && g.Rule == f.Rule })
			switch {
			case f.Class == diff.Safe || f.Rule == "Template" || f.Rule == "ConfigRestarts": // ConfigHash says that they restart
			case i >= 0:
				groups[i].more++
			default:
				groups = append(groups, noticed{Finding: f, owner: owners[object], object: object, isRemoved: c.Change == diff.Removed})
			}
		}
	}
	for _, g := range groups {
		r.found = append(r.found, g.diagnostic(docs[g.owner], t.gone)...)
	}
}

// unchangedApart leaves out Services and slices that stay as they are: there may be many.
func (t *transition) unchangedApart() {
	var b bytes.Buffer
	if len(t.old) == 0 || encode.JSON(&b, slices.Values(t.now)) != nil {
		return
	}
	c, n := newComparer(b.Bytes()), 0
	for i, doc := range t.old {
		kind := doc.Object().Kind
		if same := c.same(doc.Node()); same && (kind == "Service" || kind == "EndpointSlice") {
			continue
		}
		t.old[n], t.now[n] = doc, t.now[i]
		n++
	}
	t.old, t.now = t.old[:n], t.now[:n]
}

// states are the two sides for diff, with the owners of all objects.
func (t *transition) states(owners map[source.Object]string) (from, to diff.State) {
	add := func(s *diff.State, doc *source.Document, owner string) {
		o := doc.Object()
		owners[source.Object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}] = owner
		s.Objects = append(s.Objects, diff.Object{Doc: doc})
	}
	for _, doc := range append(slices.Clip(t.old), t.gone...) {
		add(&from, doc, ownership.Of(doc))
	}
	for _, s := range t.sets {
		for owner := range s.before {
			add(&from, s.item.doc, owner)
			add(&to, s.item.doc.With(s.patched.Root()), owner)
			break
		}
	}
	t.addPods(&from, &to)
	made, err := diff.Generated(t.made(), func(o encode.Object) *source.Document {
		at := ownership.ObjectOf(o)
		owners[source.Object{Kind: at.Kind, Namespace: at.Namespace, Name: at.Name}] = o.GetAnnotations()[plan.OwnerAnnotation]
		return nil
	})
	if err != nil {
		panic("fn: " + err.Error()) // a buffer takes everything
	}
	to.Objects = append(to.Objects, made...)
	return from, to
}

// addPods adds the workloads that stay as they are: rules look at their containers and labels.
func (t *transition) addPods(from, to *diff.State) {
	seen := map[source.Object]bool{}
	for _, o := range from.Objects {
		seen[o.Doc.Object().Unversioned()] = true
	}
	for _, doc := range t.pods {
		if o := doc.Object().Unversioned(); !seen[o] {
			seen[o] = true
			from.Objects = append(from.Objects, diff.Object{Doc: doc})
			to.Objects = append(to.Objects, diff.Object{Doc: doc})
		}
	}
}

// workloads returns the workloads among items and the members of Lists, without patches.
func workloads(items []inputItem) []*source.Document {
	var docs []*source.Document
	for _, it := range items {
		docs = append(append(docs, it.doc), it.doc.Members()...)
	}
	patches := workload.Patches(docs)
	return slices.DeleteFunc(docs, func(doc *source.Document) bool {
		return patches[doc] || !slices.Contains(workload.Kinds, doc.Object().Kind)
	})
}

func (t *transition) made() iter.Seq[encode.Object] {
	return slices.Values(append(slices.Clip(t.now), t.new...))
}

// A noticed change is what one rule finds in objects of a spec.
type noticed struct {
	diff.Finding
	owner     string
	object    source.Object // the first one
	more      int
	isRemoved bool
}

// diagnostic reports at the spec, or at the object if its spec is not there any more.
func (n noticed) diagnostic(doc *source.Document, gone []*source.Document) source.Diagnostics {
	at := source.Path{}.Field("metadata", "name")
	for _, d := range gone {
		if o := d.Object(); doc == nil && o.Kind == n.object.Kind && o.Name == n.object.Name {
			doc, at = d, nil // the output does not have it
		}
	}
	if doc == nil {
		return nil
	}
	what, notice := map[bool]string{true: "removal", false: "change"}[n.isRemoved]+" of "+n.object.String(), ""
	if n.more > 0 {
		what += fmt.Sprintf(", and of %d more of the kind,", n.more)
	}
	if n.Notices != "" {
		notice = "; who notices: " + n.Notices
	}
	reporter, wayOut := source.NewReporter(doc), cmp.Or(n.Instead, "apply it when nobody minds")
	switch n.Class {
	case diff.Refused:
		reporter.Warnf(source.LiveChange, at, wayOut, "the API server refuses the %s: %s%s", what, n.Why, notice)
	case diff.Recreate:
		reporter.Warnf(source.LiveChange, at, wayOut, "the %s takes effect only if it is deleted and created again: %s%s", what, n.Why, notice)
	default:
		reporter.Warnf(source.LiveChange, at, wayOut, "the %s is disruptive: %s%s", what, n.Why, notice)
	}
	return reporter.Diagnostics()
}

// restarts reports whether pods that run restart: another run has injected something else.
func (s *statefulSet) restarts() bool {
	hash := func(doc *source.Document) string {
		return doc.Scalar("spec", "template", "metadata", "annotations", workload.HashAnnotation)
	}
	now := s.item.doc.With(s.patched.Root())
	return len(s.before) > 0 && hash(now) != hash(s.item.doc)
}
