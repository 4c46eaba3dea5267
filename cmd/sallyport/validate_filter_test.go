package main

import (
	"regexp"
	"strings"
	"testing"
)

// diagnosed matches the first line of a diagnostic of filter that validate has, too. The others are about the run: LiveChange, of
// which diff is the command; or validate has other words for a stream without specs, and for one that is no text.
var (
	diagnosed = regexp.MustCompile(`\[[A-Za-z]+\]$`)
	ofFilter  = regexp.MustCompile(`\[(LiveChange|NoSpec|Syntax)\]$`)
)

// TestValidateReportsWhatFilterDoes checks that validate has each error and warning that filter has about the same
// input.
func TestValidateReportsWhatFilterDoes(t *testing.T) {
	for _, file := range glob(t, "testdata", "filter", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			args := []string{"validate", "-"}
			for _, f := range ar.Files[1:] {
				if f.Name == "spec.yaml" {
					writeFile(t, f.Name, f.Data)
					args = append(args, f.Name)
				}
			}
			_, stderr, _ := sallyport(string(ar.Files[0].Data), args...)
			for _, f := range ar.Files {
				if f.Name != "err" {
					continue
				}
				for line := range strings.Lines(string(f.Data)) {
					if line = strings.TrimSpace(line); diagnosed.MatchString(line) && !ofFilter.MatchString(line) && !strings.Contains(stderr, line) {
						t.Errorf("filter reports this, and validate does not:\n%s\n%s", line, stderr)
					}
				}
			}
		})
	}
}
