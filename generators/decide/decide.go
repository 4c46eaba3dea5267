// Package decide makes a plan of a spec: it merges the profile, fills in what the package's
// StatefulSets say, completes and validates the spec, and decides every name, port, host and
// right. A wrong spec is planned too, as far as it goes, so that all mistakes are reported at
// once.
package decide

import (
	"slices"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// A Decision is the plan of one spec, and what was found on the way.
type Decision struct {
	Spec  *v1alpha1.Spec
	Plan  *plan.Plan
	Found *finding.Findings

	unknownProfile bool // its blanks stay empty
}

// Diagnostics are what was found, without what may follow from the blanks of a profile that
// does not exist.
func (d Decision) Diagnostics() source.Diagnostics {
	if !d.unknownProfile {
		return d.Found.Diagnostics()
	}
	return slices.DeleteFunc(d.Found.Diagnostics(), func(d source.Diagnostic) bool {
		return d.Path != "spec.profile" && !slices.Contains(standAlone, d.Code)
	})
}

// standAlone are the mistakes that no profile could mend.
var standAlone = []source.Code{source.Invalid, source.NumberRange, source.NameInvalid, source.ReservedKey, source.Duplicate, source.Contradiction}

// Spec decides one spec. What it leaves open is read from the StatefulSets of the package.
func Spec(s *v1alpha1.Spec, sets []*workload.StatefulSet) Decision {
	out := Decision{
		Spec:  s,
		Plan:  &plan.Plan{Object: s.Object(), Owner: s.Owner(), Namespace: s.Object().Namespace},
		Found: finding.New(s.Doc),
	}
	if s.Endpoints != nil {
		complete := s.Endpoints.Default()
		complete.Validate(out.Found.Reporter, out.Found.Written)
		newDecider(out).endpoints(complete)
		return out
	}
	access := *s.Access
	out.unknownProfile = !underlay(&access, out.Found)
	complete := infer(access, out, sets).Default()
	complete.Validate(out.Found.Reporter, out.Found.Written)
	newDecider(out).access(complete)
	return out
}

// underlay merges the profile under the spec, and tells whether there is such a profile.
func underlay(e *v1alpha1.ExternalAccess, found *finding.Findings) bool {
	name := e.Spec.Profile
	if name == "" {
		return true
	}
	under, doc, ok := profiles.Lookup(name)
	if !ok {
		found.Errorf(source.UnknownName, specField("profile"), "", "there is no profile %q", name).OneOf(name, profiles.Names())
		return false
	}
	found.Profile, found.Name = doc, name
	found.Aside = found.Source
	e.Spec = v1alpha1.Merge(e.Spec, under)
	return true
}

func specField(names ...string) source.Path { return source.Path{}.Field("spec").Field(names...) }

func componentPath(name string) source.Path { return specField("components").Item("name", name) }

// A decider makes the plan of one complete spec.
type decider struct {
	plan  *plan.Plan
	found *finding.Findings
	names names
	dns   plan.DNSKeys

	components []*component
	exemplars  []plan.Service // of the pods that speak for pods to come
	domains    map[string]*domainUse
	ports      []plan.Port // the list in which the ports of one Service after the other are made
}

func newDecider(d Decision) *decider {
	return &decider{plan: d.Plan, found: d.Found, names: names{d.Found}, domains: map[string]*domainUse{}}
}
