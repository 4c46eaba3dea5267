package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a Diagnostic does to the run. The words are those of KRM
// results.
type Severity string

const (
	// Error stops the output and makes the exit status 1.
	Error Severity = "error"
	// Warning is odd but legal.
	Warning Severity = "warning"
	// Info tells what was decided.
	Info Severity = "info"
)

// Object names a Kubernetes object as KRM's resourceRef does.
type Object struct {
	APIVersion, Kind, Namespace, Name string
}

// String is Kind namespace/name, without what is empty.
func (o Object) String() string {
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return strings.TrimSpace(o.Kind + " " + name)
}

// Unversioned has the API group alone in the place of the version: an object is the same
// in all versions of its group.
func (o Object) Unversioned() Object {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group = ""
	}
	o.APIVersion = group
	return o
}

// A Diagnostic says what is wrong, where, why, and what to do about it.
type Diagnostic struct {
	Code     Code     // stable; codes.go lists them
	Severity Severity //
	Object   Object   // the object that the user wrote
	Path     string   // the field in the user's file: spec.components[0].replicas
	File     string   // as it was given; empty where there is no file
	Index    int      // the document's place in its file, from 0
	Line     int      // from 1; 0 where the position is not known
	Column   int      // from 1, in characters
	Message  string   // what is wrong, and why
	WayOut   string   // what to write instead
	Current  Value    // what the user's file has at Path, if that is a scalar
	Proposed Value    // what would be right there, where the way out is a single value
}

// A Value is a scalar as YAML has it: a text, and the tag that tells how it is meant. The
// zero Value is none.
type Value struct{ Tag, Text string }

// String is a Value that is a string.
func String(text string) Value { return Value{Tag: "!!str", Text: text} }

// Propose says which value would be right.
func (d *Diagnostic) Propose(v Value) { d.Proposed = v }

// OneOf gives the way out of a word that is not one of a closed set. Where the word is a
// key, and not what stands at the path, no value would be right.
func (d *Diagnostic) OneOf(word string, known []string) {
	d.WayOut = Suggest(word, known)
	if near := nearest(word, known); near != "" && d.Current.Text == word {
		d.Propose(String(near))
	}
}

// String is one line as compilers print it, and a second one for the way out.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.File != "" {
		b.WriteString(d.File + ":")
		if d.Line > 0 {
			fmt.Fprintf(&b, "%d:%d:", d.Line, d.Column)
		}
		b.WriteByte(' ')
	}
	b.WriteString(string(d.Severity) + ": ")
	if where := strings.TrimSpace(d.Object.String() + " " + d.Path); where != "" {
		b.WriteString(where + ": ")
	}
	fmt.Fprintf(&b, "%s [%s]", d.Message, d.Code)
	if d.WayOut != "" {
		b.WriteString("\n    " + d.WayOut)
	}
	return b.String()
}

// Diagnostics are all that there is to say, in the order of Sort.
type Diagnostics []Diagnostic

// Failed tells whether any of them is an error.
func (ds Diagnostics) Failed() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// AtLeast returns those of a severity and of the graver ones.
func (ds Diagnostics) AtLeast(s Severity) Diagnostics {
	return slices.DeleteFunc(slices.Clone(ds), func(d Diagnostic) bool { return rank(d.Severity) > rank(s) })
}

// Sorted orders by file, object and position and drops what is said twice. The
// order is total, so that it does not depend on how the rules are called.
func (ds Diagnostics) Sorted() Diagnostics {
	out := slices.Clone(ds)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Index, b.Index),
			cmp.Compare(a.Object.String(), b.Object.String()),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(rank(a.Severity), rank(b.Severity)),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.WayOut, b.WayOut),
		)
	})
	return slices.Compact(out)
}

func rank(s Severity) int {
	return slices.Index([]Severity{Error, Warning, Info}, s)
}

// A Reporter collects what is to be said about one document.
type Reporter struct {
	// Aside adds to a message what is known of a path, such as whose word it is.
	Aside func(Path) string

	doc    *Document
	found  Diagnostics
	errors int
}

// NewReporter returns a Reporter that places what it is told in doc.
func NewReporter(doc *Document) *Reporter { return &Reporter{doc: doc} }

// Diagnostics returns what was collected, without what follows from a mistake
// that decoding has found already.
func (r *Reporter) Diagnostics() Diagnostics { return r.found }

// Errorf reports an error at p. The way out may be empty. What is returned takes more:
// Propose, OneOf.
func (r *Reporter) Errorf(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Error, code, p, wayOut, fmt.Sprintf(format, args...))
}

// Warnf reports a warning at p.
func (r *Reporter) Warnf(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Warning, code, p, wayOut, fmt.Sprintf(format, args...))
}

// Infof reports what was decided at p.
func (r *Reporter) Infof(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Info, code, p, wayOut, fmt.Sprintf(format, args...))
}

// Told tells whether decoding has complained about any of the paths, so that what is
// missing there is not missing for its own sake.
func (r *Reporter) Told(ps ...Path) bool { return slices.ContainsFunc(ps, r.doc.shadowed) }

// Doubtful tells whether decoding has complained about anything, so that something may be
// missing that is there.
func (r *Reporter) Doubtful() bool { return len(r.doc.shadow) > 0 }

func (r *Reporter) add(s Severity, code Code, p Path, wayOut, message string) *Diagnostic {
	if s == Error && r.errors > maxMistakes || r.doc.shadowed(p) {
		return &Diagnostic{} // whatever is added to it is not told either
	}
	if r.Aside != nil {
		message += r.Aside(p)
	}
	d := r.doc.diagnostic(s, code, p, wayOut, message)
	if s == Error {
		if r.errors++; r.errors > maxMistakes {
			r.found = append(r.found, d.tooMany())
			return &Diagnostic{}
		}
	}
	r.found = append(r.found, d)
	return &r.found[len(r.found)-1]
}
