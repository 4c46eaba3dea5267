package fn

import (
	"bytes"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/tree"
)

// The function keeps the contract of kyaml without importing it.
func TestAsKyaml(t *testing.T) {
	for ours, theirs := range map[string]string{
		pathAnnotation:  kioutil.PathAnnotation,
		indexAnnotation: kioutil.IndexAnnotation,
		legacyPath:      kioutil.LegacyPathAnnotation,  //nolint:staticcheck // SA1019: they are still written.
		legacyIndex:     kioutil.LegacyIndexAnnotation, //nolint:staticcheck // SA1019: as above.
		tree.NullTag:    kyaml.NodeTagNull,
		tree.BoolTag:    kyaml.NodeTagBool,
		tree.IntTag:     kyaml.NodeTagInt,
		tree.StringTag:  kyaml.NodeTagString,
		tree.MapTag:     kyaml.NodeTagMap,
	} {
		if ours != theirs {
			t.Errorf("%q is %q in kyaml", ours, theirs)
		}
	}
	for _, text := range []string{"yes", "n", "0x1f", "1:30", "1e3", "~", "null", "=", "<<", "2001-01-01", "a: b", "[a", "a", "é", "\t", ""} {
		if isOther(text) != kyaml.IsValueNonString(text) {
			t.Errorf("%q: %v, and %v in kyaml", text, isOther(text), kyaml.IsValueNonString(text))
		}
	}
	var n kyaml.Node
	if err := kyaml.Unmarshal([]byte("a:\n    - b: [c]\n      d: {e: f}\n    -   - g\n"), &n); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	enc := tree.NewEncoder(&b)
	want, err := kyaml.Marshal(&n)
	if err != nil || enc.Encode(&n) != nil || enc.Close() != nil || b.String() != string(want) {
		t.Errorf("got %q, and %q from kyaml, error %v", &b, want, err)
	}
}
