package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPatch runs every case of testdata/patch: kustomize applies the output of render --patch
// to the StatefulSets. The result is "patched.yaml", and a second time must change nothing.
// Render reads the StatefulSets too, except in cases with the name unseen.
func TestPatch(t *testing.T) {
	for _, file := range glob(t, "testdata", "patch", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			dir := t.TempDir()
			for _, f := range ar.Files {
				writeFile(t, filepath.Join(dir, f.Name), f.Data)
			}
			args := []string{"render", "--patch", filepath.Join(dir, "spec.yaml")}
			if !strings.Contains(caseName(file), "unseen") {
				args = append(args, filepath.Join(dir, "statefulset.yaml"))
			}
			patch, stderr, status := sallyport("", args...)
			if status != 0 {
				t.Fatal(stderr)
			}
			writeFile(t, filepath.Join(dir, "patch.yaml"), []byte(patch))
			writeFile(t, filepath.Join(dir, "kustomization.yaml"), []byte("resources: [statefulset.yaml]\npatches: [{path: patch.yaml}]\n"))
			out := kustomize(t, dir)
			compare(t, file, ar, map[string]string{"patched.yaml": out, "err": strings.ReplaceAll(stderr, dir+"/", "")})
			writeFile(t, filepath.Join(dir, "statefulset.yaml"), []byte(out))
			equal(t, "applied twice", out, kustomize(t, dir))
		})
	}
}
