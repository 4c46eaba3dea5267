package source

import (
	"regexp"
	"sync"
)

// Pattern returns a regular expression that is compiled when it is first used. Most runs use few of
// them, and to compile them all would take a tenth of the time of a small run.
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
