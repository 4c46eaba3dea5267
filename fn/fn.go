// Package fn is the KRM function, and the filter that does the same for a stream of
// manifests. It replaces objects that were generated before, drops those that no spec asks
// for any more, and injects into StatefulSets. All other objects stay as they are: byte for
// byte if they came as YAML in block style. It reads nothing but its input. The contract is
// the KRM Functions Specification v1.
package fn

import (
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Run runs the function over the text of a ResourceList and writes the ResourceList that results from
// it, even after an error in the input. Errors and warnings go to stderr as well, because
// kustomize does not show results. Run reports whether the function succeeded. The error is
// one of writing.
func Run(text string, stdout, stderr io.Writer) (bool, error) {
	list, ds := parse(text)
	var out []outputItem
	if ds == nil {
		out, ds = list.process()
	}
	if ds.Failed() {
		out = unchanged(list.items)
	}
	ds.AtLeast(source.Warning).Print(stderr, "sallyport: ")
	if err := list.write(stdout, out, ds); err != nil {
		return false, fmt.Errorf("writing the ResourceList: %w", err)
	}
	return !ds.Failed(), nil
}

// process is the function: it takes the specs in the list and returns the new items.
func (l *resourceList) process() ([]outputItem, source.Diagnostics) {
	docs, ds := l.documents()
	items := l.items // they are edited only if nothing has failed
	if slices.ContainsFunc(items, l.isConfigCopy) {
		items = slices.DeleteFunc(slices.Clone(items), l.isConfigCopy)
	}
	r := reconciler{items: items, allSpecs: !l.configIsSpec() || l.configIsItem(), inList: true}
	out, ds := r.run(docs, ds)
	if !ds.Failed() && l.configIsSpec() && len(items) == 0 {
		l.requestHashes(out)
		r.infof(source.CrossSpec, r.specs[0].Doc, "kustomize passes one spec to a generator: run sallyport validate over all specs",
			"the spec was not checked against other specs and Services")
	}
	return out, append(ds, r.found...).Sorted()
}

// documents returns the items, and the functionConfig if it is a spec.
func (l *resourceList) documents() ([]*source.Document, source.Diagnostics) {
	var docs []*source.Document
	for _, it := range l.items {
		docs = append(docs, it.doc)
	}
	switch {
	case l.configIsSpec():
		docs = append(docs, l.functionConfig.doc)
	case l.functionConfig != nil && v1alpha1.IsProfile(l.functionConfig.doc):
		r := source.NewReporter(l.functionConfig.doc)
		r.Errorf(source.UnknownKind, source.Path{}.Field("kind"), "put the profile among the items, and pass a spec that names it, or none",
			"the functionConfig is a profile, from which nothing is generated")
		docs = append(docs, l.functionConfig.doc) // so that the specs find it, and are not wrong too
		return docs, r.Diagnostics()
	case l.functionConfig != nil && !isEmptyConfig(l.functionConfig):
		o := l.functionConfig.doc.Object()
		return docs, source.Diagnostics{{Code: source.UnknownKind, Severity: source.Error, Object: o,
			Message: fmt.Sprintf("the functionConfig is a %s of %q", o.Kind, o.APIVersion),
			WayOut:  fmt.Sprintf("pass an %s or %s of %s, or pass none and put the specs among the items", v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints, v1alpha1.APIVersion)}}
	}
	return docs, nil
}

// isEmptyConfig reports whether a config is empty, or is the ConfigMap without data that
// kpt passes when the user gives no config.
func isEmptyConfig(config *inputItem) bool {
	root := config.doc.Node()
	data := tree.Field(root, "data")
	return root.Kind == yaml.MappingNode && len(root.Content) == 0 ||
		config.doc.Object().Kind == "ConfigMap" && (data == nil || len(data.Content) == 0)
}

func (l *resourceList) configIsSpec() bool {
	return l.functionConfig != nil && v1alpha1.Ours(l.functionConfig.doc) && !v1alpha1.IsProfile(l.functionConfig.doc)
}

// configIsItem reports whether the config is also a file of the package, as in a kpt
// pipeline with a configPath.
func (l *resourceList) configIsItem() bool {
	return slices.ContainsFunc(l.items, func(it inputItem) bool {
		return it.doc.Object() == l.functionConfig.doc.Object() && !l.isConfigCopy(it)
	})
}

// isConfigCopy reports whether an item is the copy of the config that kustomize adds to the
// items of a generator. Such a copy is dropped: two generators of the same name, one in a
// base and one in an overlay, would clash over it. An item that has a path comes from a
// file and stays.
func (l *resourceList) isConfigCopy(it inputItem) bool {
	return l.functionConfig != nil && it.doc.File == "" &&
		it.annotation("config.kubernetes.io/local-config") == "true" &&
		it.doc.Object() == l.functionConfig.doc.Object()
}
