package v1alpha1

import (
	"fmt"
	"strings"

	"sallyport.dev/schemas/source"
)

// A Spec is an object of one of the two kinds, as the user wrote it. Exactly one of Access and
// Endpoints is set.
type Spec struct {
	Doc       *source.Document
	Access    *ExternalAccess
	Endpoints *ExternalEndpoints

	Profiles Profiles // of the input
}

// Ours reports whether a document is of one of our kinds, or probably meant to be.
func Ours(doc *source.Document) bool {
	o := doc.Object()
	group, _, _ := strings.Cut(o.APIVersion, "/")
	if group == Group {
		return true
	}
	kind := o.Kind == KindExternalAccess || o.Kind == KindExternalEndpoints || o.Kind == KindExternalAccessProfile
	first, _, _ := strings.Cut(group, ".")
	ours, _, _ := strings.Cut(Group, ".")
	return kind && (group == "" || source.Near(group, Group) || source.Near(first, ours))
}

// Decode reads a document of one of the two kinds strictly. It returns the Spec in spite of
// errors, so that all errors can be reported at once. The Spec is nil if nothing is left to
// check.
func Decode(doc *source.Document) (*Spec, source.Diagnostics) {
	r := source.NewReporter(doc)
	o := doc.Object()
	if !rightVersion(r, doc) {
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
		OneOf(o.Kind, []string{KindExternalAccess, KindExternalEndpoints, KindExternalAccessProfile})
	return nil, r.Diagnostics()
}

// WhenNull implements source.Needed.
func (ExternalAccessSpec) WhenNull() string { return "name a profile, or list components" }

// WhenNull implements source.Needed.
func (ExternalEndpointsSpec) WhenNull() string {
	return "list ports and endpoints, or give an externalName"
}

// rightVersion reports a document of another version.
func rightVersion(r *source.Reporter, doc *source.Document) bool {
	version := doc.Object().APIVersion
	if version != APIVersion {
		r.Errorf(source.UnknownKind, source.Path{}.Field("apiVersion"), "write apiVersion: "+APIVersion,
			"%q is not an apiVersion of Sallyport", version).Propose(source.String(APIVersion))
	}
	return version == APIVersion
}

// Object returns the identity of the spec.
func (s *Spec) Object() source.Object { return s.Doc.Object() }

// Owner returns the value of the annotation sallyport.dev/owner on the generated objects:
// <Kind>/<namespace>/<name>.
func (s *Spec) Owner() string {
	o := s.Object()
	return fmt.Sprintf("%s/%s/%s", o.Kind, o.Namespace, o.Name)
}
