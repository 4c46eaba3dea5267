package edit_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/fn/edit"
)

func TestPath(t *testing.T) {
	for _, test := range []struct {
		path                  edit.Path
		text, name, lastField string
		entry                 bool
	}{
		{path("a"), "a", "a", "a", false},
		{path("spec.list"), "spec.list", "list", "list", false},
		{path("spec.list", "x"), `spec.list["x"]`, "x", "list", true},
		{path("spec.list", "a.b/c", "d.e"), `spec.list["a.b/c"].d.e`, "e", "e", false},
		{edit.Path{}.Entry("x"), `["x"]`, "x", "", true},
	} {
		p := test.path
		if p.String() != test.text || p.Name() != test.name || p.LastField() != test.lastField || p.IsEntry() != test.entry {
			t.Errorf("got %s %s %s %t, want %v", p, p.Name(), p.LastField(), p.IsEntry(), test)
		}
	}
	if (edit.Path{}).IsEntry() {
		t.Error("the root is no entry")
	}
}

// TestPathsDoNotShare checks that a path can be appended to twice.
func TestPathsDoNotShare(t *testing.T) {
	base := make(edit.Path, 0, 8).Field("a")
	b, c, d := base.Field("b"), base.Field("c"), base.Entry("d")
	if b.String() != "a.b" || c.String() != "a.c" || d.String() != `a["d"]` {
		t.Errorf("got %s, %s and %s", b, c, d)
	}
	if b.Equal(c) || !b.Equal(path("a.b")) || path("a.b").Equal(path("a", "b")) {
		t.Error("paths are equal that have other steps, or not equal that have the same")
	}
}

// TestPathJSON holds the form that is written into annotations.
func TestPathJSON(t *testing.T) {
	for _, text := range []string{`["a"]`, `["spec.list"]`, `["spec.list","a.b/c"]`, `["spec.list","x","y.z"]`, `["list","<a&b>"]`, `["list",""]`, `null`} {
		var p edit.Path
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := p.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text+"\n", string(got)); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}
	}
	for _, text := range []string{`"a"`, `[1]`, `{}`, `["a"`} {
		var p edit.Path
		if json.Unmarshal([]byte(text), &p) == nil {
			t.Errorf("%s is read as %s", text, p)
		}
	}
}
