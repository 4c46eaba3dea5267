package fn

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A list is a ResourceList as it came in.
type list struct {
	apiVersion     string
	preface        string // comments between "items:" and the first item
	items          []item
	functionConfig *item // nil: none
	results        []item
}

// An item is an entry of a list as it came in: a document to read, a node to write, or
// better the text that the node was read from.
type item struct {
	doc  *source.Document
	node *yaml.Node
	lead string // comment lines above the text
	text string // whole lines; "": write the node
}

// newItem places a node in the file that orchestrators say it comes from. A node that
// leans on anchors outside of itself is written out, for those may go.
func newItem(n *yaml.Node, aliases *source.Aliases) (item, source.Diagnostics) {
	doc, ds := source.FromNode("", 0, n, aliases)
	if ds != nil {
		return item{node: n}, ds
	}
	it := item{doc: doc, node: n}
	if !tree.SelfContained(n) {
		it.node = doc.Node()
	}
	doc.File = cmp.Or(it.annotation(kioutil.PathAnnotation), it.annotation(legacyPath))
	doc.Index, _ = strconv.Atoi(cmp.Or(it.annotation(kioutil.IndexAnnotation), it.annotation(legacyIndex)))
	return it, nil
}

func (it item) annotation(name string) string {
	return it.doc.Scalar("metadata", "annotations", name)
}

func (it item) annotations() map[string]string {
	all := map[string]string{}
	for name, value := range tree.Pairs(tree.Field(tree.Field(it.doc.Node(), "metadata"), "annotations")) {
		all[name] = value.Value
	}
	return all
}

const (
	listKind  = "ResourceList"
	listGroup = "config.kubernetes.io/"
)

// versions are those of the ResourceList; the last is what kpt wrote before there was a
// specification.
var versions = []string{listGroup + "v1", listGroup + "v1beta1", listGroup + "v1alpha1"}

// parse reads standard input. What is not a ResourceList makes an empty one.
func parse(data []byte) (*list, source.Diagnostics) {
	l := &list{apiVersion: versions[0]}
	if len(data) > source.MaxInput {
		return l, source.Diagnostics{source.TooLarge("")}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	root, message := onlyDocument(data)
	if root == nil {
		return l, notAList(message)
	}
	apiVersion := tree.Text(root, "apiVersion")
	switch {
	case tree.Text(root, "kind") != listKind || !strings.HasPrefix(apiVersion, listGroup):
		return l, notAList("standard input is not a ResourceList of " + versions[0])
	case !slices.Contains(versions, apiVersion):
		return l, notAList(fmt.Sprintf("there is no ResourceList of %s, only of %s", apiVersion, strings.Join(versions, ", ")))
	}
	seen := map[string]bool{}
	for i := 0; i < len(root.Content); i += 2 {
		name := root.Content[i].Value
		if seen[name] {
			return l, notAList(fmt.Sprintf("the ResourceList has the key %q twice", name))
		}
		seen[name] = true
	}
	l.apiVersion = apiVersion
	ds := l.read(root)
	if !l.writable() {
		return &list{apiVersion: apiVersion}, ds
	}
	l.keepText(string(data), root)
	return l, ds
}

// keepText gives what came in the text that it was read from: an encoder would fold
// strings anew, and move comments. That needs a ResourceList in block style, and each
// text must read as the very node that it stands for; where one does not, as in JSON, the
// whole list is written by the encoder.
func (l *list) keepText(input string, root *yaml.Node) {
	sections := edit.Split(input, root)
	if s, ok := sections["items"]; ok {
		var texts []edit.Item
		l.preface, texts = s.Items(tree.Field(root, "items"))
		keepTexts(l.items, texts)
	}
	if s, ok := sections["results"]; ok {
		_, texts := s.Items(tree.Field(root, "results"))
		keepTexts(l.results, texts)
	}
	if s, ok := sections["functionConfig"]; ok && l.functionConfig != nil {
		l.functionConfig.text = s.Value(tree.Field(root, "functionConfig"))
	}
}

func keepTexts(items []item, texts []edit.Item) {
	for i, t := range texts {
		items[i].lead, items[i].text = t.Lead, t.Text
	}
}

// writable tells whether everything can be written as it was read: not so what leans on
// anchors elsewhere, and is too large to be written out.
func (l *list) writable() bool {
	all := append(slices.Clone(l.items), l.results...)
	if l.functionConfig != nil {
		all = append(all, *l.functionConfig)
	}
	return !slices.ContainsFunc(all, func(it item) bool { return it.doc == nil && !tree.SelfContained(it.node) })
}

// onlyDocument is the root of the one document that is not empty, or the reason that
// there is none.
func onlyDocument(data []byte) (root *yaml.Node, message string) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF) && root == nil:
			return nil, "standard input is empty"
		case errors.Is(err, io.EOF):
			return root, ""
		case err != nil:
			return nil, "standard input is not YAML: " + err.Error()
		case doc.Kind != yaml.DocumentNode || doc.Content[0].ShortTag() == "!!null":
		case root != nil:
			return nil, "standard input has more than one document"
		default:
			root = doc.Content[0]
		}
	}
}

// tell adds what was not told yet: of an item that is not read there is no name to tell it
// by, and a limit that one is over, all others are.
func tell(ds, found source.Diagnostics) source.Diagnostics {
	for _, d := range found {
		if !slices.ContainsFunc(ds, func(old source.Diagnostic) bool { return old.Message == d.Message }) {
			ds = append(ds, d)
		}
	}
	return ds
}

// read takes the fields of a ResourceList, as many as can be read.
func (l *list) read(root *yaml.Node) source.Diagnostics {
	var ds source.Diagnostics
	var aliases source.Aliases
	list := func(n *yaml.Node, complaint string) (out []item) {
		switch {
		case n == nil || n.ShortTag() == "!!null":
		case n.Kind != yaml.SequenceNode:
			ds = append(ds, notAList(complaint)...)
		default:
			for _, c := range n.Content {
				it, found := newItem(c, &aliases)
				out, ds = append(out, it), tell(ds, found)
			}
		}
		return out
	}
	if config := tree.Field(root, "functionConfig"); config != nil && config.ShortTag() != "!!null" {
		it, found := newItem(config, &aliases)
		l.functionConfig, ds = &it, tell(ds, found)
	}
	results := tree.Field(root, "results")
	if nested := tree.Field(results, "results"); nested != nil {
		results = nested // v1beta1 had them under a name
	}
	l.results = list(results, "the results of the ResourceList are not a list")
	items := tree.Field(root, "items")
	if items == nil {
		return append(ds, notAList("the ResourceList has no items")...)
	}
	l.items = list(items, "the items of the ResourceList are not a list")
	return ds
}

func notAList(message string) source.Diagnostics {
	return source.Diagnostics{{Code: source.NotAResourceList, Severity: source.Error, Message: message,
		WayOut: "pipe a ResourceList in, as kustomize and kpt do; to render files: sallyport render FILE"}}
}
