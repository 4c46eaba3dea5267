package source_test

import (
	"strings"
	"testing"
	"unicode"

	"sallyport.dev/schemas/source"
)

// Text of the input cannot forge a line of a log, nor move the cursor of a terminal.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain é 😀 \"q\" \\":         "plain é 😀 \"q\" \\",
		"a\n::error::forged\x1b[31m": `a\n::error::forged\x1b[31m`,
		"\x00\r\t\u0085\u2028\u202e": `\x00\r\t\u0085\u2028\u202e`,
	} {
		if got := source.Visible(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	docs, _ := source.Parse("a\x1b.yaml", []byte("apiVersion: v1\nkind: \"K\\n::error::\\e[31m\"\nmetadata: {name: \"n\\n\", namespace: \"\\r\"}\n"))
	r := source.NewReporter(docs[0])
	r.Errorf(source.Invalid, source.Path{}.Field("metadata").MapKey("a\nb"), "write \x07", "it is %s", "x\ny")
	lines := strings.Split(r.Diagnostics()[0].String(), "\n")
	if text := strings.Join(lines, ""); len(lines) != 2 || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("%q", lines)
	}
}
