// Package builtin reads the data that the program has built in: YAML files, which the decoder of
// users' specs reads too.
package builtin

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"sallyport.dev/schemas/source"
)

// Files are the embedded files NAME.yaml of one folder, each of which is a T.
type Files[T any] struct {
	what    string // they are, for errors of whoever builds the program
	files   embed.FS
	decoded sync.Map // a value[T] by name. A package may have hundreds of specs that use the same one
}

// New returns the files of a folder.
func New[T any](what string, files embed.FS) *Files[T] { return &Files[T]{what: what, files: files} }

// Names lists the files without their extension, sorted.
func (f *Files[T]) Names() []string {
	entries, err := f.files.ReadDir(".")
	if err != nil {
		panic(f.what + ": " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Text returns the text of a file, with its comments.
func (f *Files[T]) Text(name string) (string, bool) {
	data, err := f.files.ReadFile(name + ".yaml")
	return string(data), err == nil
}

// Lookup returns the value of a file, and the document from which it was decoded. The value is
// shared: the caller must not change what its pointers, lists and maps refer to.
func (f *Files[T]) Lookup(name string) (T, *source.Document, bool) {
	text, ok := f.Text(name)
	if !ok {
		var none T
		return none, nil, false
	}
	v, ok := f.decoded.Load(name)
	if !ok {
		v, _ = f.decoded.LoadOrStore(name, f.decode(name, text))
	}
	shared := v.(value[T])
	return shared.value, shared.doc.With(shared.doc.Node()), true // a Document is not for concurrent use
}

type value[T any] struct {
	value T
	doc   *source.Document
}

func (f *Files[T]) decode(name, text string) value[T] {
	docs, ds := source.Parse(name+".yaml", []byte(text))
	if ds.Failed() || len(docs) != 1 {
		panic(f.what + ": " + name + " is not one document")
	}
	v := value[T]{doc: docs[0]}
	if ds := v.doc.Decode(&v.value); ds.Failed() {
		panic(f.what + ": " + ds[0].String())
	}
	return v
}
