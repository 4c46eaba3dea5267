package source_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// levels is a list in a list in a list.
func levels(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// TestLimits checks each limit from both sides.
func TestLimits(t *testing.T) {
	thousand := "a: &a [" + strings.Repeat("x, ", 999) + "]\nb: ["
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"input":             {"a: 1\n" + strings.Repeat("#", source.MaxInput-5), ""},
		"too much input":    {"a: 1\n" + strings.Repeat("#", source.MaxInput-4), "0:0 InputLimit"},
		"lines":             {"a: 1\n" + strings.Repeat("\n", 1_999_999), ""},
		"too many lines":    {"a: 1\r" + strings.Repeat("\r", 2_000_000), "0:0 InputLimit"},
		"values":            {strings.Repeat("k: v\n", 249_999), ""},
		"too many values":   {strings.Repeat("k: v\n", 250_001), "0:0 InputLimit"},
		"a text":            {"k: |\n" + strings.Repeat("  [a, b]\n", 400_000), ""},
		"texts and values":  {"k: |\n" + strings.Repeat("  [a, b]\n", 400_000) + strings.Repeat("k: v\n", 250_001), "0:0 InputLimit"},
		"values in UTF-16":  {"\xff\xfe" + strings.Repeat("-\x00\n\x00", 250_000), "0:0 InputLimit"},
		"depth":             {levels(201), ""},
		"too much depth":    {levels(202), "1:202 YAMLLimit"},
		"aliases":           {thousand + strings.Repeat("*a, ", 1000) + "]\n", ""},
		"too many aliases":  {thousand + strings.Repeat("*a, ", 1001) + "]\n", "1:4 YAMLLimit"},
		"of all documents":  {thousand + strings.Repeat("*a, ", 600) + "]\n---\n" + thousand + strings.Repeat("*a, ", 600) + "]\n", "4:4 YAMLLimit"},
		"an alias of alias": {"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ""},
	} {
		if _, ds := source.Parse("box.yaml", []byte(c.text)); places(ds) != c.want {
			t.Errorf("%s: %.300q, want %q", name, places(ds), c.want)
		}
	}
}

// TestTooManyErrors checks that the last error reported is the one that says so, of decoding
// and of what comes after it.
func TestTooManyErrors(t *testing.T) {
	for n, want := range map[int]int{999: 999, 1000: 1000, 1001: 1001, 5000: 1001} {
		d := parsed(t, "numbers: ["+strings.Repeat("x, ", n)+"]")[0]
		var c crate
		decoding, r := d.Decode(&c), source.NewReporter(parsed(t, "name: a")[0])
		for i := range n {
			r.Errorf(source.Invalid, source.Path{}.Field("name"), "", "%d", i)
			r.Warnf(source.Invalid, source.Path{}.Field("name"), "", "%d", i)
		}
		for _, ds := range []source.Diagnostics{decoding, r.Diagnostics().AtLeast(source.Error)} {
			if len(ds) != want || (ds[len(ds)-1].Code == source.InputLimit) != (want > 1000) {
				t.Errorf("%d errors: %d are reported, and the last is %v", n, len(ds), ds[len(ds)-1])
			}
		}
		if warnings := len(r.Diagnostics()) - want; warnings != n {
			t.Errorf("%d warnings of %d", warnings, n)
		}
	}
}

// TestLongTexts checks that a diagnostic does not repeat a text of any length.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("ü", 50_000)
	d := parsed(t, fmt.Sprintf("kind: %[1]s\nmetadata: {name: %[1]s, namespace: %[1]s}\n? %[1]s\n: %[1]s\n", long))[0]
	r := source.NewReporter(d)
	r.Errorf(source.Invalid, source.Path{}.Field(long), long, "%s", long)
	var c crate
	for _, ds := range []source.Diagnostics{r.Diagnostics(), d.Decode(&c)} {
		if len(ds) == 0 {
			t.Error("nothing is wrong")
		}
		for _, d := range ds {
			if text := d.String(); len(text) > 8000 || !utf8.ValidString(text) || len(d.Current.Text) > 1000 {
				t.Errorf("%d bytes: %.100s", len(text), text)
			}
		}
	}
}

// TestAliasesOfNodes checks that the items of a list count together.
func TestAliasesOfNodes(t *testing.T) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte("- &a ["+strings.Repeat("x, ", 999)+"]\n- ["+strings.Repeat("*a, ", 600)+"]\n"), &n); err != nil {
		t.Fatal(err)
	}
	var made source.Aliases
	for i, want := range []string{"", "0:0 YAMLLimit"} {
		if _, ds := source.FromNode("", i, n.Content[0], &made); (len(ds) > 0) != (want != "") {
			t.Errorf("%d: %v", i, ds)
		}
	}
}
