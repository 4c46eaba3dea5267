package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
)

// AsYAML returns a text that the YAML library reads as kubectl reads data. YAML has JSON in it, but
// the library does not read all of it: not escaped slashes, surrogate pairs and tabs between values,
// and it folds U+2028 and other line ends that JSON has not. Other texts are returned as they are.
//
// A shorter escape is filled up with spaces behind the string, so that positions stay.
func AsYAML(data []byte) []byte {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) == 0 || first[0] != '{' && first[0] != '[' || !json.Valid(text) {
		return data
	}
	j := jsonText{in: text, out: bytes.NewBuffer(make([]byte, 0, len(text)))}
	for len(j.in) > 0 {
		switch c := j.in[0]; c {
		case '"':
			j.string()
		case '\t':
			j.take(1, " ")
		default:
			j.take(1, string(c))
		}
	}
	return j.out.Bytes()
}

// A jsonText is a valid JSON text that is rewritten.
type jsonText struct {
	in  []byte
	out *bytes.Buffer
}

// take replaces the next bytes.
func (j *jsonText) take(n int, by string) {
	j.in = j.in[n:]
	j.out.WriteString(by)
}

// string rewrites a string, up to the quote at its end.
func (j *jsonText) string() {
	shorter := 0
	for j.take(1, `"`); j.in[0] != '"'; {
		before, by := 1, string(j.in[:1])
		switch {
		case j.in[0] == '\\':
			before, by = j.escape()
		case bytes.HasPrefix(j.in, []byte("\u0085")):
			before, by = 2, `\u0085`
		case bytes.HasPrefix(j.in, []byte("\u2028")), bytes.HasPrefix(j.in, []byte("\u2029")):
			before, by = 3, fmt.Sprintf(`\u%04x`, []rune(string(j.in[:3]))[0])
		}
		shorter += max(0, before-len(by))
		j.take(before, by)
	}
	j.take(1, `"`)
	j.out.Write(bytes.Repeat([]byte(" "), shorter))
}

// escape returns the length of the next escape, and the same in YAML.
func (j *jsonText) escape() (length int, yaml string) {
	if j.in[1] == '/' {
		return 2, "/"
	}
	if j.in[1] != 'u' {
		return 2, string(j.in[:2])
	}
	r := codeUnit(j.in)
	if !utf16.IsSurrogate(r) {
		return 6, string(j.in[:6])
	}
	if pair := utf16.DecodeRune(r, codeUnit(j.in[6:])); pair != '\ufffd' {
		return 12, fmt.Sprintf(`\U%08x`, pair)
	}
	return 6, `\ufffd` // one without the other, as encoding/json reads it
}

// codeUnit returns the value of an escape \uXXXX at the beginning of a text, or 0.
func codeUnit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	n, _ := strconv.ParseUint(string(text[2:6]), 16, 16) // the JSON is valid
	return rune(n)
}
