package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestJSONSaysWhatYAMLSays checks for every example that JSON has the same objects as YAML, in
// the same order, and no null.
func TestJSONSaysWhatYAMLSays(t *testing.T) {
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		t.Run(filepath.Base(filepath.Dir(spec)), func(t *testing.T) {
			stream, _, _ := sallyport("", "render", spec)
			text, stderr, status := sallyport("", "render", spec, "-o", "json")
			if status != statusFine || strings.Contains(text, ": null") {
				t.Fatalf("status %d, %s\n%s", status, stderr, text)
			}
			var list struct {
				APIVersion, Kind string
				Items            []any
			}
			if err := json.Unmarshal([]byte(text), &list); err != nil {
				t.Fatal(err)
			}
			equal(t, "the list", "v1 List", list.APIVersion+" "+list.Kind)
			var want []any
			for _, doc := range strings.Split(strings.TrimSuffix(stream, "\n"), "\n---\n") {
				var o any
				if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
					t.Fatal(err)
				}
				want = append(want, o)
			}
			if diff := cmp.Diff(want, list.Items); diff != "" {
				t.Errorf("items (-YAML +JSON):\n%s", diff)
			}
		})
	}
}
