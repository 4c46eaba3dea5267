package main

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/patch"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// silent are the fields that change nothing in what comes out, and why.
var silent = map[string]string{
	"ExternalAccess.metadata.labels":    "the spec's own; never copied to what is generated",
	"ExternalEndpoints.metadata.labels": "as above",
}

// TestEveryFieldActs checks that every field has an effect: for each leaf of the input types
// there is an example or a golden case whose output changes if the field is removed or
// altered. The output is the objects, patches and exports. For a case with errors, it is the objects or other
// errors.
func TestEveryFieldActs(t *testing.T) {
	t.Parallel()
	specs := corpus(t)
	var leaves []string
	for _, kind := range []any{v1alpha1.ExternalAccess{}, v1alpha1.ExternalEndpoints{}} {
		typ := reflect.TypeOf(kind)
		leaves = append(leaves, leavesOf(typ, typ.Name())...)
	}
	if len(leaves) < 100 {
		t.Fatalf("only %d leaves: %v", len(leaves), leaves)
	}
	idle := map[string]bool{}
	for _, leaf := range leaves {
		idle[leaf] = true
	}
	for _, spec := range slices.Backward(specs) { // bad inputs first: most leaves act in the first that has them
		findActing(spec, idle)
	}
	for _, leaf := range leaves {
		if why, ok := silent[leaf]; ok && !idle[leaf] {
			t.Errorf("%s acts, though it is listed as silent: %s", leaf, why)
		} else if !ok && idle[leaf] {
			t.Errorf("%s: no case changes when it is altered or taken out", leaf)
		}
	}
}

// leavesOf lists the paths of a type down to scalars, and to lists and maps of them.
func leavesOf(t reflect.Type, path string) []string {
	switch {
	case t.Kind() == reflect.Pointer:
		return leavesOf(t.Elem(), path)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return leavesOf(t.Elem(), path+"[]")
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Pointer && t.Elem().Elem().Kind() == reflect.Struct:
		return leavesOf(t.Elem(), path+"{}")
	case t.Kind() != reflect.Struct:
		return []string{path}
	}
	var out []string
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if strings.Contains(opts, "inline") {
			out = append(out, leavesOf(t.Field(i).Type, path)...)
		} else {
			out = append(out, leavesOf(t.Field(i).Type, path+"."+name)...)
		}
	}
	return out
}

// corpus lists the specs of all examples and golden cases, each with the documents that
// stand beside it.
func corpus(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, file := range glob(t, "examples", "*", "spec.yaml") {
		out = append(out, string(read(t, file)))
	}
	for _, file := range append(glob(t, "testdata", "golden", "*.txtar"), glob(t, "testdata", "bad", "*.txtar")...) {
		for _, f := range parseCase(t, file).Files {
			if strings.HasSuffix(f.Name, ".yaml") && caseName(file) != "yaml" { // those are about text, not fields
				out = append(out, string(f.Data))
			}
		}
	}
	return out
}

// An ending is what a stream comes to.
type ending struct {
	text string
	fine bool
}

// endings has that of each stream, because several tests go through the same ones.
var endings sync.Map

// outcome is what a stream comes to: its objects, exports and patches, or its mistakes without positions.
func outcome(stream string) (string, bool) {
	if e, ok := endings.Load(stream); ok {
		return e.(ending).text, e.(ending).fine
	}
	docs, ds := source.Parse("", []byte(stream))
	text, fine := outcomeOf(docs, ds)
	endings.Store(stream, ending{text, fine})
	return text, fine
}

func outcomeOf(docs []*source.Document, ds source.Diagnostics) (string, bool) {
	specs, others, more := generators.Read(docs)
	made := generators.Run(specs, others)
	objs, again := made.AllObjects(), made.Diagnostics
	ds = slices.Concat(ds, more, again)
	var b bytes.Buffer
	if ds.Failed() {
		for _, d := range ds.AtLeast(source.Error) {
			fmt.Fprintln(&b, d.Code, d.Path, d.Message)
		}
		return b.String(), false
	}
	if err := encode.YAML(&b, slices.Values(objs)); err != nil {
		return err.Error(), false
	}
	for _, e := range made.Exports()[len(v1alpha1.GeneralExports):] {
		text, found, _ := made.Export(e.Name)
		fmt.Fprintln(&b, e.Name, e.For, text, found)
	}
	patches, _ := made.Patches() // the errors are for those who want patches
	if err := patch.Encode(&b, patches); err != nil {
		return err.Error(), false
	}
	return b.String(), true
}

// findActing alters every idle leaf of a spec in every way. Those that matter are idle no more.
func findActing(spec string, idle map[string]bool) {
	v := newVariants(spec)
	v.leaves = slices.DeleteFunc(v.leaves, func(l altering) bool { return !idle[l.path] })
	if len(v.leaves) == 0 {
		return
	}
	before, fine := outcome(spec)
	for _, l := range v.leaves {
		for way := 0; way < l.ways() && idle[l.path]; way++ {
			v.alter(l, way, func() {
				if after, good := outcomeOf(v.documents()); after != before && (good || !fine) {
					delete(idle, l.path)
				}
			})
		}
	}
}

// variants are a stream in which one leaf at a time is altered.
type variants struct {
	docs   []*yaml.Node
	leaves []altering
}

