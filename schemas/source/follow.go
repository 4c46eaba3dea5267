package source

import (
	"slices"
	"strings"
)

// One mistake is one message: what only follows from an error that has been reported is left
// out. Paths are kept as messages have them, with the indexes of the user's file.

// Wrong reports whether there is an error at a path, from decoding or reported since.
func (r *Reporter) Wrong(p Path) bool {
	if !r.Errors() {
		return false
	}
	at := r.doc.inFile(p)
	return r.anyWrong(func(path string) bool { return path == at })
}

// WrongIn is Wrong for a path and all that is below it.
func (r *Reporter) WrongIn(p Path) bool {
	if !r.Errors() {
		return false
	}
	at := r.doc.inFile(p)
	return r.anyWrong(func(path string) bool { return within(path, at) })
}

// Errors reports whether there is any error. It is cheaper than to ask for a path.
func (r *Reporter) Errors() bool { return r.errors > 0 || r.Doubtful() }

func (r *Reporter) anyWrong(there func(string) bool) bool {
	return slices.ContainsFunc(r.doc.shadow, there) || slices.ContainsFunc(r.wrong, there)
}

// home returns the document in which a path is written.
func (r *Reporter) home(p Path) *Document {
	if len(r.Under) == 0 || len(p) < 2 || p[0].name != "spec" || r.doc.Has(p) {
		return r.doc
	}
	for _, under := range r.Under {
		if under.Has(p) {
			return under
		}
	}
	return r.doc
}

// shadowed reports whether decoding of one of the documents found an error at a path or around it.
func (r *Reporter) shadowed(p Path) bool {
	return r.doc.shadowed(p) || slices.ContainsFunc(r.Under, func(d *Document) bool { return d.shadowed(p) })
}

// Silence drops what is reported from now on about the paths and what is below them.
func (r *Reporter) Silence(ps ...Path) {
	for _, p := range ps {
		r.quiet = append(r.quiet, r.doc.inFile(p))
	}
}

// Expect drops from now on that something is required at a path or below it: an error that has
// been reported is the reason that it is missing.
func (r *Reporter) Expect(p Path) { r.expected = append(r.expected, r.doc.inFile(p)) }

// silent reports whether a diagnostic only follows from an error, or is accepted.
func (r *Reporter) silent(s Severity, code Code, p Path) bool {
	switch {
	case r.shadowed(p) || s != Error && (r.doc.accepts(code) || r.home(p).accepts(code)):
		return true
	case code != Required && code != Undetermined && len(r.quiet) == 0:
		return false
	}
	at := r.doc.inFile(p)
	below := func(path string) bool { return within(at, path) }
	return slices.ContainsFunc(r.quiet, below) || s != Error && slices.ContainsFunc(r.calm, below) ||
		s == Error && code == Required && (slices.ContainsFunc(r.expected, below) || r.WrongIn(p)) ||
		code == Undetermined && r.unclear(at)
}

// unclear reports whether there is an error about the component at a path, or about what all
// components share. An address may then be missing because of that error.
func (r *Reporter) unclear(at string) bool {
	const components = "spec.components["
	own, _, _ := strings.Cut(at, "]")
	return r.anyWrong(func(path string) bool {
		return strings.HasPrefix(path, own+"]") || strings.HasPrefix(path, components+"]") || !strings.HasPrefix(path, components)
	})
}

// SilenceParts silences what follows from errors in the struct at a path: in a part that has an error, if
// it is one of those that the others do not depend on, or else in the whole struct. There are no warnings
// about a struct that has errors.
func (r *Reporter) SilenceParts(p Path, apart ...string) {
	at := r.doc.inFile(p)
	for _, path := range slices.Concat(r.doc.shadow, r.wrong) {
		if !within(path, at) {
			continue
		}
		r.calm = append(r.calm, at)
		part := firstPart().FindStringSubmatch(path[len(at):])
		if part == nil || !slices.Contains(apart, part[1]) {
			r.quiet = append(r.quiet, at)
			return
		}
		r.quiet = append(r.quiet, at+part[0])
	}
}

// firstPart matches a field, and the index of an entry in it.
var firstPart = Pattern(`^\.([^.[]*)(\[[^]]*\])?`)

// within reports whether a path is another one, or below it. An empty index stands for every entry of a
// list.
func within(at, path string) bool {
	for {
		before, after, every := strings.Cut(path, "[]")
		if !every {
			break
		}
		rest, ok := strings.CutPrefix(at, before)
		index := entry().FindString(rest)
		if !ok || index == "" {
			return false
		}
		at, path = rest[len(index):], after
	}
	rest, ok := strings.CutPrefix(at, path)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// inFile is a path as messages have it.
func (d *Document) inFile(p Path) string {
	_, found, rest := d.find(p)
	return append(found, rest...).String()
}
