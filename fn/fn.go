// Package fn is the KRM door: a ResourceList comes in and goes out. What was generated
// before is replaced, what is no longer wanted is dropped, what is not ours stays.
// It reads nothing but its input. Contract: the KRM Functions Specification v1.
package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Run reads a ResourceList, runs the function and writes the ResourceList that comes of
// it, whatever happens; errors and warnings go to stderr as well, because kustomize
// shows no results. It tells whether the function succeeded; the error is the world's.
func Run(stdin io.Reader, stdout, stderr io.Writer) (bool, error) {
	data, err := io.ReadAll(stdin)
	if err != nil {
		return false, fmt.Errorf("reading the ResourceList: %w", err)
	}
	list, ds := parse(data)
	out := list.entries()
	if ds == nil {
		out, ds = list.process()
	}
	if ds.Failed() {
		out = list.entries()
	}
	for _, d := range ds.AtLeast(source.Warning) {
		fmt.Fprintln(stderr, "sallyport:", d)
	}
	if err := list.write(stdout, out, ds); err != nil {
		return false, fmt.Errorf("writing the ResourceList: %w", err)
	}
	return !ds.Failed(), nil
}

// A list is a ResourceList as it came in.
type list struct {
	apiVersion     string
	items          []*yaml.Node
	functionConfig *yaml.Node // nil: none
	results        []*yaml.Node
}

// An entry is an item as it goes out: one that came in, or a generated one.
type entry struct {
	node   *yaml.Node
	object generators.Object
	at     *yaml.Node // the item in whose place the object stands; nil: it is new
}

const (
	listKind       = "ResourceList"
	listGroup      = "config.kubernetes.io/"
	listAPIVersion = listGroup + "v1"
)

// parse reads standard input. What is not a ResourceList makes an empty one.
func parse(data []byte) (*list, source.Diagnostics) {
	l := &list{apiVersion: listAPIVersion}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return l, notAList("standard input is not YAML: " + err.Error())
	}
	if doc.Kind != yaml.DocumentNode {
		return l, notAList("standard input is empty")
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return l, notAList("standard input has more than one document")
	}
	root := doc.Content[0]
	apiVersion, kind := field(root, "apiVersion"), field(root, "kind")
	if kind == nil || kind.Value != listKind || apiVersion == nil || !bytes.HasPrefix([]byte(apiVersion.Value), []byte(listGroup)) {
		return l, notAList("standard input is not a ResourceList of " + listGroup + "v1")
	}
	l.apiVersion = apiVersion.Value
	l.functionConfig = field(root, "functionConfig")
	if r := field(root, "results"); r != nil {
		l.results = r.Content
	}
	items := field(root, "items")
	if items == nil || items.Kind != yaml.SequenceNode && items.ShortTag() != "!!null" {
		return l, notAList("the ResourceList has no list of items")
	}
	l.items = items.Content
	return l, nil
}

func notAList(message string) source.Diagnostics {
	return source.Diagnostics{{Code: source.NotAResourceList, Severity: source.Error, Message: message,
		WayOut: "pipe a ResourceList in, as kustomize and kpt do; to render files: sallyport render FILE"}}
}

// field returns a mapping's value, or nil.
func field(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		var value *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				value = n.Content[i+1]
			}
		}
		n = value
	}
	return n
}

// entries are the items as they came in.
func (l *list) entries() []entry {
	out := make([]entry, len(l.items))
	for i, n := range l.items {
		out[i] = entry{node: n}
	}
	return out
}

// process is the function: specs in, reconciled items out.
func (l *list) process() ([]entry, source.Diagnostics) {
	docs, ds := l.documents()
	r := reconciler{list: l, whole: !l.configIsSpec() || l.configIsItem(), files: true}
	out, ds := r.run(docs, ds)
	if !ds.Failed() && l.alone() {
		l.hash(out)
		r.infof(source.CrossSpec, r.specs[0].Doc, "kustomize shows a generator one spec: run sallyport validate over all of them",
			"nothing was checked against other specs and Services")
	}
	return out, append(ds, r.found...).Sorted()
}

// documents are the items and the function's config, where it says anything.
func (l *list) documents() ([]*source.Document, source.Diagnostics) {
	var docs []*source.Document
	var ds source.Diagnostics
	add := func(n *yaml.Node) {
		path, index, _ := kioutil.GetFileAnnotations(yaml.NewRNode(n))
		i := 0
		_, _ = fmt.Sscan(index, &i)
		doc, found := source.FromNode(path, i, n)
		if ds = append(ds, found...); doc != nil {
			docs = append(docs, doc)
		}
	}
	for _, n := range l.items {
		add(n)
	}
	switch {
	case l.configIsSpec():
		add(l.functionConfig)
	case l.functionConfig != nil && !placeholder(l.functionConfig):
		o := object(l.functionConfig)
		ds = append(ds, source.Diagnostic{Code: source.UnknownKind, Severity: source.Error, Object: o,
			Message: fmt.Sprintf("the functionConfig is a %s of %q", o.Kind, o.APIVersion),
			WayOut:  fmt.Sprintf("hand over an %s or %s of %s, or none and let them stand among the items", v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints, v1alpha1.APIVersion)})
	}
	return docs, ds
}

// placeholder tells whether a config is the empty ConfigMap that kpt hands over where
// the user gives none.
func placeholder(n *yaml.Node) bool {
	data := field(n, "data")
	return field(n, "kind") != nil && field(n, "kind").Value == "ConfigMap" && (data == nil || len(data.Content) == 0)
}

func (l *list) configIsSpec() bool {
	if l.functionConfig == nil {
		return false
	}
	doc, ds := source.FromNode("", 0, l.functionConfig)
	return ds == nil && v1alpha1.Ours(doc)
}

// configIsItem tells whether the config stands in a file of the package as well, as in
// a kpt pipeline with a configPath.
func (l *list) configIsItem() bool {
	for _, n := range l.items {
		if object(n) == object(l.functionConfig) && !l.echo(n) {
			return true
		}
	}
	return false
}

// alone tells whether the function sees one spec and nothing else, as kustomize's
// generators do.
func (l *list) alone() bool {
	if !l.configIsSpec() {
		return false
	}
	for _, n := range l.items {
		if !l.echo(n) {
			return false
		}
	}
	return true
}

// echo tells whether an item is the config that kustomize adds to a generator's items.
// It is dropped: two generators of one name, in a base and in an overlay, would clash
// over it. What has a path is a file's and stays.
func (l *list) echo(n *yaml.Node) bool {
	path, _, _ := kioutil.GetFileAnnotations(yaml.NewRNode(n))
	local := field(n, "metadata", "annotations", "config.kubernetes.io/local-config")
	return l.functionConfig != nil && path == "" && local != nil && local.Value == "true" &&
		object(n) == object(l.functionConfig)
}

func object(n *yaml.Node) source.Object {
	text := func(path ...string) string {
		if v := field(n, path...); v != nil {
			return v.Value
		}
		return ""
	}
	return source.Object{APIVersion: text("apiVersion"), Kind: text("kind"),
		Namespace: text("metadata", "namespace"), Name: text("metadata", "name")}
}
