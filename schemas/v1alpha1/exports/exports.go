// Package exports has the built-in exports: texts for charts and operators that must have the
// addresses of a spec. An export is data: the decoder of users' specs reads it too. It can
// contain placeholders, but no logic.
package exports

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

//go:embed *.yaml
var files embed.FS

// Names lists the exports, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("exports: " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Text returns the file of an export, with its comments.
func Text(name string) (string, bool) {
	data, err := files.ReadFile(name + ".yaml")
	return string(data), err == nil
}

// Lookup returns a complete export.
func Lookup(name string) (v1alpha1.Export, bool) {
	e, ok := all()[name]
	return e, ok
}

// all has the exports by name. They are decoded once, when they are asked for.
var all = sync.OnceValue(func() map[string]v1alpha1.Export {
	out := map[string]v1alpha1.Export{}
	for _, name := range Names() {
		text, _ := Text(name)
		docs, ds := source.Parse(name+".yaml", []byte(text))
		if ds.Failed() || len(docs) != 1 {
			panic("exports: " + name + " is not one document")
		}
		var e v1alpha1.Export
		if ds := docs[0].Decode(&e); ds.Failed() {
			panic("exports: " + ds[0].String())
		}
		out[name] = e.Complete()
	}
	return out
})
