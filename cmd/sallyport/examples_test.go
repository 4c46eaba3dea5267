package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"sallyport.dev/schemas/v1alpha1/profiles"
)

// TestExamples checks that each example has the same bytes in render, in the function, and in
// kustomize build with the function as a generator. An example with a StatefulSet has the function
// as a transformer instead.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		dir := filepath.Dir(spec)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			rendered, stderr, status := sallyport("", "render", spec)
			if status != 0 {
				t.Fatalf("render: %s", stderr)
			}
			golden(t, filepath.Join(dir, "expected.yaml"), []byte(rendered))
			if !exists(filepath.Join(dir, "README.md")) {
				t.Error("there is no README.md")
			}
			again, _, _ := sallyport(string(read(t, spec)), "render")
			equal(t, "render from standard input", rendered, again)
			equal(t, "fn", rendered, functionOnly(t, spec))
			if exists(filepath.Join(dir, "statefulset.yaml")) {
				workloadExample(t, dir, rendered)
				return
			}
			filtered, _, _ := sallyport(string(read(t, spec)), "filter")
			equal(t, "filter", rendered, filtered)
			equal(t, "kustomize build", rendered, kustomize(t, dir))
			if patch := filepath.Join(dir, "patch.yaml"); exists(patch) {
				out, stderr, status := sallyport("", "render", "--patch", spec)
				if status != 0 {
					t.Fatalf("render --patch: %s", stderr)
				}
				golden(t, patch, []byte(out))
			}
		})
	}
}

// workloadExample checks an example that has a StatefulSet: kustomize build gives the StatefulSet
// with the patch of render --patch, the other objects of its file, and what render prints. There is
// nothing to warn of. The Gateway that an example assumes is in the input, and not in the output.
func workloadExample(t *testing.T, dir, rendered string) {
	t.Helper()
	spec, files := filepath.Join(dir, "spec.yaml"), packageOf(dir)
	patch, stderr, status := sallyport("", append([]string{"render", "--patch", spec}, files...)...)
	if status != 0 || stderr != "" {
		t.Fatalf("render --patch: %s", stderr)
	}
	golden(t, filepath.Join(dir, "patch.yaml"), []byte(patch))
	var stream, names []string
	for _, file := range files {
		stream, names = append(stream, string(read(t, file))), append(names, filepath.Base(file))
	}
	if _, stderr, status := sallyport(strings.Join(stream, "---\n"), "filter", "-f", spec); status != 0 || strings.Contains(stderr, "warning") {
		t.Errorf("filter: %s", stderr)
	}
	patched := t.TempDir()
	if err := os.CopyFS(patched, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(patched, "kustomization.yaml"), []byte("resources: ["+strings.Join(names, ", ")+"]\npatches: [{path: patch.yaml}]\nsortOptions: {order: fifo}\n"))
	others, ok := strings.CutSuffix(kustomize(t, dir), "---\n"+rendered)
	if !ok {
		t.Error("kustomize build does not end with what render prints")
	}
	if diff := cmp.Diff(meaning(t, kustomize(t, patched)), meaning(t, others)); diff != "" {
		t.Errorf("kustomize build (-patched +injected):\n%s", diff)
	}
}

// packageOf lists what stands beside the spec of an example: the Gateway that exists, if it assumes
// one, and the StatefulSet.
func packageOf(dir string) []string {
	set, gateway := filepath.Join(dir, "statefulset.yaml"), filepath.Join(dir, "gateway.yaml")
	if exists(gateway) {
		return []string{gateway, set}
	}
	return []string{set}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func equal(t *testing.T, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// functionOnly runs the function as kustomize runs generators: once for each spec, with the
// spec as the functionConfig and the only item.
func functionOnly(t *testing.T, spec string) string {
	t.Helper()
	var all []string
	for _, config := range strings.Split(string(read(t, spec)), "---\n") {
		echo := strings.Replace(config, "  annotations:\n", "  annotations:\n    config.kubernetes.io/local-config: \"true\"\n", 1)
		in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + item(echo) + "functionConfig:\n" + indent(config)
		out, stderr, status := sallyport(in, "fn")
		if status != 0 {
			t.Fatalf("fn: %s", stderr)
		}
		all = append(all, generated(t, out))
	}
	return strings.Join(all, "---\n")
}

func indent(doc string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(doc, "\n"), "\n", "\n  ") + "\n"
}

func item(doc string) string {
	body := indent(doc)
	i := strings.Index(body, "  apiVersion:")
	return body[:i] + "- " + body[i+2:]
}

// generated returns the items of a ResourceList as a stream of documents.
func generated(t *testing.T, list string) string {
	t.Helper()
	_, items, ok := strings.Cut(list, "\nitems:\n")
	items, _, _ = strings.Cut(items, "\nfunctionConfig:\n")
	if !ok {
		t.Fatalf("not a list of items:\n%s", list)
	}
	var out strings.Builder
	for i, line := range strings.Split(items, "\n") {
		if rest, ok := strings.CutPrefix(line, "- "); ok {
			if i > 0 {
				out.WriteString("---\n")
			}
			line = "  " + rest
		}
		out.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	return out.String()
}

// kustomize builds a copy of a directory in this process. The function is the program, which is
// on the PATH.
func kustomize(t *testing.T, dir string) string { return kustomizeBelow(t, dir, ".") }

// kustomizeBelow builds a directory in a copy of a larger one, which has all files that it
// refers to.
func kustomizeBelow(t *testing.T, dir, below string) string {
	t.Helper()
	return kustomizeWith(t, dir, below, types.HelmConfig{})
}

// kustomizeWith is kustomizeBelow with the settings for charts.
func kustomizeWith(t *testing.T, dir, below string, helm types.HelmConfig) string {
	t.Helper()
	built(t)
	tmp := t.TempDir()
	if err := os.CopyFS(tmp, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	opts := krusty.MakeDefaultOptions()
	opts.Reorder = krusty.ReorderOptionUnspecified
	opts.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	opts.PluginConfig.FnpLoadingOptions.EnableExec = true
	opts.PluginConfig.HelmConfig = helm
	m, err := krusty.MakeKustomizer(opts).Run(filesys.MakeFsOnDisk(), filepath.Join(tmp, below))
	if err != nil {
		t.Fatalf("kustomize build: %v", err)
	}
	out, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestDefaultOrder checks that with kustomize's default order the documents are the same.
func TestDefaultOrder(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(root("examples", "pravega-dns"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte("generators: [spec.yaml]\nsortOptions: {order: legacy}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	equal(t, "documents", sorted(string(read(t, filepath.Join(dir, "expected.yaml")))), sorted(kustomize(t, dir)))
}

// TestProfiles checks that every profile has an example.
func TestProfiles(t *testing.T) {
	var all []byte
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		all = append(all, read(t, spec)...)
	}
	for _, name := range profiles.Names() {
		if !bytes.Contains(all, []byte("  profile: "+name+"\n")) {
			t.Errorf("profile %s has no example", name)
		}
		if _, _, ok := profiles.Lookup(name); !ok {
			t.Errorf("profile %s cannot be read", name)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)]+)\)`)

// TestExamplesREADME checks that the index lists exactly the examples that exist.
func TestExamplesREADME(t *testing.T) {
	linked := map[string]bool{}
	for _, m := range link.FindAllStringSubmatch(string(read(t, root("examples", "README.md"))), -1) {
		linked[m[1]] = true
	}
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		if dir := filepath.Base(filepath.Dir(spec)); !linked[dir] {
			t.Errorf("examples/README.md does not name %s", dir)
		}
	}
}
