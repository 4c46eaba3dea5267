package encode_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/encode"
	"sallyport.dev/testdata/hostile"
	"sallyport.dev/testdata/randspec"
)

// libraryJSON is the expected result: the List that encoding/json writes for the objects,
// without status.
func libraryJSON(t *testing.T, objs []encode.Object) string {
	t.Helper()
	items := make([]map[string]any, len(objs))
	for i, o := range objs {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &items[i]); err != nil {
			t.Fatal(err)
		}
		delete(items[i], "status")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	if err := enc.Encode(map[string]any{"apiVersion": "v1", "kind": "List", "items": items}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func jsonOf(t *testing.T, objs []encode.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode.JSON(&b, slices.Values(objs)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEncodeJSONAsLibrary(t *testing.T) {
	for seed := range randspec.Seeds() {
		objs := right(t, randspec.New(seed))
		if diff := cmp.Diff(libraryJSON(t, objs), jsonOf(t, objs)); diff != "" {
			t.Fatalf("seed %d (-library +ours):\n%s", seed, diff)
		}
	}
	for _, s := range append(hostile.Strings, "<&>", "\u2029") {
		objs := []encode.Object{hostile.ConfigMap(s, s), hostile.ConfigMap("k", s)}
		if diff := cmp.Diff(libraryJSON(t, objs), jsonOf(t, objs)); diff != "" {
			t.Errorf("%q (-library +ours):\n%s", s, diff)
		}
	}
}

// Documents returns what YAML writes between separators.
func TestDocuments(t *testing.T) {
	for seed := range randspec.Seeds() / 2 {
		objs := right(t, randspec.New(seed))
		joined := ""
		for o, doc := range encode.Documents(objs) {
			if joined != "" {
				joined += "---\n"
			}
			if joined += string(doc); o == nil {
				t.Fatal("a document without its object")
			}
		}
		if diff := cmp.Diff(yamlOf(t, objs), joined); diff != "" {
			t.Fatalf("seed %d (-YAML +Documents):\n%s", seed, diff)
		}
	}
}

// FuzzEncodeJSON compares the encoder with encoding/json, for any strings as keys and values.
func FuzzEncodeJSON(f *testing.F) {
	for i, s := range append(hostile.Strings, "<&>", "\u2029", "\xff", "\ufffe") {
		f.Add(s, hostile.Strings[i%len(hostile.Strings)])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		key, value = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(value, "?") // no input has invalid UTF-8
		objs := []encode.Object{hostile.ConfigMap(key, value)}
		if diff := cmp.Diff(libraryJSON(t, objs), jsonOf(t, objs)); diff != "" {
			t.Errorf("(-library +ours):\n%s", diff)
		}
	})
}
