package source

import (
	"strconv"
	"strings"
	"unicode"
)

// Visible returns a text on one line in which characters that terminals and log viewers act on are
// escaped: line ends, other control characters, and marks that turn the direction of text.
// A document of the package could otherwise forge lines of a log.
func Visible(text string) string {
	if !strings.ContainsFunc(text, acting) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if acting(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func acting(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
