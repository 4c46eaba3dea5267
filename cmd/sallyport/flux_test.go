package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/google/go-cmp/cmp"
)

// disabled is the annotation of objects that Flux leaves as they are.
const disabled = "kustomize.toolkit.fluxcd.io/substitute: disabled"

// Flux replaces variables in what it applies (postBuild.substitute). Nothing that an example
// generates may look like a variable to it: discover.sh once did, and ran with half of its
// expressions gone.
func TestFluxSubstitution(t *testing.T) {
	scripts := 0
	for _, file := range glob(t, "examples", "*", "expected.yaml") {
		text := string(read(t, file))
		scripts += strings.Count(text, "  discover.sh: |")
		docs := slices.DeleteFunc(strings.Split(text, "\n---\n"), func(doc string) bool { return strings.Contains(doc, disabled) })
		text = strings.Join(docs, "\n---\n")
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

// TestFluxSubstitutionOfWorkloads checks the StatefulSets of the examples, with what is injected, and
// the objects beside them: what has Kafka's ${file:...} tells Flux to leave it as it is.
func TestFluxSubstitutionOfWorkloads(t *testing.T) {
	references := 0
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		file := filepath.Join(filepath.Dir(spec), "statefulset.yaml")
		if !exists(file) {
			continue
		}
		out, _, _ := sallyport(string(read(t, file)), "filter", "-f", spec)
		for _, doc := range strings.Split(out, "\n---\n") {
			switch got, err := envsubst.Eval(doc, func(string) (string, bool) { return "", false }); {
			case err != nil || got != doc:
				references++
				if !strings.Contains(doc, disabled) {
					t.Errorf("%s: Flux would replace variables in\n%s", file, doc)
				}
			case strings.Contains(doc, disabled):
				t.Errorf("%s: there is no variable in\n%s", file, doc)
			}
		}
	}
	if references < 5 {
		t.Errorf("only %d objects have variables", references)
	}
}
