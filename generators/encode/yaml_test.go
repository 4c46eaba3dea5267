package encode_test

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
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
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

// kustomize is the expected result: what kustomize build prints for the objects.
func kustomize(t *testing.T, stream string) string {
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

func TestEncodeAsKustomize(t *testing.T) {
	for seed := range randspec.Seeds() {
		got := yamlOf(t, right(t, randspec.New(seed)))
		if got == "" {
			continue
		}
		if diff := cmp.Diff(kustomize(t, got), got); diff != "" {
			t.Fatalf("seed %d (-kustomize +ours):\n%s", seed, diff)
		}
	}
}

// hostile are strings that a simple encoder would write wrongly.
var hostile = []string{"", " ", "a ", " a", "yes", "No", "~", "null", "1", "1e3", "0x1F", "0o7", "017", "1_000", "1:20", "10.0.0.1", "1.2",
	"12.34.56", ".5", "-", "- a", "a: b", "a:b", "a #b", "#", "&a", "*a", "!a", "|", ">", "%", "@", "`", "'", "\"", "{", "[", "a,b", "\\", "\t",
	"a\nb", "a\nb\n", "\n", "a\r\nb", "é", "\u2028", "\x00", "\x01", "\x1b", "\x7f", "a\u0085b", "\ufffe", "\ufeff", "\U0001F600", "<<", "=", "?", "? a", "---", "...", "2001:db8::1", "2001:db8::1/128", "2001:db8:1:2:3:4:5:6", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/64", "1::2:3", "a:b:1", "a:b:", "1:2e3:4", "2001:db8::", "::/0", "12:30:45", "e:1:2/", "10.0.0.0/8", "10.0.0.0/", "1.2.3./4", "1.2.3.4/5/6", "/8", "2024-01-01",
	"y", "N", "on", "OFF", "nan", ".nan", "inf", "tcp://a.b:9090", strings.Repeat("long words ", 20), strings.Repeat("x", 200), "a" + strings.Repeat(" b", 60)}

func configMap(key, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{"k": value}, Labels: map[string]string{key: "v"}, Finalizers: []string{value}},
		Data:       map[string]string{"k": value, "z": "z"},
	}
}

func TestEncodeHostileStrings(t *testing.T) {
	for _, s := range hostile {
		if strings.ContainsFunc(s, source.Unprintable) {
			comesBack(t, configMap("k", s))
			continue // kustomize cannot print it, and no spec can contain it
		}
		got := yamlOf(t, []encode.Object{configMap("k", s)})
		if diff := cmp.Diff(kustomize(t, got), got); diff != "" {
			t.Errorf("%q (-kustomize +ours):\n%s", s, diff)
		}
	}
}

// FuzzEncode compares the encoder with sigs.k8s.io/yaml, which kustomize uses, for any strings
// as keys and values.
func FuzzEncode(f *testing.F) {
	for i, s := range hostile {
		f.Add(hostile[len(hostile)-1-i], s)
	}
	f.Add(strings.Repeat("k", 2000), "v") // longer than a simple key of YAML
	f.Fuzz(func(t *testing.T, key, value string) {
		key, value = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(value, "?") // no input has invalid UTF-8
		o := configMap(key, value)
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

// FuzzEncodeAsKustomize checks that kustomize does not change the output.
func FuzzEncodeAsKustomize(f *testing.F) {
	for i, s := range hostile {
		f.Add(hostile[len(hostile)-1-i], s)
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
		got := yamlOf(t, []encode.Object{o})
		if diff := cmp.Diff(kustomize(t, got), got); diff != "" {
			t.Errorf("(-kustomize +ours):\n%s", diff)
		}
	})
}
