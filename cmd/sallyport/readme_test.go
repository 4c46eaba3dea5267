package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport.dev/schemas/v1alpha1/profiles"
)

var quotation = regexp.MustCompile("(?s)<!-- (quote|mistake|plan) ?([^\n]*?) ?-->\n```(\\w*)\n.*?```\n<!-- end -->")

// TestREADME checks that the README quotes real files and real output, and stays a page that people
// read.
func TestREADME(t *testing.T) {
	file := root("README.md")
	text := string(read(t, file))
	if n := len(quotation.FindAllString(text, -1)); n != 4 {
		t.Errorf("%d quotations, want 4", n)
	}
	got := quotation.ReplaceAllStringFunc(text, func(block string) string {
		m := quotation.FindStringSubmatch(block)
		args := strings.Fields(m[2])
		body := ""
		switch m[1] {
		case "quote":
			body = excerpt(t, args)
		case "plan":
			body, _, _ = sallyport("", "plan", root(args[0]))
		case "mistake":
			body = mistake(t)
		}
		return strings.TrimSpace("<!-- "+m[1]+" "+m[2]) + " -->\n```" + m[3] + "\n" + body + "```\n<!-- end -->"
	})
	golden(t, file, []byte(got))
	if n := strings.Count(got, "\n"); n > 150 {
		t.Errorf("%d lines, want 150 at most", n)
	}
}

// TestPromisesNameTests checks that every test that a page names exists.
func TestPromisesNameTests(t *testing.T) {
	tests := map[string]bool{}
	for _, pattern := range []string{"*/*_test.go", "*/*/*_test.go", "*/*/*/*_test.go"} {
		for _, file := range glob(t, pattern) {
			for _, m := range testFunc.FindAllStringSubmatch(string(read(t, file)), -1) {
				tests[m[1]] = true
			}
		}
	}
	for _, page := range pages(t) {
		for _, m := range testName.FindAllStringSubmatch(string(read(t, page)), -1) {
			if !tests[m[1]] {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

// TestEnginesNameProfiles checks that the table of engines has every profile, and links it to an
// example of that profile.
func TestEnginesNameProfiles(t *testing.T) {
	examples := map[string]string{}
	for _, m := range profileLink.FindAllStringSubmatch(string(read(t, root("examples", "README.md"))), -1) {
		examples[m[1]] = m[2]
	}
	for _, name := range profiles.Names() {
		if examples[name] == "" {
			t.Errorf("the table of engines does not have %s", name)
		} else if !strings.Contains(string(read(t, root("examples", examples[name], "spec.yaml"))), "\n  profile: "+name+"\n") {
			t.Errorf("%s is no example of %s", examples[name], name)
		}
	}
	for name := range examples {
		if !slices.Contains(profiles.Names(), name) {
			t.Errorf("there is no profile %s", name)
		}
	}
}

var profileLink = regexp.MustCompile("\\[`([a-z0-9-]+)`\\]\\(([a-z0-9-]+)\\)")

var (
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
)

// excerpt returns a file, or the lines FIRST-LAST of it.
func excerpt(t *testing.T, args []string) string {
	t.Helper()
	text := string(read(t, root(args[0])))
	if len(args) == 1 {
		return text
	}
	var first, last int
	if _, err := fmt.Sscanf(args[1], "%d-%d", &first, &last); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.SplitAfter(text, "\n")[first-1:last], "")
}

// mistake returns the errors that the program reports for the first example with two of them.
func mistake(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "statefulset.yaml"), read(t, root("examples", "kafka", "statefulset.yaml")))
	spec := string(read(t, root("examples", "kafka", "access.yaml")))
	for old, wrong := range map[string]string{"- name: broker\n": "- name: broker\n    replicas: 5\n", "{name: external, nodePort: 30000}": "{name: external, nodePorts: 30000}"} {
		if !strings.Contains(spec, old) {
			t.Errorf("the example has no %q", old)
		}
		spec = strings.Replace(spec, old, wrong, 1)
	}
	writeFile(t, filepath.Join(dir, "access.yaml"), []byte(spec))
	t.Chdir(dir)
	_, stderr, status := sallyport("", "validate", ".")
	t.Chdir(packageDir)
	if status != statusInput {
		t.Errorf("status %d", status)
	}
	first := strings.Index(stderr, "access.yaml:13") // an info about the StatefulSet comes before
	return stderr[max(first, 0):]
}
