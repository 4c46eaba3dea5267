package source

import (
	"strings"
	"testing"
)

// provoked are texts that make the YAML library report each of yamlErrors, and the position
// and the way out that are reported, if it is not the usual one.
var provoked = map[string][]struct {
	text         string
	line, column int
	wayOut       string
}{
	"found character that cannot start any token": {{"\na: @b\n", 2, 4, ""}, {"a:\n\tb: 1\n", 2, 1, noTabs}, {"a: `b\n", 1, 4, ""}, {"a:\n  - %b\n", 2, 5, ""}, {"a:\n- b: 1\n\n  # c\n \td: 2\n", 5, 2, noTabs}},
	"found a tab character": {{"a:\n  b: 1\n\tc: 2\n", 3, 1, ""}, {"a: |\n  x\n\tb\n", 3, 1, ""},
		{"a:\n  b:\tc\n\td: e\n", 3, 1, ""}},
	"found unexpected end of stream":                        {{"\na: \"b\n", 2, 1, ""}},
	"found unexpected document indicator":                   {{"\n\na: \"x\n--- \n", 3, 1, ""}},
	"found unknown escape character":                        {{"\na: \"\\d\"\n", 2, 1, ""}},
	"found invalid Unicode character escape code":           {{"\na: \"\\ud83d\\ude00\"\n", 2, 1, ""}},
	"did not find expected hexdecimal number":               {{"\na: \"\\xZZ\"\n", 2, 1, ""}},
	"did not find expected alphabetic or numeric character": {{"\n\na: &\n", 3, 1, ""}},
	"did not find expected comment or line break":           {{"\na: |x\n  b\n", 2, 1, ""}},
	"mapping values are not allowed": {{"\na: b: c\n", 2, 5, ""}, {"a: b: c\n", 1, 5, ""}, {"- a: b\n    c: d\n", 2, 5, ""},
		{"a:\n  profile:kafka\n  type: b\n", 2, 11, oneSpace}, {"a:b/c\nd: e\n", 1, 3, oneSpace},
		{"a:\n  -name: b\n   c: d\n", 2, 4, dashSpace}, {"a:\n  profile kafka\n  type: b\n", 2, 3, addColon}},
	"block sequence entries are not allowed": {{"\na: - b\n", 2, 1, ""}},
	"could not find expected ':'": {{"\na: b\nc\nd: e\n", 3, 1, addColon}, {"a: b\nprofile:kafka\nc: d\n", 2, 9, oneSpace}, {"a: b\nc:d\n", 2, 3, oneSpace}, {"a: b\n\"c\":d\n", 2, 5, oneSpace},
		{"a: b\n\"c\": d\ne f\n", 3, 1, addColon}},
	"exceeded max depth":                  {{"\n\na: " + strings.Repeat("[", 10_001), 3, 1, ""}},
	"did not find expected ','":           {{"\na: [1\nb: 2\n", 2, 1, ""}, {"\n\na: {x: 1\nb: 2\n", 3, 1, ""}},
	"did not find expected '-' indicator": {{"\n- a\nb: c\n", 2, 1, ""}},
	"did not find expected key": {{"a:\n  - x\n - y\n", 3, 2, ""}, {"\na: b\n]\n", 2, 1, ""}, {"a: 'x' y\n", 1, 8, wholeText}, {"a: b\nc: d\n\"e\": \"f\" g\n", 3, 10, wholeText},
		{"a:\n- name:b\n  # c\n  d: e\n", 2, 8, oneSpace}},
	"did not find expected node content":     {{"\na: ]\n", 2, 1, ""}},
	"did not find expected <document start>": {{"\n\n\"a\" b\n", 3, 1, ""}},
	"found undefined tag handle":             {{"\na: !x!y z\n", 2, 1, ""}},
	"found duplicate %YAML directive":        {{"\n\n%YAML 1.1\n%YAML 1.1\n---\na: b\n", 4, 1, ""}},
	"found incompatible YAML document":       {{"\n%YAML 3.0\n---\na: b\n", 2, 1, ""}},
	"unknown anchor":                         {{"\n\na: *b\n", 3, 4, ""}},
}

// TestYAMLErrors checks that the library still words its errors as in yamlErrors, and that
// each is reported at its place.
func TestYAMLErrors(t *testing.T) {
	for _, e := range yamlErrors {
		if len(provoked[e.text]) == 0 {
			t.Errorf("nothing provokes %q", e.text)
		}
		for _, c := range provoked[e.text] {
			text, wayOut := c.text[:min(len(c.text), 60)], c.wayOut
			if wayOut == "" {
				wayOut = e.wayOut
			}
			_, ds := Parse("spec.yaml", []byte(c.text))
			if len(ds) != 1 {
				t.Errorf("%q: %d errors", text, len(ds))
				continue
			}
			if d := ds[0]; !strings.HasPrefix(d.Message, e.text) || d.WayOut != wayOut || d.Line != c.line || d.Column != c.column {
				t.Errorf("%q: %v, want %d:%d, %s\n    %s", text, d, c.line, c.column, e.text, wayOut)
			}
		}
	}
}
