package fn

import (
	"fmt"
	"io"
	"unicode/utf8"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Filter merges what specs ask for into a stream of manifests. It reconciles as Run does,
// except that it drops only objects of these specs: in a pipe, an object whose spec is
// missing may have its spec elsewhere. It removes the specs from the stream, because no API
// server knows their kinds. Every other document keeps its bytes. More specs come from
// files, with the diagnostics of reading those. If there is an error, nothing is written.
func Filter(w io.Writer, name, text string, specs []*source.Document, found source.Diagnostics) (source.Diagnostics, error) {
	docs, ds := source.ParseText(name, text)
	if len(text) <= source.MaxInput && !utf8.ValidString(text) {
		ds = source.Diagnostics{source.NotUTF8(name, text)}
	}
	var s stream
	if !ds.Failed() { // refused input may be large, and is only reported on
		s = newStream(text, docs)
	}
	r := reconciler{}
	texts := s.texts(docs)
	for i, doc := range docs {
		if v1alpha1.Ours(doc) {
			continue
		}
		it := inputItem{doc: doc}
		if isStatefulSet(doc) || hasMade(doc) { // it may be edited
			it.text = texts[i]
		}
		r.items = append(r.items, it)
	}
	out, ds := r.run(append(docs, specs...), append(found, ds...))
	if len(r.specs) == 0 && !ds.Failed() {
		ds = append(ds, source.Diagnostic{Code: source.NoSpec, Severity: source.Error, File: name,
			Message: "there is no spec among the manifests", WayOut: "put one there, or name its file: -f FILE"})
	}
	if ds = append(ds, r.found...).Independent().Sorted(); ds.Failed() {
		return ds, nil
	}
	if err := s.write(w, out); err != nil {
		return ds, fmt.Errorf("writing the manifests: %w", err)
	}
	return ds, nil
}
