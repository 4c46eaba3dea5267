package decide

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A witness is what the package says about the pods of the components, beyond what is filled
// into the spec.
type witness struct {
	pkg      *workload.Package
	sets     map[string][]*workload.StatefulSet // by component
	nameless map[string]func()                  // warns that the pods of a component have no names in DNS
}

// missing reports a workload that the package does not have, although it has StatefulSets. It
// is an error if one of them may be meant. Else it may be a workload that an operator makes.
func (f *inference) missing(e *v1alpha1.ExternalAccess, name string, at source.Path) {
	near := f.pkg.Near(name, func(s *workload.StatefulSet) bool { return s.Name != name && f.claimed(e, s.Name) })
	switch {
	case len(f.pkg.Sets) == 0:
	case near == nil && e.Spec.Inject != nil && *e.Spec.Inject:
		f.notInjectable(name, at)
		f.found.Expect(at[:len(at)-1])
	case near == nil:
		what := ""
		if other := f.pkg.Other(e.Metadata.Namespace, name); other != nil {
			what = "but " + described(other) + ", "
		}
		f.found.Warnf(source.UnknownName, at, "name one that is there, or ignore this if another tool makes it",
			"the input has no StatefulSet %s, %sso that nothing is checked against it", name, what)
	case near.Name == name:
		f.found.Errorf(source.UnknownName, at, "write the namespace of the StatefulSet in metadata.namespace",
			"StatefulSet %s is in namespace %s, at %s, and the spec is in %s", name, near.Namespace, near.Place("metadata", "namespace"), e.Metadata.Namespace)
		f.found.Expect(at[:len(at)-1])
	case strings.HasPrefix(near.Name, name+"-") && f.found.User.Has(at[:len(at)-1].Field("replicas")):
		// an operator may make it, and the other one be an exporter of its metrics
		f.found.Warnf(source.UnknownName, at, fmt.Sprintf("did you mean %q? ignore this if another tool makes %s", near.Name, name),
			"the input has no StatefulSet %s; it has %s, at %s", name, near.Name, near.Place("metadata", "name"))
	default:
		wayOut := fmt.Sprintf("did you mean %q?", near.Name)
		if prefix, ok := strings.CutSuffix(name, "-"+near.Name); ok {
			wayOut = fmt.Sprintf("if kustomize sets the prefix %s-, use what it builds: %s; else write workload: %s", prefix, f.built(), near.Name)
		}
		f.found.Errorf(source.UnknownName, at, wayOut,
			"the input has no StatefulSet %s; it has %s, at %s", name, near.Name, near.Place("metadata", "name"))
		f.found.Expect(at[:len(at)-1])
	}
}

// others records the workloads of other kinds that have the names of the StatefulSets of a spec.
func (f *inference) others(e v1alpha1.ExternalAccess) {
	f.found.Others = map[string]string{}
	for _, c := range e.Spec.Components {
		vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "component": c.Name}}
		if name, err := vars.expand(c.Workload); err == nil {
			if other := f.pkg.Other(e.Metadata.Namespace, name.string); other != nil {
				f.found.Others[componentPath(c.Name).String()] = described(other)
			}
		}
	}
}

// described names an object and where it is, for messages.
func described(doc *source.Document) string {
	if doc.File == "" {
		return doc.Object().String()
	}
	return fmt.Sprintf("%s, at %s", doc.Object(), doc.Line(source.Path{}.Field("metadata", "name")))
}

// built is the command that plans the spec of an overlay with the StatefulSet that kustomize builds.
func (f *inference) built() string {
	overlay, spec := "OVERLAY", f.found.User.File
	switch {
	case spec == "" || spec == "-":
		spec = "SPEC"
	case path.Dir(spec) != ".":
		overlay = path.Dir(spec)
	default:
		overlay = "."
	}
	return fmt.Sprintf("kustomize build --enable-alpha-plugins --enable-exec %s | sallyport plan - %s", overlay, spec)
}

