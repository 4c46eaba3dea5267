package fn

import (
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
}

// An outputItem is an item of the output. It is one of the input, or else an object, with
// the comments and the node of the item that it replaces.
type outputItem struct {
	inputItem
	object encode.Object
}

// run takes documents and returns the items of the output. The function and the filter have
// it in common.
func (r *reconciler) run(docs []*source.Document, ds source.Diagnostics) ([]outputItem, source.Diagnostics) {
	specs, others, more := generators.Read(docs)
	ds = append(ds, more...)
	r.specs, r.scope = specs, ownership.NewScope(specs, r.allSpecs)
	in, more := newInjector(r, others)
	ds = append(ds, more...)
	made := generators.Run(specs, slices.DeleteFunc(others, r.scope.HasDocument))
	if ds = append(ds, made.Diagnostics...); ds.Failed() {
		return nil, ds
	}
	if ds = append(ds, in.inject(made.Injected())...); ds.Failed() {
		return nil, ds
	}
	return r.reconcile(made.AllObjects()), ds
}

func unchanged(items []inputItem) []outputItem {
	out := make([]outputItem, len(items))
	for i, it := range items {
		out[i] = outputItem{inputItem: it}
	}
	return out
}

// reconcile returns the items of the output. Items that were not generated stay. An object
// replaces the item that it was generated as before. New objects come last, in their order.
func (r *reconciler) reconcile(objs []encode.Object) []outputItem {
	wanted := make(map[source.Object]encode.Object, len(objs))
	for _, o := range objs {
		wanted[ownership.ObjectOf(o).Unversioned()] = o
	}
	replaced := r.replaced(wanted)
	out := make([]outputItem, 0, len(r.items)+len(objs))
	taken := map[string]bool{}
	for i, it := range r.items {
		if it.doc.File != "" {
			taken[it.doc.File] = true
		}
		owner, k := ownership.Of(it.doc), it.doc.Object().Unversioned()
		at, replaces := replaced[k]
		switch {
		case owner == "":
			out = append(out, outputItem{inputItem: it})
		case replaces && at == i:
			out = append(out, outputItem{inputItem: inputItem{lead: it.lead, node: it.node}, object: keepAnnotations(wanted[k], it)})
		case replaces && r.scope.Has(owner):
			r.prune(it, "the input has it twice")
		case r.scope.Has(owner):
			r.prune(it, owner+" no longer asks for it")
		default:
			out = append(out, outputItem{inputItem: it})
		}
	}
	if r.inList {
		endComment(out)
	}
	for _, o := range objs {
		if _, ok := replaced[ownership.ObjectOf(o).Unversioned()]; ok {
			continue
		}
		if r.inList {
			o = r.assignFile(o, taken)
		}
		out = append(out, outputItem{object: o})
	}
	return out
}

// replaced returns, for each object, the index of the item that it replaces. Of two copies
// that is the one whose file comes first, whatever the order of the items.
func (r *reconciler) replaced(wanted map[source.Object]encode.Object) map[source.Object]int {
	replaced := map[source.Object]int{}
	for i, it := range r.items {
		k := it.doc.Object().Unversioned()
		o, ok := wanted[k]
		if !ok || o.GetAnnotations()[plan.OwnerAnnotation] != ownership.Of(it.doc) {
			continue
		}
		if at, ok := replaced[k]; !ok || it.doc.Before(r.items[at].doc) {
			replaced[k] = i
		}
	}
	return replaced
}

// endComment puts a blank line behind a comment at the end of the last item. Otherwise it
// would become the comment of the new item below, and be dropped with it.
func endComment(items []outputItem) {
	if len(items) == 0 {
		return
	}
	last := &items[len(items)-1]
	lines := strings.SplitAfter(last.text, "\n")
	if n := len(lines); n > 1 && strings.HasPrefix(lines[n-2], "#") {
		last.text += "\n"
	}
}

// prune reports that an item is dropped.
func (r *reconciler) prune(it inputItem, why string) {
	r.found = append(r.found, source.Diagnostic{Code: source.Pruned, Severity: source.Info, Object: it.doc.Object(),
		File: it.doc.File, Index: it.doc.Index, Message: "dropped: " + why})
}

// infof reports a decision about a document.
func (r *reconciler) infof(code source.Code, doc *source.Document, wayOut, format string, args ...any) {
	reporter := source.NewReporter(doc)
	reporter.Infof(code, nil, wayOut, format, args...)
	r.found = append(r.found, reporter.Diagnostics()...)
}
