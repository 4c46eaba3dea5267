package main

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// TestWithKustomize builds the overlay in this process. The program testdata/e2e runs this
// example, and those of the other tools, in the tools themselves.
func TestWithKustomize(t *testing.T) {
	dir := root("examples", "with-kustomize")
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(kustomizeBelow(t, dir, "overlay")))
}

// TestFirstExample checks the example of the README: its spec takes everything else from the
// StatefulSet, in a directory as in kustomize.
func TestFirstExample(t *testing.T) {
	dir := root("examples", "kafka")
	out, stderr, status := sallyport("", "render", filepath.Join(dir, "access.yaml"), filepath.Join(dir, "statefulset.yaml"))
	if status != 0 {
		t.Fatal(stderr)
	}
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(out))
	all, _, _ := sallyport("", "render", dir)
	equal(t, "render of the directory", out, all)
	set, _ := strings.CutSuffix(kustomize(t, dir), "---\n"+out)
	if !strings.HasPrefix(set, "apiVersion: apps/v1\nkind: StatefulSet\n") || strings.Contains(set, "\n---\n") || !strings.Contains(set, "listeners.properties") {
		t.Errorf("kustomize build:\n%s", set)
	}
}

// TestWithKustomizePrefix builds the overlay that sets the prefix. validate finds nothing wrong in it.
func TestWithKustomizePrefix(t *testing.T) {
	dir := root("examples", "kustomize-prefix")
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(kustomizeBelow(t, dir, "overlay")))
	if _, stderr, status := sallyport("", "validate", "--fail-on", "warning", filepath.Join(dir, "expected.yaml")); status != 0 {
		t.Errorf("validate: %s", stderr)
	}
}

// TestKustomizeRenamesHeadless has the headless Service in the base too. kustomize writes its name with
// the prefix into serviceName only after the function has run, and brokers must advertise that name.
func TestKustomizeRenamesHeadless(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(root("examples", "kustomize-prefix"))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "base", "headless.yaml"), []byte("apiVersion: v1\nkind: Service\nmetadata: {name: kafka-headless}\nspec: {clusterIP: None, selector: {app: kafka}}\n"))
	writeFile(t, filepath.Join(dir, "base", "kustomization.yaml"), []byte("resources: [statefulset.yaml, headless.yaml]\n"))
	spec := filepath.Join(dir, "overlay", "access.yaml")
	writeFile(t, spec, bytes.Replace(read(t, spec), []byte("    services:\n"), []byte("    services:\n    - {name: headless, create: false}\n"), 1))
	out := kustomizeBelow(t, dir, "overlay")
	for _, want := range []string{"\n  serviceName: acme-kafka-headless\n", "INTERNAL://acme-kafka-0.acme-kafka-headless.streaming.svc", "1@acme-kafka-1.acme-kafka-headless.streaming.svc"} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
}

// TestWithKustomizeHelm builds an example with a chart, if Helm 3 is there: make e2e
// ROWS=kustomize/helmCharts builds it.
func TestWithKustomizeHelm(t *testing.T) {
	helm, _ := exec.LookPath("helm")
	if built, _ := filepath.Glob(root("bin", "e2e", "helm-v3*", "helm")); len(built) > 0 {
		helm, _ = filepath.Abs(built[0])
	}
	if out, err := exec.Command(cmp.Or(helm, "helm"), "version", "--short").Output(); err != nil || !strings.HasPrefix(string(out), "v3.") {
		t.Skipf("kustomize needs Helm 3 for helmCharts: %q, %v", out, err)
	}
	dir := root("examples", "kustomize-helm")
	golden(t, filepath.Join(dir, "expected.yaml"), []byte(kustomizeWith(t, dir, ".", types.HelmConfig{Enabled: true, Command: helm})))
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
