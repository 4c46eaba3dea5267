package v1alpha1

import (
	"fmt"
	"strings"

	"sallyport.dev/schemas/source"
)

// A Spec is an object of ours as it was written. Exactly one of the kinds is set.
type Spec struct {
	Doc       *source.Document
	Access    *ExternalAccess
	Endpoints *ExternalEndpoints
}

// Ours tells whether a document is, or was meant to be, of one of the two kinds.
func Ours(doc *source.Document) bool {
	o := doc.Object()
	group, _, _ := strings.Cut(o.APIVersion, "/")
	if group == Group {
		return true
	}
	kind := o.Kind == KindExternalAccess || o.Kind == KindExternalEndpoints
	return kind && (group == "" || source.Near(group, Group))
}

// Decode reads a document of ours, strictly. With errors that leave something to
// check the Spec is returned as well, so that all mistakes can be told at once; nil
// means that there is nothing to check.
func Decode(doc *source.Document) (*Spec, source.Diagnostics) {
	r := source.NewReporter(doc)
	o := doc.Object()
	if o.APIVersion != APIVersion {
		r.Errorf(source.UnknownKind, source.Path{}.Field("apiVersion"), "write apiVersion: "+APIVersion,
			"there is no apiVersion %q of Sallyport", o.APIVersion).Propose(source.String(APIVersion))
		return nil, r.Diagnostics()
	}
	spec := &Spec{Doc: doc}
	switch o.Kind {
	case KindExternalAccess:
		spec.Access = &ExternalAccess{}
		return spec, doc.Decode(spec.Access)
	case KindExternalEndpoints:
		spec.Endpoints = &ExternalEndpoints{}
		return spec, doc.Decode(spec.Endpoints)
	}
	r.Errorf(source.UnknownKind, source.Path{}.Field("kind"), "", "%s has no kind %q", APIVersion, o.Kind).
		OneOf(o.Kind, []string{KindExternalAccess, KindExternalEndpoints})
	return nil, r.Diagnostics()
}

// Object names the spec.
func (s *Spec) Object() source.Object { return s.Doc.Object() }

// Owner is what the objects that come from the spec carry as sallyport.dev/owner:
// <Kind>/<namespace>/<name>.
func (s *Spec) Owner() string {
	o := s.Object()
	return fmt.Sprintf("%s/%s/%s", o.Kind, o.Namespace, o.Name)
}
