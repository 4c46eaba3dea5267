package source

import (
	"strings"
	"testing"
)

// provoked are texts that make the YAML library report each of yamlErrors, and the line
// that it reports, counted from 1.
var provoked = map[string][]struct {
	text string
	line int
}{
	"found character that cannot start any token":           {{"\na: @b\n", 2}, {"a:\n\tb: 1\n", 2}},
	"found a tab character":                                 {{"a:\n  b: 1\n\tc: 2\n", 2}, {"a: |\n  x\n\tb\n", 3}},
	"found unexpected end of stream":                        {{"\na: \"b\n", 2}},
	"found unexpected document indicator":                   {{"\n\na: \"x\n--- \n", 3}},
	"found unknown escape character":                        {{"\na: \"\\d\"\n", 2}},
	"found invalid Unicode character escape code":           {{"\na: \"\\ud83d\\ude00\"\n", 2}},
	"did not find expected hexdecimal number":               {{"\na: \"\\xZZ\"\n", 2}},
	"did not find expected alphabetic or numeric character": {{"\n\na: &\n", 3}},
	"did not find expected comment or line break":           {{"\na: |x\n  b\n", 2}},
	"mapping values are not allowed":                        {{"\na: b: c\n", 2}, {"a: b: c\n", 1}},
	"block sequence entries are not allowed":                {{"\na: - b\n", 2}},
	"could not find expected ':'":                           {{"\na: b\nc\nd: e\n", 3}},
	"exceeded max depth":                                    {{"\n\na: " + strings.Repeat("[", 10_001), 3}},
	"did not find expected ','":                             {{"\na: [1\nb: 2\n", 2}, {"\n\na: {x: 1\nb: 2\n", 3}},
	"did not find expected '-' indicator":                   {{"\n- a\nb: c\n", 2}},
	"did not find expected key":                             {{"a:\n  - x\n - y\n", 3}, {"\na: b\n]\n", 2}, {"a: 'x' y\n", 1}},
	"did not find expected node content":                    {{"\na: ]\n", 2}},
	"did not find expected <document start>":                {{"\n\n\"a\" b\n", 3}},
	"found undefined tag handle":                            {{"\na: !x!y z\n", 2}},
	"found duplicate %YAML directive":                       {{"\n\n%YAML 1.1\n%YAML 1.1\n---\na: b\n", 4}},
	"found incompatible YAML document":                      {{"\n%YAML 3.0\n---\na: b\n", 2}},
	"unknown anchor":                                        {{"\n\na: *b\n", 3}},
}

// TestYAMLErrors checks that the library still words its errors as in yamlErrors, and that
// each is reported on its line.
func TestYAMLErrors(t *testing.T) {
	for _, e := range yamlErrors {
		if len(provoked[e.text]) == 0 {
			t.Errorf("nothing provokes %q", e.text)
		}
		for _, c := range provoked[e.text] {
			text := c.text[:min(len(c.text), 60)]
			_, ds := Parse("spec.yaml", []byte(c.text))
			if len(ds) != 1 {
				t.Errorf("%q: %d errors", text, len(ds))
				continue
			}
			if d := ds[0]; !strings.HasPrefix(d.Message, e.text) || d.WayOut != e.wayOut || d.Line != c.line {
				t.Errorf("%q: %v, want line %d, %s\n    %s", text, d, c.line, e.text, e.wayOut)
			}
		}
	}
}
