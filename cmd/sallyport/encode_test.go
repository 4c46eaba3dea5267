package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
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

func encoded(t *testing.T, objs ...encode.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode.YAML(&b, slices.Values(objs)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func renderedSpec(t *testing.T, spec string) string {
	t.Helper()
	out, stderr, status := sallyport(spec, "render")
	if status != statusFine {
		t.Fatalf("%s\n%s", stderr, spec)
	}
	return out
}

// TestEncodeAsKustomize checks that kustomize does not change what is rendered.
func TestEncodeAsKustomize(t *testing.T) {
	for seed := range randspec.Seeds() {
		got := renderedSpec(t, randspec.New(seed))
		if got == "" {
			continue
		}
		if diff := cmp.Diff(asKustomize(t, got), got); diff != "" {
			t.Fatalf("seed %d (-kustomize +ours):\n%s", seed, diff)
		}
	}
}

func configMap(key, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{"k": value}, Labels: map[string]string{key: "v"}, Finalizers: []string{value}},
		Data:       map[string]string{"k": value, "z": "z"},
	}
}

func TestEncodeHostileStrings(t *testing.T) {
	for _, s := range randspec.Hostile {
		if strings.ContainsFunc(s, source.Unprintable) {
			continue // kustomize cannot print it, and no spec can contain it
		}
		got := encoded(t, configMap("k", s))
		if diff := cmp.Diff(asKustomize(t, got), got); diff != "" {
			t.Errorf("%q (-kustomize +ours):\n%s", s, diff)
		}
	}
}

// FuzzEncodeAsKustomize checks that kustomize does not change the output.
func FuzzEncodeAsKustomize(f *testing.F) {
	for i, s := range randspec.Hostile {
		f.Add(randspec.Hostile[len(randspec.Hostile)-1-i], s)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		key, value = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(value, "?")
		if key == "<<" || len(key) > 128 || strings.ContainsFunc(key+value, source.Unprintable) {
			t.Skip("kustomize takes << for a merge, and fails on long keys and control characters; no spec can have any of them")
		}
		o := configMap(key, value)
		if strings.HasPrefix(strings.TrimLeft(value, "\n"), "\t") {
			o.Annotations = nil // kustomize cannot read its own output for lines of an annotation that begin with a tab
		}
		got := encoded(t, o)
		if diff := cmp.Diff(asKustomize(t, got), got); diff != "" {
			t.Errorf("(-kustomize +ours):\n%s", diff)
		}
	})
}
