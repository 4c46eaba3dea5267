package source

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	yamlLine      = Pattern(`^yaml: (?:line (\d+): )?`)
	unknownAnchor = Pattern(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError turns an error of the YAML library into a Diagnostic. The library gives no
// line for the first line of a file, for characters and for anchors.
func syntaxError(file, data string, err error) Diagnostic {
	d := Diagnostic{Code: Syntax, Severity: Error, File: file, Line: 1, Column: 1}
	m := yamlLine().FindStringSubmatch(err.Error())
	d.Message = yamlLine().ReplaceAllString(err.Error(), "")
	known := knownError(d.Message)
	d.WayOut = known.wayOut
	lines := func() []string { return beginnings(strings.Split(lineEnds.Replace(data), "\n")) }
	if m != nil && m[1] != "" {
		d.Line, _ = strconv.Atoi(m[1])
		if known.countsFrom0 {
			d.Line++
		}
		d.locate(lines())
		return d
	}
	if i := strings.IndexFunc(data, forbidden); i >= 0 {
		d.WayOut = "take the character out, or write it as an escape in double quotes; the file must be UTF-8 or UTF-16"
		d.setPosition(data[:i])
	} else if a := unknownAnchor().FindStringSubmatch(d.Message); a != nil {
		d.setPosition(data[:max(0, strings.Index(data, "*"+a[1]))])
	} else {
		d.locate(lines())
	}
	return d
}

// beginnings cuts the lines behind what people read of a line: patterns are slow on long ones.
func beginnings(lines []string) []string {
	const readable = 10_000 // bytes
	for i, line := range lines {
		lines[i] = line[:min(len(line), readable)]
	}
	return lines
}

// setPosition sets the position of a Diagnostic to the end of the given text.
func (d *Diagnostic) setPosition(before string) {
	text := lineEnds.Replace(before)
	d.Line = 1 + strings.Count(text, "\n")
	d.Column = 1 + utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
}

// NotUTF8 returns the error about a file that cannot be read as UTF-8, at the first character
// that is not.
func NotUTF8(file, data string) Diagnostic {
	d := Diagnostic{Code: Syntax, Severity: Error, File: file, Message: "the manifests are not UTF-8", WayOut: "convert them, with iconv for example"}
	before := 0
	for before < len(data) {
		r, size := utf8.DecodeRuneInString(data[before:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		before += size
	}
	d.setPosition(data[:before])
	return d
}

// lineEnds are the line breaks of YAML 1.1, by which the library counts lines.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// forbidden reports whether a character is not allowed in YAML except as an escape.
// RuneError stands for bytes that are not UTF-8.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r != 0x85 && Unprintable(r) || r == utf8.RuneError
}

// A yamlError is an error of the YAML library. The library returns texts without a type, so
// an error can only be recognized by the beginning of its text. TestYAMLErrors provokes each
// of them, and fails if a release of the library words one differently.
type yamlError struct {
	text        string // the beginning of the message
	countsFrom0 bool   // the library's parser counts lines from 0, and its scanner from 1
	wayOut      string
}

const (
	indentAlike = "give keys of one mapping, and dashes of one list, the same indentation; close quotes and brackets"
	oneSpace    = "write a space after the colon"
	dashSpace   = "write a space after the dash"
	addColon    = "write a colon and a space behind the key, and give lines of one text the same indentation"
	wholeText   = "put all of the value into the quotes"
	noTabs      = "indent with spaces, not with tabs"
	closeQuote  = "close the quote that was opened before this line or on it"
	escape      = `in double quotes write \\ for a backslash, or use single quotes`
)

var yamlErrors = []yamlError{
	{"found character that cannot start any token", false, "put a value that begins with @, ` or % into quotes"},
	{"found a tab character", false, noTabs},
	{"found unexpected end of stream", false, closeQuote},
	{"found unexpected document indicator", false, closeQuote},
	{"found unknown escape character", false, escape},
	{"found invalid Unicode character escape code", false, `write the character itself, or one escape \UXXXXXXXX instead of two: only documents that are JSON can have pairs`},
	{"did not find expected hexdecimal number", false, escape},
	{"did not find expected alphabetic or numeric character", false, "write a name behind & or *, or put the value into quotes"},
	{"did not find expected comment or line break", false, "begin the text of | or > on the next line"},
	{"mapping values are not allowed", false,
		"put a value that has a colon and a space in it into quotes, and give keys of one mapping the same indentation"},
	{"block sequence entries are not allowed", false, "begin the list on the next line, or put a value that begins with a dash into quotes"},
	{"could not find expected ':'", false, addColon},
	{"exceeded max depth", false, "nest less"},
	{"did not find expected ','", true, "close the bracket that is open here, or separate the entries with a comma"},
	{"did not find expected '-' indicator", true, indentAlike},
	{"did not find expected key", true, indentAlike},
	{"did not find expected node content", true, indentAlike},
	{"did not find expected <document start>", true, indentAlike},
	{"found undefined tag handle", true, "put a value that begins with ! into quotes"},
	{"found duplicate %YAML directive", true, "keep one of them"},
	{"found incompatible YAML document", true, "take the directive out"},
	{"unknown anchor", false, "write the anchor before it, or put a value that begins with * into quotes"},
}

func knownError(message string) yamlError {
	for _, e := range yamlErrors {
		if strings.HasPrefix(message, e.text) {
			return e
		}
	}
	return yamlError{wayOut: "the text is neither YAML nor JSON from here on; look at indentation, quotes and brackets"}
}
