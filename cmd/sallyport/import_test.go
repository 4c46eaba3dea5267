package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// lines are the numbers of lines in the file of an input, which differ with the order of its documents.
var lines = regexp.MustCompile(`\.yaml:\d+`)

// TestImport runs every case of testdata/import. The YAML files are the input directory, "out" is what
// import prints, "err" its messages, "args" further arguments, and "adopt" what import --adopt prints. What is printed renders
// without errors beside the input's other objects, and does not depend on the order of the input.
func TestImport(t *testing.T) {
	for _, file := range glob(t, "testdata", "import", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			dir := t.TempDir()
			for _, f := range ar.Files {
				if strings.HasSuffix(f.Name, ".yaml") {
					writeFile(t, filepath.Join(dir, f.Name), f.Data)
				}
			}
			t.Chdir(dir)
			args := []string{"import", "."}
			for _, f := range ar.Files {
				if f.Name == "args" {
					args = append(args, strings.Fields(string(f.Data))...)
				}
			}
			out, stderr, status := sallyport("", args...)
			if failed := strings.Contains(stderr, "error: "); failed != (status != 0) || failed && out != "" {
				t.Errorf("status %d, and this on stdout:\n%s", status, out)
			}
			if stderr != "" {
				everyWayOut(t, file, stderr)
			}
			want := map[string]string{"out": out, "err": stderr}
			if section(ar, "adopt") {
				want["adopt"], _, _ = sallyport("", "import", "--adopt", ".")
				delete(want, "out")
			}
			if status != 0 {
				delete(want, "out")
			}
			compare(t, file, ar, want)
			if status == 0 {
				if _, stderr, status := sallyport(out, "render", "-"); status != 0 && !strings.Contains(stderr, "Required") {
					t.Errorf("the specs do not render: %s", stderr)
				}
			}
			for _, f := range ar.Files {
				if strings.HasSuffix(f.Name, ".yaml") {
					writeFile(t, filepath.Join(dir, f.Name), shuffled(f.Data))
				}
			}
			again, _, _ := sallyport("", args...)
			equal(t, "documents in another order", lines.ReplaceAllString(out, ".yaml"), lines.ReplaceAllString(again, ".yaml"))
		})
	}
}
