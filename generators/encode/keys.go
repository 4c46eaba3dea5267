package encode

import (
	"cmp"
	"unicode"
	"unicode/utf8"
)

// compareKeys orders the keys of a map as sigs.k8s.io/yaml and so kustomize do: numbers in keys
// count as numbers, and other characters come before letters. Source: keyList in
// go.yaml.in/yaml/v2.
func compareKeys(a, b string) int {
	same := 0 // bytes
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	if same < len(a) && same < len(b) && isLetter(a[same]) && isLetter(b[same]) {
		return cmp.Compare(a[same], b[same]) // nearly all keys differ so
	}
	for same > 0 && same < len(a) && !utf8.RuneStart(a[same]) || same > 0 && same < len(b) && !utf8.RuneStart(b[same]) {
		same--
	}
	for {
		ra, n := utf8.DecodeRuneInString(a[same:])
		rb, m := utf8.DecodeRuneInString(b[same:])
		switch {
		case n == 0 || m == 0:
			return cmp.Compare(n, m)
		case ra == rb:
			same += n
			continue
		case unicode.IsLetter(ra) && unicode.IsLetter(rb):
			return cmp.Compare(ra, rb)
		case unicode.IsLetter(ra):
			return 1
		case unicode.IsLetter(rb):
			return -1
		}
		lead := int64(0)
		if (ra == '0' || rb == '0') && endsInNumber(a[:same]) {
			lead = 1 // the zero is no leading one
		}
		na, la := number(lead, a[same:])
		nb, lb := number(lead, b[same:])
		return cmp.Or(cmp.Compare(na, nb), cmp.Compare(la, lb), cmp.Compare(ra, rb))
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// endsInNumber reports whether the digits at the end of a text are not all zeros.
func endsInNumber(text string) bool {
	for text != "" {
		r, n := utf8.DecodeLastRuneInString(text)
		if !unicode.IsDigit(r) {
			return false
		}
		if r != '0' {
			return true
		}
		text = text[:len(text)-n]
	}
	return false
}

// number reads the digits at the beginning of a text behind a first digit. It returns the number,
// which overflows as it does in the library, and how many digits there are.
func number(first int64, text string) (n int64, digits int) {
	n = first
	for _, r := range text {
		if !unicode.IsDigit(r) {
			break
		}
		n, digits = n*10+int64(r-'0'), digits+1
	}
	return n, digits
}
