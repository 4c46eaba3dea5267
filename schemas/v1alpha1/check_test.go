package v1alpha1

import (
	"regexp"
	"strings"
	"testing"
)

// checks lists all Checks. Each has examples of all ways in which a text can be wrong.
var checks = map[string]struct {
	Check
	longest int
	wrong   map[string]string // the way out for each text
}{
	"DNSLabel": {DNSLabel, 63, map[string]string{
		"":                       useLabel,
		"My":                     useLabel,
		"a.b":                    useLabel,
		"-a":                     useLabel,
		strings.Repeat("A", 64):  shorten + "; " + useLabel,
		strings.Repeat("a.", 32): shorten + "; " + useLabel,
	}},
	"DNSSubdomain": {DNSSubdomain, 253, map[string]string{
		"a_b":                    "use lower case letters, digits, '-' and '.', such as db.example.com",
		"a..b":                   "use lower case letters, digits, '-' and '.', such as db.example.com",
		strings.Repeat("a", 254): shorten,
	}},
	"ServiceName": {ServiceName, 63, map[string]string{
		"1a":                          "use lower case letters, digits and '-', a letter first",
		"1" + strings.Repeat("a", 63): shorten + "; use lower case letters, digits and '-', a letter first",
	}},
	"WorkloadName": {WorkloadName, 52, map[string]string{
		"A":                     useLabel,
		strings.Repeat("A", 53): shorten + "; " + useLabel,
		strings.Repeat("a", 64): shorten,
	}},
	"ConfigMapKey": {ConfigMapKey, 253, map[string]string{
		"a/b": useName,
		".":   "begin it with a letter or a digit",
		"..a": "begin it with a letter or a digit",
	}},
	"EnvName": {EnvName, 253, map[string]string{
		"1A":  "use letters, digits, '-', '_' and '.', no digit first, such as MY_NAME",
		"A=B": "use letters, digits, '-', '_' and '.', no digit first, such as MY_NAME",
		"..":  "begin it with a letter or a digit",
	}},
	"LabelValue": {LabelValue, 63, map[string]string{"a b": useName}},
	"QualifiedName": {QualifiedName, 63, map[string]string{
		"":                             useName,
		"a b":                          useName,
		"a/b/c":                        "write one '/' at most, such as example.com/my.name-1",
		"/a":                           "write a DNS name in front of the '/', such as example.com/my.name-1",
		"A/b":                          "in front of the '/', use lower case letters, digits, '-' and '.', such as db.example.com",
		"a/":                           "behind the '/', " + useName,
		"a_b/c d":                      "in front of the '/', use lower case letters, digits, '-' and '.', such as db.example.com; behind the '/', " + useName,
		"a/" + strings.Repeat("b", 64): "behind the '/', " + shorten,
	}},
	"AnnotationKey":    {AnnotationKey, 63, map[string]string{"a b": useName, "A_/b": "in front of the '/', use lower case letters, digits, '-' and '.', such as db.example.com"}},
	"targetName":       {targetName, 253, map[string]string{"a..": "use lower case letters, digits, '-' and '.', such as db.example.com"}},
	"annotationPrefix": {annotationPrefix, 253, map[string]string{"_/": "use lower case letters, digits, '-' and '.', such as db.example.com"}},
}

// TestChecks provokes each error from apimachinery, so that a release that decides differently
// fails the test. The example in a way out must pass the check.
func TestChecks(t *testing.T) {
	example := regexp.MustCompile(`such as (\S+?)(;|$)`)
	for name, c := range checks {
		for text, want := range c.wrong {
			wrong, wayOut := c.Problem(text)
			if wrong == "" || c.Passes(text) {
				t.Errorf("%s: %q passes", name, text)
			}
			if wayOut != want {
				t.Errorf("%s: the way out of %q (%s) is\n%q, want\n%q", name, text, wrong, wayOut, want)
			}
			if strings.Contains(wrong, "regex") || strings.Contains(wrong, "[") {
				t.Errorf("%s: there is a regular expression in %q", name, wrong)
			}
			if m := example.FindStringSubmatch(wayOut); m != nil && !strings.Contains(wayOut, "'/', ") && !c.Passes(m[1]) {
				t.Errorf("%s: the example in %q does not pass", name, wayOut)
			}
		}
		if wrong, _ := c.Problem(strings.Repeat("a", c.longest)); wrong != "" {
			t.Errorf("%s: %d characters are wrong: %s", name, c.longest, wrong)
		}
		if wrong, wayOut := c.Problem(strings.Repeat("a", c.longest+1)); wrong == "" || wayOut != shorten {
			t.Errorf("%s: of %d characters the problem is %q, and the way out %q", name, c.longest+1, wrong, wayOut)
		}
	}
}

// TestLabelProblem checks that the key and the value of a label each have their own advice.
func TestLabelProblem(t *testing.T) {
	for label, want := range map[[2]string]string{
		{"a", "b"}:                       "",
		{"a b", "c d"}:                   useName,
		{"a", strings.Repeat("b", 64)}:   shorten,
		{"a b", strings.Repeat("b", 64)}: useName + "; " + shorten,
	} {
		if wrong, wayOut := LabelProblem(label[0], label[1]); wayOut != want || (wrong == "") != (want == "") {
			t.Errorf("%q: %s, and the way out is %q, want %q", label, wrong, wayOut, want)
		}
	}
}
