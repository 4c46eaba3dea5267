package fn

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// A resourceList is a ResourceList as it was read.
type resourceList struct {
	apiVersion     string
	preface        string // comments between "items:" and the first item
	items          []inputItem
	functionConfig *inputItem // nil: none
	results        []inputItem

	starts    []int // the first item of each node of the list that was parsed, which may stand for several
	itemsKept bool  // the items have their texts
}

// An inputItem is an entry of a ResourceList, or a document of a stream, as it was read.
type inputItem struct {
	doc  *source.Document
	node *yaml.Node // to write, if there is no text; nil in a stream, and of what is not parsed
	lead string     // comment lines above the text
	text string     // whole lines that the node was read from; "": write the node
}

// newItem returns the item of a node. Its file is the one that orchestrators name in
// annotations. Aliases of anchors outside of the node are expanded, because the anchors may
// be dropped.
func newItem(n *yaml.Node, aliases *source.Aliases) (inputItem, source.Diagnostics) {
	doc, ds := source.FromNode("", 0, n, aliases)
	if ds != nil {
		return inputItem{node: n}, ds
	}
	it := inputItem{doc: doc, node: n}
	if !tree.SelfContained(n) {
		it.node = doc.Node()
	}
	it.readFile()
	return it, nil
}

// unreadItem returns an item that is not parsed.
func unreadItem(e source.Entry) inputItem {
	it := inputItem{doc: e.Doc, lead: e.Lead, text: e.Text}
	it.readFile()
	return it
}

// readFile reads which file the item is from, and where it is there.
func (it inputItem) readFile() {
	it.doc.File = cmp.Or(it.annotation(pathAnnotation), it.annotation(legacyPath))
	if index := cmp.Or(it.annotation(indexAnnotation), it.annotation(legacyIndex)); index != "" {
		it.doc.Index, _ = strconv.Atoi(index)
	}
}

func (it inputItem) annotation(name string) string {
	return it.doc.Scalar("metadata", "annotations", name)
}

func (it inputItem) annotations() map[string]string {
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

// versions are the versions of the ResourceList that can be read. The last is what kpt wrote
// before there was a specification.
var versions = []string{listGroup + "v1", listGroup + "v1beta1", listGroup + "v1alpha1"}

// parse reads standard input. If it is not a ResourceList, the list that is returned is
// empty.
func parse(text string) (*resourceList, source.Diagnostics) {
	if ds := source.TooLong("", text); ds != nil {
		return &resourceList{apiVersion: versions[0]}, ds
	}
	text = source.AsYAML(strings.TrimPrefix(text, "\ufeff"))
	thinned := source.ThinList(text)
	for {
		if ds := thinned.TooHeavy(); ds != nil {
			return &resourceList{apiVersion: versions[0]}, ds
		}
		if l, ds := parseThinned(thinned); thinned.Complete() && (l.itemsKept || thinned.Weight == 0) {
			return l, ds
		}
		thinned = &source.Thinned{Text: text} // some of it is text that looks like items, or the encoder has to write the items
	}
}

// parseThinned is parse for a list that may be thinned.
func parseThinned(thinned *source.Thinned) (*resourceList, source.Diagnostics) {
	l := &resourceList{apiVersion: versions[0]}
	root, message := onlyDocument(thinned.Text)
	if root == nil {
		ds := notAList(message)
		if message == twoDocuments {
			ds[0].WayOut = manifestsInstead
		}
		return l, ds
	}
	apiVersion := tree.Text(root, "apiVersion")
	switch {
	case tree.Text(root, "kind") != listKind || !strings.HasPrefix(apiVersion, listGroup):
		ds := notAList("standard input is not a ResourceList of " + versions[0])
		ds[0].WayOut = manifestsInstead
		return l, ds
	case !slices.Contains(versions, apiVersion):
		return l, notAList(fmt.Sprintf("apiVersion %s is not supported for a ResourceList: it must be one of %s", apiVersion, strings.Join(versions, ", ")))
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
	ds := l.read(root, thinned)
	if !l.writable() {
		return &resourceList{apiVersion: apiVersion}, ds
	}
	l.keepText(thinned.Text, root)
	return l, ds
}

// keepText stores the text that each item, each result and the functionConfig was read
// from. An encoder would fold strings anew and move comments. If the texts of a list cannot
// be found, as in JSON, the encoder writes that list.
func (l *resourceList) keepText(input string, root *yaml.Node) {
	sections := edit.Split(input, root)
	if s, ok := sections["items"]; ok {
		var texts []edit.Item
		l.preface, texts = s.Items(tree.Field(root, "items"))
		l.itemsKept = texts != nil
		for i, t := range texts {
			it := &l.items[l.starts[i]]
			it.lead, it.text = t.Lead, cmp.Or(it.text, t.Text)
		}
	}
	if s, ok := sections["results"]; ok {
		_, texts := s.Items(tree.Field(root, "results"))
		for i, t := range texts {
			l.results[i].lead, l.results[i].text = t.Lead, t.Text
		}
	}
	if s, ok := sections["functionConfig"]; ok && l.functionConfig != nil {
		l.functionConfig.text = s.Value(tree.Field(root, "functionConfig"))
	}
}

// writable reports whether everything can be written as it was read. A node cannot if it has
// aliases of anchors elsewhere and is too large once they are expanded.
func (l *resourceList) writable() bool {
	lost := func(it inputItem) bool { return it.doc == nil && !tree.SelfContained(it.node) }
	return !slices.ContainsFunc(l.items, lost) && !slices.ContainsFunc(l.results, lost) && (l.functionConfig == nil || !lost(*l.functionConfig))
}

const twoDocuments = "standard input has more than one document"

// onlyDocument returns the root of the one document that is not empty, or else a message
// that says why there is no such document.
func onlyDocument(text string) (root *yaml.Node, message string) {
	dec := yaml.NewDecoder(strings.NewReader(text))
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
			return nil, twoDocuments
		default:
			root = doc.Content[0]
		}
	}
}

