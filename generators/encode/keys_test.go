package encode

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// Keys are in the order in which the library writes them, which is that of kustomize.
func TestCompareKeys(t *testing.T) {
	parts := []string{"a", "A", "_", "-", ".", "0", "00", "1", "2", "10", "01", "9223372036854775808", "é", "٣", "ON", "😀", "\xff"}
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 0))
		key := func() string {
			var b strings.Builder
			for range 1 + r.IntN(4) {
				b.WriteString(parts[r.IntN(len(parts))])
			}
			return strings.ToValidUTF8(b.String(), "x")
		}
		a, b := key(), key()
		if a == b {
			continue
		}
		text, err := yaml.Marshal(map[string]int{a: 1, b: 2})
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if strings.Index(string(text), ": 1\n") < strings.Index(string(text), ": 2\n") {
			want = -1
		}
		if got := compareKeys(a, b); got != want || compareKeys(b, a) != -want {
			t.Fatalf("%q and %q: %d, want %d", a, b, got, want)
		}
	}
	if keys := []string{"w-10.f", "w-9.f", "w-2.f"}; !slices.IsSortedFunc([]string{"w-2.f", "w-9.f", "w-10.f"}, compareKeys) {
		t.Errorf("%q are not sorted by number", keys)
	}
}
