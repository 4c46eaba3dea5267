package main

import (
	"strings"
	"testing"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/google/go-cmp/cmp"
)

// Flux replaces variables in what it applies (postBuild.substitute). Nothing that an example
// generates may look like a variable to it: discover.sh once did, and ran with half of its
// expressions gone.
func TestFluxSubstitution(t *testing.T) {
	scripts := 0
	for _, file := range glob(t, "examples", "*", "expected.yaml") {
		text := string(read(t, file))
		scripts += strings.Count(text, "  discover.sh: |")
		got, err := envsubst.Eval(text, func(string) (string, bool) { return "", false })
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if diff := cmp.Diff(text, got); diff != "" {
			t.Errorf("%s (-generated +substituted):\n%s", file, diff)
		}
	}
	if scripts < 3 {
		t.Errorf("only %d examples discover", scripts)
	}
}
