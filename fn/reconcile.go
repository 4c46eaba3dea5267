package fn

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A reconciler replaces objects that were generated before with those that are wanted now.
type reconciler struct {
	items    []inputItem
	specs    []*v1alpha1.Spec
	scope    ownership.Scope
	allSpecs bool // the specs are all of the package, so that objects of others are orphans
	inList   bool // the items are those of a ResourceList, and not documents of a stream
	found    source.Diagnostics

	transition transition
	specDocs   map[string]*source.Document // by owner
	pruned     int                         // how many items were dropped
	lastPruned int                         // the index of the last one in found
}

// An outputItem is an item of the output. It is one of the input, or else an object, with
// the comments and the document of the item that it replaces.
type outputItem struct {
	*inputItem
	object encode.Object
}

// added is the item of an object that replaces none.
var added = &inputItem{}

// run takes documents and returns the items of the output. The function and the filter have
// it in common.
func (r *reconciler) run(docs []*source.Document, ds source.Diagnostics) ([]outputItem, source.Diagnostics) {
	specs, others, more := generators.Read(docs)
	ds = append(ds, more...)
	r.specs, r.scope = specs, ownership.NewScope(specs, r.allSpecs)
	ds = append(ds, ownership.CheckClaims(others)...)
	in, more := newInjector(r, others)
	ds = append(ds, more...)
	made := generators.Run(specs, slices.DeleteFunc(others, r.scope.HasDocument))
	if ds = append(ds, made.Diagnostics...); ds.Failed() {
		return nil, ds
	}
	if ds = append(ds, in.inject(made.Injected())...); ds.Failed() {
		return nil, ds
	}
	out := r.reconcile(made.AllObjects())
	r.transition.sets = slices.DeleteFunc(slices.Clone(in.sets), func(s *statefulSet) bool { return !s.restarts() })
	r.reportTransition()
	return out, ds
}

func unchanged(items []inputItem) []outputItem {
	out := make([]outputItem, len(items))
	for i := range items {
		out[i] = outputItem{inputItem: &items[i]}
	}
	return out
}

// reconcile returns the items of the output. Items that were not generated stay. An object
// replaces the item, or the member of a List, that it was generated as before. New objects
// come last, in their order.
func (r *reconciler) reconcile(objs []encode.Object) []outputItem {
	m := r.match(objs)
	out := make([]outputItem, 0, len(r.items)+len(objs))
	taken := map[string]bool{}
	for i, it := range r.items {
		if it.doc.File != "" {
			taken[it.doc.File] = true
		}
		o, stays := r.decide(m, itemIndex{item: i, member: -1}, it)
		switch {
		case o != nil:
			out = append(out, outputItem{&inputItem{doc: it.doc, lead: it.lead}, o})
		case stays && r.listStays(m, i):
			out = append(out, outputItem{inputItem: &r.items[i]})
		}
	}
	if r.inList {
		endComment(out)
	}
	for i, o := range objs {
		if _, ok := m.existing[i]; ok {
			continue
		}
		r.transition.new = append(r.transition.new, o)
		if r.inList {
			o = r.assignFile(o, taken)
		}
		out = append(out, outputItem{added, o})
	}
	return out
}

// decide returns the object that replaces what is at a place, or nil and whether it stays.
func (r *reconciler) decide(m matches, at itemIndex, it inputItem) (encode.Object, bool) {
	owner := ownership.Of(it.doc)
	i, wanted := m.find(it.doc)
	switch {
	case owner == "":
		return nil, true
	case wanted && m.existing[i].itemIndex == at:
		o := keepAnnotations(m.objs[i], it)
		r.transition.keep(it.doc, o)
		return o, false
	case !r.scope.Has(owner):
		return nil, true
	case wanted:
		r.prune(it, "the input has it twice")
	default:
		r.transition.gone = append(r.transition.gone, it.doc)
		r.prune(it, owner+" no longer asks for it")
	}
	return nil, false
}

// An itemIndex is that of an item, or of a member of an item that is a List.
type itemIndex struct{ item, member int } // member is -1 for the item itself

// A made is something in the input that was generated before.
type made struct {
	itemIndex
	doc *source.Document
}

// matches are the objects that are wanted, and what each of them replaces.
type matches struct {
	objs     []encode.Object
	byName   map[identity]int
	existing map[int]made // by the index of the object
}

// An identity is what an object keeps from run to run. All objects of an owner are in one
// namespace, so it does not have the namespace.
type identity struct {
	source.Object
	owner string
}

func identityOf(o source.Object, owner string) identity {
	o = o.Unversioned()
	o.Namespace = ""
	return identity{o, owner}
}

// find returns the index of the object that a document was generated as. An object without
// a namespace may be of any.
func (m matches) find(doc *source.Document) (int, bool) {
	i, ok := m.byName[identityOf(doc.Object(), ownership.Of(doc))]
	return i, ok && ownership.Meet(doc.Object(), ownership.ObjectOf(m.objs[i]))
}

// match finds what each object replaces. Of two copies that is the one in the namespace of
// the object, and else the one whose file comes first, whatever the order of the items.
func (r *reconciler) match(objs []encode.Object) matches {
	m := matches{objs: objs, byName: make(map[identity]int, len(objs)), existing: map[int]made{}}
	for i, o := range objs {
		m.byName[identityOf(ownership.ObjectOf(o), o.GetAnnotations()[plan.OwnerAnnotation])] = i
	}
	for i, it := range r.items {
		m.add(made{itemIndex{i, -1}, it.doc})
		for j, member := range it.doc.Members() {
			m.add(made{itemIndex{i, j}, member})
		}
	}
	return m
}

func (m matches) add(next made) {
	i, ok := m.find(next.doc)
	if !ok {
		return
	}
	exact := func(doc *source.Document) bool { return doc.Object().Namespace == m.objs[i].GetNamespace() }
	old, ok := m.existing[i]
	switch {
	case !ok, exact(next.doc) && !exact(old.doc):
	case exact(old.doc) && !exact(next.doc), !next.doc.Before(old.doc):
		return
	}
	m.existing[i] = next
}

// endComment puts a blank line behind a comment at the end of the last item. Otherwise it
// would become the comment of the new item below, and be dropped with it.
func endComment(items []outputItem) {
	if len(items) == 0 {
		return
	}
	last := items[len(items)-1]
	lines := strings.SplitAfter(last.text, "\n")
	if n := len(lines); n > 1 && strings.HasPrefix(lines[n-2], "#") {
		last.text += "\n"
	}
}

// maxPruned is how many dropped items are reported one by one.
const maxPruned = 1000

// prune reports that an item is dropped. Of more than maxPruned it reports the number.
func (r *reconciler) prune(it inputItem, why string) {
	if r.pruned++; r.pruned > maxPruned+1 {
		r.found[r.lastPruned] = source.Diagnostic{Code: source.Pruned, Severity: source.Info, Message: fmt.Sprintf("dropped: %d more objects", r.pruned-maxPruned)}
		return
	}
	r.lastPruned = len(r.found)
	r.found = append(r.found, source.Diagnostic{Code: source.Pruned, Severity: source.Info, Object: it.doc.Object(),
		File: it.doc.File, Index: it.doc.Index, Message: "dropped: " + why})
}

// infof reports a decision about a document.
func (r *reconciler) infof(code source.Code, doc *source.Document, wayOut, format string, args ...any) {
	reporter := source.NewReporter(doc)
	reporter.Infof(code, nil, wayOut, format, args...)
	r.found = append(r.found, reporter.Diagnostics()...)
}
