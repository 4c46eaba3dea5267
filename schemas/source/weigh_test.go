package source

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// heavyTexts are texts that have more values, or fewer, than they look like.
var heavyTexts = []string{
	"a: b\n", "- - - a\n", "-\n-\n", "- a: b\n", "? a\n? b\n", ":\n", "--- a\n---\n---\n...\n",
	"[a,b,[c,{d,e: f,g: {}}]]", "[?,?,?]", "{?,?}", "[:,:]", "[a: b, c: d]", `{"a":"b","c":["d"]}`,
	"a: |\n  [b, c]\n  d: e\nf: g\n", "- a: |\n    [b, c]\n  d: [e, f]\n", "- |\n [a, b]\n- >-2 # x\n   [c]\n- d\n", "? |\n  [a, b]\n: [c, d]\n",
	"a: # b: |\n  - c\n  - d\n", "# a: |\n  - b\n  - c\n", "a: \"b: |\n   c\"\nd: [e]\n", "- ? \"a: |\n    b\"\n  : - c\n    - d\n",
	"[\"a\n b: |\n   \", c, d\n   , e, f]\n", "[\"a\n#\", b, c, d]\n", "{a: 'b: |\n   ', c, d,\n   e, f}\n",
	"a: |\r  [b]\rc: d\r", "a: |\n  b\u2028c: [d, e, f, g]\n", "a\u0085- b\u0085- c\u0085- d", "a: |\n\n\n  b\n \nc: d\n",
	"\ufeffa: b\n---\n\ufeffc: d\n", "a: |9\n  - b\n", "-\ta: |\n\t\tb: c\n", "!!map {&a b: *a}\n", "a: - |\n  b\n",
}

// FuzzWeigh checks that no text has more values than one and a half times what it weighs, whatever
// its comments, strings and texts look like: limits could be passed by.
func FuzzWeigh(f *testing.F) {
	for _, text := range heavyTexts {
		f.Add([]byte(text))
		f.Add([]byte(strings.Repeat(text, 9)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if nodes, w := count(data), weigh(string(data)); 2*nodes > 3*w.values+2 {
			t.Errorf("%q has %d values, and weighs %d", data, nodes, w.values)
		}
	})
}

// count returns how many nodes the library reads, up to an error.
func count(data []byte) int {
	n := 0
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) || err != nil {
			return n
		}
		for _, c := range doc.Content {
			n += size(c)
		}
	}
}

func size(n *yaml.Node) int {
	total := 1
	for _, c := range n.Content {
		total += size(c)
	}
	return total
}

// What is cheap weighs little: texts of ConfigMaps, comments, and blank lines.
func TestWeigh(t *testing.T) {
	for text, want := range map[string]weight{
		"a: b\n":  {1, 2},
		"\n \n\t": {3, 0},
		"a: |\n  {\"b\": [c, d, e]}\n\n  # f\ng: h\n": {5, 4},
		"- a: >-\n    [b, c, d]\n  e: f\n":            {3, 5},
		"# ######\na: b # ####\n":                     {2, 5},
		"a: [b, c]\nd: |\n  e: f\n":                   {3, 9},
		"a: [b]\n---\nd: |\n  e, f\n":                 {4, 10},
	} {
		if got := weigh(text); got != want {
			t.Errorf("%q weighs %v, want %v", text, got, want)
		}
	}
}
