package decide

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An inference completes a spec from the StatefulSets of the package. What the user wrote must
// agree with them. They override the profile.
type inference struct {
	plan  *plan.Plan
	found *finding.Findings
	pkg   *workload.Package
	seen  *witness
	taken []string // what was read for the current component
}

// infer completes a merged spec from the StatefulSets of the package.
func infer(e v1alpha1.ExternalAccess, to Decision, pkg *workload.Package) (v1alpha1.ExternalAccess, *witness) {
	seen := &witness{pkg: pkg, sets: map[string][]*workload.StatefulSet{}, nameless: map[string]func(){}}
	f := inference{plan: to.Plan, found: to.Found, pkg: pkg, seen: seen}
	if len(pkg.Sets) == 0 {
		f.found.Alone = true
		f.others(e)
		return e, seen
	}
	e.Spec.Components = slices.Clone(e.Spec.Components)
	for i := range e.Spec.Components {
		f.component(&e, &e.Spec.Components[i])
	}
	return e, seen
}

func (f *inference) component(e *v1alpha1.ExternalAccess, c *v1alpha1.Component) {
	path := componentPath(c.Name)
	vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "component": c.Name}}
	set := f.find(e, c.Workload, vars, path.Field("workload"))
	c.Pools = slices.Clone(c.Pools)
	var pools []poolSet
	for i := range c.Pools {
		pool := &c.Pools[i]
		at := path.Field("pools").Item("workload", pool.Workload)
		if s := f.find(e, pool.Workload, vars, at.Field("workload")); s != nil {
			f.count(at, &pool.Replicas, &pool.Ordinals, s)
			f.report(at, s)
			f.seen.sets[c.Name] = append(f.seen.sets[c.Name], s)
			pools = append(pools, poolSet{s, at.Field("workload")})
		}
	}
	if set != nil {
		if f.pkg.Scaler(set) == nil || needsReplicas(c) {
			f.count(path, &c.Replicas, &c.Ordinals, set)
		}
		f.selector(path, c, vars, set, pools)
		f.ports(path, e, c, set)
		f.headless(path, e.Metadata.Namespace, c, vars, set)
		f.seen.sets[c.Name] = append(f.seen.sets[c.Name], set)
		f.report(path, set)
	}
	for _, pool := range pools {
		f.checkPool(pool, c, vars)
	}
}

// needsReplicas reports whether there is something for each pod of a component.
func needsReplicas(c *v1alpha1.Component) bool {
	return c.Config != nil || c.CertifiesPods() || slices.ContainsFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod })
}

// A poolSet is the StatefulSet of a pool.
type poolSet struct {
	*workload.StatefulSet
	at source.Path
}

// checkPool checks that the pods of a pool match the component's selector and have names
// through its headless Service.
func (f *inference) checkPool(pool poolSet, c *v1alpha1.Component, vars scope) {
	labels := pool.Spec.Template.Labels
	for _, k := range slices.Sorted(maps.Keys(c.Selector)) {
		if v := c.Selector[k]; v != nil && len(labels) > 0 {
			if want, err := vars.expand(*v); err == nil && labels[k] != want.string {
				f.found.Errorf(source.SpecConflict, pool.at, "write a selector that matches the pods of all pools, or make the pool a component of its own",
					"component %s selects pods with %s: %q, and the pods of this pool have %q at %s", c.Name, k, want.string, labels[k], pool.Place("spec", "template", "metadata", "labels"))
			}
		}
	}
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 || pool.Spec.ServiceName == "" {
		return
	}
	name := cmp.Or(c.Services[i].ServiceName, "$(name)-$(component)-"+c.Services[i].Name)
	if name, err := vars.expand(name); err == nil && name.string != pool.Spec.ServiceName {
		f.found.Errorf(source.SpecConflict, pool.at, "write the same name in both, or make the pool a component of its own",
			"the headless Service of the component is %s, and that of this pool is %s at %s", name.string, pool.Spec.ServiceName, pool.Place("spec", "serviceName"))
	}
}

