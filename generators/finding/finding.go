// Package finding collects what is wrong with one spec, and where it was written. A mistake
// of a thousand pods is one mistake: what is reported once is reported at its place for the
// first of them only.
package finding

import (
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Findings are what the stages after validation report about one spec.
type Findings struct {
	*source.Reporter
	v1alpha1.Written

	reported map[key]bool
}

// A key is what makes two mistakes the same one.
type key struct{ code, at, what string }

// New returns the Findings of the spec in doc: none yet.
func New(doc *source.Document) *Findings {
	return &Findings{
		Reporter: source.NewReporter(doc),
		Written:  v1alpha1.Written{User: doc, Inferred: map[string]bool{}},
		reported: map[key]bool{},
	}
}

// ErrorOnce reports an error unless one of the same code was reported at the same place.
func (f *Findings) ErrorOnce(code source.Code, at source.Path, wayOut, format string, args ...any) {
	f.ErrorOnceFor("", code, at, wayOut, format, args...)
}

// ErrorOnceFor is ErrorOnce for a place at which several things may be wrong: it reports once
// for each of them.
func (f *Findings) ErrorOnceFor(what string, code source.Code, at source.Path, wayOut, format string, args ...any) {
	if f.first(code, at, what) {
		f.Errorf(code, at, wayOut, format, args...)
	}
}

// WarnOnce is ErrorOnce for a warning.
func (f *Findings) WarnOnce(code source.Code, at source.Path, wayOut, format string, args ...any) {
	if f.first(code, at, "") {
		f.Warnf(code, at, wayOut, format, args...)
	}
}

// Reported tells whether ErrorOnce or WarnOnce has reported a code at a place.
func (f *Findings) Reported(code source.Code, at source.Path) bool {
	return f.reported[key{code: string(code), at: at.String()}]
}

func (f *Findings) first(code source.Code, at source.Path, what string) bool {
	k := key{string(code), at.String(), what}
	again := f.reported[k]
	f.reported[k] = true
	return !again
}
