// Package generators makes Kubernetes objects of specs. It is pure: no files, no
// clock, no environment, no randomness. One plan decides every name, number and
// address of a spec; the emitters, one file for each kind, read it; order and encode
// make bytes of what they return.
package generators

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

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

// An Object is a Kubernetes object with its type.
type Object interface {
	metav1.Object
	runtime.Object
}

// emitters is the whole of what a plan makes.
var emitters = []func(*plan) []Object{
	serviceAccounts,
	roles,
	clusterRoles,
	roleBindings,
	clusterRoleBindings,
	configMaps,
	endpoints,
	services,
	endpointSlices,
}

// Generate returns the objects of all specs, in their one order, or the reasons that
// there are none. The other documents of the package are read for clashes.
func Generate(specs []*v1alpha1.Spec, others []*source.Document) ([]Object, source.Diagnostics) {
	planners, ds := planAll(specs, others)
	if ds.Failed() {
		return nil, ds
	}
	var objs []Object
	for _, p := range planners {
		for _, emit := range emitters {
			objs = append(objs, emit(&p.plan)...)
		}
	}
	order(objs)
	return objs, ds
}

// planAll plans every spec, in the order of their owners, and holds the plans against each
// other and the rest of the package.
func planAll(specs []*v1alpha1.Spec, others []*source.Document) ([]*planner, source.Diagnostics) {
	specs = slices.Clone(specs)
	slices.SortFunc(specs, func(a, b *v1alpha1.Spec) int { return cmp.Compare(a.Owner(), b.Owner()) })
	var planners []*planner
	for _, s := range specs {
		p := newPlanner(s)
		p.run()
		planners = append(planners, p)
	}
	preflight(planners, others)
	var ds source.Diagnostics
	for _, p := range planners {
		ds = append(ds, p.sure()...)
	}
	return planners, ds.Sorted()
}

// A planner turns one spec into a plan and collects what is to be said about it.
type planner struct {
	plan
	*source.Reporter
	v1alpha1.Written
	spec      *v1alpha1.Spec
	reported  map[string]bool // places of which one pod's mistake was told already
	domains   map[string]*domainUse
	byName    map[string]*component
	rehearsed []service // of pods that stand in for others
	blanks    bool      // the profile that would fill them is not known
}

func newPlanner(s *v1alpha1.Spec) *planner {
	return &planner{
		plan:     plan{object: s.Object(), owner: s.Owner(), namespace: s.Object().Namespace},
		Reporter: source.NewReporter(s.Doc),
		Written:  v1alpha1.Written{User: s.Doc},
		spec:     s,
		reported: map[string]bool{},
		domains:  map[string]*domainUse{},
	}
}

// run merges, completes, checks and plans. A wrong spec is planned too, so that the
// mistakes which only the plan can see are told with the others.
func (p *planner) run() {
	if e := p.spec.Endpoints; e != nil {
		complete := e.Default()
		complete.Validate(p.Reporter, p.Written)
		p.planEndpoints(complete)
		return
	}
	e := *p.spec.Access
	if name := e.Spec.Profile; name != "" {
		if under, doc, ok := profiles.Lookup(name); ok {
			p.Profile, p.Name = doc, name
			p.Aside = p.Source
			e.Spec = v1alpha1.Merge(e.Spec, under)
		} else {
			p.Errorf(source.UnknownName, specField("profile"), source.Suggest(name, profiles.Names()), "there is no profile %q", name)
			p.blanks = true
		}
	}
	complete := e.Default()
	complete.Validate(p.Reporter, p.Written)
	p.planAccess(complete)
}

// standAlone are the mistakes that no profile could mend.
var standAlone = []source.Code{source.Invalid, source.NumberRange, source.NameInvalid, source.ReservedKey, source.Duplicate, source.Contradiction}

// sure is what is to be said, without what may follow from blanks that a profile of
// another name would fill.
func (p *planner) sure() source.Diagnostics {
	if !p.blanks {
		return p.Diagnostics()
	}
	return slices.DeleteFunc(p.Diagnostics(), func(d source.Diagnostic) bool {
		return d.Path != "spec.profile" && !slices.Contains(standAlone, d.Code)
	})
}

func specField(names ...string) source.Path { return source.Path{}.Field("spec").Field(names...) }

// once tells whether a mistake at a place is the first of its kind there: what is
// wrong for a thousand pods is one mistake.
func (p *planner) once(code source.Code, at source.Path) bool {
	key := string(code) + " " + at.String()
	defer func() { p.reported[key] = true }()
	return !p.reported[key]
}
