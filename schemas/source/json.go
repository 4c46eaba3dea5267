package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// AsYAML returns a text that the YAML library reads as kubectl reads data. YAML has JSON in it, but
// the library does not read all of it: not escaped slashes, surrogate pairs and tabs between values,
// and it folds U+2028 and other line ends that JSON has not. Each document of a stream that is JSON
// is rewritten, and other documents stay as they are.
//
// The text keeps its length, and so all positions stay: a shorter escape is filled up with spaces
// behind the string.
func AsYAML(text string) string {
	var out []byte // nil: as it is
	for at := 0; at < len(text); {
		end := at + documentLength(text[at:])
		for {
			at += inFront(text[at:end])
			value := jsonValue(text[at:end])
			if value == "" {
				break
			}
			if out == nil {
				out = []byte(text)
			}
			copy(out[at:], asYAML(value))
			at += len(value)
		}
		at = end
	}
	if out == nil {
		return text
	}
	return string(out)
}

// documentLength returns the length of the first document of a stream, up to the line that begins
// with --- after the first. No JSON and no other document has such a line.
func documentLength(stream string) int {
	for at := 0; ; {
		i := strings.Index(stream[at:], "---")
		if i < 0 {
			return len(stream)
		}
		if at += i; at > 0 && (stream[at-1] == '\n' || stream[at-1] == '\r') {
			return at
		}
		at += len("---")
	}
}

// inFront returns the length of what can be in front of a value: a byte order mark, ---, white space
// and comments.
func inFront(document string) int {
	text := strings.TrimPrefix(document, "\ufeff")
	if rest, ok := strings.CutPrefix(text, "---"); ok && rest != "" && strings.IndexByte(" \t\r\n", rest[0]) >= 0 {
		text = rest
	}
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" || text[0] != '#' {
			return len(document) - len(text)
		}
		text = text[max(0, strings.IndexAny(text, "\r\n")):]
		if text[0] == '#' {
			return len(document)
		}
	}
}

// jsonValue returns the JSON object or list that a text begins with, or "".
func jsonValue(text string) string {
	if text == "" || text[0] != '{' && text[0] != '[' {
		return ""
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth--; depth > 0 {
				continue
			}
			if json.Valid([]byte(text[:i+1])) {
				return text[:i+1]
			}
			return ""
		}
	}
	return ""
}

// asYAML rewrites a JSON value.
func asYAML(value string) []byte {
	j := jsonText{in: value, out: bytes.NewBuffer(make([]byte, 0, len(value)))}
	for len(j.in) > 0 {
		switch c := j.in[0]; c {
		case '"':
			j.string()
		case '\t':
			j.take(1, " ")
		default:
			j.out.WriteByte(c)
			j.in = j.in[1:]
		}
	}
	return j.out.Bytes()
}

// A jsonText is a valid JSON text that is rewritten.
type jsonText struct {
	in  string
	out *bytes.Buffer
}

// take replaces the next bytes.
func (j *jsonText) take(n int, by string) {
	j.in = j.in[n:]
	j.out.WriteString(by)
}

// otherBreaks are the line breaks of YAML 1.1 that JSON has not, with their escapes in YAML.
var otherBreaks = map[string]string{"\u0085": `\N`, "\u2028": `\L`, "\u2029": `\P`}

// string rewrites a string, up to the quote at its end.
func (j *jsonText) string() {
	shorter := 0
	replace := func(n int, by string) {
		shorter += n - len(by)
		j.take(n, by)
	}
	for j.take(1, `"`); j.in[0] != '"'; {
		switch c := j.in[0]; {
		case c == '\\':
			replace(j.escape())
		case c < utf8.RuneSelf:
			j.out.WriteByte(c)
			j.in = j.in[1:]
		default:
			_, size := utf8.DecodeRuneInString(j.in)
			text := j.in[:size]
			replace(size, cmp.Or(otherBreaks[text], text))
		}
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
		return 2, j.in[:2]
	}
	r := codeUnit(j.in)
	if !utf16.IsSurrogate(r) {
		return 6, j.in[:6]
	}
	if pair := utf16.DecodeRune(r, codeUnit(j.in[6:])); pair != '\ufffd' {
		return 12, fmt.Sprintf(`\U%08x`, pair)
	}
	return 6, `\ufffd` // one without the other, as encoding/json reads it
}

// codeUnit returns the value of an escape \uXXXX at the beginning of a text, or 0.
func codeUnit(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	n, _ := strconv.ParseUint(text[2:6], 16, 16) // the JSON is valid
	return rune(n)
}
