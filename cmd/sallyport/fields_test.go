package main

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// silent are the fields that change nothing in what comes out, and why.
var silent = map[string]string{
	"ExternalAccess.metadata.labels":    "the spec's own; never copied to what is generated",
	"ExternalEndpoints.metadata.labels": "as above",
}

// TestEveryFieldActs holds that no field is an ornament: for every leaf of the input
// types there is an example or a golden case whose output changes when the field is
// taken out or altered. A change is other objects; or, for a case that is about a
// mistake, objects or other mistakes.
func TestEveryFieldActs(t *testing.T) {
	specs := corpus(t)
	var leaves []string
	for _, kind := range []any{v1alpha1.ExternalAccess{}, v1alpha1.ExternalEndpoints{}} {
		typ := reflect.TypeOf(kind)
		leaves = append(leaves, leavesOf(typ, typ.Name())...)
	}
	if len(leaves) < 100 {
		t.Fatalf("only %d leaves: %v", len(leaves), leaves)
	}
	acting := map[string]bool{}
	for _, spec := range specs {
		findActing(spec, acting)
	}
	for _, leaf := range leaves {
		if why, ok := silent[leaf]; ok && acting[leaf] {
			t.Errorf("%s acts, though it is listed as silent: %s", leaf, why)
		} else if !ok && !acting[leaf] {
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
		for _, f := range parse(t, file).Files {
			if strings.HasSuffix(f.Name, ".yaml") && caseName(file) != "yaml" { // those are about text, not fields
				out = append(out, string(f.Data))
			}
		}
	}
	return out
}

// outcome is what a stream comes to: its objects, or its mistakes without positions.
func outcome(stream string) (string, bool) {
	docs, ds := source.Parse("", []byte(stream))
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
	return b.String(), true
}

// findActing alters every leaf of a spec in every way, and notes those that matter.
func findActing(spec string, acting map[string]bool) {
	before, fine := outcome(spec)
	for i := 0; ; i++ {
		for way := 0; ; way++ {
			leaf, altered, ok := alter(spec, i, way)
			if leaf == "" {
				return
			}
			if !ok || acting[leaf] {
				break
			}
			if after, good := outcome(altered); after != before && (good || !fine) {
				acting[leaf] = true
			}
		}
	}
}

// alter changes the i-th leaf of a stream in one of several ways. It returns the leaf,
// or "" if there is none, and whether there is such a way.
func alter(stream string, i, way int) (leaf, altered string, ok bool) {
	var out bytes.Buffer
	dec, enc := yaml.NewDecoder(strings.NewReader(stream)), yaml.NewEncoder(&out)
	for {
		var doc yaml.Node
		if dec.Decode(&doc) != nil {
			break
		}
		if doc.Kind == yaml.DocumentNode && doc.Content[0].Kind == yaml.MappingNode {
			kind := value(doc.Content[0], "kind")
			visit(doc.Content[0], kind, func(path string, m *yaml.Node, at int) {
				if i == 0 && leaf == "" {
					leaf, ok = path, change(m, at, way)
				}
				i--
			})
		}
		if enc.Encode(&doc) != nil {
			return leaf, "", false
		}
	}
	return leaf, out.String(), ok
}

func value(m *yaml.Node, key string) string {
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
		isMap := slices.Contains([]string{"annotations", "labels", "selector", "env", "files"}, m.Content[j].Value) ||
			strings.HasSuffix(p, ".endpoints[].ports")
		switch {
		case strings.HasSuffix(p, ".config.lists"):
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
	"EndpointSlice", "Endpoints", "get", "HostPort", "Hostname", "Listeners", "Advertised", "Pods", "Once", "Script", "Engine"}

// change takes the field out (way 0), or alters its value.
func change(m *yaml.Node, at, way int) bool {
	v := m.Content[at+1]
	if way == 0 {
		m.Content = slices.Delete(m.Content, at, at+2)
		return true
	}
	if v.Kind != yaml.ScalarNode {
		if way > 1 || len(v.Content) == 0 {
			return false
		}
		last := 1
		if v.Kind == yaml.MappingNode {
			last = 2
		}
		v.Content = v.Content[:len(v.Content)-last]
		return true
	}
	switch v.ShortTag() {
	case "!!bool":
		v.Value = strconv.FormatBool(v.Value != "true")
		return way == 1
	case "!!int":
		n, _ := strconv.Atoi(v.Value)
		v.Value = strconv.Itoa(n + way)
		return way < 4
	}
	if all := append([]string{v.Value + "x", "x" + v.Value}, words...); way <= len(all) {
		v.Value = all[way-1]
		return true
	}
	return false
}
