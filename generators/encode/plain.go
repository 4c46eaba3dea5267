package encode

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// plain reports whether a string certainly needs no quotes: it begins like a word or is an IP
// address or a CIDR, has no special character, and is not a word of YAML 1.1.
func plain(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if c := role[s[i]]; c == 0 || c == inside && i == 0 {
			return isIPv6(s)
		}
	}
	if s[0] >= '0' && s[0] <= '9' {
		address, bits, _ := strings.Cut(s, "/")
		return strings.Count(address, ".") == 3 && strings.Trim(address, "0123456789.") == "" && strings.Trim(bits, digits) == ""
	}
	return len(s) > len("false") || !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, s) })
}

// role says where a character can be in a string that needs no quotes.
var role = func() (roles [256]byte) {
	for c := range byte(utf8.RuneSelf) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == '/':
			roles[c] = anywhere
		case c == '-', c == '.', c == '_':
			roles[c] = inside
		}
	}
	return roles
}()

const (
	anywhere byte = iota + 1
	inside        // not at the beginning
)

const digits = "0123456789"

// isIPv6 reports whether a string certainly is an IPv6 address or CIDR that YAML reads as a string:
// it has :: or a letter between digits, so that it is no number of base 60, and no key.
func isIPv6(s string) bool {
	if strings.IndexByte(s, ':') < 0 {
		return false
	}
	address, bits, _ := strings.Cut(s, "/")
	return strings.Trim(address, digits+"abcdef:") == "" && strings.Trim(bits, digits) == "" && strings.Count(address, ":") > 1 &&
		address[0] != ':' && s[len(s)-1] != ':' && (strings.Contains(address, "::") || strings.ContainsAny(address, "abcdef"))
}

// words are the words that YAML 1.1 does not read as strings.
var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
