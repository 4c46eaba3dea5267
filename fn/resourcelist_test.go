package fn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/testdata/randspec"
)

// fields are fields as people and their tools write them. %d is a number that makes each
// different.
var fields = []string{
	"k%d: v\n", "k%d:   spaced   # comment\n", "k%d: ~\n", "k%d:\n", "k%d: 0644\n", "k%d: !!str 5\n", "größe%d: \"\\u00fc\" # 大\n",
	"k%d: >-\n  folded\n  text  \n\n    more\n  end\n", "k%d: >\n\n  empty first\n", "k%d: |+\n  keep\n\n\n",
	"k%d: |\n  #!/bin/sh\n  # no comment\n  \techo \"$(date)\"   \n\n  done\n", "k%d: |2-\n    more\n  less\n",
	"k%d: \"over \\\n  lines\n\n  of it\"\n", "k%d: 'it''s\n  two'\n", "k%d: plain\n  over lines\n",
	"k%d:\n- a\n-   b # c\n# at the dash\n- - c\n  - d\n", "k%d:\n    deep:\n        - {a: 1,   b: [x,\n           y]}\n    # foot\n",
	"k%d: &a v\nl%d: [*a,  *a]\n", "? k%d\n: v\n", "\"quoted key%d\": {}\n",
	"# comment %d\n", "#\ttab %d\n", "\n", "    # far in %d\n", "# head %d\n\n# foot %d\n",
}

// TestForeignItemsKeepTheirBytes checks that items in block style are written byte for byte,
// except for the margin of the list, whatever is around them.
func TestForeignItemsKeepTheirBytes(t *testing.T) {
	for seed := range 10 * randspec.Seeds() {
		r := rand.New(rand.NewPCG(seed, 0))
		items := randomItems(r)
		want := strings.Join(items, "")
		margin, eol := strings.Repeat(" ", r.IntN(3)*2), []string{"\n", "\n", "\r\n"}[r.IntN(3)]
		in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + indented(want, margin)
		if r.IntN(2) == 0 {
			in = strings.Replace(in, "items:\n", "functionConfig:\n  "+margin+"kind: ConfigMap # none\nitems:\n", 1)
		}
		switch r.IntN(4) {
		case 0:
			in = "# above\n--- # the list\n" + in + "...\n"
		case 1:
			in, want = in+margin+"- "+indented(spec, margin+"  ")[len(margin)+2:], want+"- "+indented(spec, "  ")[2:]
		case 2:
			in += "results:\n- message: before   # kept\n"
		}
		in, want = strings.ReplaceAll(in, "\n", eol), strings.ReplaceAll(want, "\n", eol)
		out, ok := run(t, in)
		if _, rest, _ := strings.Cut(out, "\nitems:"); !ok || !strings.HasPrefix(strings.TrimLeft(rest, "\r\n"), strings.TrimLeft(want, "\r\n")) {
			t.Fatalf("seed %d, success %v (-want +got):\n%s", seed, ok, cmp.Diff(in, out))
		}
		if again, _ := run(t, out); again != out && !strings.Contains(out, "dropped") {
			t.Fatalf("seed %d: the second run (-want +got):\n%s", seed, cmp.Diff(out, again))
		}
	}
}

const spec = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db}   # ours\nspec:\n  externalName: db.example.com\n"

// randomItems returns the texts of items, with the comment lines above them.
func randomItems(r *rand.Rand) []string {
	var items []string
	n := 0
	for range 1 + r.IntN(4) {
		body := "kind: Foreign\n"
		for range r.IntN(5) {
			n++
			f := fields[r.IntN(len(fields))]
			body += strings.ReplaceAll(f, "%d", fmt.Sprint(n))
		}
		lead := []string{"", "", "# lead\n", "\n# foot\n\n# lead\n#\n"}[r.IntN(4)]
		dash := []string{"- ", "- ", "-   ", "- # at the dash\n  ", "-\n  "}[r.IntN(5)]
		margin := "  "
		if dash == "-   " {
			margin = "    "
		}
		items = append(items, lead+dash+strings.TrimLeft(indented(body, margin), " "))
	}
	return items
}

// indented puts a margin before all lines that are not empty.
func indented(text, margin string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = margin + line
		}
	}
	return strings.Join(lines, "")
}

// TestForeignItemsKeepTheirValues checks that items keep their values if their text cannot
// be kept: if they are not in block style, or have no line end at the end.
func TestForeignItemsKeepTheirValues(t *testing.T) {
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for name, in := range map[string]string{
		"no final newline":               head + "- kind: A\n  text: b",
		"none after a literal":           head + "- kind: A\n  text: |\n    b",
		"none after a comment":           head + "- kind: A # b",
		"carriage returns alone":         strings.ReplaceAll(head+"- kind: A\n  text: b\n", "\n", "\r"),
		"a line separator":               head + "- kind: A\n  text: \"a\u2028b\"\n- kind: B # \u0085\n",
		"an indented list":               "  apiVersion: config.kubernetes.io/v1\n  kind: ResourceList\n  items:\n  - kind: A\n    text: >\n      b\n",
		"keys in quotes":                 strings.Replace(head, "items", `"items"`, 1) + "- kind: A\n",
		"an explicit key":                strings.Replace(head, "items:\n", "? items\n: ", 1) + "- kind: A\n",
		"an anchor on the list":          strings.Replace(head, "items:", "items: &all", 1) + "- kind: A\n",
		"a quoted text at the left":      head + "- kind: A\n  text: \"a\n# b\n- c\"\n- kind: B\n",
		"a list at the end of a line":    head + "- [kind, A]\n- - a\n  - b\n-\n-\n- ~\n",
		"folded otherwise by an encoder": "  kind: ResourceList\n  apiVersion: config.kubernetes.io/v1\n  items:\n  - text: >-\n      a\n      b  \n\n        c\n    more: >+\n\n      d\n\n    last: |2\n\n        e\n       f\t \n",
		"in UTF-16":                      "\xff\xfe" + utf16(head+"- kind: A\n  text: ü\n"),
	} {
		t.Run(name, func(t *testing.T) {
			out, ok := run(t, in)
			if !ok {
				t.Fatal(out)
			}
			if diff := cmp.Diff(values(t, in), values(t, out)); diff != "" {
				t.Errorf("items (-want +got):\n%s\n%s", diff, out)
			}
		})
	}
}

func utf16(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func values(t *testing.T, list string) any {
	t.Helper()
	var parsed struct{ Items any }
	if err := yaml.Unmarshal([]byte(list), &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed.Items
}

// TestLastItemKeepsItsValue checks that a text without a line end at the end of the input
// keeps its value, and that the items in front of it keep their bytes.
func TestLastItemKeepsItsValue(t *testing.T) {
	const first = "- kind: ConfigMap   # theirs\n  data:   {a: 'b'}\n"
	for _, last := range []string{"|\n    tok", "|+\n    tok", ">\n    tok", "|-\n    tok", "tok", "'tok'", "tok # said"} {
		in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n" + indented(spec, "  ") + "items:\n" + first + "- kind: Secret\n  data:\n    k: " + strings.ReplaceAll(last, "\n", "\n  ")
		out, ok := run(t, in)
		if !ok || !strings.Contains(out, first) {
			t.Errorf("%q: success %v:\n%s", last, ok, out)
		}
		var list struct {
			Items []struct{ Data map[string]string }
		}
		if err := yaml.Unmarshal([]byte(out), &list); err != nil || len(list.Items) < 2 || list.Items[1].Data["k"] != "tok" {
			t.Errorf("%q: %v:\n%s", last, err, out)
		}
	}
}
