// Package generators makes Kubernetes objects of specs. It is pure: no files, no
// clock, no environment, no randomness. One plan decides every name, number and
// address of a spec; the emitters, one file for each kind, read it; order and encode
// make bytes of what they return.
package generators

import (
	"cmp"
	"iter"
	"slices"

	"sallyport.dev/generators/finding"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// What every object of ours carries.
const (
	ManagedByLabel  = "app.kubernetes.io/managed-by"
	ManagedBy       = "sallyport"
	OwnerAnnotation = v1alpha1.Group + "/owner"
)

// An emitter makes the objects that a plan wants of one kind.
type emitter struct {
	objects func(*plan) iter.Seq[Object]
	cluster bool // the kind is outside all namespaces
}

// emitters is the whole of what a plan makes, in the order in which kustomize writes the
// kinds (legacy order): what must exist first comes first.
var emitters = []emitter{
	{objects: few(serviceAccounts)},
	{objects: few(roles)},
	{objects: few(clusterRoles), cluster: true},
	{objects: few(roleBindings)},
	{objects: few(clusterRoleBindings), cluster: true},
	{objects: few(configMaps)},
	{objects: few(endpoints)},
	{objects: services},
	{objects: few(endpointSlices)},
}

// few is for kinds of which a plan has so few objects that they may as well be made at
// once.
func few(list func(*plan) []Object) func(*plan) iter.Seq[Object] {
	return func(p *plan) iter.Seq[Object] { return slices.Values(list(p)) }
}

// Generate returns the objects of all specs, in their one order, or the reasons that
// there are none. The other documents of the package are read for clashes.
func Generate(specs []*v1alpha1.Spec, others []*source.Document) ([]Object, source.Diagnostics) {
	objs, _, ds := GenerateInjecting(specs, others)
	return objs, ds
}

// GenerateSeq is Generate for whoever needs one object at a time. Each is made when it is
// asked for and is good until the next one is, so that ten thousand take the room of one.
// All decisions, and all checks, have been made when it returns.
func GenerateSeq(specs []*v1alpha1.Spec, others []*source.Document) (iter.Seq[Object], source.Diagnostics) {
	planners, ds := planAll(specs, others)
	if ds.Failed() {
		return func(func(Object) bool) {}, ds
	}
	return ordered(planners), ds
}

// GenerateInjecting is Generate for whoever has the StatefulSets in hand: it returns what is
// to be injected, too, in the order of specs, components and workloads.
func GenerateInjecting(specs []*v1alpha1.Spec, others []*source.Document) ([]Object, []*Patch, source.Diagnostics) {
	planners, ds := planAll(specs, others)
	if ds.Failed() {
		return nil, nil, ds
	}
	var objs []Object
	for o := range ordered(planners) {
		objs = append(objs, o.DeepCopyObject().(Object))
	}
	var patches []*Patch
	for _, p := range planners {
		patches = append(patches, p.injected...)
	}
	return objs, patches, ds
}

// planAll plans every spec, in the order of their owners, and holds the plans against each
// other and the rest of the package.
func planAll(specs []*v1alpha1.Spec, others []*source.Document) ([]*planner, source.Diagnostics) {
	specs = slices.Clone(specs)
	slices.SortFunc(specs, func(a, b *v1alpha1.Spec) int { return cmp.Compare(a.Owner(), b.Owner()) })
	planners := make([]*planner, 0, len(specs))
	for _, s := range specs {
		p := newPlanner(s)
		p.run(others)
		planners = append(planners, p)
	}
	preflight(planners, others)
	var ds source.Diagnostics
	patcher := newPatcher(others, false)
	for _, p := range planners {
		if p.inject {
			p.injected = patcher.patches(p)
			p.checkInject()
		}
		ds = append(ds, p.sure()...)
	}
	return planners, ds.Sorted()
}

// A planner turns one spec into a plan and collects what is to be said about it.
type planner struct {
	plan
	found     *finding.Findings
	spec      *v1alpha1.Spec
	injected  []*Patch // where the spec asks for it
	title     string   // the spec, for messages
	keys      dnsKeys
	scratch   []port
	domains   map[string]*domainUse
	byName    map[string]*component
	rehearsed []service // of pods that stand in for others
	blanks    bool      // the profile that would fill them is not known
}

func newPlanner(s *v1alpha1.Spec) *planner {
	return &planner{
		plan:    plan{object: s.Object(), owner: s.Owner(), namespace: s.Object().Namespace},
		title:   s.Object().String(),
		found:   finding.New(s.Doc),
		spec:    s,
		domains: map[string]*domainUse{},
	}
}

// run merges, infers, completes, checks and plans. A wrong spec is planned too, so that the
// mistakes which only the plan can see are told with the others.
func (p *planner) run(others []*source.Document) {
	if e := p.spec.Endpoints; e != nil {
		complete := e.Default()
		complete.Validate(p.found.Reporter, p.found.Written)
		p.planEndpoints(complete)
		return
	}
	e := *p.spec.Access
	if name := e.Spec.Profile; name != "" {
		if under, doc, ok := profiles.Lookup(name); ok {
			p.found.Profile, p.found.Name = doc, name
			p.found.Aside = p.found.Source
			e.Spec = v1alpha1.Merge(e.Spec, under)
		} else {
			p.found.Errorf(source.UnknownName, specField("profile"), "", "there is no profile %q", name).
				OneOf(name, profiles.Names())
			p.blanks = true
		}
	}
	complete := p.infer(e, others).Default()
	complete.Validate(p.found.Reporter, p.found.Written)
	p.planAccess(complete)
}

// standAlone are the mistakes that no profile could mend.
var standAlone = []source.Code{source.Invalid, source.NumberRange, source.NameInvalid, source.ReservedKey, source.Duplicate, source.Contradiction}

// sure is what is to be said, without what may follow from blanks that a profile of
// another name would fill.
func (p *planner) sure() source.Diagnostics {
	if !p.blanks {
		return p.found.Diagnostics()
	}
	return slices.DeleteFunc(p.found.Diagnostics(), func(d source.Diagnostic) bool {
		return d.Path != "spec.profile" && !slices.Contains(standAlone, d.Code)
	})
}

func specField(names ...string) source.Path { return source.Path{}.Field("spec").Field(names...) }
