package v1alpha1_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/testdata/randspec"
)

// FuzzDecode checks that decoding panics for no text, that it reports each error once and at
// a position that the text has, and that a spec without errors is the same after it has been
// marshalled and decoded again.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(20) {
		f.Add([]byte(randspec.New(seed)))
	}
	for _, spec := range []string{
		"- &a {b: *a}", "a: !!binary x\nb: 0o7\n", "\xff\xfea\x00:\x00 \x001\x00", "a: \"\x85\u2028\"\r\nb: [1\n", "x: &x {<<: [*x]}", "--- |\n a\n...\n--- {\n",
	} {
		f.Add([]byte(spec))
		f.Add([]byte("apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: a, name: b}\nspec:\n  components: [{replicas: 1e3, enabled: no}]\n  " + spec))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, ds := source.Parse("spec.yaml", text)
		for _, doc := range docs {
			if !v1alpha1.Ours(doc) {
				continue
			}
			spec, more := v1alpha1.Decode(doc)
			if ds = append(ds, more...); spec != nil && len(more) == 0 {
				again(t, spec)
			}
		}
		checkPlaces(t, text, ds)
		if once := ds.Sorted(); len(once) != len(ds) {
			t.Errorf("%d diagnostics, of which only %d differ:\n%v", len(ds), len(once), ds)
		}
	})
}

// again marshals a spec, decodes the result, and compares.
func again(t *testing.T, spec *v1alpha1.Spec) {
	t.Helper()
	written := any(spec.Access)
	if spec.Access == nil {
		written = spec.Endpoints
	}
	text, err := yaml.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	docs, ds := source.Parse("again.yaml", text)
	if len(ds) > 0 || len(docs) != 1 {
		t.Fatalf("%v\n%s", ds, text)
	}
	read, ds := v1alpha1.Decode(docs[0])
	if len(ds) > 0 {
		t.Fatalf("%v\n%s", ds, text)
	}
	// An empty list or mapping means the same as none, unless it is kept.
	diff := cmp.Diff([]any{spec.Access, spec.Endpoints}, []any{read.Access, read.Endpoints}, cmpopts.EquateEmpty())
	if diff != "" {
		t.Errorf("the spec, and what is read of it when it is written out (-spec +again):\n%s\n%s", diff, text)
	}
}

// checkPlaces checks that every position is in the text: on one of its lines, and at a
// character of that line or at its end.
func checkPlaces(t *testing.T, text []byte, ds source.Diagnostics) {
	t.Helper()
	if !utf8.Valid(text) || bytes.ContainsRune(text, '\ufeff') {
		return // the text is read as UTF-16, or not at all
	}
	lines := strings.Split(breaks.Replace(string(text)), "\n")
	for _, d := range ds {
		switch {
		case d.Line < 0 || d.Column < 0 || d.Line > len(lines)+1:
			t.Errorf("%d lines, and this place: %v", len(lines), d)
		case d.Line > 0 && d.Line <= len(lines) && d.Column > utf8.RuneCountInString(lines[d.Line-1])+1:
			t.Errorf("the line is %q, and this the place: %v", lines[d.Line-1], d)
		}
	}
}

// breaks are the line breaks of YAML 1.1.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
