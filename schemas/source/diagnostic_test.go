package source_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/schemas/source"
)

var printed = map[string]struct {
	d    source.Diagnostic
	want string
}{
	"all": {
		source.Diagnostic{Code: source.Invalid, Severity: source.Error, Object: source.Object{Kind: "Box", Namespace: "n", Name: "b"},
			Path: "spec.size", File: "box.yaml", Line: 3, Column: 5, Message: "it is too small", WayOut: "write a larger one"},
		"box.yaml:3:5: error: Box n/b spec.size: it is too small [Invalid]\n    write a larger one",
	},
	"no position": {
		source.Diagnostic{Code: source.NoSpec, Severity: source.Warning, File: "box.yaml", Message: "there is none"},
		"box.yaml: warning: there is none [NoSpec]",
	},
	"no file": {
		source.Diagnostic{Code: source.Null, Severity: source.Info, Object: source.Object{Kind: "Box"}, Line: 3, Column: 5, Message: "null"},
		"info: Box: null [Null]",
	},
}

func TestDiagnosticString(t *testing.T) {
	for name, c := range printed {
		if diff := cmp.Diff(c.want, c.d.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var b strings.Builder
	source.Diagnostics{printed["no file"].d, printed["no position"].d}.Print(&b, "box: ")
	if diff := cmp.Diff("box: "+printed["no file"].want+"\nbox: "+printed["no position"].want+"\n", b.String()); diff != "" {
		t.Errorf("Print (-want +got):\n%s", diff)
	}
}

// inOrder are diagnostics as they are printed. Each differs from the one before it in one part.
var inOrder = source.Diagnostics{
	{Severity: source.Info},
	{Severity: source.Error, File: "a.yaml", Line: 1, Column: 9},
	{Severity: source.Error, File: "a.yaml", Line: 2, Column: 1},
	{Severity: source.Error, File: "a.yaml", Line: 2, Column: 10, Index: 1},
	{Severity: source.Error, File: "a.yaml", Line: 2, Column: 10, Index: 2},
	{Severity: source.Error, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "a"}},
	{Severity: source.Error, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}},
	{Severity: source.Error, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec"},
	{Severity: source.Warning, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec"},
	{Severity: source.Info, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec"},
	{Severity: source.Info, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec", Code: source.Invalid},
	{Severity: source.Info, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec", Code: source.Invalid, Message: "m"},
	{Severity: source.Info, File: "b.yaml", Object: source.Object{Kind: "Box", Name: "b"}, Path: "spec", Code: source.Invalid, Message: "m", WayOut: "w"},
}

func TestSorted(t *testing.T) {
	for seed := range uint64(20) {
		ds := append(append(source.Diagnostics{}, inOrder...), inOrder[int(seed)%len(inOrder)]) // one of them twice
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
		if diff := cmp.Diff(inOrder, ds.Sorted()); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

func TestSeverities(t *testing.T) {
	for _, c := range []struct {
		least  source.Severity
		want   int
		failed bool
	}{{source.Error, 7, true}, {source.Warning, 8, true}, {source.Info, 13, true}} {
		if got := inOrder.AtLeast(c.least); len(got) != c.want || got.Failed() != c.failed {
			t.Errorf("%d of at least %s, want %d", len(got), c.least, c.want)
		}
	}
	if inOrder[8:].Failed() || (source.Diagnostics)(nil).Failed() {
		t.Error("warnings, or nothing at all, fail")
	}
}

var suggestions = map[string]struct {
	word  string
	known []string
	want  string
}{
	"a misspelling":       {"clustr", []string{"Cluster", "Local"}, `did you mean "Cluster"? use one of: Cluster, Local`},
	"other capitals":      {"LOCAL", []string{"Cluster", "Local"}, `did you mean "Local"? use one of: Cluster, Local`},
	"another word":        {"Global", []string{"Cluster", "Pod"}, "use one of: Cluster, Pod"},
	"too short to judge":  {"TCP", []string{"UDP", "TLS"}, "use one of: UDP, TLS"},
	"known twice":         {"x", []string{"Cluster", "Cluster"}, "use one of: Cluster"},
	"the same, two near":  {"kafka2", []string{"kafka1", "kafka0"}, `did you mean "kafka0"? use one of: kafka1, kafka0`},
	"nothing known":       {"x", nil, ""},
	"a very long word":    {strings.Repeat("Cluster", 100_000), []string{"Cluster"}, "use one of: Cluster"},
	"an empty word":       {"", []string{"a", "b"}, "use one of: a, b"},
	"a letter of 4 bytes": {"Cl\U0001F600ster", []string{"Cluster"}, `did you mean "Cluster"? use one of: Cluster`},
}

func TestSuggest(t *testing.T) {
	for name, c := range suggestions {
		if got := source.Suggest(c.word, c.known); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if !source.Near("kafak", "kafka") || source.Near("redis", "kafka") {
		t.Error("Near does not go by the distance of words")
	}
}

var objects = map[string]source.Object{
	"Service n/a": {APIVersion: "v1", Kind: "Service", Namespace: "n", Name: "a"},
	"Node a":      {APIVersion: "v1", Kind: "Node", Name: "a"},
	"Box":         {Kind: "Box"},
	"n/":          {Namespace: "n"},
	"":            {},
}

func TestObject(t *testing.T) {
	for want, o := range objects {
		if got := o.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for version, want := range map[string]string{"apps/v1": "apps", "v1": "", "": ""} {
		if got := (source.Object{APIVersion: version}).Unversioned().APIVersion; got != want {
			t.Errorf("the group of %q is %q", version, got)
		}
	}
}
