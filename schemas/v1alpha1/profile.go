package v1alpha1

import (
	"maps"
	"slices"

	"sallyport.dev/schemas/source"
)

// KindExternalAccessProfile is the kind of profiles in the input.
const KindExternalAccessProfile = "ExternalAccessProfile"

// ExternalAccessProfile is a partial spec of an ExternalAccess under a name of its own, such as the
// defaults of a platform. A spec in the same input names it as its profile. It is merged with the
// spec as a built-in profile is, generates nothing, and is not for the API server.
type ExternalAccessProfile struct {
	// APIVersion is the group and the version of the kind.
	APIVersion string `json:"apiVersion"`

	// Kind is the kind of the object.
	Kind string `json:"kind"`

	// Metadata has the name of the profile. Its namespace has no meaning.
	Metadata Metadata `json:"metadata"`

	// Spec is the partial spec. Its profile, if it names one, lies under it.
	Spec ExternalAccessSpec `json:"spec"`
}

// Synonyms returns other words for the fields of the kind.
func (*ExternalAccessProfile) Synonyms() map[string][]string { return synonyms }

// A Profile is an ExternalAccessProfile of the input.
type Profile struct {
	Name   string
	Spec   ExternalAccessSpec
	Doc    *source.Document
	Broken bool // it has errors
}

// Profiles are those of the input. The zero value has none.
type Profiles struct {
	byName map[string]*Profile
	names  []string // sorted
}

// NewProfiles returns profiles with names that differ.
func NewProfiles(byName map[string]*Profile) Profiles {
	return Profiles{byName, slices.Sorted(maps.Keys(byName))}
}

// Names returns the names, sorted.
func (ps Profiles) Names() []string { return ps.names }

// Named returns the profile of a name, or nil.
func (ps Profiles) Named(name string) *Profile { return ps.byName[name] }

// Known returns names that a word may be a misspelling of: those of built-in profiles and the
// first ones of the input.
func (ps Profiles) Known(builtIn []string) []string {
	const most = 100
	return slices.Concat(builtIn, ps.names[:min(len(ps.names), most)])
}

// MaxProfiles is how many profiles of the input may lie on one another. The limit is Sallyport's.
const MaxProfiles = 32

// Chain returns the profiles that lie under a spec that names one of them, the nearest first. base
// is the profile that lies under all of them and is not of the input; "": there is none. Chain
// reports whether it comes to an end.
func (ps Profiles) Chain(name string) (chain []*Profile, base string, ends bool) {
	for {
		p := ps.Named(name)
		switch {
		case p == nil:
			return chain, name, true
		case len(chain) == MaxProfiles || slices.Contains(chain, p):
			return chain, "", false
		}
		chain, name = append(chain, p), p.Spec.Profile
	}
}

// IsProfile reports whether a document is an ExternalAccessProfile, or probably meant to be.
func IsProfile(doc *source.Document) bool {
	return Ours(doc) && doc.Object().Kind == KindExternalAccessProfile
}

// DecodeProfile reads an ExternalAccessProfile strictly. It returns the Profile in spite of errors,
// and nil if it cannot be one.
func DecodeProfile(doc *source.Document) (*Profile, source.Diagnostics) {
	r := source.NewReporter(doc)
	if !rightVersion(r, doc) {
		return nil, r.Diagnostics()
	}
	var p ExternalAccessProfile
	ds := doc.Decode(&p)
	v := &validator{r, Written{User: doc}}
	v.metadata(p.Metadata, DNSSubdomain)
	if !doc.Has(specPath) {
		v.Errorf(source.Required, specPath, "write spec: {...}, with fields of an "+KindExternalAccess, "the profile has no spec")
	}
	ds = append(append(ds, r.Diagnostics()...), p.validate(doc)...)
	return &Profile{p.Metadata.Name, p.Spec, doc, ds.Failed()}, ds
}

// validate reports the errors in values of the profile that do not depend on what it is merged
// with.
func (p *ExternalAccessProfile) validate(doc *source.Document) source.Diagnostics {
	r := source.NewReporter(doc)
	ExternalAccess{Metadata: p.Metadata, Spec: p.Spec}.Default().Validate(r, Written{User: doc})
	return slices.DeleteFunc(r.Diagnostics(), func(d source.Diagnostic) bool {
		return d.Severity != source.Error || !slices.Contains([]source.Code{source.Invalid, source.NumberRange, source.Duplicate, source.ReservedKey}, d.Code)
	})
}
