package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/hostile"
)

// asKustomize is the expected result: what kustomize build prints for the objects.
func asKustomize(t *testing.T, stream string) string {
	t.Helper()
	fs := filesys.MakeFsInMemory()
	for name, text := range map[string]string{"kustomization.yaml": "resources: [all.yaml]\n", "all.yaml": stream} {
		if err := fs.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, stream)
	}
	out, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// FuzzEncodeAsKustomize checks that kustomize does not change the output.
func FuzzEncodeAsKustomize(f *testing.F) {
	for i, s := range hostile.Strings {
		f.Add(hostile.Strings[len(hostile.Strings)-1-i], s)
		f.Add("k", s)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		key, value = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(value, "?")
		if key == "<<" || len(key) > 128 || strings.ContainsFunc(key+value, source.Unprintable) {
			t.Skip("kustomize takes << for a merge, and fails on long keys and control characters; no spec can have any of them")
		}
		o := hostile.ConfigMap(key, value)
		if strings.HasPrefix(strings.TrimLeft(value, "\n"), "\t") {
			o.Annotations = nil // kustomize cannot read its own output for lines of an annotation that begin with a tab
		}
		var b bytes.Buffer
		if err := encode.YAML(&b, slices.Values([]encode.Object{o})); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if diff := cmp.Diff(asKustomize(t, got), got); diff != "" {
			t.Errorf("(-kustomize +ours):\n%s", diff)
		}
	})
}
