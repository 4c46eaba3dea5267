package source_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/schemas/source"
)

// jsonTexts are valid JSON that other tools write.
var jsonTexts = []string{
	`{"a": "\ud83d\ude00", "b": "x\/y"}`,       // json.dumps of Python, json_encode of PHP
	"{\n\t\"a\": [\n\t\t\"b\",\n\t\t1\n\t]\n}", // jq --tab
	`{"a":"\ud83d","b":"\ude00\ud83d"}`,
	"{\"a\": \"x\u2028y\u2029z\u0085\", \"b\": \"\\u2028\"}",
	`{"a": "\"\\\b\f\n\r\t\u0041\u00e9"}`,
	`{"big": 12345678901234567890, "float": 1e400, "small": -0.0, "e": 1E5}`,
	"\ufeff{\"a\": 1}",
	`[{"\/": {"\ud83d\ude00": []}}, {}]`,
	`{"long": "` + strings.Repeat(`\/`, 100) + `", "next": "` + strings.Repeat("x", 2000) + `"}`,
}

// JSON is read as encoding/json reads it, and at the same positions.
func TestAsYAML(t *testing.T) {
	for _, text := range jsonTexts {
		text := `{"apiVersion": "v1", "kind": "X", "data": ` + strings.TrimPrefix(text, "\ufeff") + "}"
		docs, ds := source.Parse("", []byte(text))
		if ds != nil || len(docs) != 1 {
			t.Errorf("%s: %v", text, ds)
			continue
		}
		var want, got map[string]any
		numbers := json.NewDecoder(strings.NewReader(text))
		numbers.UseNumber()
		if err := numbers.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if err := docs[0].Node().Decode(&got); err != nil && !strings.Contains(text, "1e400") {
			t.Errorf("%s: %v", text, err)
		}
		if strings.Contains(text, "big") {
			continue // the numbers keep their text: see below
		}
		plain, _ := json.Marshal(want)
		if again, _ := json.Marshal(got); string(plain) != string(again) {
			t.Errorf("%s:\n%s", text, cmp.Diff(string(plain), string(again)))
		}
	}
	docs, _ := source.Parse("", []byte(`{"apiVersion": "v1", "kind": "X", "data": {"n": 12345678901234567890}}`))
	if got := docs[0].Scalar("data", "n"); got != "12345678901234567890" {
		t.Errorf("a large number is read as %s", got)
	}
}

// What is shorter in YAML moves nothing, so that messages have the positions of the file.
func TestAsYAMLPositions(t *testing.T) {
	text := `{"a\/b": "\ud83d\ude00", "c": 1}`
	if got := source.AsYAML(text); got != `{"a/b" : "\U0001f600"  , "c": 1}` {
		t.Error(got)
	}
	for _, same := range []string{"a: \\/", `{"a": "\/"`, `{a: "\/"}`, "", " ", `"\/"`, `---{"a": "\/"}`, "a: |\n {\"a\": \"\\/\"}\n", "# {\"a\": \"\\/\"}"} {
		if got := source.AsYAML(same); got != same {
			t.Errorf("%q became %q", same, got)
		}
	}
}

// Each document of a stream is read as if it were alone, whatever is between them, and at its
// place.
func TestAsYAMLStream(t *testing.T) {
	for _, text := range []string{
		"a: \u2028\n---\n{\"b\": \"\\ud83d\\ude00\"}\n---\n# x\n[\"\\/\", \"x\u2028\u2029\u0085y\"] # y\n...\n--- {\"c\":\t1}\n---\nd: \"\\x41\"\n",
		"\ufeff{\"b\": \"\\ud83d\\ude00\"}\r\n---\r\n\r\n{\"a\": \"\\/\"}\r\n---\r\nx: |\r\n  {\"a\": \"\\/\"}\r\n",
		"{\"a\": \"\u2028--- b\"}\n---\n{\"a\": \"\\/\"}",
	} {
		out := source.AsYAML(text)
		if len(out) != len(text) {
			t.Errorf("%q has another length: %q", text, out)
		}
		docs, ds := source.Parse("", []byte(text))
		parts := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n---")
		if ds != nil || len(docs) != len(parts) {
			t.Errorf("%q: %d documents of %d, %v", text, len(docs), len(parts), ds)
			continue
		}
		for i, part := range parts {
			var got, want any
			alone, ds := source.Parse("", []byte(part))
			if ds != nil {
				t.Fatalf("%q: %v", part, ds)
			}
			if docs[i].Node().Decode(&got) != nil || alone[0].Node().Decode(&want) != nil || !cmp.Equal(got, want) {
				t.Errorf("%q: got %q, want %q", part, got, want)
			}
		}
	}
	text := "{\"a\": \"\\/\"}\n{\"b\": \"\\ud83d\\ude00\"}\n"
	if _, ds := source.Parse("x.json", []byte(text)); len(ds) != 1 || ds[0].Line != 2 || ds[0].WayOut != "put --- on a line between the two documents" {
		t.Errorf("two documents without --- between: %v", ds)
	}
}
