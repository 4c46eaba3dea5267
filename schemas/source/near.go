package source

import (
	"slices"
	"strings"
)

// Nearest returns the known word that is spelled almost like a word; "": none is.
func Nearest(word string, known []string) string { return nearest(word, known) }

// Wrong reports whether there is an error at a path, from decoding or reported since. What
// follows from it is not a mistake of its own.
func (r *Reporter) Wrong(p Path) bool {
	at := r.doc.inFile(p)
	return slices.Contains(r.doc.shadow, at) ||
		slices.ContainsFunc(r.found, func(d Diagnostic) bool { return d.Severity == Error && d.Path == at })
}

// WrongIn is Wrong for a path and all that is below it.
func (r *Reporter) WrongIn(p Path) bool {
	at := r.doc.inFile(p)
	below := func(path string) bool {
		rest, ok := strings.CutPrefix(path, at)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	}
	return slices.ContainsFunc(r.doc.shadow, below) ||
		slices.ContainsFunc(r.found, func(d Diagnostic) bool { return d.Severity == Error && below(d.Path) })
}

// Expect leaves out that something is required at a path or below it: a mistake that has been
// reported is the reason that it is missing.
func (r *Reporter) Expect(p Path) { r.expected = append(r.expected, r.doc.inFile(p)) }

// follows reports whether a Required only follows from a mistake that has been reported.
func (r *Reporter) follows(code Code, p Path) bool {
	if code != Required {
		return false
	}
	at := r.doc.inFile(p)
	under := func(path string) bool {
		return at == path || strings.HasPrefix(at, path+".") || strings.HasPrefix(at, path+"[")
	}
	return slices.ContainsFunc(r.expected, under) || r.Wrong(p)
}

// inFile is a path as messages have it: with the indexes of the user's file.
func (d *Document) inFile(p Path) string {
	_, found, rest := d.find(p)
	return append(found, rest...).String()
}
