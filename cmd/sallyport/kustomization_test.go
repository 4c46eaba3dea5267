package main

import (
	"path/filepath"
	"testing"
)

// TestKustomizationBuilds checks that kustomize builds what two runs of render have written.
func TestKustomizationBuilds(t *testing.T) {
	dir := t.TempDir()
	for _, example := range []string{"kafka-nodeport-static", "database-egress"} {
		spec := root("examples", example, "spec.yaml")
		if _, stderr, status := sallyport("", "render", spec, "-o", "dir="+filepath.Join(dir, "base"), "--kustomization"); status != statusFine {
			t.Fatal(stderr)
		}
	}
	want := ""
	for _, example := range []string{"kafka-nodeport-static", "database-egress"} {
		out, _, _ := sallyport("", "render", root("examples", example, "spec.yaml"))
		want += out + "---\n"
	}
	equal(t, "kustomize build", sorted(want[:len(want)-len("---\n")]), sorted(kustomizeBelow(t, dir, "base")))
}
