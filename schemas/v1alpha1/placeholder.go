package v1alpha1

import (
	"slices"
	"strings"
)

// FindPlaceholder returns where the first placeholder of a text begins and ends, $(NAME) as
// Kubernetes reads it (third_party/forked/golang/expansion): of each two $ the second stands
// for itself. Begin is the text's length where there is none, and end 0 where it is not
// closed.
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

// Literal is what a text without placeholders comes to: $$ is $.
func Literal(text string) string { return strings.ReplaceAll(text, "$$", "$") }

// Mentions tells whether a text has one of the placeholders, such as pod, or one of their
// kinds, such as host of $(host:PORT).
func Mentions(text string, placeholders ...string) bool {
	for {
		begin, end := FindPlaceholder(text)
		if end == 0 {
			return false
		}
		name := text[begin+2 : end-1]
		kind, _, _ := strings.Cut(name, ":")
		if slices.Contains(placeholders, name) || slices.Contains(placeholders, kind) {
			return true
		}
		text = text[end:]
	}
}

// MentionsPod tells whether a text differs from pod to pod. What more does, beside the
// pod's own placeholders, depends on where the text stands.
func MentionsPod(text string, more ...string) bool {
	return Mentions(text, append(more, "pod", "ordinal", "id")...)
}

// TellsPods tells whether a text of a PerPod entry differs from pod to pod. Each pod has
// a Service of its own name.
func TellsPods(text string) bool { return MentionsPod(text, "serviceName") }
