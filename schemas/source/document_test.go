package source_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// parsed is a text without errors.
func parsed(t *testing.T, text string) []*source.Document {
	t.Helper()
	docs, ds := source.Parse("box.yaml", []byte(text))
	if len(ds) > 0 {
		t.Fatalf("%v\n%s", ds, text)
	}
	return docs
}

// flow is a tree as YAML on one line.
func flow(t *testing.T, n *yaml.Node) string {
	t.Helper()
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(v)
}

var streams = map[string]struct {
	text string
	want []string // the documents, with their places in the stream
}{
	"one":                {"a: 1\n", []string{"0 map[a:1]"}},
	"nothing":            {"", nil},
	"comments":           {"# a\n---\n# b\n", nil},
	"empty between":      {"a: 1\n---\n---\n~\n---\nb: 2\n", []string{"0 map[a:1]", "3 map[b:2]"}},
	"JSON":               {`{"a": [1, "b"]}`, []string{"0 map[a:[1 b]]"}},
	"no mapping":         {"- a\n--- b\n", []string{"0 [a]", "1 b"}},
	"a byte order mark":  {"\ufeffa: 1\n", []string{"0 map[a:1]"}},
	"Windows line ends":  {"a: 1\r\n---\r\nb: 2\r\n", []string{"0 map[a:1]", "1 map[b:2]"}},
	"aliases":            {"a: &x [1]\nb: *x\n", []string{"0 map[a:[1] b:[1]]"}},
	"merge":              {"x: &x {a: 1, b: 1}\ny: {<<: *x, b: 2}\n", []string{"0 map[x:map[a:1 b:1] y:map[a:1 b:2]]"}},
	"merge of several":   {"x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}\n", []string{"0 map[x:map[a:1] y:map[a:2 b:2] z:map[a:1 b:2]]"}},
	"anchors go further": {"a: &x 1\n---\nb: 2\n", []string{"0 map[a:1]", "1 map[b:2]"}},
}

