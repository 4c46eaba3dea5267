package generators_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// Fields that are moved from a spec into profiles under it make the same objects, whichever of two
// profiles has them. Where two specs with the same profiles clash, the profiles are not wrong.
func TestFieldsInProfiles(t *testing.T) {
	moved := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		if !strings.Contains(spec, "kind: ExternalAccess\n") {
			continue
		}
		moved++
		want, split := yamlOf(t, right(t, spec)), layered(t, spec, seed)
		if diff := cmp.Diff(want, yamlOf(t, right(t, split))); diff != "" {
			t.Fatalf("seed %d (-one document +layers):\n%s\n%s", seed, diff, split)
		}
		docs := strings.SplitAfterN(split, "---\n", 2)
		again := split + "---\n" + strings.Replace(docs[0], "namespace: ", "namespace: other-", 1)
		_, ds := generate(again)
		for _, d := range ds.AtLeast(source.Error) {
			if d.Object.Kind == "ExternalAccessProfile" {
				t.Fatalf("seed %d: %v\n%s", seed, d, again)
			}
		}
	}
	if moved == 0 {
		t.Error("no spec was tried")
	}
}

// layered moves fields of a spec into two profiles, of which one lies on the other.
func layered(t *testing.T, text string, seed uint64) string {
	t.Helper()
	var whole struct {
		APIVersion, Kind string
		Metadata         yaml.Node
		Spec             map[string]yaml.Node
	}
	if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 3))
	layers := []map[string]any{{"profile": "upper"}, {"profile": "lower"}, {}}
	for _, field := range slices.Sorted(maps.Keys(whole.Spec)) {
		n := whole.Spec[field]
		at := r.IntN(len(layers))
		if field == "profile" {
			at = len(layers) - 1
		}
		layers[at][field] = &n
	}
	var b strings.Builder
	for i, spec := range layers {
		doc := map[string]any{"apiVersion": "sallyport.dev/v1alpha1", "kind": "ExternalAccess", "metadata": &whole.Metadata, "spec": spec}
		if i > 0 {
			doc["kind"], doc["metadata"] = "ExternalAccessProfile", map[string]string{"name": []string{"upper", "lower"}[i-1]}
			b.WriteString("---\n")
		}
		out, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s", out)
	}
	return b.String()
}
