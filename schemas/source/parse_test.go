package source

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzParse checks that documents that are not parsed are those that the library reads from the
// stream: their trees and positions, what is asked of them before they are parsed, the documents
// around them with their comments, and the error of a stream with one. Comments at the end of a
// document that is parsed on its own may be those of another node: nobody edits it.
func FuzzParse(f *testing.F) {
	const object = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\n  annotations:\n    c: \"d\"\ndata:\n  e: f\n"
	const flow = "apiVersion: v1 # a\nkind: \"Service\"\nmetadata: {name: 'a', annotations: {c: d, e: [f]}}\nspec: {}\n"
	for _, text := range append(simpleTexts, heavyTexts...) {
		f.Add(text)
		f.Add(object + text + object)
		f.Add(object + "---\n" + text + object + object)
		f.Add(flow + object + "# a\n---\n# b\nkind: a\n" + text + "# c\n" + object)
		f.Add("---\nkind: a\n" + text + "--- # a\n" + text + "---\nkind: b\n\n# d\n" + text)
		f.Add("kind: &a List\n---\n" + text + "---\nkind: b\n" + text + "---\nkind: *a\n" + text)
		f.Add("kind: List\na: |+\n\n---\nkind: b\n\n\n" + text + "...\nkind: d\n...\n%YAML 1.1\n---\nkind: c\n" + text)
		f.Add("---\nkind: a\n---a\n---\n---\n" + text + "---" + object + "---\nkind: b\n---" + text)
		f.Add("kind: StatefulSet\na: \"b\n" + object + "\"\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		got, ds := ParseText("f", text)
		want, wantDS := parseAll("f", text)
		if !reflect.DeepEqual(ds, wantDS) && !strings.Contains(fmt.Sprint(wantDS), string(InputLimit)) {
			t.Fatalf("%q: %v\nwant %v", text, ds, wantDS)
		}
		if ds != nil { // the library reads ahead, so that the last documents in front of the error may be missing
			want = want[:min(len(got), len(want))]
			got = got[:len(want)]
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d documents, want %d", text, len(got), len(want))
		}
		for i, w := range want {
			g := got[i]
			for _, path := range [][]string{{"apiVersion"}, {"kind"}, {"a"}, {"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "annotations", "c"}, {"a", "b"}, {"x", "a", "b"}, {"e"}} {
				if g.Scalar(path...) != w.Scalar(path...) {
					t.Errorf("%q: document %d: %v is %q, want %q", text, i, path, g.Scalar(path...), w.Scalar(path...))
				}
			}
			if w.Mentions("d") && !g.Mentions("d") {
				t.Errorf("%q: document %d does not mention d", text, i)
			}
			if differ := firstDifference(g.Node(), w.Node(), g.unread.text == ""); differ != "" {
				t.Errorf("%q: document %d: %s", text, i, differ)
			}
			if g.Index != w.Index || g.File != w.File || g.Numbers != w.Numbers {
				t.Errorf("%q: document %d: %+v, want %+v", text, i, g, w)
			}
		}
	})
}

// parseAll parses a stream as Parse does, without thinning it.
func parseAll(file, text string) (docs []*Document, ds Diagnostics) {
	if ds := TooHeavy(file, text, 0); ds != nil {
		return nil, ds
	}
	var aliases Aliases
	dec := yaml.NewDecoder(strings.NewReader(AsYAML(text)))
	for i := 0; ; i++ {
		var n yaml.Node
		switch err := dec.Decode(&n); {
		case err != nil && err.Error() == "EOF":
			return docs, nil
		case err != nil:
			return docs, Diagnostics{syntaxError(file, text, err)}
		case n.Kind != yaml.DocumentNode || len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null":
			continue
		}
		doc, ds := FromNode(file, i, n.Content[0], &aliases)
		if ds != nil {
			return docs, ds
		}
		doc.Numbers = true
		docs = append(docs, doc)
	}
}

// firstDifference describes the first difference of two trees.
func firstDifference(got, want *yaml.Node, comments bool) string {
	a, b := *got, *want
	if !comments {
		a.HeadComment, a.LineComment, a.FootComment = b.HeadComment, b.LineComment, b.FootComment
	}
	a.Content, b.Content, a.Alias, b.Alias = nil, nil, nil, nil
	if !reflect.DeepEqual(a, b) || len(got.Content) != len(want.Content) {
		return fmt.Sprintf("%+v, want %+v", *got, *want)
	}
	for i := range got.Content {
		if differ := firstDifference(got.Content[i], want.Content[i], comments); differ != "" {
			return differ
		}
	}
	return ""
}
