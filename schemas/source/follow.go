package source

import (
	"slices"
	"strings"
)

// One mistake is one message: what only follows from a mistake that has been reported is left
// out. Paths are kept as messages have them, with the indexes of the user's file.

// Wrong reports whether there is an error at a path, from decoding or reported since.
func (r *Reporter) Wrong(p Path) bool {
	at := r.doc.inFile(p)
	return r.wrong(func(path string) bool { return path == at })
}

// WrongIn is Wrong for a path and all that is below it.
func (r *Reporter) WrongIn(p Path) bool {
	at := r.doc.inFile(p)
	return r.wrong(func(path string) bool { return within(path, at) })
}

func (r *Reporter) wrong(there func(string) bool) bool {
	return slices.ContainsFunc(r.doc.shadow, there) ||
		slices.ContainsFunc(r.found, func(d Diagnostic) bool { return d.Severity == Error && there(d.Path) })
}

// Expect leaves out from now on that something is required at a path or below it: the mistake
// that has been reported is the reason that it is missing.
func (r *Reporter) Expect(p Path) { r.expected = append(r.expected, r.doc.inFile(p)) }

// Mute leaves out all that is reported at a path or below it from now on.
func (r *Reporter) Mute(p Path) { r.muted = append(r.muted, r.doc.inFile(p)) }

// follows reports whether a diagnostic only follows from a mistake that has been reported.
func (r *Reporter) follows(s Severity, code Code, p Path) bool {
	required := s == Error && code == Required
	if !required && len(r.muted) == 0 {
		return false
	}
	at := r.doc.inFile(p)
	below := func(path string) bool { return within(at, path) }
	return slices.ContainsFunc(r.muted, below) || required && (slices.ContainsFunc(r.expected, below) || r.Wrong(p))
}

// within reports whether a path is another one, or below it.
func within(at, path string) bool {
	rest, ok := strings.CutPrefix(at, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// inFile is a path as messages have it.
func (d *Document) inFile(p Path) string {
	_, found, rest := d.find(p)
	return append(found, rest...).String()
}
