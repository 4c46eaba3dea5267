package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// TestInject sends the StatefulSets of each case of testdata/inject and testdata/patch
// through the filter, with their spec and inject: true. "injected.yaml" is what comes out
// of them. A second time changes nothing; without the option again they are byte for byte
// what they were; and what was injected is what render --patch prints, as kustomize
// applies it. Where there is an "inject.err", the filter prints that instead, and fails.
func TestInject(t *testing.T) {
	for _, file := range append(glob(t, "testdata", "inject", "*.txtar"), glob(t, "testdata", "patch", "*.txtar")...) {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			dir := t.TempDir()
			for _, f := range ar.Files {
				writeFile(t, filepath.Join(dir, f.Name), f.Data)
			}
			t.Chdir(dir)
			plain, sets := string(ar.Files[0].Data), string(ar.Files[1].Data)
			given := strings.Contains(plain, "inject: true") // and then it is there to stay
			if given {
				writeFile(t, "inject.yaml", []byte(plain))
			} else {
				writeFile(t, "inject.yaml", []byte(strings.Replace(plain, "\nspec:\n", "\nspec:\n  inject: true\n", 1)))
			}
			if section(ar, "inject.err") { // the patch replaces what the StatefulSet has, and inject must not
				_, stderr, status := sallyport(sets, "filter", "-f", "inject.yaml")
				if status != statusInput {
					t.Errorf("status %d", status)
				}
				compare(t, file, ar, map[string]string{"inject.err": stderr})
				return
			}
			got := injected(t, sets, "inject.yaml")
			if strings.Contains(file, "inject") {
				compare(t, file, ar, map[string]string{"injected.yaml": got})
			}
			equal(t, "a second time", got, injected(t, got, "inject.yaml"))
			if given {
				return
			}
			if back := injected(t, got, "spec.yaml"); !strings.Contains(sets, "spec: {") && sets[0] != '{' { // one line is changed, and written anew
				equal(t, "taken back", sets, back)
			} else if diff := cmp.Diff(meaning(t, sets), meaning(t, back)); diff != "" {
				t.Errorf("taken back (-want +got):\n%s", diff)
			}
			patch, stderr, _ := sallyport("", "render", "--patch", "spec.yaml", "statefulset.yaml")
			if stderr != "" {
				t.Fatal(stderr)
			}
			writeFile(t, "patch.yaml", []byte(patch))
			writeFile(t, "kustomization.yaml", []byte("resources: [statefulset.yaml]\npatches: [{path: patch.yaml}]\n"))
			if diff := cmp.Diff(meaning(t, kustomize(t, dir)), meaning(t, got)); diff != "" {
				t.Errorf("kustomize makes something else of the patch (-kustomize +inject):\n%s", diff)
			}
		})
	}
}

// TestInjectChart does the same to the StatefulSet of a published chart.
func TestInjectChart(t *testing.T) {
	ar := parseCase(t, root("testdata", "packages", "kafka-chart.txtar"))
	spec := string(ar.Files[1].Data)
	spec += "    nodeAddressType: ExternalIP\n    config:\n      files: {a.conf: \"$(host:client)\\n\"}\n      container: kafka\n      discovery: {image: registry.example/kubectl:1.36}\n"
	t.Chdir(t.TempDir())
	writeFile(t, "spec.yaml", []byte(spec))
	writeFile(t, "inject.yaml", []byte(strings.Replace(spec, "\nspec:\n", "\nspec:\n  inject: true\n  rbac: {serviceAccountName: release-name-kafka}\n", 1)))
	chart := string(ar.Files[0].Data)
	got := injected(t, chart, "inject.yaml")
	for _, line := range strings.SplitAfter(chart, "\n") {
		if !strings.Contains(got, line) && !strings.Contains(line, "enableServiceLinks: true") && !strings.Contains(line, "automountServiceAccountToken: true") {
			t.Errorf("not there any more: %s", line)
		}
	}
	if !strings.Contains(got, "name: sallyport-discover\n") {
		t.Error("nothing is injected")
	}
	equal(t, "a second time", got, injected(t, got, "inject.yaml"))
	equal(t, "taken back", chart, injected(t, got, "spec.yaml"))
}

// injected is what comes out of manifests with a spec, without what render prints.
func injected(t *testing.T, manifests, spec string) string {
	t.Helper()
	out, stderr, status := sallyport(manifests, "filter", "-f", spec)
	restarts := strings.Count(stderr, "the controller restarts them one after the other; who notices: ") + strings.Count(stderr, "the pods restart and no longer read ConfigMap ")
	if status != 0 || strings.Count(stderr, "warning:") != restarts {
		t.Fatalf("status %d: %s", status, stderr)
	}
	writeFile(t, "out.yaml", []byte(manifests))
	made, _, _ := sallyport("", "render", spec, "out.yaml")
	if made != "" {
		made = "---\n" + made
	}
	kept, ok := strings.CutSuffix(out, made)
	if !ok {
		t.Fatalf("the last documents are not what render prints:\n%s", out)
	}
	return kept
}

// meaning is what StatefulSets say, whatever the order of their lists. The record of what
// was injected is no part of it.
func meaning(t *testing.T, stream string) []any {
	t.Helper()
	var out []any
	for _, doc := range documentEnd.Split(stream, -1) {
		var set map[string]any
		if err := yaml.Unmarshal([]byte(doc), &set); err != nil {
			t.Fatal(err)
		}
		if set == nil {
			continue
		}
		metadata := set["metadata"].(map[string]any)
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			if delete(annotations, "sallyport.dev/injected"); len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
		out = append(out, inOrder(set))
	}
	return out
}

func inOrder(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = inOrder(v[k])
		}
	case []any:
		for i := range v {
			v[i] = inOrder(v[i])
		}
		if len(v) > 0 {
			if _, ok := v[0].(map[string]any); ok {
				slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		}
	}
	return v
}
