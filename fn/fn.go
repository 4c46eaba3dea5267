// Package fn is the KRM door: a ResourceList comes in and goes out. What was generated
// before is replaced, what is no longer wanted is dropped, what is not ours stays, byte
// for byte where it came as block-style YAML. It reads nothing but its input. Contract:
// the KRM Functions Specification v1.
package fn

import (
	"fmt"
	"io"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Run reads a ResourceList, runs the function and writes the ResourceList that comes of
// it, whatever happens; errors and warnings go to stderr as well, because kustomize
// shows no results. It tells whether the function succeeded; the error is the world's.
func Run(stdin io.Reader, stdout, stderr io.Writer) (bool, error) {
	data, err := io.ReadAll(io.LimitReader(stdin, source.MaxInput+1))
	if err != nil {
		return false, fmt.Errorf("reading the ResourceList: %w", err)
	}
	list, ds := parse(data)
	var out []entry
	if ds == nil {
		out, ds = list.process()
	}
	if ds.Failed() {
		out = asTheyCame(list.items)
	}
	ds.AtLeast(source.Warning).Print(stderr, "sallyport: ")
	if err := list.write(stdout, out, ds); err != nil {
		return false, fmt.Errorf("writing the ResourceList: %w", err)
	}
	return !ds.Failed(), nil
}

// process is the function: specs in, reconciled items out.
func (l *list) process() ([]entry, source.Diagnostics) {
	docs, ds := l.documents()
	items := slices.DeleteFunc(slices.Clone(l.items), l.echo)
	r := reconciler{items: items, whole: !l.configIsSpec() || l.configIsItem(), files: true}
	out, ds := r.run(docs, ds)
	if !ds.Failed() && l.configIsSpec() && len(items) == 0 {
		l.hash(out)
		r.infof(source.CrossSpec, r.specs[0].Doc, "kustomize shows a generator one spec: run sallyport validate over all of them",
			"nothing was checked against other specs and Services")
	}
	return out, append(ds, r.found...).Sorted()
}

// documents are the items and the function's config, where it says anything.
func (l *list) documents() ([]*source.Document, source.Diagnostics) {
	var docs []*source.Document
	for _, it := range l.items {
		docs = append(docs, it.doc)
	}
	switch {
	case l.configIsSpec():
		docs = append(docs, l.functionConfig.doc)
	case l.functionConfig != nil && !placeholder(l.functionConfig):
		o := l.functionConfig.doc.Object()
		return docs, source.Diagnostics{{Code: source.UnknownKind, Severity: source.Error, Object: o,
			Message: fmt.Sprintf("the functionConfig is a %s of %q", o.Kind, o.APIVersion),
			WayOut:  fmt.Sprintf("hand over an %s or %s of %s, or none and let them stand among the items", v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints, v1alpha1.APIVersion)}}
	}
	return docs, nil
}

// placeholder tells whether a config is empty, or the empty ConfigMap that kpt hands over
// where the user gives none.
func placeholder(config *item) bool {
	root := config.doc.Node()
	data := tree.Field(root, "data")
	return root.Kind == yaml.MappingNode && len(root.Content) == 0 ||
		config.doc.Object().Kind == "ConfigMap" && (data == nil || len(data.Content) == 0)
}

func (l *list) configIsSpec() bool {
	return l.functionConfig != nil && v1alpha1.Ours(l.functionConfig.doc)
}

// configIsItem tells whether the config stands in a file of the package as well, as in
// a kpt pipeline with a configPath.
func (l *list) configIsItem() bool {
	return slices.ContainsFunc(l.items, func(it item) bool {
		return it.doc.Object() == l.functionConfig.doc.Object() && !l.echo(it)
	})
}

// echo tells whether an item is the config that kustomize adds to a generator's items.
// It is dropped: two generators of one name, in a base and in an overlay, would clash
// over it. What has a path is a file's and stays.
func (l *list) echo(it item) bool {
	return l.functionConfig != nil && it.doc.File == "" &&
		it.annotation("config.kubernetes.io/local-config") == "true" &&
		it.doc.Object() == l.functionConfig.doc.Object()
}
