// Package decide makes a plan of a spec. It merges the profile, completes the spec from the
// StatefulSets of the package and with defaults, validates it, and decides every name, port,
// host and permission. An invalid spec is planned as far as possible, so that all errors are
// reported at once.
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

// A Decision is the plan of one spec with its diagnostics.
type Decision struct {
	Spec  *v1alpha1.Spec
	Plan  *plan.Plan
	Found *finding.Findings

	merged *merged // of an ExternalAccess

	unknownProfile bool // the spec lacks what the profile would have set
	exporter       *exporter
}

// Diagnostics returns the diagnostics of the spec. If its profile does not exist, it leaves out
// those that may only follow from the missing profile.
func (d Decision) Diagnostics() source.Diagnostics {
	if !d.unknownProfile {
		return d.Found.Diagnostics()
	}
	return slices.DeleteFunc(d.Found.Diagnostics(), func(d source.Diagnostic) bool {
		return d.Path != "spec.profile" && !slices.Contains(independentOfProfile, d.Code)
	})
}

// independentOfProfile lists the codes of errors that no profile can correct.
var independentOfProfile = []source.Code{source.Invalid, source.NumberRange, source.NameInvalid, source.ReservedKey, source.Duplicate, source.Contradiction}

// Spec decides one spec. It reads what the spec does not set from the StatefulSets of the
// package. All specs of a run share a budget.
func Spec(s *v1alpha1.Spec, pkg *workload.Package, budget *Budget) Decision {
	out := Decision{
		Spec:  s,
		Plan:  &plan.Plan{Object: s.Object(), Owner: s.Owner(), Namespace: s.Object().Namespace},
		Found: finding.New(s.Doc),
	}
	if s.Endpoints != nil {
		complete := s.Endpoints.Default()
		d := newDecider(out)
		d.seen.pkg = pkg
		if d.budget.Budget = budget; !d.budget.tooManyBackends(complete.Spec) {
			complete.Validate(out.Found.Reporter, out.Found.Written)
			endpointsDecider{d}.decide(complete.Usable())
		}
		return out
	}
	access := *s.Access
	out.unknownProfile = !mergeProfile(&access, s.Profiles, out.Found)
	if (account{budget, out.Found}).tooManyEntries(access.Spec.Components) || tooManyParts(access.Spec.Components, out.Found) {
		return out
	}
	access, seen := infer(access, out, pkg)
	out.merged = &merged{access: access, pkg: pkg}
	complete := access.Default()
	complete.Validate(out.Found.Reporter, out.Found.Written)
	for _, c := range complete.Spec.Components {
		// planning would report what follows
		out.Found.SilenceParts(componentPath(c.Name), "services", "config", "certificate", "networkPolicy", "exports", "selector", "replicas")
	}
	d := newDecider(out)
	d.seen, d.budget.Budget = seen, budget
	if complete = complete.Usable(); d.budget.tooManyPods(complete.Spec.Components) {
		return out
	}
	if d.access(complete) {
		later := newLaterPlan(d, complete)
		later.addNeeds()
		d.conclude(complete)
		later.addHashes(complete)
		profileFits(d, complete.Spec)
		misread(d)
	}
	out.exporter = &exporter{decider: d, spec: complete.Spec, services: serviceNames(d.plan)}
	if !d.budget.closed() {
		out.exporter.checkExports()
	}
	return out
}

// mergeProfile merges the profiles into the spec: those of the input that it names, and a built-in
// one under them. It reports whether all of them are known and right.
func mergeProfile(e *v1alpha1.ExternalAccess, own v1alpha1.Profiles, found *finding.Findings) bool {
	name := e.Spec.Profile
	if name == "" {
		return !found.DecodeFailedAt(specField("profile")) // else its name is misspelt
	}
	chain, base, known := own.Chain(name)
	for _, p := range chain {
		e.Spec = v1alpha1.Merge(e.Spec, p.Spec)
		found.Profiles = append(found.Profiles, v1alpha1.Layer{Name: p.Name, Doc: p.Doc})
		found.Under = append(found.Under, p.Doc)
		known = known && !p.Broken
	}
	if base != "" {
		under, doc, ok := profiles.Lookup(base)
		if !ok && len(chain) == 0 {
			unknownProfile(name, own, found)
		}
		if !ok {
			return false
		}
		e.Spec = v1alpha1.Merge(e.Spec, under)
		found.Profiles = append(found.Profiles, v1alpha1.Layer{Name: base, Doc: doc, BuiltIn: true})
	}
	found.Aside = found.BuiltInSource
	return known
}

// unknownProfile reports a profile that is neither built in nor in the input.
func unknownProfile(name string, own v1alpha1.Profiles, found *finding.Findings) {
	known := own.Known(profiles.Names())
	d := found.Errorf(source.UnknownName, specField("profile"), "", "there is no profile %q", name)
	if d.OneOf(name, known); source.Nearest(name, known) == "" {
		d.WayOut += "; or add an " + v1alpha1.KindExternalAccessProfile + " of that name to the input"
	}
}

func specField(names ...string) source.Path { return source.Path{}.Field("spec").Field(names...) }

func componentPath(name string) source.Path { return specField("components").Item("name", name) }

// A decider makes the plan of one complete spec.
type decider struct {
	plan   *plan.Plan
	found  *finding.Findings
	names  resolver
	dns    plan.DNSKeys
	seen   *witness // of an ExternalAccess
	budget account
	merged *merged // see Decision

	podsOf     func(v1alpha1.Component, func(workload string) string) []plan.Pod
	components []*component
	exemplars  []plan.Service // Services of exemplar pods
	domains    map[string]*domainUse
	ports      []plan.Port        // a buffer for the ports of one Service at a time
	nodePorts  []plan.NodePortUse // likewise
}

func newDecider(d Decision) *decider {
	return &decider{plan: d.Plan, found: d.Found, merged: d.merged, budget: account{found: d.Found}, names: resolver{d.Found, map[string]bool{}}, podsOf: podsOf, seen: &witness{pkg: &workload.Package{}}, domains: map[string]*domainUse{}}
}
