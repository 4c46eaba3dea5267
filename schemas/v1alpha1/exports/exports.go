// Package exports has the built-in exports: texts for charts and operators that must have the
// addresses of a spec. An export is data: it can contain placeholders, but no logic.
package exports

import (
	"embed"

	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/builtin"
)

//go:embed *.yaml
var files embed.FS

var all = builtin.New[v1alpha1.Export]("exports", files)

// Names lists the exports, sorted.
func Names() []string { return all.Names() }

// Text returns the file of an export, with its comments.
func Text(name string) (string, bool) { return all.Text(name) }

// Lookup returns a complete export.
func Lookup(name string) (v1alpha1.Export, bool) {
	e, _, ok := all.Lookup(name)
	return e.Complete(), ok
}
