package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sallyport.dev/generators/diff"
	"sallyport.dev/generators/provider"
)

// TestDiff runs every case of testdata/diff: each section that is not YAML is the output of diff in
// one of the formats. The cases with the rules of the API server are applied by make e2e, too.
func TestDiff(t *testing.T) {
	for _, file := range glob(t, "testdata", "diff", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			inputs(t, ar, func(data []byte) []byte { return data })
			got := map[string]string{"text": ""}
			for _, f := range ar.Files {
				if filepath.Ext(f.Name) == "" {
					got[f.Name] = ""
				}
			}
			for format := range got {
				out, stderr, status := sallyport("", "diff", "-o", format, "old.yaml", "new.yaml")
				if status != statusDifferent || stderr != "" {
					t.Fatalf("%s: status %d\n%s", format, status, stderr)
				}
				got[format] = out
			}
			compare(t, file, ar, got)
			for _, f := range []string{"old.yaml", "new.yaml"} {
				if out, stderr, status := sallyport("", "diff", f, f); status != statusFine || out+stderr != "" {
					t.Errorf("%s differs from itself: status %d\n%s%s", f, status, out, stderr)
				}
			}
			inputs(t, ar, shuffled)
			again, _, _ := sallyport("", "diff", "old.yaml", "new.yaml")
			equal(t, "documents in another order", got["text"], again)
		})
	}
}

// inputs writes the two sides of a case.
func inputs(t *testing.T, ar *txtar.Archive, change func([]byte) []byte) {
	t.Helper()
	for _, f := range ar.Files {
		if filepath.Ext(f.Name) == ".yaml" {
			writeFile(t, f.Name, change(f.Data))
		}
	}
}

// TestEveryRuleHasACase checks that a case has each rule of diff, and that no two rules have one name.
func TestEveryRuleHasACase(t *testing.T) {
	var cases strings.Builder
	for _, file := range glob(t, "testdata", "diff", "*.txtar") {
		cases.Write(read(t, file))
	}
	var seen []string
	for _, r := range slices.Concat(diff.Rules, diff.AddressRules()) {
		if slices.Contains(seen, r.ID) {
			t.Errorf("two rules are named %s", r.ID)
		}
		if seen = append(seen, r.ID); !strings.Contains(cases.String(), "["+r.ID+"]\n") {
			t.Errorf("no case has the rule %s", r.ID)
		}
		if r.Class != diff.Safe && r.Why == "" {
			t.Errorf("%s has no reason", r.ID)
		}
	}
}

// TestEveryProviderHasACase checks that a case changes each key of a provider that does not change in place.
func TestEveryProviderHasACase(t *testing.T) {
	var cases strings.Builder
	for _, file := range glob(t, "testdata", "diff", "*.txtar") {
		cases.Write(read(t, file))
	}
	for _, p := range provider.All {
		for _, k := range p.Keys {
			if k.Change != provider.Stays && !strings.Contains(cases.String(), "["+k.Name+"]: ") {
				t.Errorf("%s: no case changes %s", p.Name, k.Name)
			}
		}
	}
}
