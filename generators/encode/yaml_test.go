package encode_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/hostile"
)

// right returns the objects of a stream. It fails on an error.
func right(t *testing.T, stream string) []encode.Object {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte(stream))
	specs, others, more := generators.Read(docs)
	made := generators.Run(specs, others)
	objs, again := made.AllObjects(), made.Diagnostics
	if all := slices.Concat(ds, more, again); all.Failed() {
		t.Fatalf("%v\n%s", all, stream)
	}
	return objs
}

func yamlOf(t *testing.T, objs []encode.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode.YAML(&b, slices.Values(objs)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEncodeUnprintable is about what kustomize cannot print, and no spec can contain.
func TestEncodeUnprintable(t *testing.T) {
	for _, s := range hostile.Strings {
		if strings.ContainsFunc(s, source.Unprintable) {
			comesBack(t, hostile.ConfigMap("k", s))
		}
	}
}

// FuzzEncode compares the encoder with sigs.k8s.io/yaml, which kustomize uses, for any strings
// as keys and values.
func FuzzEncode(f *testing.F) {
	for i, s := range hostile.Strings {
		f.Add(hostile.Strings[len(hostile.Strings)-1-i], s)
	}
	f.Add(strings.Repeat("k", 2000), "v") // longer than a simple key of YAML
	f.Fuzz(func(t *testing.T, key, value string) {
		key, value = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(value, "?") // no input has invalid UTF-8
		o := hostile.ConfigMap(key, value)
		want, err := yaml.Marshal(o)
		if err != nil || strings.ContainsFunc(key+value, source.Unprintable) {
			comesBack(t, o) // the library fails, or writes another value
			return
		}
		if diff := cmp.Diff(string(want), yamlOf(t, []encode.Object{o})); diff != "" {
			t.Errorf("(-library +ours):\n%s", diff)
		}
		items := &bytes.Buffer{}
		if err := encode.Items(items, []encode.Object{o}); err != nil {
			t.Fatal(err)
		}
		list, err := yaml.Marshal(map[string]any{"items": []any{o}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(list), "items:\n"+items.String()); diff != "" {
			t.Errorf("as an item (-library +ours):\n%s", diff)
		}
	})
}

// comesBack checks that reading the YAML of an object returns the object.
func comesBack(t *testing.T, o *corev1.ConfigMap) {
	t.Helper()
	if _, ok := o.Labels["<<"]; ok {
		return // it is read as a merge key, and no name can be that
	}
	var read corev1.ConfigMap
	text := yamlOf(t, []encode.Object{o})
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(o, &read); diff != "" {
		t.Errorf("(-written +read):\n%s\n%s", diff, text)
	}
}
