// Package draft has what every source of import reads and makes: the documents of an input, of which each
// is for one source, and drafts, the specs that they become.
package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Source reads one kind of input. It is a package and a row of importer.Sources.
type Source struct {
	Name  string // what it reads, for the help
	Chart string // the chart whose values it reads; "": it reads objects

	// Read takes the documents that it knows and returns the specs that they become. Documents that are
	// wrong are reported through the Input.
	Read func(*Input) []*Draft
}

// A Draft is a spec that is being imported. Exactly one of Access and Endpoints is set.
type Draft struct {
	Access    *v1alpha1.ExternalAccess
	Endpoints *v1alpha1.ExternalEndpoints

	// Remarks are what the spec cannot say of the input.
	Remarks []Remark

	// Came are the objects that came in, which the spec must generate again. There are none if the
	// input only describes them.
	Came []*source.Document

	// Beside are the documents that stay beside the spec, such as the StatefulSet of its pods. The spec
	// need not say what these do.
	Beside []*source.Document

	// Of describes the objects that the spec generates, if they did not come in.
	Of *source.Document

	// Hint is what else the spec could do; "": nothing is known.
	Hint string

	// Comments are written behind fields, by their paths in the spec.
	Comments map[string]string

	// Simpler returns a draft to try instead if this one has errors or generates something else; nil:
	// there is none. The draft with the fewest differences is written, the first of several.
	Simpler func() *Draft

	// Split returns several drafts to try instead if Simpler does not help; nil: there are none.
	Split func() []*Draft
}

// A Remark is something that the spec cannot say.
type Remark struct {
	Doc  *source.Document
	Path source.Path // of the input
	Text string      // what is not in the spec, and what to do about it
}

// Remark adds a remark about a field of the input.
func (d *Draft) Remark(doc *source.Document, at source.Path, format string, args ...any) {
	d.Remarks = append(d.Remarks, Remark{doc, at, fmt.Sprintf(format, args...)})
}

// Comment adds a comment behind a field of the spec.
func (d *Draft) Comment(at source.Path, text string) {
	if d.Comments == nil {
		d.Comments = map[string]string{}
	}
	d.Comments[at.String()] = text
}

// SortRemarks puts remarks in the order of the input.
func (d *Draft) SortRemarks() {
	line := func(r Remark) (int, int) { return r.Doc.Position(r.Path) }
	slices.SortStableFunc(d.Remarks, func(a, b Remark) int {
		if a.Doc != b.Doc {
			return map[bool]int{true: -1, false: 1}[a.Doc.Before(b.Doc)]
		}
		x, column := line(a)
		y, other := line(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(column, other))
	})
}

// Metadata returns those of the spec, and its kind.
func (d *Draft) Metadata() (*v1alpha1.Metadata, string) {
	if d.Access != nil {
		return &d.Access.Metadata, v1alpha1.KindExternalAccess
	}
	return &d.Endpoints.Metadata, v1alpha1.KindExternalEndpoints
}

// String returns the remark with its place.
func (r Remark) String() string {
	if r.Doc == nil {
		return r.Text
	}
	place := r.Doc.Line(r.Path)
	if path := r.Path.String(); path != "" && !strings.Contains(place, path) {
		place += ": " + path
	}
	return place + ": " + r.Text
}