// An altering is a leaf that can be altered: a field of a mapping.
type altering struct {
	path string
	doc  *yaml.Node
	in   *yaml.Node
	at   int // of the key
}

func newVariants(stream string) *variants {
	v := &variants{}
	for dec := yaml.NewDecoder(strings.NewReader(stream)); ; {
		var doc yaml.Node
		if dec.Decode(&doc) != nil {
			return v
		}
		v.docs = append(v.docs, &doc)
		if doc.Kind == yaml.DocumentNode && doc.Content[0].Kind == yaml.MappingNode {
			visit(doc.Content[0], scalarOf(doc.Content[0], "kind"), func(path string, m *yaml.Node, at int) {
				v.leaves = append(v.leaves, altering{path, &doc, m, at})
			})
		}
	}
}

// alter does something while a leaf is altered in one of its ways.
func (v *variants) alter(l altering, way int, do func()) {
	fields, value := l.in.Content, l.in.Content[l.at+1]
	before := *value
	l.alter(way)
	do()
	l.in.Content, *value = fields, before
}

// documents are those of the stream, without the way through its text.
func (v *variants) documents() (docs []*source.Document, ds source.Diagnostics) {
	var aliases source.Aliases
	for i, n := range v.docs {
		if n.Content[0].ShortTag() != "!!null" {
			doc, wrong := source.FromNode("", i, n.Content[0], &aliases)
			if ds = wrong; wrong.Failed() {
				break
			}
			docs = append(docs, doc)
		}
	}
	return docs, ds
}

func (v *variants) text() string {
	var out strings.Builder
	enc := yaml.NewEncoder(&out)
	for _, doc := range v.docs {
		if err := enc.Encode(doc); err != nil {
			return err.Error() // which is no spec
		}
	}
	return out.String()
}

func scalarOf(m *yaml.Node, key string) string {
	for j := 0; j+1 < len(m.Content); j += 2 {
		if m.Content[j].Value == key {
			return m.Content[j+1].Value
		}
	}
	return ""
}

// visit calls f for every leaf of a mapping. Maps of strings are leaves: they are where
// the types have no more fields.
func visit(m *yaml.Node, path string, f func(path string, m *yaml.Node, at int)) {
	for j := 0; j+1 < len(m.Content); j += 2 {
		p, v := path+"."+m.Content[j].Value, m.Content[j+1]
		isMap := slices.Contains([]string{"annotations", "labels", "commonAnnotations", "commonLabels", "selector", "env", "containerEnv", "files", "limits", "requests"}, m.Content[j].Value) ||
			strings.Contains(path, ".networkPolicy") && slices.Contains([]string{"pods", "namespaces"}, m.Content[j].Value) ||
			strings.HasSuffix(p, ".endpoints[].ports") || strings.HasSuffix(p, ".exports{}.ports")
		switch {
		case strings.HasSuffix(p, ".lists") || strings.HasSuffix(p, ".exports"):
			for k := 1; k < len(v.Content); k += 2 {
				visit(v.Content[k], p+"{}", f)
			}
		case v.Kind == yaml.MappingNode && !isMap:
			visit(v, p, f)
		case v.Kind == yaml.SequenceNode && len(v.Content) > 0 && v.Content[0].Kind == yaml.MappingNode:
			for _, c := range v.Content {
				visit(c, p+"[]", f)
			}
		default:
			f(p, m, j)
		}
	}
}

// words are values that some field takes.
var words = []string{"ClusterIP", "NodePort", "LoadBalancer", "Local", "Cluster", "IPv4", "IPv6", "PreferDualStack", "RequireDualStack", "None",
	"ClientIP", "MetalLB", "TCP", "UDP", "PerPod", "Shared", "192.0.2.77", "2001:db8::77", "10.9.0.0/16", "other.example.com", "other.example.com/",
	"EndpointSlice", "Endpoints", "get", "HostPort", "Hostname", "Listeners", "Advertised", "Pods", "Once", "Script", "Engine", "PreferSameNode", "public"}

// ways is the number of ways in which a leaf can be altered.
func (l altering) ways() int {
	v := l.in.Content[l.at+1]
	switch {
	case v.Kind != yaml.ScalarNode && len(v.Content) == 0:
		return 1
	case v.Kind != yaml.ScalarNode || v.ShortTag() == "!!bool":
		return 2
	case v.ShortTag() == "!!int":
		return 4
	}
	return 3 + len(words)
}

// alter takes the field out (way 0), or alters its value.
func (l altering) alter(way int) {
	v := l.in.Content[l.at+1]
	switch {
	case way == 0:
		l.in.Content = slices.Delete(slices.Clone(l.in.Content), l.at, l.at+2)
	case v.Kind == yaml.MappingNode:
		v.Content = v.Content[:len(v.Content)-2]
	case v.Kind != yaml.ScalarNode:
		v.Content = v.Content[:len(v.Content)-1]
	case v.ShortTag() == "!!bool":
		v.Value = strconv.FormatBool(v.Value != "true")
	case v.ShortTag() == "!!int":
		n, _ := strconv.Atoi(v.Value)
		v.Value = strconv.Itoa(n + way)
	default:
		v.Value = append([]string{v.Value + "x", "x" + v.Value}, words...)[way-1]
	}
}
