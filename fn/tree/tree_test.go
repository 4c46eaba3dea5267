package tree_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/tree"
)

var keys = tree.Keys{"env": func(e *yaml.Node) string { return tree.Text(e, "name") }}

func value(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

func TestFields(t *testing.T) {
	n := value(t, "a: &x {b: 1}\nc: *x\nd: [e, f]\ng: ~\n")
	if got := tree.Text(tree.Field(n, "c"), "b"); got != "1" {
		t.Errorf("behind an alias: got %q", got)
	}
	if tree.Field(n, "z") != nil || tree.Field(nil, "a") != nil || tree.Field(tree.Field(n, "d"), "e") != nil || tree.Text(n, "z") != "" {
		t.Error("there is a field that does not exist")
	}
	if got := slices.Sorted(maps.Keys(maps.Collect(tree.Pairs(n)))); !slices.Equal(got, []string{"a", "c", "d", "g"}) {
		t.Errorf("pairs: got %q", got)
	}
	if len(tree.Entries(tree.Field(n, "d"))) != 2 || tree.Entries(n) != nil || tree.Entries(nil) != nil {
		t.Error("entries")
	}
	if !tree.IsNull(tree.Field(n, "g")) || tree.IsNull(n) {
		t.Error("null")
	}
}

func TestContain(t *testing.T) {
	for _, test := range []struct {
		have, want string
		contains   bool
	}{
		{"1", "1", true}, {"1", "2", false}, {"1", "'1'", false}, {"true", "true", true}, {"1", "[]", false},
		{"{a: 1, b: 2}", "{b: 2}", true}, {"{a: 1}", "{a: 1, b: 2}", false}, {"{a: {b: 1, c: 2}}", "{a: {c: 2}}", true},
		{"[a, b]", "[a, b]", true}, {"[a, b]", "[a]", false}, {"[{a: 1, b: 2}]", "[{a: 1}]", true},
		{"env: [{name: a}, {name: b, value: 1}]", "env: [{name: b}]", true}, {"env: [{name: a}]", "env: [{name: b}]", false},
		{"env: []", "env: []", true}, {"env: ~", "env: []", false},
	} {
		if got := keys.Contain(value(t, test.have), value(t, test.want), ""); got != test.contains {
			t.Errorf("%s contains %s: got %t", test.have, test.want, got)
		}
	}
	if keys.Contain(nil, value(t, "a"), "") || keys.Contain(value(t, "a"), nil, "") || !keys.Contain(nil, nil, "") {
		t.Error("nil contains nil only")
	}
}

func TestKeys(t *testing.T) {
	n := value(t, "[{name: a}, {name: b}, {name: b, x: 1}]")
	if keys.Index("env", n, "b") != 1 || keys.Index("env", n, "1") != -1 || keys.Index("args", n, "2") != 2 {
		t.Error("index")
	}
	if keys.Entry("env", n, "a") != n.Content[0] || keys.Entry("env", n, "c") != nil || keys.Entry("env", nil, "a") != nil {
		t.Error("entry")
	}
}

func TestClone(t *testing.T) {
	n := value(t, "a: &x [b, {c: 1}]\n")
	c := tree.Clone(n)
	if c.Content[1].Anchor != "" || n.Content[1].Anchor != "x" {
		t.Error("the copy has no anchors, and the original keeps them")
	}
	if tree.Equal(n, c) || !tree.Equal(tree.Clone(n), c) {
		t.Error("trees are equal if their anchors are, too")
	}
	c.Content[1].Content[0].Value = "d"
	if n.Content[1].Content[0].Value != "b" {
		t.Error("the copy shares nodes")
	}
}

func TestSelfContained(t *testing.T) {
	n := value(t, "[&x a, [*x], {<<: &y {a: 1}, b: *y}]")
	for i, want := range []bool{true, false, true} {
		if got := tree.SelfContained(n.Content[i]); got != want {
			t.Errorf("entry %d: got %t", i, got)
		}
	}
}

func TestJSON(t *testing.T) {
	for _, text := range []string{`{"a":[1,"x",null],"b":{}}`, `[]`, `{}`, `"1"`, `1`, `true`, `null`} {
		if got := string(tree.ToJSON(tree.FromJSON([]byte(text)))); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
	if !tree.IsNull(tree.FromJSON(nil)) || !tree.IsNull(tree.FromJSON([]byte("{"))) {
		t.Error("what is not JSON is null")
	}
	if got := string(tree.ToJSON(&yaml.Node{Kind: yaml.SequenceNode})); got != "[]" {
		t.Errorf("a list without a tag: got %s", got)
	}
}

func TestWrite(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"a: 1\nb:\n- c\n", "- a: 1\n  b:\n  - c\n"},
		{"a: |\n  b\n\n  c\n", "- a: |\n    b\n\n    c\n"},
		{"{a: [~, ]}", "- {a: [~]}\n"},
		{"a: >-\n  b\n  c  \n\n    d\n", "- a: \"b c  \\n\\n  d\"\n"},
	} {
		var b bytes.Buffer
		if err := tree.Write(&b, value(t, test.in), "- ", "  "); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	}
	var b bytes.Buffer
	if err := tree.Write(&b, &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!null"}}}, "", ""); err != nil || b.String() != "[null]\n" {
		t.Errorf("null between brackets: got %q, %v", b.String(), err)
	}
}

// Texts with the line breaks of YAML 1.1 read as before at any indentation. A literal block with one
// is what kustomize writes for such a text.
func TestWriteOtherBreaks(t *testing.T) {
	for _, text := range []string{"a\n\u2028*b\nc", "\u2028a\nb\n", "a\u2029\n  b", "a\u0085b\n\nc", "a\r\nb\n", "a\n\r", "\ufeffa\nb"} {
		for _, style := range []yaml.Style{yaml.LiteralStyle, yaml.FoldedStyle, yaml.DoubleQuotedStyle, 0} {
			for _, margin := range []string{"", "  ", "      "} {
				n := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "k"}, {Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text, Style: style}}}
				var b bytes.Buffer
				if err := tree.Write(&b, n, margin, margin); err != nil {
					t.Fatal(err)
				}
				var read map[string]string
				if err := yaml.Unmarshal(b.Bytes(), &read); err != nil || read["k"] != text {
					t.Errorf("%q in style %d behind %q: %v, %q\n%s", text, style, margin, err, read["k"], &b)
				}
			}
		}
	}
}
