package source

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// simpleTexts are simple mappings, and texts that look like some.
var simpleTexts = []string{
	"a: b\n", "a:\n", "a:\n  b: c\n", "a:\n- b\n- c: d\n  e: f\nf: g\n", "a:\n  - - b\n    - c\n  - d: e\n    f:\n    - g\n  h: i\n",
	"a: |\n  b: c\n\n   d\n # e\nf: >-\n    g\n  # h\n", "a: |+\n\n\n", "a: |\nb: c\n", "a: |2\n  b\n", "a: |\n\n  \n  b\n", "a: |\n   \n  b\n", "a: >\n\tb\n", "a: |\n  b\n\tc\n", "a: |\n  \tb\n  c\td\n",
	"a: \"b\\n\" # c\n", "a: \"b\\x\"\n", "a: 'b''c'\n", "a: \"b\nc\"\n", "a: 'b': c\n", "a: \"b\"c\n", "a: 'b'#c\n",
	"a: b: c\n", "a: b:\n", "a: b #c: d\n", "a: b#c\n", "a: b\n  c\n", "a: b\n  # c\n  d\n", "a: b\n  # c\nd: e\n", "a: 'b'\n  c\n", "a:\n  b\n", "a: b\n c: d\n", "a:\n   b: c\n  d: e\n",
	"a: [b, \"c\", [d, {e: f}], -g, h:i, j k]\n", "a: {b: c, d: [e]}\n", "a: {}\n", "a: [ ]\n", "a: [b,c]\n", "a: {b}\n", "a: [b: c]\n", "a: [b, ]\n", "a: [b,\n  c]\n", "a: {b: }\n", "a: {b: c}d\n", "a: [b]: c\n", "a: {b:c}\n", "a: [-]\n", "a: [b #c]\n",
	"a: - b\n", "a: -b\n", "a: -\n", "a: ?\n", "a: &b c\n", "a: *b\n", "a: !b c\n", "a: %b\n", "a: @b\n", "a: `b\n", "a: <<\n", "<<: {a: b}\n", "a: =\n", "a: ~\n", "a: é\n", "a: b\u2028c\n", "a: b\u0085c\n", "a: \ufeffb\n", "a: b\rc: d\n", "a: b\x00\n", "a:\tb\n", "a: b\t# c\n", "\ufeffa: b\n",
	"- a\n", "a\n", "? a\n", "a: b\n---\nc: d\n", "a: b\n...\n", "a: |\n---\n", "a: b\n%c: d\n", "a: b", "a: b\n\n# c\n \n", "a:\n# b\n  c: d\n", "a:\n  - b\n # c\n  - d\n", "a:\n-\n  b: c\n", "a:\n- \n", "a:\n- b\n - c\n", "a:\n- b:\n  - c\n- d\n", "a:\n- b\nc\n", "a:\n- |\n  b\n- >-\n c\n",
	"a: b\na: c\n", "1: 2\n", "null: null\n", ".: $(a)\n", "a: (b)\n", "a: b  \n", "a:  \n", "a: # b\n  c: d\n", "a: {b: {c: {d: e}}} # f\n", "a: " + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "\n", strings.Repeat("a", 2000) + ": b\n",
	"a:\n  b: c\n d: e\n", "a:\n  - b: |\n      c\n    d: e\n", "a: \"b: c\" # d\n", "a: >\n\n  b\n", "a: 2001-01-01\nb: 0x1\nc: 1e3\n", "a: b ]}\n", "a: ]\n", "a: ,\n", "a: #b\n", "a: b\n#\n", "a: |\n # b\n", "a: |\n  b\n #c\n  d\n",
}

// FuzzSimpleMapping checks that what is taken for a simple mapping is one for the library as well: a
// document of its own, of as many nodes, in which nothing refers to something else.
func FuzzSimpleMapping(f *testing.F) {
	for _, text := range simpleTexts {
		f.Add(text)
		f.Add("x:\n  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n")
		f.Add(text + "z: |\n  a\n" + text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		length, nodes := SimpleMapping(text, 0)
		if length == 0 {
			return
		}
		text = text[:length]
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		root := doc.Content[0]
		if root.Kind != yaml.MappingNode || root.Line != 1 || root.Column != 1 {
			t.Fatalf("%q: %+v", text, root)
		}
		if n := size(root); n < nodes || n > nodes+1 {
			t.Errorf("%q has %d nodes, and not %d", text, n, nodes)
		}
		noReferences(t, text, root)
		for _, more := range []string{text + "---\na: b\n", "a: b\n---\n" + text} {
			if n := count([]byte(more)); n != size(root)+3 {
				t.Errorf("%q has %d nodes", more, n)
			}
		}
		indented := asEntry(text)
		if length, _ := SimpleMapping(indented[2:], 2); length != len(indented)-2 {
			t.Errorf("%q is simple, and %q is not", text, indented)
		}
		if n := count([]byte("- ~\n" + indented + "- ~\n")); n != size(root)+3 {
			t.Errorf("%q has %d nodes", indented, n)
		}
	})
}

// asEntry returns a mapping as the entry of a list.
func asEntry(mapping string) string {
	var b strings.Builder
	margin := "- "
	for line := range strings.Lines(mapping) {
		if line != "\n" {
			b.WriteString(margin)
		}
		b.WriteString(line)
		margin = "  "
	}
	return b.String()
}

func noReferences(t *testing.T, text string, n *yaml.Node) {
	t.Helper()
	if n.Anchor != "" || n.Alias != nil || n.Style&yaml.TaggedStyle != 0 || n.ShortTag() == "!!merge" {
		t.Errorf("%q: %+v", text, n)
	}
	for _, c := range n.Content {
		noReferences(t, text, c)
	}
}
