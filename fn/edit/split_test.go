package edit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
)

func TestLines(t *testing.T) {
	const text = "a\nb\r\n\rc\u0085d\u2028e\u2029\nf"
	want := []string{"a\n", "b\r\n", "\r", "c\u0085", "d\u2028", "e\u2029", "\n", "f"}
	lines := edit.Lines(text)
	for range 2 { // an iterator can be used again
		var got []string
		for line := range lines {
			got = append(got, line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	}
	for range edit.Lines("") {
		t.Error("a text that is empty has no line")
	}
	for text, want := range map[string]bool{"": false, "a": false, "a\n": true, "a\r\n": true, "a\r": true, "a\n ": false} {
		if edit.EndsLine(text) != want {
			t.Errorf("%q: ends a line: want %t", text, want)
		}
	}
}

// TestItems cuts the list of a key. Where it cannot be cut there are no items.
func TestItems(t *testing.T) {
	for _, test := range []struct {
		name, in, preface string
		want              []edit.Item
	}{
		{"a list", "k:\n- a:  1\n- b\n", "", []edit.Item{{"", "- a:  1\n"}, {"", "- b\n"}}},
		{"a margin", "k:\n    -   a:  1\n        b: |\n          text\n    - c\nl: 1\n", "", []edit.Item{{"", "-   a:  1\n    b: |\n      text\n"}, {"", "- c\n"}}},
		{"comments", "k: # here\n# on a\n- a # a\n\n# foot\n\n# on b\n- b\n# end\n", " # here\n", []edit.Item{{"# on a\n", "- a # a\n\n# foot\n\n"}, {"# on b\n", "- b\n# end\n"}}},
		{"comments that are indented more", "k:\n- a: 1\n  # of a\n- b\n", "", []edit.Item{{"", "- a: 1\n  # of a\n"}, {"", "- b\n"}}},
		{"a text that looks like an entry", "k:\n- |\n  - a\n  # b\n- \"c\n  - d\"\n", "", []edit.Item{{"", "- |\n  - a\n  # b\n"}, {"", "- \"c\n  - d\"\n"}}},
		{"CRLF", "k:\r\n- a\r\n- b\r\n", "", []edit.Item{{"", "- a\r\n"}, {"", "- b\r\n"}}},
		{"no line end", "k:\n- a\n- b", "", []edit.Item{{"", "- a\n"}, {"", "- b\n"}}},
		{"a document end", "k:\n- a\n...\n# behind\n", "", []edit.Item{{"", "- a\n"}}},
		{"an anchor within an entry", "k:\n- [&x a, *x]\n", "", []edit.Item{{"", "- [&x a, *x]\n"}}},
		{"an anchor in another entry", "k:\n- &x a\n- *x\n", "", nil},
		{"an anchor on the list", "k: &x\n- a\n", "", nil},
		{"brackets", "k: [a, b]\n", "", nil},
		{"no entries", "k: []\n", "", nil},
		{"no list", "k:\n  a: 1\n", "", nil},
		{"an explicit key", "? k\n:\n- a\n", "", nil},
		{"a quoted key", "\"k\":\n- a\n", "", nil},
		{"a mapping between brackets", "{k: [a]}\n", "", nil},
		{"an indented mapping", "  k:\n  - a\n", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := value(t, test.in)
			var preface string
			var items []edit.Item
			if s, ok := edit.Split(test.in, root)["k"]; ok {
				preface, items = s.Items(tree.Field(root, "k"))
			}
			if diff := cmp.Diff(test.want, items); diff != "" || preface != test.preface {
				t.Errorf("preface %q, want %q; items (-want +got):\n%s", preface, test.preface, diff)
			}
		})
	}
}

func TestValue(t *testing.T) {
	const in = "a:  {x:   1} # x\nb: |\n  text\n\nc: *x\nd: \"e\"\n"
	root := value(t, strings.Replace(in, "{x", "&x {x", 1))
	sections := edit.Split(in, root)
	for key, want := range map[string]string{"a": "", "b": " |\n  text\n\n", "c": "", "d": " \"e\"\n"} {
		if got := sections[key].Value(tree.Field(root, key)); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}
