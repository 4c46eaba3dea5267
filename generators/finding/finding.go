// Package finding collects the diagnostics of one spec and knows where its settings are
// written. An error that a thousand pods have is reported once: for the first of them.
package finding

import (
	"maps"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Findings are the diagnostics of one spec after decoding.
type Findings struct {
	*source.Reporter
	v1alpha1.Written

	reported map[key]bool
}

// A key identifies what is reported once.
type key struct{ code, at, what string }

// New returns empty Findings for the spec in doc.
func New(doc *source.Document) *Findings {
	return &Findings{
		Reporter: source.NewReporter(doc),
		Written:  v1alpha1.Written{User: doc, Inferred: map[string]string{}},
		reported: map[key]bool{},
	}
}

// Clone returns Findings that continue from f, apart from it.
func (f *Findings) Clone() *Findings {
	return &Findings{Reporter: f.Reporter.Clone(), Written: f.Written, reported: maps.Clone(f.reported)}
}

// Quiet reports whether f, a clone, has nothing that was not reported before it was cloned.
func (f *Findings) Quiet(original *Findings) bool {
	return len(f.Diagnostics()) == len(original.Diagnostics()) && len(f.reported) == len(original.reported)
}

// InSpec has all that follows reported in the spec, also if a profile of the input has written it:
// what specs do to each other is no mistake of their profile.
func (f *Findings) InSpec() {
	f.Under = nil
	f.Aside = f.Source
}

// ErrorOnce reports an error unless one with the same code was reported at the same path.
func (f *Findings) ErrorOnce(code source.Code, at source.Path, wayOut, format string, args ...any) {
	f.ErrorOnceFor("", code, at, wayOut, format, args...)
}

// ErrorOnceFor is ErrorOnce for a path at which several things can be wrong. It reports one
// error for each.
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

// InfoOnce is ErrorOnce for a decision.
func (f *Findings) InfoOnce(code source.Code, at source.Path, wayOut, format string, args ...any) {
	if f.first(code, at, "") {
		f.Infof(code, at, wayOut, format, args...)
	}
}

// Reported reports whether ErrorOnce or WarnOnce has reported a code at a path.
func (f *Findings) Reported(code source.Code, at source.Path) bool {
	return f.reported[key{code: string(code), at: at.String()}]
}

func (f *Findings) first(code source.Code, at source.Path, what string) bool {
	k := key{string(code), at.String(), what}
	again := f.reported[k]
	f.reported[k] = true
	return !again
}
