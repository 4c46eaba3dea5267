package main

import (
	"regexp"
	"strings"
	"testing"

	"sallyport.dev/schemas/v1alpha1/profiles"
)

// setting matches a line of the output of init with a setting that is commented out.
var setting = regexp.MustCompile(`^( *)# (- \{|[a-z][A-Za-z]*: )`)

// TestInit checks that the output of init is valid for every kind and profile and for a
// StatefulSet, and that it is also valid with each setting that is commented out.
func TestInit(t *testing.T) {
	sts := string(parseCase(t, root("testdata", "script", "init-statefulset.txtar")).Files[0].Data)
	for _, args := range initArgs() {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			text, stderr, status := sallyport(sts, args...)
			if status != statusFine || stderr != "" {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if !strings.HasPrefix(text, "# yaml-language-server: $schema=external") {
				t.Errorf("no modeline on the first line:\n%s", text)
			}
			valid(t, text)
			lines := strings.Split(text, "\n")
			settings := 0
			for i, line := range lines {
				if !setting.MatchString(line) {
					continue
				}
				settings++
				lines[i] = setting.ReplaceAllString(line, "$1$2")
				valid(t, strings.Join(lines, "\n"))
				lines[i] = line
			}
			if settings == 0 {
				t.Error("no settings are commented out")
			}
		})
	}
}

func initArgs() [][]string {
	all := [][]string{{"init"}, {"init", "--kind", "ExternalEndpoints"}, {"init", "-f", "-"}}
	for _, name := range profiles.Names() {
		all = append(all, []string{"init", "--profile", name})
	}
	return all
}

// valid checks that validate reports neither errors nor warnings for a spec.
func valid(t *testing.T, spec string) {
	t.Helper()
	out, stderr, status := sallyport(spec, "validate")
	if status != statusFine || !strings.Contains(out, ": ok, ") || strings.Contains(stderr, ": warning: ") {
		t.Errorf("status %d: %s\n%s", status, stderr, spec)
	}
}
