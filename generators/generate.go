// Package generators makes Kubernetes objects from specs. It is pure: no files, no clock, no
// environment, no randomness. Read sorts the documents of a package into specs and others. Run
// decides everything. The packages below it work in this order: decide makes a plan of each
// spec, preflight finds collisions between plans, emit makes objects and patch makes patches
// from the plans, and encode writes objects as bytes.
package generators

import (
	"cmp"
	"iter"
	"slices"

	"sallyport.dev/generators/decide"
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/gateway"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/preflight"
	"sallyport.dev/generators/show"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Result holds the plans of all specs after all checks. Objects, tables and patches are made
// from the plans on request.
type Result struct {
	Diagnostics source.Diagnostics

	specs    []decide.Decision
	pkg      *workload.Package
	injected []*patch.Patch

	unpatched source.Diagnostics // see PatchErrors
}

// decide decides all specs.
func (r *Result) decide(specs []*v1alpha1.Spec) []preflight.Spec {
	var out []preflight.Spec
	var budget decide.Budget
	for _, s := range specs {
		d := decide.Spec(s, r.pkg, &budget)
		d.Found.InSpec()
		r.specs, out = append(r.specs, d), append(out, preflight.Spec{Plan: d.Plan, Found: d.Found})
	}
	return out
}

func plansOf(specs []preflight.Spec) []*plan.Plan {
	var out []*plan.Plan
	for _, s := range specs {
		out = append(out, s.Plan)
	}
	return out
}

// Run plans all specs in the order of their owners and checks them for collisions. The other
// documents of the package are read for StatefulSets and for collisions.
func Run(specs []*v1alpha1.Spec, others []*source.Document) Result {
	specs = inOrder(specs)
	r := Result{pkg: workload.ReadPackage(others)}
	planned := r.decide(specs)
	if made := gateway.Made(plansOf(planned)); made != nil {
		r.specs, r.pkg = nil, r.pkg.With(made)
		planned = r.decide(specs) // knowing the listeners that other specs make
	}
	preflight.Check(planned, others)
	preflight.CheckSelectors(planned, r.pkg)
	patcher := patch.NewPatcher(r.pkg.Sets, false)
	for _, d := range r.specs {
		if d.Plan.Inject {
			patches := patcher.Patches(d.Spec, d.Plan, d.Found)
			patch.CheckInject(d.Plan, d.Found, patches)
			r.injected = append(r.injected, patches...)
		}
		r.Diagnostics = append(r.Diagnostics, d.Diagnostics()...)
	}
	if len(r.pkg.Sets) > 0 {
		r.unpatched = r.PatchErrors()
		r.Diagnostics = append(r.Diagnostics, contradictions(r.unpatched)...)
	}
	r.Diagnostics = r.Diagnostics.Sorted()
	return r
}

// Objects returns the objects of all specs in output order, or none if there are errors. Each
// object is made on request and is valid until the next one is requested. A caller that keeps
// an object must copy it.
func (r Result) Objects() iter.Seq[encode.Object] {
	if r.Diagnostics.Failed() {
		return func(func(encode.Object) bool) {}
	}
	return emit.Objects(r.plans())
}

// Runs returns Objects in parts that can be made at the same time.
func (r Result) Runs() []iter.Seq[encode.Object] {
	if r.Diagnostics.Failed() {
		return nil
	}
	return emit.Runs(r.plans())
}

// AllObjects returns copies of all objects.
func (r Result) AllObjects() []encode.Object {
	var out []encode.Object
	for o := range r.Objects() {
		out = append(out, o.DeepCopyObject().(encode.Object))
	}
	return out
}

// Tables returns the address table of each spec, or none if there are errors.
func (r Result) Tables() []plan.Table {
	if r.Diagnostics.Failed() {
		return nil
	}
	var out []plan.Table
	for _, p := range r.plans() {
		out = append(out, p.Table())
	}
	return out
}

// Pages returns the page of each spec, or none if there are errors.
func (r Result) Pages() []plan.Page {
	if r.Diagnostics.Failed() {
		return nil
	}
	var out []plan.Page
	for _, p := range r.plans() {
		out = append(out, p.Page())
	}
	return out
}

// Injected returns the patches of the specs that set inject, in the order of specs, components
// and workloads. It returns none if there are errors. The caller applies them to the
// StatefulSets.
func (r Result) Injected() []*patch.Patch {
	if r.Diagnostics.Failed() {
		return nil
	}
	return r.injected
}

// Patches returns the patches of all specs for a tool that merges them, in the order of specs,
// components and workloads. It reports what the merge would lose. An input without anything to
// patch is an error, because an empty patch file stops kustomize without a reason.
func (r Result) Patches() ([]*patch.Patch, source.Diagnostics) {
	var out []*patch.Patch
	var ds source.Diagnostics
	patcher := patch.NewPatcher(r.pkg.Sets, true)
	for _, d := range r.specs {
		d.Found = d.Found.Clone() // so that a second call reports the same
		out = append(out, patcher.Patches(d.Spec, d.Plan, d.Found)...)
		ds = append(ds, slices.DeleteFunc(d.Diagnostics(), func(d source.Diagnostic) bool { return d.Code == source.ConfigUnused })...) // the patches mount it
	}
	if len(out) == 0 && len(r.specs) > 0 && !ds.Failed() {
		ds = append(ds, source.Diagnostic{Code: source.NothingToPatch, Severity: source.Error, File: r.specs[0].Spec.Doc.File,
			Message: "no spec has anything to patch in a StatefulSet", WayOut: "leave out --patch and apply the manifests alone"})
	}
	return out, ds.Sorted()
}

// contradictions returns what the StatefulSets of specs that do not set inject have otherwise than the specs: the
// pods do not work with the objects, whether a patch is printed or not.
func contradictions(patchErrors source.Diagnostics) source.Diagnostics {
	return slices.DeleteFunc(patchErrors.AtLeast(source.Error), func(d source.Diagnostic) bool {
		return d.Code != source.Contradiction // the others are about the patch itself
	})
}

// PatchErrors returns the errors of Patches, for specs whose patches are not injected. If the
// StatefulSets of a spec are not in the input, nobody may want patches of them, as where an
// operator makes the pods: then they are only information. There are none if the input has
// other errors, from which these may follow.
func (r Result) PatchErrors() source.Diagnostics {
	if r.unpatched != nil || r.Diagnostics.Failed() {
		return r.unpatched
	}
	var out source.Diagnostics
	patcher := patch.NewPatcher(r.pkg.Sets, true)
	for _, d := range r.specs {
		if d.Plan.Inject {
			continue
		}
		d.Found = d.Found.Clone() // so that a second call reports the same
		patches := patcher.Patches(d.Spec, d.Plan, d.Found)
		there := slices.ContainsFunc(patches, func(p *patch.Patch) bool { return p.Target != nil && p.APIVersion == workload.APIVersion })
		for _, found := range d.Diagnostics().AtLeast(source.Error) {
			if !there {
				found.Severity, found.Message = source.Info, "for render --patch: "+found.Message
			}
			out = append(out, found)
		}
	}
	return out
}

// Shown yields each spec, in the order of their owners, with the text of it as it is understood. It
// yields none if there are errors.
func (r Result) Shown() iter.Seq2[*v1alpha1.Spec, string] {
	return func(yield func(*v1alpha1.Spec, string) bool) {
		for _, d := range r.specs {
			if r.Diagnostics.Failed() || !yield(d.Spec, shown(d)) {
				return
			}
		}
	}
}

func shown(d decide.Decision) string {
	if merged, w := d.Merged(); merged != nil {
		return show.Access(*merged, w)
	}
	return show.Endpoints(*d.Spec.Endpoints, d.Found.Written)
}

func (r Result) plans() []*plan.Plan {
	var out []*plan.Plan
	for _, d := range r.specs {
		out = append(out, d.Plan)
	}
	return out
}

// inOrder sorts specs by owner.
func inOrder(specs []*v1alpha1.Spec) []*v1alpha1.Spec {
	owners := make(map[*v1alpha1.Spec]string, len(specs))
	for _, s := range specs {
		owners[s] = s.Owner()
	}
	return slices.SortedFunc(slices.Values(specs), func(a, b *v1alpha1.Spec) int { return cmp.Compare(owners[a], owners[b]) })
}
