package apiserver

import (
	"math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// TestExpansion checks that placeholders have the syntax of Kubernetes: a file of a config has the
// text that the kubelet makes of the same text in a command. Sallyport rejects what the kubelet
// keeps: unknown names and references that are not closed.
func TestExpansion(t *testing.T) {
	known := map[string]string{"name": "kafka", "component": "broker"}
	pieces := []string{"$", "$", "$$", "(", ")", "$(name)", "$(component)", "$(nobody)", "x", "é", ":", " ", "$(", "name"}
	random := rand.New(rand.NewPCG(1, 2))
	expanded, refused := 0, 0
	for range 3000 {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := "<" + b.String() + ">"
		strange := false
		want := expansion.Expand(text, func(name string) string {
			value, ok := known[name]
			strange = strange || !ok
			return value
		})
		got, ok := fileOf(t, text)
		switch {
		case ok && got != want:
			t.Errorf("%q comes to %q, and the kubelet makes %q of it", text, got, want)
		case !ok && !strange && !strings.Contains(text, "$("):
			t.Errorf("%q is refused", text)
		case ok && strange:
			t.Errorf("%q has an unknown name, and is accepted", text)
		case ok:
			expanded++
		default:
			refused++
		}
	}
	if expanded < 500 || refused < 500 {
		t.Errorf("%d texts taken and %d refused: the test sees one kind only", expanded, refused)
	}
}

// fileOf is what a text comes to as a file of a config.
func fileOf(t *testing.T, text string) (string, bool) {
	t.Helper()
	spec, err := yaml.Marshal(map[string]any{
		"apiVersion": "sallyport.dev/v1alpha1", "kind": "ExternalAccess",
		"metadata": map[string]any{"name": "kafka", "namespace": "default"},
		"spec": map[string]any{"components": []any{map[string]any{
			"name": "broker", "ports": []any{map[string]any{"name": "x", "containerPort": 80}},
			"config": map[string]any{"files": map[string]any{"file": text}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	docs, ds := source.Parse("", spec)
	specs, _, more := generators.Read(docs)
	made := generators.Run(specs, nil)
	objs, last := made.AllObjects(), made.Diagnostics
	if append(append(ds, more...), last...).Failed() {
		return "", false
	}
	for _, o := range objs {
		if cm, ok := o.(*corev1.ConfigMap); ok {
			return cm.Data["file"], true
		}
	}
	return "", true
}
