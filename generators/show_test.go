package generators_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// shown returns the specs of a stream as they are understood.
func shown(t *testing.T, stream string) string {
	t.Helper()
	docs, _ := source.Parse("spec.yaml", []byte(stream))
	specs, others, _ := generators.Read(docs)
	var out []string
	for _, text := range generators.Run(specs, others).Shown() {
		out = append(out, text)
	}
	return strings.Join(out, "---\n")
}

// What show writes is a spec that generates the same objects. To show it again changes comments
// alone.
func TestShowGeneratesTheSame(t *testing.T) {
	for seed := range 2 * randspec.Seeds() {
		spec := randspec.New(seed)
		text := shown(t, spec)
		if diff := cmp.Diff(yamlOf(t, right(t, spec)), yamlOf(t, right(t, text))); diff != "" {
			t.Fatalf("seed %d (-spec +shown):\n%s\n%s\n%s", seed, diff, spec, text)
		}
		if again := shown(t, text); withoutComments(again) != withoutComments(text) {
			t.Fatalf("seed %d, shown twice: %s", seed, cmp.Diff(withoutComments(text), withoutComments(again)))
		}
	}
}

// withoutComments takes the comments at the ends of lines out.
func withoutComments(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "  # ")
		out = append(out, strings.TrimRight(line, " "))
	}
	return strings.Join(out, "\n")
}
