package fn

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A reconciler puts generated objects in the place of those that were generated before.
type reconciler struct {
	*list
	specs []*v1alpha1.Spec
	whole bool // the specs are those of the package: what has no spec is an orphan
	files bool // the items have files, and so does what is new
	found source.Diagnostics
}

// run is what all doors have in common: documents in, reconciled items out.
func (r *reconciler) run(docs []*source.Document, ds source.Diagnostics) ([]entry, source.Diagnostics) {
	specs, others, more := generators.Read(docs)
	ds = append(ds, more...)
	r.specs = specs
	objs, more := generators.Generate(specs, slices.DeleteFunc(others, r.goes))
	if ds = append(ds, more...); ds.Failed() {
		return nil, ds
	}
	return r.reconcile(objs), ds
}

// reconcile returns the items: what is not ours as it was, what is ours and wanted anew
// at its place, what is new at the end in the order of the objects.
func (r *reconciler) reconcile(objs []generators.Object) []entry {
	wanted := make(map[source.Object]generators.Object, len(objs))
	for _, o := range objs {
		wanted[key(reference(o))] = o
	}
	out := make([]entry, 0, len(r.items)+len(objs))
	placed := map[source.Object]bool{}
	for _, n := range r.items {
		owner := annotation(n, generators.OwnerAnnotation)
		k := key(object(n))
		o, ok := wanted[k]
		switch {
		case r.echo(n):
		case owner == "":
			out = append(out, entry{node: n})
		case ok && o.GetAnnotations()[generators.OwnerAnnotation] == owner && !placed[k]:
			placed[k] = true
			out = append(out, entry{object: keep(o, n), at: n})
		case r.owns(owner):
			r.prune(n, owner)
		default:
			out = append(out, entry{node: n})
		}
	}
	taken := map[string]bool{}
	for _, n := range r.items {
		file, _, _ := kioutil.GetFileAnnotations(yaml.NewRNode(n))
		taken[file] = true
	}
	for _, o := range objs {
		if placed[key(reference(o))] {
			continue
		}
		if r.files {
			o = r.file(o, taken)
		}
		out = append(out, entry{object: o})
	}
	return out
}

// goes tells whether a document is one that reconciling drops, so that it takes nothing
// from what comes instead.
func (r *reconciler) goes(doc *source.Document) bool {
	owner := doc.Scalar("metadata", "annotations", generators.OwnerAnnotation)
	return owner != "" && r.owns(owner)
}

// owns tells whether an owner's objects are this run's to drop: those of its specs, and
// in a whole package those whose spec is gone.
func (r *reconciler) owns(owner string) bool {
	if r.whole {
		return true
	}
	for _, s := range r.specs {
		if s.Owner() == owner {
			return true
		}
	}
	return false
}

func (r *reconciler) prune(n *yaml.Node, owner string) {
	file, _, _ := kioutil.GetFileAnnotations(yaml.NewRNode(n))
	r.found = append(r.found, source.Diagnostic{Code: source.Pruned, Severity: source.Info, Object: object(n), File: file,
		Message: fmt.Sprintf("dropped: %s does not want it any more", owner)})
}

func (r *reconciler) infof(code source.Code, doc *source.Document, wayOut, format string, args ...any) {
	reporter := source.NewReporter(doc)
	reporter.Infof(code, nil, wayOut, format, args...)
	r.found = append(r.found, reporter.Diagnostics()...)
}

// key leaves the version of an API group out: an object is the same in all of them.
func key(o source.Object) source.Object {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group = ""
	}
	o.APIVersion = group
	return o
}

func reference(o generators.Object) source.Object {
	gvk := o.GetObjectKind().GroupVersionKind()
	return source.Object{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}
}

func annotation(n *yaml.Node, name string) string {
	if v := field(n, "metadata", "annotations", name); v != nil {
		return v.Value
	}
	return ""
}

// orchestrators keep what they know of an item in annotations of these names.
func orchestrators(name string) bool {
	return strings.HasPrefix(name, "internal.config.kubernetes.io/") ||
		strings.HasPrefix(name, "config.k8s.io/") ||
		name == "kustomize.config.k8s.io/id" || name == needsHash ||
		name == kioutil.LegacyPathAnnotation || name == kioutil.LegacyIndexAnnotation //nolint:staticcheck // SA1019: kpt and older tools still write them.
}

// keep carries over what orchestrators wrote on the item that an object replaces: its
// file, its place, the id by which they bring comments back.
func keep(o generators.Object, n *yaml.Node) generators.Object {
	old := field(n, "metadata", "annotations")
	more := map[string]string{}
	for i := 0; old != nil && i+1 < len(old.Content); i += 2 {
		if name := old.Content[i].Value; orchestrators(name) {
			more[name] = old.Content[i+1].Value
		}
	}
	return annotated(o, more)
}

// file gives a new object a file beside its spec's: DIR/SPEC/KIND_NAME.yaml. Without
// one, as in kustomize, nothing is said.
func (r *reconciler) file(o generators.Object, taken map[string]bool) generators.Object {
	for _, s := range r.specs {
		if s.Doc.File == "" || s.Owner() != o.GetAnnotations()[generators.OwnerAnnotation] {
			continue
		}
		dir := path.Join(path.Dir(s.Doc.File), s.Object().Name)
		base := strings.ToLower(reference(o).Kind) + "_" + o.GetName() + ".yaml"
		file := path.Join(dir, base)
		if taken[file] {
			file = path.Join(dir, o.GetNamespace()+"_"+base)
		}
		taken[file] = true
		return annotated(o, map[string]string{kioutil.PathAnnotation: file})
	}
	return o
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
