package v1alpha1

import (
	"slices"
	"strings"
)

// Mentions tells whether a text has one of the placeholders; $$( is the text $(.
func Mentions(text string, placeholders ...string) bool {
	text = strings.ReplaceAll(text, "$$(", "")
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(text, "$("+p+")") })
}

// TellsPods tells whether a text of a PerPod entry differs from pod to pod. Each pod has
// a Service of its own name.
func TellsPods(text string) bool { return Mentions(text, "pod", "ordinal", "id", "serviceName") }
