package generators_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// TestProfilesStay checks that no run changes a profile, which all specs share.
func TestProfilesStay(t *testing.T) {
	files, err := filepath.Glob("../examples/*/spec.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		generate(string(text))
	}
	for _, name := range profiles.Names() {
		text, _ := profiles.Text(name)
		docs, _ := source.Parse("", []byte(text))
		var want v1alpha1.ExternalAccessSpec
		if ds := docs[0].Decode(&want); ds.Failed() {
			t.Fatal(ds)
		}
		if got, _, _ := profiles.Lookup(name); !cmp.Equal(want, got) {
			t.Errorf("%s (-before +after):\n%s", name, cmp.Diff(want, got))
		}
	}
}
