package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestWithKustomize builds the overlay in this process. The program testdata/e2e runs this
// example, and those of the other tools, in the tools themselves.
func TestWithKustomize(t *testing.T) {
	dir := root("examples", "with-kustomize")
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(kustomizeBelow(t, dir, "overlay")))
}

// TestWithArgoCD runs the plugin's command on the application.
func TestWithArgoCD(t *testing.T) {
	var plugin struct {
		Spec struct {
			Generate struct{ Command, Args []string }
		}
	}
	if err := yaml.Unmarshal(read(t, root("examples", "with-argocd", "plugin.yaml")), &plugin); err != nil {
		t.Fatal(err)
	}
	g := plugin.Spec.Generate
	cmd := exec.Command(g.Command[0], append(g.Command[1:], g.Args...)...)
	cmd.Dir = root("examples", "with-argocd", "app")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, root("examples", "with-argocd", "expected.yaml"), out)
}

// TestWithFlux checks that the committed manifests are those of the specs.
func TestWithFlux(t *testing.T) {
	rendered, stderr, status := sallyport("", "render", root("examples", "with-flux", "specs"))
	if status != 0 {
		t.Fatal(stderr)
	}
	var committed string
	for i, file := range glob(t, "examples", "with-flux", "manifests", "*.yaml") {
		if i > 0 {
			committed += "---\n"
		}
		committed += string(read(t, file))
	}
	equal(t, filepath.Join("with-flux", "manifests"), sorted(rendered), sorted(committed))
}

// TestOwnProfile renders the specs of the example beside their profiles.
func TestOwnProfile(t *testing.T) {
	dir := root("examples", "own-profile")
	out, stderr, status := sallyport("", "render", filepath.Join(dir, "platform.yaml"), filepath.Join(dir, "app.yaml"))
	if status != 0 || stderr != "" {
		t.Fatal(stderr)
	}
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(out))
}