// find returns the StatefulSet of a workload. A spec without a namespace takes the namespace of
// the only StatefulSet of that name.
func (f *inference) find(e *v1alpha1.ExternalAccess, of string, vars scope, at source.Path) *workload.StatefulSet {
	name, err := vars.expand(of)
	if err != nil || name.string == "" {
		return nil
	}
	found := f.pkg.Named(name.string, e.Metadata.Namespace)
	switch {
	case len(found) == 0:
		f.missing(e, name.string, at)
		return nil
	case len(found) == 1 && found[0].Err != nil:
		f.unreadable(found[0], at)
		return nil
	case len(found) == 1 && !f.ownPods(at, found[0]):
		return nil
	case len(found) == 1:
		if e.Metadata.Namespace == "" && found[0].Namespace != "" {
			e.Metadata.Namespace = found[0].Namespace
			f.plan.Namespace = e.Metadata.Namespace
			f.record(source.Path{}.Field("metadata", "namespace"), found[0].Line("metadata", "namespace"), "namespace")
		}
		return found[0]
	}
	wayOut := "set metadata.namespace, or take one out"
	if e.Metadata.Namespace != "" {
		wayOut = "take one out, or write the namespace of the other"
	}
	f.found.Errorf(source.SpecConflict, at, wayOut,
		"several StatefulSets have the name %s: at %s and at %s", name.string, found[0].Place("metadata", "name"), found[1].Place("metadata", "name"))
	return nil
}

func (f *inference) count(path source.Path, replicas **int32, ordinals **v1alpha1.Ordinals, s *workload.StatefulSet) {
	at := path.Field("replicas")
	f.reserved(at, s)
	if scaler := f.pkg.Scaler(s); scaler != nil {
		f.scaled(at, *replicas, scaler)
	} else if f.found.User.Has(at) {
		f.checkNumber(at, **replicas, s.Replicas(), s.Place("spec", "replicas"))
	} else {
		*replicas = new(s.Replicas())
		f.record(at, s.Line("spec", "replicas"), fmt.Sprintf("replicas %d", s.Replicas()))
	}
	at = path.Field("ordinals", "start")
	if f.found.User.Has(at) && *ordinals != nil {
		f.checkNumber(at, *(*ordinals).Start, s.Start(), s.Place("spec", "ordinals", "start"))
	} else if s.Start() != 0 {
		*ordinals = &v1alpha1.Ordinals{Start: new(s.Start())}
		f.record(at, s.Line("spec", "ordinals", "start"), fmt.Sprintf("ordinals.start %d", s.Start()))
	}
}

// checkNumber reports a number of the user's that differs from the StatefulSet's.
func (f *inference) checkNumber(at source.Path, user, set int32, place string) {
	if user != set {
		f.found.Errorf(source.SpecConflict, at, "write the same number in both, or leave it out here: it is read from the StatefulSet",
			"%d differs from %d at %s", user, set, place)
	}
}

// record records that a value was read from the StatefulSet, at a line. It counts as written.
func (f *inference) record(at source.Path, line, what string) {
	f.found.Inferred[at.String()] = line
	f.taken = append(f.taken, what)
}

// selector reads the selector, or checks that the selector of the spec matches the pods.
func (f *inference) selector(path source.Path, c *v1alpha1.Component, vars scope, s *workload.StatefulSet, pools []poolSet) {
	at := path.Field("selector")
	if !f.found.User.Has(at) {
		labels := s.Selector()
		for _, pool := range pools {
			maps.DeleteFunc(labels, func(k, v string) bool { return pool.Spec.Template.Labels[k] != v })
		}
		if len(labels) == 0 {
			labels = s.Selector() // which checkPool reports, with what the pods of the pools have
		}
		if len(labels) > 0 {
			c.Selector = v1alpha1.StringMap{}
			for k, v := range labels {
				c.Selector[k] = new(v)
			}
			f.record(at, s.Line("spec", "selector"), "selector")
		}
		return
	}
	labels := s.Spec.Template.Labels
	for k, v := range c.Selector {
		if v == nil || len(labels) == 0 {
			continue
		}
		if want, err := vars.expand(*v); err == nil && labels[k] != want.string {
			f.found.Errorf(source.SpecConflict, at.MapKey(k), "write labels that the pods have, or leave out the selector: it is read from the StatefulSet",
				"%q differs from %q, the label of the pods at %s", want.string, labels[k], s.Place("spec", "template", "metadata", "labels"))
		}
	}
}

