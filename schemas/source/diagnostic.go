package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity is how a Diagnostic affects the run. The values are those of KRM results.
type Severity string

const (
	// Error prevents output and makes the exit status 1.
	Error Severity = "error"
	// Warning reports something that is legal but probably not intended.
	Warning Severity = "warning"
	// Info reports a decision.
	Info Severity = "info"
)

// Object names a Kubernetes object as KRM's resourceRef does.
type Object struct {
	APIVersion, Kind, Namespace, Name string
}

// String returns "Kind namespace/name", without the parts that are empty.
func (o Object) String() string {
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return strings.TrimSpace(o.Kind + " " + name)
}

// Unversioned returns the Object with the API group alone in APIVersion. An object is the
// same in all versions of its group.
func (o Object) Unversioned() Object {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group = ""
	}
	o.APIVersion = group
	return o
}

// A Diagnostic is one finding: what is wrong, where, why, and what to do about it.
type Diagnostic struct {
	Code     Code     // stable; codes.go lists them
	Severity Severity // how it affects the run
	Object   Object   // the object that the user wrote
	Path     string   // the field in the user's file: spec.components[0].replicas
	File     string   // as the caller named it; empty if there is no file
	Index    int      // the position of the document in its file, from 0
	Line     int      // from 1; 0 if the position is not known
	Column   int      // from 1, in characters
	Message  string   // what is wrong, and why
	WayOut   string   // what to write instead
	Current  Value    // the user's value at Path, if it is a scalar
	Proposed Value    // the right value at Path, if the way out is a single value
}

// A Value is a YAML scalar: a text, and the tag that gives its type. The zero Value means
// that there is none.
type Value struct{ Tag, Text string }

// String returns the Value of a string.
func String(text string) Value { return Value{Tag: "!!str", Text: text} }

// Propose sets the value that would be right.
func (d *Diagnostic) Propose(v Value) { d.Proposed = v }

// OneOf sets the way out for a word that is not one of a closed set. It proposes a value only
// if the word is the value at the path: a key is not.
func (d *Diagnostic) OneOf(word string, known []string) {
	d.WayOut = Suggest(word, known)
	if near := nearest(word, known); near != "" && d.Current.Text == word {
		d.Propose(String(near))
	}
}

// String returns one line in the form that compilers print, and a second line with the way
// out. Both are Visible.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.File != "" {
		b.WriteString(Visible(d.File) + ":")
		if d.Line > 0 {
			fmt.Fprintf(&b, "%d:%d:", d.Line, d.Column)
		}
		b.WriteByte(' ')
	}
	b.WriteString(string(d.Severity) + ": ")
	if where := strings.TrimSpace(d.Object.String() + " " + d.Path); where != "" {
		b.WriteString(Visible(where) + ": ")
	}
	fmt.Fprintf(&b, "%s [%s]", Visible(d.Message), d.Code)
	if d.WayOut != "" {
		b.WriteString("\n    " + Visible(d.WayOut))
	}
	return b.String()
}

// Diagnostics are the findings of a run. Sorted gives their order.
type Diagnostics []Diagnostic

// Failed reports whether any of them is an error.
func (ds Diagnostics) Failed() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// AtLeast returns those of the given severity or a higher one.
func (ds Diagnostics) AtLeast(s Severity) Diagnostics {
	return slices.DeleteFunc(slices.Clone(ds), func(d Diagnostic) bool { return rank(d.Severity) > rank(s) })
}

// Sorted orders by file, position and object, and drops duplicates. The order is total, so
// that it does not depend on the order in which the rules run.
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

// A Reporter collects the Diagnostics of one document.
type Reporter struct {
	// Aside returns what to add to a message about a path, such as that a profile set it.
	Aside func(Path) string

	// Under are the documents that a document is merged with, the nearest first. What one of them
	// has under spec, and none above it, is reported there.
	Under []*Document

	doc    *Document
	found  Diagnostics
	errors int
	wrong  []string // the paths of errors in doc, see follow.go

	quiet    []string // paths about which nothing more is reported
	calm     []string // paths about which only errors are reported
	expected []string // paths at which nothing more is required
}

// NewReporter returns a Reporter that gives each Diagnostic its position in doc.
func NewReporter(doc *Document) *Reporter { return &Reporter{doc: doc} }

// Clone returns a Reporter that continues from what was collected, apart from r.
func (r *Reporter) Clone() *Reporter {
	out := *r
	out.found, out.wrong = slices.Clone(r.found), slices.Clone(r.wrong)
	return &out
}

// Diagnostics returns what was collected. It leaves out the errors that only follow from an
// error of decoding.
func (r *Reporter) Diagnostics() Diagnostics { return r.found }

// Independent returns the diagnostics without those that may only follow from a document that could
// not be read: what is missing may be in it.
func (ds Diagnostics) Independent() Diagnostics {
	unread := func(d Diagnostic) bool { return d.Severity == Error && d.Code == Syntax }
	if !slices.ContainsFunc(ds, unread) {
		return ds
	}
	return slices.DeleteFunc(slices.Clone(ds), func(d Diagnostic) bool {
		return slices.Contains([]Code{Required, Undetermined, UnknownName, NoSpec}, d.Code)
	})
}

// Full reports whether no more errors are reported, so that who checks a long list can stop.
func (r *Reporter) Full() bool { return r.errors > maxMistakes }

// Errorf reports an error at p. The way out may be empty. The caller may call Propose or
// OneOf on the result.
func (r *Reporter) Errorf(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Error, code, p, wayOut, fmt.Sprintf(format, args...))
}

// Warnf reports a warning at p.
func (r *Reporter) Warnf(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Warning, code, p, wayOut, fmt.Sprintf(format, args...))
}

// Infof reports a decision at p.
func (r *Reporter) Infof(code Code, p Path, wayOut, format string, args ...any) *Diagnostic {
	return r.add(Info, code, p, wayOut, fmt.Sprintf(format, args...))
}

// DecodeFailedAt reports whether decoding found an error at any of the paths. A value that is missing
// there may be missing because of that error.
func (r *Reporter) DecodeFailedAt(ps ...Path) bool { return slices.ContainsFunc(ps, r.shadowed) }

// Doubtful reports whether decoding found any error. The user may then have written
// something that the decoded spec lacks.
func (r *Reporter) Doubtful() bool {
	return len(r.doc.shadow) > 0 || slices.ContainsFunc(r.Under, func(d *Document) bool { return len(d.shadow) > 0 })
}

func (r *Reporter) add(s Severity, code Code, p Path, wayOut, message string) *Diagnostic {
	if s == Error && r.Full() || r.silent(s, code, p) {
		return &Diagnostic{} // what the caller adds to it is not reported either
	}
	if r.Aside != nil {
		message += r.Aside(p)
	}
	d := r.home(p).diagnostic(s, code, p, wayOut, message)
	if s == Error {
		r.wrong = append(r.wrong, r.doc.inFile(p))
		if r.errors++; r.Full() {
			r.found = append(r.found, d.tooMany())
			return &Diagnostic{}
		}
	}
	r.found = append(r.found, d)
	return &r.found[len(r.found)-1]
}
