package decide

import (
	"fmt"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// existing leaves a Headless entry to the package where that has the Service already, made by
// another tool, and its pods go by its name.
func (f *inference) existing(at source.Path, component, namespace string, s *workload.StatefulSet, e *v1alpha1.Service) {
	svc := f.pkg.Service(namespace, s.Spec.ServiceName)
	if svc == nil || e.Create != nil && *e.Create || svc.Doc.Scalar("metadata", "annotations", plan.OwnerAnnotation) != "" {
		return
	}
	if !f.givesNames(at.Field("serviceName"), component, s, svc) {
		return
	}
	f.namesEarly(at.Field("serviceName"), e, svc)
	if f.found.User.Has(at.Field("create")) {
		return
	}
	e.Create = new(false)
	f.record(at.Field("create"), svc.Doc.Line(source.Path{}.Field("metadata", "name")), fmt.Sprintf("create false of %s, which is at %s", e.Name, svc.Doc.Place(source.Path{}.Field("metadata", "name"))))
}

// givesNames reports whether the pods of a StatefulSet get names in DNS from a headless Service of
// the package, and reports why they do not.
func (f *inference) givesNames(at source.Path, component string, s *workload.StatefulSet, svc *workload.Service) bool {
	place := func(fields ...string) string { return svc.Doc.Place(source.Path{}.Field(fields...)) }
	switch {
	case svc.Spec.ClusterIP != "None":
		f.found.Errorf(source.SpecConflict, at, "correct one of the two: DNS has names of pods only where a headless Service has the name that the StatefulSet writes",
			"the pods of component %s have no names in DNS: %s, at %s, has no clusterIP: None", component, svc.Doc.Object(), place("metadata", "name"))
		return false
	case len(svc.Spec.Selector) > 0 && len(s.Spec.Template.Labels) > 0 && !s.Selected(svc.Spec.Selector):
		f.found.Errorf(source.SpecConflict, at, "write the labels of the pods into its selector: DNS has names of those pods only that the headless Service selects",
			"the pods of component %s have no names in DNS: %s selects none of them, at %s: they have other labels, at %s",
			component, svc.Doc.Object(), place("spec", "selector"), s.Place("spec", "template", "metadata", "labels"))
		return false
	}
	return true
}

// namesEarly warns about a headless Service of the package that has names of pods only when they are
// ready, where the entry wants them before.
func (f *inference) namesEarly(at source.Path, e *v1alpha1.Service, svc *workload.Service) {
	if early := e.PublishNotReadyAddresses; early != nil && *early && !svc.Spec.PublishNotReadyAddresses {
		f.found.Warnf(source.SpecConflict, at, "write publishNotReadyAddresses: true into it; or accept it, if the pods do not need each other to become ready: annotation sallyport.dev/accept: SpecConflict",
			"%s, at %s, has no publishNotReadyAddresses: true: DNS has no name of a pod before it is ready", svc.Doc.Object(), svc.Doc.Place(source.Path{}.Field("spec")))
	}
}

// ownPods reports whether a StatefulSet selects its own pods, and reports that it does not.
func (f *inference) ownPods(at source.Path, s *workload.StatefulSet) bool {
	if s.SelectsOwn() {
		return true
	}
	labels := "the labels of its pods are"
	if len(s.Spec.Template.Labels) == 0 {
		labels = "its pods have no labels"
	}
	f.found.Errorf(source.SpecConflict, at, "write the same labels in both: the API server rejects it",
		"StatefulSet %s does not select its own pods: its selector is at %s, and %s at %s",
		s.Name, s.Place("spec", "selector"), labels, s.Place("spec", "template", "metadata", "labels"))
	f.found.Expect(at[:len(at)-1])
	return false
}