// notInjectable reports that the StatefulSet to inject into is not there. One with the same name behind
// another prefix may be meant: kustomize sets prefixes.
func (f *inference) notInjectable(name string, at source.Path) {
	if _, base, ok := strings.Cut(name, "-"); ok {
		for _, s := range f.pkg.Sets {
			if strings.HasSuffix(s.Name, "-"+base) {
				f.found.Errorf(source.UnknownName, at, fmt.Sprintf("did you mean %q? a namePrefix of kustomize must be in the spec, too", s.Name),
					"the input has no StatefulSet %s to inject into; it has %s, at %s", name, s.Name, s.Place("metadata", "name"))
				return
			}
		}
	}
	f.found.Errorf(source.UnknownName, at, "name one that is there, or add its file to the input", "the input has no StatefulSet %s to inject into", name)
}

// claimed reports whether a component names a StatefulSet.
func (f *inference) claimed(e *v1alpha1.ExternalAccess, set string) bool {
	for _, c := range e.Spec.Components {
		vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "component": c.Name}}
		for _, template := range append([]string{c.Workload}, namesOf(c.Pools, func(p v1alpha1.Pool) string { return p.Workload })...) {
			if name, err := vars.expand(template); err == nil && name.string == set {
				return true
			}
		}
	}
	return false
}

// unreadable reports a StatefulSet of the spec that cannot be read.
func (f *inference) unreadable(s *workload.StatefulSet, at source.Path) {
	f.found.Errorf(source.SpecConflict, at, "correct it there: the API server rejects it too",
		"StatefulSet %s cannot be read: %s", s.Name, s.Unreadable())
	f.found.Expect(at[:len(at)-1])
}

// reserved reports ordinals that a StatefulSet of OpenKruise leaves out, and whose pods have
// Services here.
func (f *inference) reserved(at source.Path, s *workload.StatefulSet) {
	for _, n := range s.Reserved {
		if n >= int(s.Start()) && n < int(s.Start()+s.Replicas())+len(s.Reserved) {
			f.found.Errorf(source.SpecConflict, at, "take them out there: a spec has the pods from the first ordinal on, without gaps",
				"the StatefulSet leaves out the ordinals %v, at %s", s.Reserved, s.Place("spec", "reserveOrdinals"))
			return
		}
	}
}

// scaled checks the replicas of a workload of which an autoscaler decides them.
func (f *inference) scaled(at source.Path, replicas *int32, scaler *workload.Scaler) {
	most := "the most that it makes"
	if scaler.Max > 0 {
		most = fmt.Sprintf("%d, the most that it makes", scaler.Max)
	}
	object, place := scaler.Doc.Object(), scaler.Doc.Place(source.Path{}.Field("spec"))
	switch {
	case !f.found.User.Has(at):
		f.found.Errorf(source.Required, at, "write "+most, "%s decides how many pods there are, at %s", object, place)
	case replicas != nil && *replicas < scaler.Max:
		f.found.Warnf(source.PodNotThere, at, "write "+most,
			"%s may make %d pods, at %s, and the spec has Services for %d", object, scaler.Max, place, *replicas)
	}
}

// portNames checks the ports of a component whose names the StatefulSet does not have. Services
// lead to numbers, so that a port may have another name there. If nobody wrote the number in the
// spec, a message says which port it is.
func (f *inference) portNames(path source.Path, e *v1alpha1.ExternalAccess, c *v1alpha1.Component, s *workload.StatefulSet, container string) {
	for _, p := range c.Ports {
		if p.ContainerPort == 0 || s.HasPort(container, p.Name) || !exposes(*e, *c, p.Name) {
			continue // its number is compared by name, or clients outside do not get there
		}
		at := path.Field("ports").Item("name", p.Name).Field("containerPort")
		place := s.Place("spec", "template", "spec", "containers")
		name, listed := s.PortName("", p.ContainerPort, p.Protocol) // the containers of a pod share their numbers
		switch {
		case !listed && s.NamesPorts(container):
			f.found.Warnf(source.SpecConflict, at, f.listedPorts(at, c.Name, p.Name, s.Listeners(container)),
				"no container has port %d, at %s", p.ContainerPort, place)
		case name == "" || sameWords(name, p.Name) || f.found.User.Has(at):
		default:
			f.found.Infof(source.SpecConflict, at, fmt.Sprintf("write containerPort: %d here if it is the port that you mean, else the number of another one", p.ContainerPort),
				"port %s is %d, which the StatefulSet calls %s, at %s", p.Name, p.ContainerPort, name, place)
		}
	}
}

