package provider_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/v1alpha1"
)

// TestKeys checks that the keys of each row are those that the provider's source names.
func TestKeys(t *testing.T) {
	data, err := os.ReadFile("../../testdata/providers/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); f[0] != "#" {
			if len(f) != 4 {
				t.Fatalf("not a provider, a key, a file and a version: %s", line)
			}
			want[f[0]] = append(want[f[0]], f[1])
		}
	}
	for _, p := range provider.All {
		var got []string
		for _, k := range p.Keys {
			got = append(got, k.Name)
		}
		slices.Sort(got)
		slices.Sort(want[string(p.Name)])
		if diff := cmp.Diff(want[string(p.Name)], slices.Compact(got)); diff != "" {
			t.Errorf("%s (-source +row): %s", p.Name, diff)
		}
	}
}

// TestSettings checks that each setting that validation lets a provider have is carried by a key, and
// that a row says how Services share an address.
func TestSettings(t *testing.T) {
	for _, p := range provider.All {
		row := p.Name.Row()
		for _, path := range row.Settings {
			of := path[1:2].Name()
			if !slices.ContainsFunc(p.Keys, func(k provider.Key) bool { return k.Of == of }) {
				t.Errorf("%s has no key for %s", p.Name, path)
			}
		}
		if p.Sharing == "" || row.Is == "" {
			t.Errorf("%s does not say what it is and how Services share an address", p.Name)
		}
		if takes := row.Address.What+row.Private.What != ""; takes == row.NoAddress {
			t.Errorf("%s takes an address: %v, and none can be asked for: %v", p.Name, takes, row.NoAddress)
		}
		if row.Class != "" && v1alpha1.OfClass(row.Class) != p.Name {
			t.Errorf("class %s is not that of %s", row.Class, p.Name)
		}
	}
}
