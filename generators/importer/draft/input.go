package draft

import (
	"cmp"
	"fmt"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Options are what the input does not say.
type Options struct {
	Values    string // the chart that the documents are values of; "": they are objects
	Name      string // of the spec; "": it follows from the input
	Namespace string // of the spec; "": it follows from the input
}

// An Input is what sources read. Lists are replaced by their items.
type Input struct {
	Options
	All   []*source.Document // for facts such as the ports of a StatefulSet
	Found source.Diagnostics

	rest  []*source.Document     // what no source has taken
	names map[source.Object]bool // of specs
}

// Begin takes the documents of the input.
func (in *Input) Begin(docs []*source.Document) {
	in.All, in.rest = docs, slices.Clone(docs)
}

// Take returns the documents that no source has taken and that the function reports, and takes them.
func (in *Input) Take(is func(*source.Document) bool) []*source.Document {
	var taken, rest []*source.Document
	for _, doc := range in.rest {
		if is(doc) {
			taken = append(taken, doc)
		} else {
			rest = append(rest, doc)
		}
	}
	in.rest = rest
	return taken
}

// Claim returns a name for a spec: that of the options, or the given one, or this with a number if
// another spec has it.
func (in *Input) Claim(kind, namespace, name string) string {
	if in.names == nil {
		in.names = map[source.Object]bool{}
	}
	if in.Name != "" && kind == v1alpha1.KindExternalAccess {
		name = in.Name
	}
	o := source.Object{Kind: kind, Namespace: namespace, Name: name}
	for n := 2; in.names[o]; n++ {
		o.Name = fmt.Sprintf("%s-%d", name, n)
	}
	in.names[o] = true
	return o.Name
}

// NewAccess returns an empty spec with a name that no other has.
func NewAccess(in *Input, name, namespace string) *v1alpha1.ExternalAccess {
	out := &v1alpha1.ExternalAccess{APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.KindExternalAccess}
	out.Metadata.Namespace = cmp.Or(in.Namespace, namespace)
	out.Metadata.Name = in.Claim(v1alpha1.KindExternalAccess, out.Metadata.Namespace, name)
	return out
}

// Errorf reports that a document is wrong, which prevents all output.
func (in *Input) Errorf(doc *source.Document, code source.Code, at source.Path, wayOut, format string, args ...any) {
	r := source.NewReporter(doc)
	r.Errorf(code, at, wayOut, format, args...)
	in.Found = append(in.Found, r.Diagnostics()...)
}