// ports reads port numbers by name. A component without ports gets all ports of the
// StatefulSet.
func (f *inference) ports(path source.Path, e *v1alpha1.ExternalAccess, c *v1alpha1.Component, s *workload.StatefulSet) {
	name := ""
	if c.Config != nil {
		name = c.Config.Container
	}
	all, twice := s.Ports(name)
	if used := len(c.Ports) == 0 || slices.ContainsFunc(c.Ports, func(p v1alpha1.Port) bool {
		return p.Name == twice && !f.found.User.Has(path.Field("ports").Item("name", twice).Field("containerPort"))
	}); twice != "" && used {
		f.found.Errorf(source.SpecConflict, path.Field("ports"), "set config.container to the name of the container, or write the containerPort",
			"two containers have a port with the name %s, at %s", twice, s.Place("spec", "template", "spec", "containers"))
	}
	line := s.Line("spec", "template", "spec", "containers")
	if len(c.Ports) == 0 {
		c.Ports = all
		for _, p := range all {
			f.found.Inferred[path.Field("ports").Item("name", p.Name).String()] = line
			f.record(path.Field("ports").Item("name", p.Name).Field("containerPort"), line, fmt.Sprintf("port %s %d", p.Name, p.ContainerPort))
		}
		return
	}
	c.Ports = slices.Clone(c.Ports)
	for i := range c.Ports {
		p := &c.Ports[i]
		j := slices.IndexFunc(all, func(o v1alpha1.Port) bool { return o.Name == p.Name })
		if j < 0 {
			continue
		}
		at := path.Field("ports").Item("name", p.Name).Field("containerPort")
		if written, there := cmp.Or(p.Protocol, v1alpha1.TCP), cmp.Or(all[j].Protocol, v1alpha1.TCP); written != there {
			f.found.Errorf(source.SpecConflict, at[:len(at)-1].Field("protocol"), "write the same protocol in both",
				"%s differs from %s, the protocol of port %s at %s", written, there, p.Name, s.Place("spec", "template", "spec", "containers"))
		}
		if f.found.User.Has(at) {
			f.checkNumber(at, p.ContainerPort, all[j].ContainerPort, s.Place("spec", "template", "spec", "containers"))
		} else if p.ContainerPort != all[j].ContainerPort {
			p.ContainerPort = all[j].ContainerPort
			f.record(at, line, fmt.Sprintf("port %s %d", p.Name, p.ContainerPort))
		}
	}
	f.portNames(path, e, c, s, name)
}

// headless reads the name of the headless Service that the DNS names of the pods contain.
func (f *inference) headless(path source.Path, namespace string, c *v1alpha1.Component, vars scope, s *workload.StatefulSet) {
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 {
		return
	}
	entry := path.Field("services").Item("name", c.Services[i].Name)
	at := entry.Field("serviceName")
	if s.Spec.ServiceName == "" {
		f.withoutNames(at, c, c.Services[i], vars, s)
		return
	}
	if !f.found.User.Has(at) {
		c.Services = slices.Clone(c.Services)
		if c.Services[i].ServiceName != s.Spec.ServiceName {
			c.Services[i].ServiceName = s.Spec.ServiceName
			f.record(at, s.Line("spec", "serviceName"), "serviceName "+s.Spec.ServiceName)
		}
		f.existing(entry, c.Name, namespace, s, &c.Services[i])
		return
	}
	if name, err := vars.expand(c.Services[i].ServiceName); err == nil && name.string != s.Spec.ServiceName {
		f.found.Errorf(source.SpecConflict, at, "write the same name in both, or leave it out here: it is read from the StatefulSet",
			"%q differs from %q at %s: the pods get their DNS names through that Service", name.string, s.Spec.ServiceName, s.Place("spec", "serviceName"))
	} else if err == nil {
		c.Services = slices.Clone(c.Services)
		f.existing(entry, c.Name, namespace, s, &c.Services[i])
	}
}

// report reports what was read from the StatefulSet.
func (f *inference) report(path source.Path, s *workload.StatefulSet) {
	if len(f.taken) > 0 {
		f.found.Infof(source.Inferred, path, "set it in the spec to be independent of the StatefulSet", "read from %s: %s", s.Place("spec"), strings.Join(f.taken, ", "))
	}
	f.taken = nil
}