// listedPorts is the way out for a port that no container has: the ports that containers have.
func (f *inference) listedPorts(at source.Path, component, port string, containers []corev1.Container) string {
	const most = 10
	var has []string
	for _, c := range containers {
		for _, p := range c.Ports {
			has = append(has, strings.TrimSpace(fmt.Sprintf("%d %s", p.ContainerPort, p.Name)))
		}
	}
	if len(has) > most {
		has = append(has[:most], "...")
	}
	what := "write one of their ports"
	if !f.found.User.Has(at) {
		what = fmt.Sprintf("write under ports of component %s: {name: %s, containerPort: NUMBER}, with one of their ports", component, port)
	}
	return what + " (" + strings.Join(has, ", ") + "), or add the port there"
}

// sameWords reports whether two names of a port differ in a prefix alone, such as that of the
// protocol: tcp-redis and redis.
func sameWords(a, b string) bool {
	return strings.HasSuffix(a, "-"+b) || strings.HasSuffix(b, "-"+a) && a != ""
}

// exposes reports whether an entry of a merged component leads clients to a port. With type
// HostPort the port is added to the container.
func exposes(e v1alpha1.ExternalAccess, c v1alpha1.Component, port string) bool {
	if c.Create != nil && !*c.Create {
		return false
	}
	return slices.ContainsFunc(c.Services, func(s v1alpha1.Service) bool {
		made := s.Create == nil || *s.Create
		named := len(s.Ports) == 0 || slices.ContainsFunc(s.Ports, func(p v1alpha1.ServicePort) bool { return p.Name == port })
		typ := cmp.Or(s.Type, c.Type, e.Spec.Type)
		return made && named && s.Mode != v1alpha1.Headless && (typ == nil || *typ != v1alpha1.HostPort)
	})
}

// withoutNames reports a StatefulSet whose pods have no names in DNS, although the spec has a
// Service for them.
func (f *inference) withoutNames(at source.Path, c *v1alpha1.Component, e v1alpha1.Service, vars scope, s *workload.StatefulSet) {
	vars = vars.with(map[string]string{"service": e.Name})
	name, _ := vars.expand(cmp.Or(e.ServiceName, "$(name)-$(component)-$(service)"))
	component := c.Name
	f.seen.nameless[component] = func() {
		f.found.Warnf(source.SpecConflict, at, "write serviceName: "+name.string+" into the StatefulSet",
			"the pods of component %s have no names in DNS: the headless Service is %s, and StatefulSet %s has no serviceName, at %s",
			component, name.string, s.Name, s.Place("spec"))
	}
}

// account is the ServiceAccount that the StatefulSets of the spec name; "": none, or several.
func (w *witness) account() string {
	name := ""
	for _, sets := range w.sets {
		for _, s := range sets {
			switch a := s.Account(); {
			case a == "" || a == name:
			case name != "":
				return ""
			default:
				name = a
			}
		}
	}
	return name
}

// accountLine is where a StatefulSet names its ServiceAccount.
func (w *witness) accountLine() string {
	for _, component := range slices.Sorted(maps.Keys(w.sets)) {
		for _, s := range w.sets[component] {
			if s.Account() != "" {
				return s.Line("spec", "template", "spec", "serviceAccountName")
			}
		}
	}
	return ""
}

// accountNamed returns a ServiceAccount of the package that another tool makes, or nil.
func (w *witness) accountNamed(name, namespace, owner string) *source.Document {
	doc := w.pkg.Object("ServiceAccount", namespace, name)
	if doc == nil || doc.Scalar("metadata", "annotations", plan.OwnerAnnotation) == owner {
		return nil
	}
	return doc
}