// appendNew appends the diagnostics whose message is not among ds. An item that cannot be
// read has no name, and when one item exceeds a limit, so do all that follow.
func appendNew(ds, found source.Diagnostics) source.Diagnostics {
	for _, d := range found {
		if !slices.ContainsFunc(ds, func(old source.Diagnostic) bool { return old.Message == d.Message }) {
			ds = append(ds, d)
		}
	}
	return ds
}

// read reads the fields of a ResourceList. It skips those that cannot be read.
func (l *resourceList) read(root *yaml.Node, thinned *source.Thinned) source.Diagnostics {
	var ds source.Diagnostics
	var aliases source.Aliases
	entries := func(n *yaml.Node, complaint string) []*yaml.Node {
		if n != nil && n.ShortTag() != "!!null" && n.Kind != yaml.SequenceNode {
			ds = append(ds, notAList(complaint)...)
		}
		return tree.Entries(n)
	}
	if config := tree.Field(root, "functionConfig"); config != nil && config.ShortTag() != "!!null" {
		it, found := newItem(config, &aliases)
		l.functionConfig, ds = &it, appendNew(ds, found)
	}
	results := tree.Field(root, "results")
	if nested := tree.Field(results, "results"); nested != nil {
		results = nested // in v1beta1 results had a name around them
	}
	for _, n := range entries(results, "the results of the ResourceList are not a list") {
		it, found := newItem(n, &aliases)
		l.results, ds = append(l.results, it), appendNew(ds, found)
	}
	items := tree.Field(root, "items")
	if items == nil {
		return append(ds, notAList("the ResourceList has no items")...)
	}
	for _, n := range entries(items, "the items of the ResourceList are not a list") {
		l.starts = append(l.starts, len(l.items))
		if unread := thinned.Entries(n); len(unread) > 0 {
			l.items = slices.Grow(l.items, len(unread))
			for _, e := range unread {
				l.items = append(l.items, unreadItem(e))
			}
			continue
		}
		it, found := newItem(n, &aliases)
		l.items, ds = append(l.items, it), appendNew(ds, found)
	}
	return ds
}

func notAList(message string) source.Diagnostics {
	return source.Diagnostics{{Code: source.NotAResourceList, Severity: source.Error, Message: message,
		WayOut: "pipe a ResourceList in, as kustomize and kpt do; to render files: sallyport render FILE"}}
}

// manifestsInstead is the way out for a stream of manifests, which Helm pipes to a
// post-renderer.
const manifestsInstead = "pipe manifests into sallyport filter (helm --post-renderer sallyport --post-renderer-args filter), and a ResourceList into the function"
