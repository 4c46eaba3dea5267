// Package profiles has the built-in partial specs. A profile is data: the decoder of users'
// specs reads it too. It can contain placeholders, but no logic.
package profiles

import (
	"embed"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

//go:embed *.yaml
var files embed.FS

// Names lists the profiles, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("profiles: " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Text returns the text of a profile, with its comments.
func Text(name string) (string, bool) {
	data, err := files.ReadFile(name + ".yaml")
	return string(data), err == nil
}

// Lookup returns a profile, and the document from which it was decoded.
func Lookup(name string) (v1alpha1.ExternalAccessSpec, *source.Document, bool) {
	var spec v1alpha1.ExternalAccessSpec
	text, ok := Text(name)
	if !ok {
		return spec, nil, false
	}
	docs, ds := source.Parse(name+".yaml", []byte(text))
	if ds.Failed() || len(docs) != 1 {
		panic("profiles: " + name + " is not one document")
	}
	if ds := docs[0].Decode(&spec); ds.Failed() {
		panic("profiles: " + ds[0].String())
	}
	return spec, docs[0], true
}
