// Package profiles has the built-in partial specs. A profile is data: it can contain placeholders,
// but no logic.
package profiles

import (
	"embed"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/builtin"
)

//go:embed *.yaml
var files embed.FS

var all = builtin.New[v1alpha1.ExternalAccessSpec]("profiles", files)

// Names lists the profiles, sorted.
func Names() []string { return all.Names() }

// Text returns the text of a profile, with its comments.
func Text(name string) (string, bool) { return all.Text(name) }

// Lookup returns a profile, and the document from which it was decoded. The spec is shared: the
// caller must not change what its pointers, lists and maps refer to.
func Lookup(name string) (v1alpha1.ExternalAccessSpec, *source.Document, bool) {
	return all.Lookup(name)
}
