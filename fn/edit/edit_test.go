package edit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
)

// keys identify the entries of lists that are called env by their names.
var keys = tree.Keys{"env": name, "front": name}

func name(e *yaml.Node) string { return tree.Text(e, "name") }

// path returns the path of fields and keys that alternate, as in JSON.
func path(parts ...string) edit.Path {
	var p edit.Path
	for i, part := range parts {
		if i%2 == 0 {
			p = p.Field(strings.Split(part, ".")...)
		} else {
			p = p.Entry(part)
		}
	}
	return p
}

// value returns the tree of a text.
func value(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

// open returns the document of a text.
func open(t *testing.T, text string) *edit.Document {
	t.Helper()
	return edit.New(value(t, text), edit.Source{Text: text, ListStyle: path("spec.containers"), Front: path("front")}, keys)
}

// A change is a call of Set, or of Remove if there is no value.
type change struct {
	at    edit.Path
	value string
}

func set(value string, at ...string) change { return change{path(at...), value} }

func remove(at ...string) change { return change{path(at...), ""} }

// changes are calls of Set and Remove, one after the other, and the text that they make.
var changes = []struct {
	name, in string
	changes  []change
	want     string
}{
	// fields
	{"a scalar", "a:   1   # one\nb: 2\n", []change{set("3", "a")}, "a:   3   # one\nb: 2\n"},
	{"a scalar in quotes", "a: '1'   # one\nb: 2\n", []change{set("3", "a")}, "a: 3 # one\nb: 2\n"},
	{"a new field at the top", "a:  1\nb:  2\n", []change{set("3", "c")}, "a:  1\nb:  2\nc: 3\n"},
	{"a new field below", "a:\n    b:  1\n\n# c\nc: 1\n", []change{set("2", "a.d")}, "a:\n    b:  1\n    d: 2\n\n# c\nc: 1\n"},
	{"a new field that is a mapping", "a:\n    b:  1\nc: 1\n", []change{set("{x: 1}", "a.d"), set("{y: {z: 1}}", "e")},
		"a:\n    b:  1\n    d: {x: 1}\nc: 1\ne: {y: {z: 1}}\n"},
	{"a name with a dot", "a:\n  x.y: 1\n  x:\n    y: 2\n", []change{{edit.Path{}.Field("a", "x.y"), "3"}}, "a:\n  x.y: 3\n  x:\n    y: 2\n"},
	{"null", "a:\nb: 2\n", []change{set("1", "a")}, "a: 1\nb: 2\n"},
	{"null becomes a list", "a:   # none\nb: 2\n", []change{set("[]", "a"), set("1", "a", "0")}, "a: # none\n- 1\nb: 2\n"},
	{"null comes back", "a: 1   # one\nb: 2\n", []change{set("~", "a")}, "a: ~   # one\nb: 2\n"},
	{"another kind of value", "a: 1\nb: 2\n", []change{set("x: 1\ny: 2\n", "a")}, "a:\n  x: 1\n  y: 2\nb: 2\n"},
	{"a field is removed", "a: 1\n# on b\nb:\n  c: |\n    text\n\n    more\nd: 1\n", []change{remove("b")}, "a: 1\n# on b\nd: 1\n"},
	{"the last field is removed", "a:\n  b: 1\n  c: 2\n\n# end\n", []change{remove("a.c")}, "a:\n  b: 1\n\n# end\n"},
	{"the only field is removed", "a:\n  b: 1\nc: 2\n", []change{remove("a.b")}, "a: {}\nc: 2\n"},
	{"the first field is removed", "a:\n  b: 1\n  c:   2\nd:   3\n", []change{remove("a.b")}, "a:\n  c: 2\nd:   3\n"},
	{"the first field of the document is removed", "a:   1\nb:   2\n", []change{remove("a")}, "b: 2\n"},
	{"the first field of an entry is removed", "env:\n- x: 1\n  name: a   # a\n- name: b\n", []change{remove("env", "a", "x")}, "env:\n- name: a # a\n- name: b\n"},
	{"a field that is not there is removed", "a:   1\n", []change{remove("b"), remove("a.b")}, "a:   1\n"},

	// lists
	{"a new entry", "env:\n-  name: a   # a\n\nb: 1\n", []change{set("{name: b, value: 1}", "env", "b")}, "env:\n-  name: a   # a\n- {name: b, value: 1}\n\nb: 1\n"},
	{"a new entry in block style", "x:\n  env:\n    - name: a\n", []change{set("name: b\nvalue: 1\n", "x.env", "b")}, "x:\n  env:\n    - name: a\n    - name: b\n      value: 1\n"},
	{"a new entry at the end of a text without a line end", "env:\n- name: a", []change{set("name: b\n", "env", "b")}, "env:\n- name: a\n- name: b"},
	{"an entry of an empty list", "env: []\nb:  1\n", []change{set("name: b\n", "env", "b")}, "env:\n- name: b\nb:  1\n"},
	{"a list that is not there", "a:  1\n", []change{set("[]", "env"), set("name: b\n", "env", "b")}, "a:  1\nenv:\n- name: b\n"},
	{"an entry is replaced", "env:\n# on a\n- name: a\n  value:  1\n- name: b\n", []change{set("name: a\n", "env", "a")}, "env:\n# on a\n- name: a\n- name: b\n"},
	{"a field of an entry", "env:\n- name: a\n  value:  1   # one\n- name:  b\n", []change{set("2", "env", "a", "value"), set("3", "env", "b", "value")},
		"env:\n- name: a\n  value:  2   # one\n- name:  b\n  value: 3\n"},
	{"an entry is removed", "env:\n- name: a\n- name: b\n  value: >-\n    x\n    y\n# on c\n-   name: c\n", []change{remove("env", "b")}, "env:\n- name: a\n# on c\n-   name: c\n"},
	{"the only entry is removed", "env:\n- name: a\nb:  1\n", []change{remove("env", "a")}, "env: []\nb:  1\n"},
	{"entries without keys go by their index", "args:\n- a\n-  b  # b\n- c\n", []change{remove("args", "0"), set("d", "args", "0"), set("e", "args", "2")}, "args:\n-  d  # b\n- c\n- e\n"},
	{"keys that are not names of fields", "annotations:\n  \"x.dev/a\":  1\n  y.dev/b: 2\n", []change{remove("annotations", "y.dev/b"), set("3", "annotations", "z.dev/c")},
		"annotations:\n  \"x.dev/a\":  1\n  z.dev/c: 3\n"},
	{"new lists are indented as the others", "spec:\n  containers:\n    - a\n", []change{set("[]", "spec.env"), set("name: b\n", "spec.env", "b")},
		"spec:\n  containers:\n    - a\n  env:\n    - name: b\n"},

	{"a new entry in front", "front:\n# on a\n- name: a   # a\n- name: b\nb:  1\n", []change{set("name: c\nx: 1\n", "front", "c"), set("name: d\n", "front", "d"), remove("front", "c")}, "front:\n- name: d\n# on a\n- name: a   # a\n- name: b\nb:  1\n"},
	{"a new entry in front, between brackets", "front:  [{name: a}]\n", []change{set("{name: c}", "front", "c")}, "front: [{name: c}, {name: a}]\n"},
	{"a new entry in front of none", "front: []\n", []change{set("{name: c}", "front", "c")}, "front:\n- {name: c}\n"},

	// flow style
	{"in a list between brackets", "a:   1\nenv: [{name: a,  value: 1}]  # x\nb:   2\n", []change{set("{name: b}", "env", "b")}, "a:   1\nenv: [{name: a, value: 1}, {name: b}] # x\nb:   2\n"},
	{"in a mapping between brackets", "a:   1\nx: {b: {c: 1},  d: 2}\n", []change{set("3", "x.b.e"), remove("x.d")}, "a:   1\nx: {b: {c: 1, e: 3}}\n"},
	{"a plain scalar between brackets", "x: {b:  1,  c: 2}\n", []change{set("3", "x.b")}, "x: {b:  3,  c: 2}\n"},
	{"the last entry between brackets", "env: [{name: a}]\n", []change{remove("env", "a"), set("name: b\n", "env", "b")}, "env:\n- name: b\n"},
	{"JSON", "{\"a\":  {\"b\": 1}}\n", []change{set("2", "a.c")}, "{\"a\": {\"b\": 1, c: 2}}\n"},

	// what else is written around
	{"CRLF", "a: 1\r\nenv:\r\n- name: a\r\n", []change{set("name: b\n", "env", "b"), set("2", "a"), set("3", "c")}, "a: 2\r\nenv:\r\n- name: a\r\n- name: b\r\nc: 3\r\n"},
	{"a literal that looks like YAML", "a: |\n  # no comment\n  - b: 1\n\n  c\nd: 1\n", []change{set("2", "d"), set("3", "e")}, "a: |\n  # no comment\n  - b: 1\n\n  c\nd: 2\ne: 3\n"},
	{"a scalar over lines", "a: one\n  two\nb: \"x\n  y\"\nc:  1\n", []change{set("3", "a"), set("4", "b")}, "a: 3\nb: 4\nc:  1\n"},
	{"comments around", "# top\n\na: 1 # a\n# foot of a\n\n# head of b\nb: 2\n# end\n", []change{set("3", "b"), set("4", "c"), set("5", "a"), remove("b")}, "# top\n\na: 5 # a\n# foot of a\n\n# head of b\nc: 4\n# end\n"},
	{"document markers", "---\n# top\na: 1\n...\n", []change{set("2", "a")}, "---\n# top\na: 2\n...\n"},
	{"characters of several bytes", "größe:  \"😀\"\nb: 1\n", []change{set("2", "b"), remove("größe")}, "b: 2\n"},
	{"nothing", "a:   {}  # x\n", nil, "a:   {}  # x\n"},
}

// TestChanges makes the changes and compares the text.
func TestChanges(t *testing.T) {
	for _, test := range changes {
		t.Run(test.name, func(t *testing.T) {
			d := open(t, test.in)
			for _, c := range test.changes {
				if c.value == "" {
					d.Remove(c.at)
				} else {
					d.Set(c.at, value(t, c.value))
				}
			}
			if diff := cmp.Diff(test.want, d.Text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if !tree.Equal(tree.Clone(value(t, d.Text())), d.Root()) {
				t.Errorf("the text does not read as the tree:\n%s", d.Text())
			}
		})
	}
}

// TestMerge makes of a value that was set to old what is wanted, and keeps what others
// have done since.
func TestMerge(t *testing.T) {
	for _, test := range []struct{ name, in, old, want, out string }{
		{"a scalar", "x: 1   # one\n", "1", "2", "x: 2   # one\n"},
		{"what is not there", "a:  1\n", "{b: 1}", "b: 2\n", "a:  1\nx:\n  b: 2\n"},
		{"nothing to do", "x: {mine: 1,  b: 2}\n", "{b: 2}", "{b: 2}", "x: {mine: 1,  b: 2}\n"},
		{"fields of a mapping", "x:\n  mine:  1\n  b: 2\n  c: 3\n", "{b: 2, c: 3}", "{b: 4, d: 5}", "x:\n  mine:  1\n  b: 4\n  d: 5\n"},
		{"fields with dots", "x:\n  mine:  1\n  b.c/d: 2\n", "{b.c/d: 2}", "{b.c/e: 3}", "x:\n  mine:  1\n  b.c/e: 3\n"},
		{"entries with keys", "x:\n  env:\n  - {name: mine,  value: 1}\n  - {name: b}\n  - {name: c}\n", "{env: [{name: b}, {name: c}]}", "{env: [{name: c, value: 2}, {name: d}]}",
			"x:\n  env:\n  - {name: mine,  value: 1}\n  - {name: c, value: 2}\n  - {name: d}\n"},
		{"a list without keys", "x:\n  args: [mine,  b]\nz:  1\n", "{args: [b]}", "{args: [c]}", "x:\n  args: [c]\nz:  1\n"},
		{"another kind of value", "x:\n  mine: 1\n", "{b: 1}", "[c]", "x: [c]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := open(t, test.in)
			d.Merge(path("x"), value(t, test.old), value(t, test.want))
			if diff := cmp.Diff(test.out, d.Text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnchors checks that a document with anchors keeps its text if a change does not touch
// their values, and keeps all other values if it does.
func TestAnchors(t *testing.T) {
	const in = "a: &x {b:  1}\nc: *x\nd:   1\n"
	root := value(t, "a: {b: 1}\nc: {b: 1}\nd: 1\n")
	d := edit.New(root, edit.Source{Text: in}, keys)
	d.Set(path("d"), value(t, "2"))
	if want := "a: &x {b:  1}\nc: *x\nd:   2\n"; d.Text() != want {
		t.Errorf("got %q, want %q", d.Text(), want)
	}
	d.Set(path("a.b"), value(t, "3"))
	if want := "a: {b: 3}\nc: {b: 1}\nd: 2\n"; d.Text() != want {
		t.Errorf("got %q, want %q", d.Text(), want)
	}
}

// TestSource holds what is handed in beside the text: that it is an entry of a list, and
// that its comments are kept elsewhere.
func TestSource(t *testing.T) {
	for _, test := range []struct {
		name string
		from edit.Source
		want string
	}{
		{"no text", edit.Source{}, "# top\na: 1\nb: 3\n"},
		{"no text, and comments apart", edit.Source{CommentsApart: true}, "a: 1\nb: 3\n"},
		{"no text of an entry", edit.Source{Dash: "- "}, "- # top\n  a: 1\n  b: 3\n"},
		{"an entry", edit.Source{Text: "-   a:  1\n    b:  2\n", Dash: "- "}, "-   a:  1\n    b:  3\n"},
		{"not an entry", edit.Source{Text: "a:  1\nb:  2\n", Dash: "- ", CommentsApart: true}, "- a: 1\n  b: 3\n"},
		{"another text", edit.Source{Text: "a:  1\nb:  2\nc: 3\n"}, "# top\na: 1\nb: 3\n"},
		{"not YAML", edit.Source{Text: "a: [\n"}, "# top\na: 1\nb: 3\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := value(t, "a: 1\nb: 2\n")
			root.HeadComment = "# top"
			d := edit.New(root, test.from, keys)
			d.Set(path("b"), value(t, "3"))
			if diff := cmp.Diff(test.want, d.Text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if root.Content[3].Value != "2" {
				t.Error("the tree that was handed in has changed")
			}
		})
	}
}

func TestGet(t *testing.T) {
	d := open(t, "a: {b: 1}\nenv:\n- name: x\n  value: 2\nargs: [y, z]\n")
	for _, test := range []struct {
		path edit.Path
		want string // "": nil
	}{
		{path("a.b"), "1"},
		{path("a", "b"), "1"},
		{path("env", "x", "value"), "2"},
		{path("args", "1"), "z"},
		{path("args", "2"), ""},
		{path("args.1"), ""},
		{path("a.c"), ""},
		{path("a.b.c"), ""},
		{path("env", "y"), ""},
		{path(), ""},
	} {
		got := ""
		if n := d.Get(test.path); n != nil {
			got = n.Value
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.path, got, test.want)
		}
	}
}

// An entry is put in front of the others of the one list, with its text; the comments of the others
// stay with them.
func TestToFront(t *testing.T) {
	d := open(t, "front:\n# on a\n- name: a   # a\n- name: b\n  x:  1\nenv:\n- name: a\n- name: b\n")
	d.ToFront(path("front", "b"))
	d.ToFront(path("front", "b"))
	d.ToFront(path("front", "none"))
	d.ToFront(path("env", "b"))
	if diff := cmp.Diff("front:\n- name: b\n  x: 1\n# on a\n- name: a   # a\nenv:\n- name: a\n- name: b\n", d.Text()); diff != "" {
		t.Error(diff)
	}
}
