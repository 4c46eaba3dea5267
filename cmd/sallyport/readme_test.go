package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/v1alpha1/profiles"
)

var quotation = regexp.MustCompile("(?s)<!-- (quote|list|mistake|plan) ?(.*?) ?-->\n```(\\w*)\n.*?```\n<!-- end -->")

// TestREADME checks that the README quotes real files and real output.
func TestREADME(t *testing.T) {
	file := root("README.md")
	text := string(read(t, file))
	if n := len(quotation.FindAllString(text, -1)); n != 5 {
		t.Errorf("%d quotations, want 5", n)
	}
	got := quotation.ReplaceAllStringFunc(text, func(block string) string {
		m := quotation.FindStringSubmatch(block)
		args := strings.Fields(m[2])
		body := ""
		switch m[1] {
		case "quote":
			body = document(t, args)
		case "list":
			body = list(t, args[0])
		case "plan":
			body, _, _ = sallyport("", "plan", root(args[0]))
		case "mistake":
			body = mistake(t)
		}
		return strings.TrimSpace("<!-- "+m[1]+" "+m[2]) + " -->\n```" + m[3] + "\n" + body + "```\n<!-- end -->"
	})
	golden(t, file, []byte(got))
}

// TestREADMENamesTests checks that every test that the README names exists.
func TestREADMENamesTests(t *testing.T) {
	tests := map[string]bool{}
	for _, pattern := range []string{"*/*_test.go", "*/*/*_test.go"} {
		for _, file := range glob(t, pattern) {
			for _, m := range testFunc.FindAllStringSubmatch(string(read(t, file)), -1) {
				tests[m[1]] = true
			}
		}
	}
	for _, m := range testName.FindAllStringSubmatch(string(read(t, root("README.md"))), -1) {
		if !tests[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// TestREADMENamesProfiles checks that the table of engines has every profile, and links it to an
// example of that profile.
func TestREADMENamesProfiles(t *testing.T) {
	examples := map[string]string{}
	for _, m := range profileLink.FindAllStringSubmatch(string(read(t, root("README.md"))), -1) {
		examples[m[1]] = m[2]
	}
	for _, name := range profiles.Names() {
		if examples[name] == "" {
			t.Errorf("the README's table of engines does not have %s", name)
		} else if !strings.Contains(string(read(t, root(examples[name], "spec.yaml"))), "\n  profile: "+name+"\n") {
			t.Errorf("%s is no example of %s", examples[name], name)
		}
	}
	for name := range examples {
		if !slices.Contains(profiles.Names(), name) {
			t.Errorf("there is no profile %s", name)
		}
	}
}

var profileLink = regexp.MustCompile("\\[`([a-z0-9-]+)`\\]\\((examples/[a-z0-9-]+)\\)")

var (
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
)

// document returns a file, or one of its documents by KIND/NAME.
func document(t *testing.T, args []string) string {
	text := string(read(t, root(args[0])))
	if len(args) == 1 {
		return text
	}
	for _, doc := range strings.Split(strings.TrimSuffix(text, "\n"), "\n---\n") {
		if heading(t, doc) == strings.ReplaceAll(args[1], "/", " ") {
			return doc + "\n"
		}
	}
	t.Errorf("%s has no %s", args[0], args[1])
	return ""
}

func heading(t *testing.T, doc string) string {
	t.Helper()
	var o struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
		t.Fatal(err)
	}
	return o.Kind + " " + o.Metadata.Name
}

func list(t *testing.T, file string) string {
	out := ""
	for _, doc := range strings.Split(strings.TrimSuffix(string(read(t, root(file))), "\n"), "\n---\n") {
		out += heading(t, doc) + "\n"
	}
	return out
}

// mistake returns the errors that the program reports for an example with three errors.
func mistake(t *testing.T) string {
	spec := string(read(t, root("examples", "pravega-shared-ip", "spec.yaml")))
	for old, wrong := range map[string]string{"replicas: 3": "replica: 3", "externalTrafficPolicy: Cluster": "externalTrafficPolicy: cluster",
		"address: 10.243.39.103": "address: 10.243.39.1003"} {
		if !strings.Contains(spec, old) {
			t.Errorf("the example has no %q", old)
		}
		spec = strings.Replace(spec, old, wrong, 1)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "spec.yaml"), []byte(spec))
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	_, stderr, status := sallyport("", "render", "spec.yaml")
	t.Chdir(here)
	if status != statusInput {
		t.Errorf("status %d", status)
	}
	return stderr
}
