package v1alpha1

import (
	"iter"
	"slices"
	"strings"
)

// FindPlaceholder returns where the first placeholder $(NAME) of a text begins and ends. It
// follows Kubernetes (third_party/forked/golang/expansion): $$ is an escaped $. Without a
// placeholder, begin is the length of the text. If the placeholder is not closed, end is 0.
func FindPlaceholder(text string) (begin, end int) {
	for begin < len(text) {
		i := strings.IndexByte(text[begin:], '$')
		if i < 0 || begin+i+1 == len(text) {
			break
		}
		begin += i
		switch text[begin+1] {
		case '(':
			if n := strings.IndexByte(text[begin:], ')'); n >= 0 {
				end = begin + n + 1
			}
			return begin, end
		case '$':
			begin++
		}
		begin++
	}
	return len(text), 0
}

// Literal expands a text without placeholders: $$ becomes $.
func Literal(text string) string { return strings.ReplaceAll(text, "$$", "$") }

// Mentions reports whether a text contains one of the placeholders. A name such as host also
// matches $(host:PORT).
func Mentions(text string, placeholders ...string) bool {
	for name := range Placeholders(text) {
		kind, _, _ := strings.Cut(name, ":")
		if slices.Contains(placeholders, name) || slices.Contains(placeholders, kind) {
			return true
		}
	}
	return false
}

// Placeholders yields the names of the placeholders in a text, without $( and ).
func Placeholders(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			begin, end := FindPlaceholder(text)
			if end == 0 || !yield(text[begin+2:end-1]) {
				return
			}
			text = text[end:]
		}
	}
}

// MentionsPod reports whether a text differs from pod to pod. Besides the placeholders of the
// pod, more can name others that do so where the text is used.
func MentionsPod(text string, more ...string) bool {
	return Mentions(text, append(more, "pod", "ordinal", "id")...)
}

// DiffersPerPod reports whether a text of a PerPod entry differs from pod to pod. $(serviceName)
// does: each pod has a Service of its own.
func DiffersPerPod(text string) bool { return MentionsPod(text, "serviceName") }
