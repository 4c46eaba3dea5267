package fn

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A reconciler puts generated objects in the place of those that were generated before.
type reconciler struct {
	items []item
	specs []*v1alpha1.Spec
	scope ownership.Scope
	whole bool // the specs are those of the package: what has no spec is an orphan
	files bool // the items have files, and so does what is new
	found source.Diagnostics
}

// An entry is an item as it goes out: one that came in, or else an object with the
// comments and the node of the one that it replaces.
type entry struct {
	item
	object generators.Object
}

// run is what all doors have in common: documents in, reconciled items out.
func (r *reconciler) run(docs []*source.Document, ds source.Diagnostics) ([]entry, source.Diagnostics) {
	specs, others, more := generators.Read(docs)
	ds = append(ds, more...)
	r.specs, r.scope = specs, ownership.NewScope(specs, r.whole)
	in, more := newInjector(r, others)
	ds = append(ds, more...)
	objs, patches, more := generators.GenerateInjecting(specs, slices.DeleteFunc(others, r.scope.HasDocument))
	if ds = append(ds, more...); ds.Failed() {
		return nil, ds
	}
	if ds = append(ds, in.inject(patches)...); ds.Failed() {
		return nil, ds
	}
	return r.reconcile(objs), ds
}

func asTheyCame(items []item) []entry {
	out := make([]entry, len(items))
	for i, it := range items {
		out[i] = entry{item: it}
	}
	return out
}

// reconcile returns the items: what is not ours as it was, what is ours and wanted anew
// at its place, what is new at the end in the order of the objects.
func (r *reconciler) reconcile(objs []generators.Object) []entry {
	wanted := make(map[source.Object]generators.Object, len(objs))
	for _, o := range objs {
		wanted[ownership.ObjectOf(o).Unversioned()] = o
	}
	places := r.places(wanted)
	out := make([]entry, 0, len(r.items)+len(objs))
	taken := map[string]bool{}
	for i, it := range r.items {
		if it.doc.File != "" {
			taken[it.doc.File] = true
		}
		owner, k := ownership.Of(it.doc), it.doc.Object().Unversioned()
		at, placed := places[k]
		switch {
		case owner == "":
			out = append(out, entry{item: it})
		case placed && at == i:
			out = append(out, entry{item: item{lead: it.lead, node: it.node}, object: keep(wanted[k], it)})
		case placed && r.scope.Has(owner):
			r.prune(it, "it is there twice")
		case r.scope.Has(owner):
			r.prune(it, owner+" does not want it any more")
		default:
			out = append(out, entry{item: it})
		}
	}
	if r.files {
		separate(out)
	}
	for _, o := range objs {
		if _, placed := places[ownership.ObjectOf(o).Unversioned()]; placed {
			continue
		}
		if r.files {
			o = r.file(o, taken)
		}
		out = append(out, entry{object: o})
	}
	return out
}

// places finds the item that each object replaces; of two copies the one whose file comes
// first, whatever order they came in.
func (r *reconciler) places(wanted map[source.Object]generators.Object) map[source.Object]int {
	places := map[source.Object]int{}
	for i, it := range r.items {
		k := it.doc.Object().Unversioned()
		o, ok := wanted[k]
		if !ok || o.GetAnnotations()[generators.OwnerAnnotation] != ownership.Of(it.doc) {
			continue
		}
		if at, ok := places[k]; !ok || it.doc.Before(r.items[at].doc) {
			places[k] = i
		}
	}
	return places
}

// separate keeps a comment at the end of the last item from becoming the next one's,
// which may go some day.
func separate(entries []entry) {
	if len(entries) == 0 {
		return
	}
	last := &entries[len(entries)-1]
	lines := strings.SplitAfter(last.text, "\n")
	if n := len(lines); n > 1 && strings.HasPrefix(lines[n-2], "#") {
		last.text += "\n"
	}
}

func (r *reconciler) prune(it item, why string) {
	r.found = append(r.found, source.Diagnostic{Code: source.Pruned, Severity: source.Info, Object: it.doc.Object(),
		File: it.doc.File, Index: it.doc.Index, Message: "dropped: " + why})
}

func (r *reconciler) infof(code source.Code, doc *source.Document, wayOut, format string, args ...any) {
	reporter := source.NewReporter(doc)
	reporter.Infof(code, nil, wayOut, format, args...)
	r.found = append(r.found, reporter.Diagnostics()...)
}

// The places of an item in the words of kpt before v1 and of older tools.
const (
	legacyPath  = kioutil.LegacyPathAnnotation  //nolint:staticcheck // SA1019: they still write them.
	legacyIndex = kioutil.LegacyIndexAnnotation //nolint:staticcheck // SA1019: as above.
)

// orchestrators keep what they know of an item in annotations of these names.
func orchestrators(name string) bool {
	return strings.HasPrefix(name, "internal.config.kubernetes.io/") ||
		strings.HasPrefix(name, "config.k8s.io/") ||
		name == "kustomize.config.k8s.io/id" || name == needsHash ||
		name == legacyPath || name == legacyIndex
}

// keep carries over what orchestrators wrote on the item that an object replaces: its
// file, its place, the id by which they bring comments back.
func keep(o generators.Object, it item) generators.Object {
	more := map[string]string{}
	for name, value := range it.annotations() {
		if orchestrators(name) {
			more[name] = value
		}
	}
	return annotated(o, more)
}

// file gives a new object a file beside its spec's: DIR/SPEC/KIND_NAME.yaml, or a longer
// name where that is taken. A spec that is the config alone counts as one of the package's
// folder. Where nothing has a file, as in kustomize, nothing is said.
func (r *reconciler) file(o generators.Object, taken map[string]bool) generators.Object {
	i := slices.IndexFunc(r.specs, func(s *v1alpha1.Spec) bool { return s.Owner() == o.GetAnnotations()[generators.OwnerAnnotation] })
	doc := r.specs[i].Doc
	if doc.File == "" && len(taken) == 0 {
		return o
	}
	dir, base := path.Join(path.Dir(doc.File), doc.Object().Name), strings.ToLower(ownership.ObjectOf(o).Kind)+"_"+o.GetName()
	file := path.Join(dir, base+".yaml")
	if taken[file] && o.GetNamespace() != "" {
		base = o.GetNamespace() + "_" + base
		file = path.Join(dir, base+".yaml")
	}
	for n := 2; taken[file]; n++ {
		file = path.Join(dir, fmt.Sprintf("%s_%d.yaml", base, n))
	}
	taken[file] = true
	more := map[string]string{kioutil.PathAnnotation: file}
	if doc.Scalar("metadata", "annotations", legacyPath) != "" {
		more[legacyPath] = file
	}
	return annotated(o, more)
}

// annotated adds annotations without changing a map that other objects share.
func annotated(o generators.Object, more map[string]string) generators.Object {
	if len(more) > 0 {
		all := maps.Clone(o.GetAnnotations())
		maps.Copy(all, more)
		o.SetAnnotations(all)
	}
	return o
}