func TestParse(t *testing.T) {
	for name, c := range streams {
		var got []string
		for _, d := range parsed(t, c.text) {
			if d.File != "box.yaml" || !d.Numbers {
				t.Errorf("%s: the file is %q, and lines count: %t", name, d.File, d.Numbers)
			}
			got = append(got, fmt.Sprint(d.Index, " ", flow(t, d.Node())))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestParseFails checks that an error ends the stream, and that the documents before it are
// returned.
func TestParseFails(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		docs       int
	}{
		"two values":          {"a: 1\n---\nb: c: d\n", "3:5 Syntax", 1},
		"an open quote":       {"a: 1\nb: \"x\n", "2:1 Syntax", 0},
		"no such anchor":      {"a: &x 1\n---\nb: *y\n", "3:4 Syntax", 1},
		"a control character": {"a: 1\nb: x\x01\n", "2:5 Syntax", 0},
		"behind wide letters": {"größe: \u3042\x01\n", "1:9 Syntax", 0},
	} {
		docs, ds := source.Parse("box.yaml", []byte(c.text))
		if got := places(ds); len(docs) != c.docs || got != c.want {
			t.Errorf("%s: %d documents and %q, want %d and %q", name, len(docs), got, c.docs, c.want)
		}
	}
}

// places are diagnostics in short: line, column, code, path.
func places(ds source.Diagnostics) string {
	var all []string
	for _, d := range ds {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d:%d %s %s", d.Line, d.Column, d.Code, d.Path)))
	}
	return strings.Join(all, "\n")
}

const box = `apiVersion: example.com/v1
kind: Box
metadata: {name: b, namespace: n}
spec:
  size: 0
  label: ""
  none: ~
  parts:
  - name: lid
    colour: red
  - {name: base}
  - unnamed: true
  empty: []
`

func TestDocument(t *testing.T) {
	d := parsed(t, box)[0]
	if got, want := d.Object(), (source.Object{APIVersion: "example.com/v1", Kind: "Box", Namespace: "n", Name: "b"}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	for _, c := range []struct {
		fields, want string
	}{{"kind", "Box"}, {"metadata.name", "b"}, {"spec.none", ""}, {"spec.parts", ""}, {"kind.x", ""}, {"x", ""}} {
		if got := d.Scalar(strings.Split(c.fields, ".")...); got != c.want {
			t.Errorf("%s is %q, want %q", c.fields, got, c.want)
		}
	}
	spec := source.Path{}.Field("spec")
	for _, c := range []struct {
		p          source.Path
		has, empty bool
		place      string
	}{
		{spec.Field("size"), true, true, "box.yaml:5, spec.size of Box n/b"},
		{spec.Field("label"), true, true, "box.yaml:6, spec.label of Box n/b"},
		{spec.Field("empty"), true, true, "box.yaml:13, spec.empty of Box n/b"},
		{spec.Field("parts"), true, false, "box.yaml:8, spec.parts of Box n/b"},
		{spec.Field("parts").Item("name", "base"), true, false, "box.yaml:11, spec.parts[1] of Box n/b"},
		{spec.Field("parts").Item("name", "lid").Field("colour"), true, false, "box.yaml:10, spec.parts[0].colour of Box n/b"},
		{spec.Field("parts").Index(2).Field("unnamed"), true, false, "box.yaml:12, spec.parts[2].unnamed of Box n/b"},
		{spec.Field("parts").Index(3), false, false, "box.yaml:8, spec.parts of Box n/b"},
		{spec.Field("parts").Item("name", "x").Field("colour"), false, false, "box.yaml:8, spec.parts of Box n/b"},
		{spec.Field("size", "of"), false, false, "box.yaml:5, spec.size of Box n/b"},
		{source.Path{}.Field("status"), false, false, "box.yaml:1, Box n/b"},
	} {
		if d.Has(c.p) != c.has || d.Empty(c.p) != c.empty || d.Place(c.p) != c.place {
			t.Errorf("%s: there %t, empty %t, at %q", c.p, d.Has(c.p), d.Empty(c.p), d.Place(c.p))
		}
	}
}

// TestWithoutPositions checks that nothing is said of lines that are not the user's.
func TestWithoutPositions(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(box), &n); err != nil {
		t.Fatal(err)
	}
	var aliases source.Aliases
	d, ds := source.FromNode("", 2, n.Content[0], &aliases)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	size := source.Path{}.Field("spec", "size")
	if got := d.Place(size); got != "spec.size of Box n/b" {
		t.Errorf("the place is %q", got)
	}
	r := source.NewReporter(d)
	r.Errorf(source.Invalid, size, "", "wrong")
	if got := r.Diagnostics(); got[0].Line != 0 || got[0].Index != 2 || got[0].Path != "spec.size" {
		t.Errorf("%+v", got)
	}
}

func TestLists(t *testing.T) {
	docs := parsed(t, "apiVersion: v1\nkind: List\nitems: [{kind: A}, {kind: B}]\n---\nkind: C\n---\napiVersion: example.com/v1\nkind: List\nitems: [{kind: D}]\n")
	var kinds []string
	for _, d := range source.Unlisted(docs) {
		kinds = append(kinds, d.Object().Kind)
	}
	if want := []string{"A", "B", "C", "List"}; !slices.Equal(kinds, want) {
		t.Errorf("%v, want %v", kinds, want)
	}
	for text, want := range map[string]int{"kind: BoxList\nitems: [{}, {}]": 2, "kind: Box\nitems: [{}]": 0, "kind: BoxList\nitems: {}": 0, "kind: BoxList": 0} {
		if got := parsed(t, text)[0].Members(); len(got) != want {
			t.Errorf("%q has %d members, want %d", text, len(got), want)
		}
	}
}

func TestBefore(t *testing.T) {
	inOrder := []*source.Document{{File: "a", Index: 1}, {File: "a", Index: 2}, {File: "b"}, {Index: 0}, {Index: 1}}
	for i, a := range inOrder {
		for j, b := range inOrder {
			if got := a.Before(b); got != (i < j) {
				t.Errorf("%d before %d: %t", i, j, got)
			}
		}
	}
}

// TestReporter checks that what follows from an error of decoding is not reported again.
func TestReporter(t *testing.T) {
	d := parsed(t, "kind: Box\nspec: {size: x, parts: [{name: lid}]}\n")[0]
	var spec struct {
		Kind string `json:"kind"`
		Spec struct {
			Size  int32 `json:"size"`
			Parts []struct {
				Name string `json:"name"`
			} `json:"parts" patchMergeKey:"name"`
		} `json:"spec"`
	}
	r, size, lid := source.NewReporter(d), source.Path{}.Field("spec", "size"), source.Path{}.Field("spec", "parts").Item("name", "lid")
	if r.Doubtful() {
		t.Error("nothing is wrong yet")
	}
	if ds := d.Decode(&spec); places(ds) != "2:14 WrongType spec.size" {
		t.Fatal(ds)
	}
	r.Aside = func(source.Path) string { return ", says the profile" }
	r.Errorf(source.NumberRange, size, "", "0 is too small")
	r.Warnf(source.Invalid, lid.Field("name"), "shut it", "the %s is open", "lid").Propose(source.String("shut"))
	r.Infof(source.Invalid, lid.Field("depth"), "", "it has none")
	want := source.Diagnostics{
		{Code: source.Invalid, Severity: source.Warning, Object: source.Object{Kind: "Box"}, File: "box.yaml", Path: "spec.parts[0].name", Line: 2, Column: 32,
			Message: "the lid is open, says the profile", WayOut: "shut it", Current: source.String("lid"), Proposed: source.String("shut")},
		{Code: source.Invalid, Severity: source.Info, Object: source.Object{Kind: "Box"}, File: "box.yaml", Path: "spec.parts[0].depth", Line: 2, Column: 25,
			Message: "it has none, says the profile"},
	}
	if diff := cmp.Diff(want, r.Diagnostics()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !r.DecodeFailedAt(lid, size) || r.DecodeFailedAt(lid) || !r.Doubtful() {
		t.Error("Told does not know of the error of decoding")
	}
}
