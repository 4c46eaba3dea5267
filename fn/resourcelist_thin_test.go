package fn

import (
	"reflect"
	"strings"
	"testing"

	"sallyport.dev/fn/tree"
	"sallyport.dev/schemas/source"
)

// hostileItems are items that pass through, and items around them that may swallow some, refer to
// some or change where they end.
var hostileItems = []string{
	"- kind: A\n  a: b\n", "- kind: A\n  metadata:\n    annotations:\n      internal.config.kubernetes.io/path: a.yaml\n      config.kubernetes.io/index: '3'\n  # c\n# d\n", "- kind: A\n  a: |+\n    b\n\n\n", "-   kind: A\n    a:\n    - b\n    - c: d\n",
	"- kind: B # c\n  a: \"b\n", "- kind: A\"\n  a: b\n", "- kind: B\n  a: 'b\n", "- kind: A\n  a: b'\n", "- [a,\n", "- ]\n", "- kind: A\n  a: &a b\n", "- kind: *a\n", "- *a\n", "- ~\n", "- null\n", "-\n", "- kind: A\n - b\n", "- kind: A\n   a: b\n", "- - a\n  - b\n",
	"- kind: A\n a: b\n", "- a\n  b\n", "- >\n  a\n - b\n", "- |\n\n # a\n", "# a\n", "  # a\n", "\n", "- kind: StatefulSet\n  a: b\n", "- kind: A\n  a: sallyport.dev\n", "- kind: A\n  a:\n", "- kind: A\n  a: b\r\n", "- kind: A\n  a: b\u2028c\n", "- {kind: A}\n", "- kind: A\n  a: {b: c, d: [e]}\n",
	"kind: A\n", "functionConfig: {a: b}\n", "results:\n- a: b\n", "items:\n", "---\n", "--- a\n", "...\n", "%a\n", "- kind: AList\n  items:\n  - kind: A\n", "\t- a\n", "- kind: A\n  <<: *a\n", "- kind: A\n  a: !b c\n", "- ? a\n  : b\n", "- \"kind\": A\n",
}

// FuzzParseList checks that a list of which some items are not parsed is read as one of which all are:
// their values, their texts, and the errors.
func FuzzParseList(f *testing.F) {
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for _, a := range hostileItems {
		for _, b := range hostileItems {
			f.Add(head + hostileItems[0] + a + b + hostileItems[1] + hostileItems[0])
		}
		f.Add(strings.ReplaceAll(head+hostileItems[0]+a+hostileItems[2], "\n- ", "\n  - "))
		f.Add("a: &a\n" + strings.ReplaceAll(head, "items:\n", "items: *a\nb: 'c\nitems:\n") + hostileItems[0] + a + "'\n")
		f.Add(head + a + hostileItems[0])
		f.Add(head + hostileItems[0] + strings.TrimSuffix(a, "\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		got, ds := parse(text)
		want, wantDS := parseThinned(&source.Thinned{Text: source.AsYAML(strings.TrimPrefix(text, "\ufeff"))})
		if !reflect.DeepEqual(ds, wantDS) {
			t.Fatalf("%q: %v\nwant %v", text, ds, wantDS)
		}
		if len(got.items) != len(want.items) || got.apiVersion != want.apiVersion || got.preface != want.preface {
			t.Fatalf("%q: %d items, want %d; %q, want %q", text, len(got.items), len(want.items), got.preface, want.preface)
		}
		for i, w := range want.items {
			g := got.items[i]
			if g.text != w.text || g.lead != w.lead {
				t.Errorf("%q: item %d is %q and %q, want %q and %q", text, i, g.lead, g.text, w.lead, w.text)
			}
			if (g.doc == nil) != (w.doc == nil) || g.doc == nil {
				continue
			}
			if g.doc.File != w.doc.File || g.doc.Index != w.doc.Index || g.doc.Object() != w.doc.Object() || g.annotation("a") != w.annotation("a") {
				t.Errorf("%q: item %d is %+v, want %+v", text, i, g.doc, w.doc)
			}
			if a, b := g.doc.Node(), w.doc.Node(); a.Line != b.Line || a.Column != b.Column || !tree.Equal(a, b) {
				t.Errorf("%q: item %d has other values", text, i)
			}
		}
	})
}
