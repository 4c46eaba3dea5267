package main

import (
	"os"
	"testing"
)

// TestFilter runs every case of testdata/filter: it filters the manifests, with a spec in a
// file if the case has one. A second run must change nothing.
func TestFilter(t *testing.T) {
	for _, file := range glob(t, "testdata", "filter", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			args := []string{"filter"}
			for _, f := range ar.Files {
				writeFile(t, f.Name, f.Data)
			}
			if _, err := os.Stat("spec.yaml"); err == nil {
				args = append(args, "-f", "spec.yaml")
			}
			out, stderr, status := sallyport(string(ar.Files[0].Data), args...)
			if status != 0 && out != "" {
				t.Errorf("status %d, and this on stdout:\n%s", status, out)
			}
			compare(t, file, ar, map[string]string{"out": out, "err": stderr})
			if status != 0 {
				return
			}
			if len(args) == 1 { // the spec was among the manifests, and is left out
				writeFile(t, "spec.yaml", ar.Files[0].Data)
				args = append(args, "-f", "spec.yaml")
			}
			again, _, _ := sallyport(out, args...)
			equal(t, "second run", out, again)
		})
	}
}
