package source

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	yamlLine      = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError takes the line out of the library's text, which has none for the first, for
// characters and for anchors.
func syntaxError(file string, data []byte, err error) Diagnostic {
	d := Diagnostic{Code: Syntax, Severity: Error, File: file, Line: 1, Column: 1}
	m := yamlLine.FindStringSubmatch(err.Error())
	d.Message = yamlLine.ReplaceAllString(err.Error(), "")
	d.WayOut = syntaxWayOut(d.Message)
	if m != nil && m[1] != "" {
		d.Line, _ = strconv.Atoi(m[1])
		if strings.HasPrefix(d.Message, "did not find expected") {
			d.Line++ // the library's parser, unlike its scanner, counts from 0
		}
		return d
	}
	if i := bytes.IndexFunc(data, forbidden); i >= 0 {
		d.WayOut = "take the character out, or write it as an escape in double quotes; the file must be UTF-8 or UTF-16"
		d.place(data[:i])
	} else if a := unknownAnchor.FindStringSubmatch(d.Message); a != nil {
		d.place(data[:max(0, bytes.Index(data, []byte("*"+a[1])))])
	}
	return d
}

// place puts a Diagnostic behind what stands before it.
func (d *Diagnostic) place(before []byte) {
	text := lineEnds.Replace(string(before))
	d.Line = 1 + strings.Count(text, "\n")
	d.Column = 1 + utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
}

// lineEnds are those of YAML 1.1, as the library counts lines.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// forbidden tells whether a character may not stand in YAML as it is. RuneError is what
// comes of bytes that are not UTF-8.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r != 0x85 && Unprintable(r) || r == utf8.RuneError
}

// syntaxWaysOut are by what the library's text begins with.
var syntaxWaysOut = []struct{ text, wayOut string }{
	{"found character that cannot start any token", "indent with spaces, for YAML takes no tabs; and put a value that begins with @, ` or % into quotes"},
	{"found a tab character", "indent with spaces: YAML takes no tabs"},
	{"found unexpected end of stream", "close the quote that is open from before here"},
	{"mapping values are not allowed", "put a value that has a colon and a space in it into quotes, and give keys of one mapping the same indentation"},
	{"did not find expected ','", "close the bracket that is open here, or separate with a comma"},
	{"did not find expected", "give keys of one mapping, and dashes of one list, the same indentation; close quotes and brackets"},
	{"could not find expected ':'", "write a colon and a space behind the key, and give lines of one text the same indentation"},
	{"unknown anchor", "write the anchor before it, or put a value that begins with * into quotes"},
	{"exceeded max depth", "nest less"},
}

func syntaxWayOut(message string) string {
	for _, w := range syntaxWaysOut {
		if strings.HasPrefix(message, w.text) {
			return w.wayOut
		}
	}
	return "the text is neither YAML nor JSON from here on; look at indentation, quotes and brackets"
}
