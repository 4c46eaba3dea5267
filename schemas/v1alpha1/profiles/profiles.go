// Package profiles has the built-in partial specs. A profile is data: the decoder of users'
// specs reads it too. It can contain placeholders, but no logic.
package profiles

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

// A profile is a decoded profile.
type profile struct {
	spec v1alpha1.ExternalAccessSpec
	doc  *source.Document
}

// decoded has each profile that was looked up, by its name. A package may have hundreds of specs
// with the same one.
var decoded sync.Map

// Lookup returns a profile, and the document from which it was decoded. The spec is shared: the
// caller must not change what its pointers, lists and maps refer to.
func Lookup(name string) (v1alpha1.ExternalAccessSpec, *source.Document, bool) {
	text, ok := Text(name)
	if !ok {
		return v1alpha1.ExternalAccessSpec{}, nil, false
	}
	p, ok := decoded.Load(name)
	if !ok {
		p, _ = decoded.LoadOrStore(name, decode(name, text))
	}
	shared := p.(profile)
	return shared.spec, shared.doc.With(shared.doc.Node()), true // a Document is not for concurrent use
}

func decode(name, text string) profile {
	docs, ds := source.Parse(name+".yaml", []byte(text))
	if ds.Failed() || len(docs) != 1 {
		panic("profiles: " + name + " is not one document")
	}
	p := profile{doc: docs[0]}
	if ds := p.doc.Decode(&p.spec); ds.Failed() {
		panic("profiles: " + ds[0].String())
	}
	return p
}
