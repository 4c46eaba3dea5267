package schemas_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport.dev/schemas/source"
)

// TestAcceptable checks that the codes that a spec can accept are those that the code uses for
// warnings and infos about a spec.
func TestAcceptable(t *testing.T) {
	call := regexp.MustCompile(`\.(?:Warnf|WarnOnce|Infof|InfoOnce)\(source\.(\w+),`)
	used := map[source.Code]bool{}
	for _, pattern := range []string{"v1alpha1/*.go", "../generators/*/*.go", "../generators/*.go", "../fn/live.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no source files are %s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range call.FindAllStringSubmatch(string(text), -1) {
				used[source.Code(m[1])] = true
			}
		}
	}
	for code := range used {
		if !slices.Contains(source.Acceptable, code) {
			t.Errorf("%s is the code of a warning, and source.Acceptable does not list it", code)
		}
	}
	for _, code := range source.Acceptable {
		if !used[code] {
			t.Errorf("source.Acceptable lists %s, and no warning has it", code)
		}
	}
}
