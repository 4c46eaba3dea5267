package source

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// locate corrects what the library says about a line of the text. It gives the line on which it found
// out, or that on which the mapping begins, and no column.
func (d *Diagnostic) locate(lines []string) {
	if d.Line > len(lines) {
		return
	}
	says := func(text string) bool { return strings.HasPrefix(d.Message, text) }
	switch {
	case says("found a tab character"), says("found character that cannot start any token"):
		d.locateCharacter(lines)
	case says("mapping values are not allowed"):
		if i := secondColon(lines[d.Line-1]); i > 0 {
			d.at(lines, d.Line, i)
			return
		}
		d.locateKey(lines, before(lines, d.Line))
	case says("could not find expected ':'"):
		d.locateKey(lines, d.Line)
	case says("did not find expected key"):
		d.locateEntry(lines)
	case says("did not find expected <document start>"):
		ended := slices.ContainsFunc(lines[:d.Line-1], func(s string) bool { return strings.TrimSpace(s) == "..." })
		if text := lines[d.Line-1]; ended || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			d.WayOut = "put --- on a line between the two documents"
		}
	}
}

// at sets the position to a byte of a line.
func (d *Diagnostic) at(lines []string, line, index int) {
	d.Line, d.Column = line, 1+utf8.RuneCountInString(lines[line-1][:index])
}

var (
	tabIndent   = Pattern(`^ *(?:- +)*\t`)
	reserved    = Pattern("(?:^|[:,[{-] ) *([@`%])")
	noSpace     = Pattern(`^ *(?:- +)*(?:[A-Za-z_][-\w.]*|"[^"]*"|'[^']*'):([^\s:/]|/[^/])`)
	noSpaceDash = Pattern(`^ *(?:- +)*-([A-Za-z_"'{][^:]*:)`)
	noColon     = Pattern(`^ *(?:- +)*([A-Za-z_][^:#]*)$`)
	textBehind  = Pattern(`(?:^|[:-] ) *(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*') +([^\s#:,\]}])`)
	secondValue = Pattern(`^ *(?:- +)*[^"'\s{[][^:]*: +[^"'{[\s#][^#]*?(:)(?: |$)`)

	// blockText matches a line whose value is a text on the lines after it.
	blockText = Pattern(`[:-] [|>][-+0-9]*( +#.*)?$`)
)

// secondColon returns the index of a colon in a plain value, or -1.
func secondColon(line string) int {
	if m := secondValue().FindStringSubmatchIndex(line); m != nil {
		return m[2]
	}
	return -1
}

// before returns the last line before another one that has more than a comment.
func before(lines []string, line int) int {
	for i := line - 1; i > 0; i-- {
		if s := strings.TrimSpace(lines[i-1]); s != "" && !strings.HasPrefix(s, "#") {
			return i
		}
	}
	return line
}

// locateCharacter finds the tab, or the character with which no value can begin.
func (d *Diagnostic) locateCharacter(lines []string) {
	for i := d.Line; i <= len(lines); i++ {
		if m := tabIndent().FindStringIndex(lines[i-1]); m != nil {
			d.at(lines, i, m[1]-1)
			d.WayOut = noTabs
			return
		}
		if m := reserved().FindStringSubmatchIndex(lines[i-1]); m != nil && i == d.Line {
			d.at(lines, i, m[2])
			return
		}
	}
}

// locateKey looks for the mistake on the line of a key that is none.
func (d *Diagnostic) locateKey(lines []string, line int) {
	text := lines[line-1]
	if m := noSpaceDash().FindStringSubmatchIndex(text); m != nil {
		d.at(lines, line, m[2])
		d.WayOut = dashSpace
	} else if m := noSpace().FindStringSubmatchIndex(text); m != nil {
		d.at(lines, line, m[2])
		d.WayOut = oneSpace
	} else if m := noColon().FindStringSubmatchIndex(text); m != nil {
		d.at(lines, line, m[2])
		d.WayOut = addColon
	} else {
		d.atText(lines)
	}
}

// atText sets the column to the first character of the line.
func (d *Diagnostic) atText(lines []string) {
	line := lines[d.Line-1]
	d.at(lines, d.Line, len(line)-len(strings.TrimLeft(line, " ")))
}

// locateEntry looks for the line that does not continue the mapping or the list that begins on the line
// of the error.
func (d *Diagnostic) locateEntry(lines []string) {
	bad, column := misindented(lines, d.Line)
	for i := d.Line; i <= len(lines) && (bad == 0 || i < bad); i++ {
		if m := noSpace().FindStringSubmatchIndex(lines[i-1]); m != nil && strings.ContainsAny(lines[i-1][:m[2]], `"'`) {
			d.at(lines, i, m[2])
			d.WayOut = oneSpace
			return
		}
		if m := textBehind().FindStringSubmatchIndex(lines[i-1]); m != nil {
			d.at(lines, i, m[2])
			d.WayOut = wholeText
			return
		}
	}
	if bad > 0 {
		d.Line, d.Column = bad, column
	} else {
		d.atText(lines)
	}
	if last := before(lines, d.Line); noSpace().MatchString(lines[last-1]) {
		d.locateKey(lines, last)
	}
}

// misindented returns the position of the first line, from the given one on, that ends a
// mapping or a list without continuing one around it. The line is 0 if there is none.
func misindented(lines []string, from int) (line, column int) {
	var open []int // the columns at which a key or a dash can continue, the outermost first
	text := -1     // the indentation of the key whose text, after | or >, goes on
	for i := from - 1; i >= 0 && i < len(lines); i++ {
		s := strings.TrimLeft(lines[i], " ")
		indent := len(lines[i]) - len(s)
		if s == "" || s[0] == '#' || text >= 0 && indent > text {
			continue
		}
		text = -1
		if blockText().MatchString(s) {
			text = indent
		}
		ended := false
		for len(open) > 0 && open[len(open)-1] > indent {
			open, ended = open[:len(open)-1], true
		}
		if ended && (len(open) == 0 || open[len(open)-1] != indent) {
			return i + 1, indent + 1
		}
		for ; strings.HasPrefix(s, "- "); indent = len(lines[i]) - len(s) {
			open = append(open, indent)
			s = strings.TrimLeft(s[1:], " ")
		}
		open = append(open, indent)
	}
	return 0, 0
}
