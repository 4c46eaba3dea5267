package generators

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A statefulSet is the part of one that tells which pods there are and what they listen
// on, as charts and operators print it.
type statefulSet struct {
	doc      *source.Document
	Metadata struct{ Name, Namespace string }
	Spec     struct {
		Replicas    *int32
		ServiceName string `yaml:"serviceName"`
		Ordinals    struct{ Start *int32 }
		Selector    struct {
			MatchLabels      map[string]string `yaml:"matchLabels"`
			MatchExpressions []struct {
				Key, Operator string
				Values        []string
			} `yaml:"matchExpressions"`
		}
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct{ Containers []container }
		}
	}
}

type container struct {
	Name  string
	Ports []struct {
		Name          string
		ContainerPort int32 `yaml:"containerPort"`
		Protocol      v1alpha1.Protocol
	}
}

// statefulSets reads those of the package. One that cannot be read is left out: whoever
// applies it will be told.
func statefulSets(others []*source.Document) []*statefulSet {
	var out []*statefulSet
	for _, doc := range others {
		s := &statefulSet{doc: doc}
		if doc.Object().Kind == "StatefulSet" && doc.Node().Decode(s) == nil {
			out = append(out, s)
		}
	}
	return out
}

// place names a field of it for messages.
func (s *statefulSet) place(fields ...string) string {
	return s.doc.Place(source.Path{}.Field(fields...))
}

// replicas are 1 where nothing is said, as the API server has it.
func (s *statefulSet) replicas() int32 {
	if s.Spec.Replicas == nil {
		return 1
	}
	return *s.Spec.Replicas
}

func (s *statefulSet) start() int32 {
	if s.Spec.Ordinals.Start == nil {
		return 0
	}
	return *s.Spec.Ordinals.Start
}

// selector is what a Service can say of the StatefulSet's selector: labels alone. An
// expression that the pods meet by a label becomes that label.
func (s *statefulSet) selector() v1alpha1.StringMap {
	out := v1alpha1.StringMap{}
	for k, v := range s.Spec.Selector.MatchLabels {
		out[k] = new(v)
	}
	for _, e := range s.Spec.Selector.MatchExpressions {
		v, ok := s.Spec.Template.Metadata.Labels[e.Key]
		if ok && (e.Operator == "In" || e.Operator == "Exists") {
			out[e.Key] = new(v)
		}
	}
	return out
}

// ports are those of a container, or of all where it has no such container. Ports of a
// protocol that Services do not know are left out. twice is a name that two containers
// have for different numbers.
func (s *statefulSet) ports(name string) (out []v1alpha1.Port, twice string) {
	containers := s.Spec.Template.Spec.Containers
	if i := slices.IndexFunc(containers, func(c container) bool { return c.Name == name }); i >= 0 {
		containers = containers[i : i+1]
	}
	for _, c := range containers {
		for _, p := range c.Ports {
			p.Protocol = cmp.Or(p.Protocol, v1alpha1.TCP)
			if p.Name == "" {
				p.Name = fmt.Sprintf("%s-%d", strings.ToLower(string(p.Protocol)), p.ContainerPort)
			}
			i := slices.IndexFunc(out, func(o v1alpha1.Port) bool { return o.Name == p.Name })
			switch {
			case !slices.Contains(p.Protocol.Values(), string(p.Protocol)):
			case i < 0:
				out = append(out, v1alpha1.Port{Name: p.Name, ContainerPort: p.ContainerPort, Protocol: p.Protocol})
			case out[i].ContainerPort != p.ContainerPort:
				twice = p.Name
			}
		}
	}
	return out, twice
}

// An inference fills what a spec is silent on from the StatefulSets of the package. What
// the user wrote must agree with them; what a profile says gives way to them.
type inference struct {
	*planner
	sets  []*statefulSet
	taken []string // what came from a StatefulSet, for the component at hand
}

// infer completes a merged spec with what the package knows.
func (p *planner) infer(e v1alpha1.ExternalAccess, others []*source.Document) v1alpha1.ExternalAccess {
	in := inference{planner: p, sets: statefulSets(others)}
	if len(in.sets) == 0 {
		return e
	}
	e.Spec.Components = slices.Clone(e.Spec.Components)
	for i := range e.Spec.Components {
		in.component(&e, &e.Spec.Components[i])
	}
	return e
}

func (in *inference) component(e *v1alpha1.ExternalAccess, c *v1alpha1.Component) {
	path := specField("components").Item("name", c.Name)
	vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "component": c.Name}}
	set := in.find(e, c.Workload, vars, path.Field("workload"))
	c.Pools = slices.Clone(c.Pools)
	var pools []poolSet
	for i := range c.Pools {
		pool := &c.Pools[i]
		at := path.Field("pools").Item("workload", pool.Workload)
		if s := in.find(e, pool.Workload, vars, at.Field("workload")); s != nil {
			in.count(at, &pool.Replicas, &pool.Ordinals, s)
			in.tell(at, s)
			pools = append(pools, poolSet{at.Field("workload"), s})
		}
	}
	if set != nil {
		in.count(path, &c.Replicas, &c.Ordinals, set)
		in.selector(path, c, vars, set)
		in.ports(path, c, set)
		in.headless(path, c, vars, set)
		in.tell(path, set)
	}
	for _, pool := range pools {
		in.belongs(pool, c, vars)
	}
}

// A poolSet is the StatefulSet of a pool.
type poolSet struct {
	at source.Path
	*statefulSet
}

// belongs holds that a pool's pods are reached as the component's are: by its selector, and
// by names through its headless Service.
func (in *inference) belongs(pool poolSet, c *v1alpha1.Component, vars scope) {
	labels := pool.Spec.Template.Metadata.Labels
	for _, k := range slices.Sorted(maps.Keys(c.Selector)) {
		if v := c.Selector[k]; v != nil && len(labels) > 0 {
			if want, err := vars.expand(*v); err == nil && labels[k] != want {
				in.found.Errorf(source.SpecConflict, pool.at, "write a selector that pods of all pools meet, or make the pool a component of its own",
					"component %s selects pods by %s: %q, and these have %q at %s", c.Name, k, want, labels[k], pool.place("spec", "template", "metadata", "labels"))
			}
		}
	}
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 || pool.Spec.ServiceName == "" {
		return
	}
	name := cmp.Or(c.Services[i].ServiceName, "$(name)-$(component)-"+c.Services[i].Name)
	if name, err := vars.expand(name); err == nil && name != pool.Spec.ServiceName {
		in.found.Errorf(source.SpecConflict, pool.at, "say the same in both, or make the pool a component of its own",
			"names of pods go through the headless Service %s, and those of this pool through %s, at %s", name, pool.Spec.ServiceName, pool.place("spec", "serviceName"))
	}
}

// find returns the StatefulSet of a workload. A spec without a namespace takes that of the
// only one.
func (in *inference) find(e *v1alpha1.ExternalAccess, workload string, vars scope, at source.Path) *statefulSet {
	name, err := vars.expand(workload)
	if err != nil || name == "" {
		return nil
	}
	var found []*statefulSet
	for _, s := range in.sets {
		if s.Metadata.Name == name && (e.Metadata.Namespace == "" || s.Metadata.Namespace == e.Metadata.Namespace || s.Metadata.Namespace == "") {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		if e.Metadata.Namespace == "" && found[0].Metadata.Namespace != "" {
			e.Metadata.Namespace = found[0].Metadata.Namespace
			in.namespace = e.Metadata.Namespace
			in.taken = append(in.taken, "namespace")
		}
		return found[0]
	}
	wayOut := "write metadata.namespace, or take one out"
	if e.Metadata.Namespace != "" {
		wayOut = "take one out, or write the namespace of the other"
	}
	in.found.Errorf(source.SpecConflict, at, wayOut,
		"there are several StatefulSets %s: at %s and at %s", name, found[0].place("metadata", "name"), found[1].place("metadata", "name"))
	return nil
}

func (in *inference) count(path source.Path, replicas **int32, ordinals **v1alpha1.Ordinals, s *statefulSet) {
	at := path.Field("replicas")
	if in.found.User.Has(at) {
		in.agree(at, **replicas, s.replicas(), s.place("spec", "replicas"))
	} else {
		*replicas = new(s.replicas())
		in.take(at, fmt.Sprintf("replicas %d", s.replicas()))
	}
	at = path.Field("ordinals", "start")
	if in.found.User.Has(at) && *ordinals != nil {
		in.agree(at, *(*ordinals).Start, s.start(), s.place("spec", "ordinals", "start"))
	} else if s.start() != 0 {
		*ordinals = &v1alpha1.Ordinals{Start: new(s.start())}
		in.take(at, fmt.Sprintf("ordinals.start %d", s.start()))
	}
}

// agree reports a number of the user's that is not the StatefulSet's.
func (in *inference) agree(at source.Path, user, set int32, place string) {
	if user != set {
		in.found.Errorf(source.SpecConflict, at, "say the same in both, or leave it out here: it is read from the StatefulSet",
			"%d here, and %d at %s", user, set, place)
	}
}

// take notes what came from the StatefulSet, as if it had been written.
func (in *inference) take(at source.Path, what string) {
	in.found.Inferred[at.String()] = true
	in.taken = append(in.taken, what)
}

// selector holds that the Services lead to pods at all.
func (in *inference) selector(path source.Path, c *v1alpha1.Component, vars scope, s *statefulSet) {
	at := path.Field("selector")
	if !in.found.User.Has(at) {
		if selector := s.selector(); len(selector) > 0 {
			c.Selector = selector
			in.take(at, "selector")
		}
		return
	}
	labels := s.Spec.Template.Metadata.Labels
	for k, v := range c.Selector {
		if v == nil || len(labels) == 0 {
			continue
		}
		if want, err := vars.expand(*v); err == nil && labels[k] != want {
			in.found.Errorf(source.SpecConflict, at.MapKey(k), "write labels that the pods have, or leave the selector out: it is read from the StatefulSet",
				"%q here, and the pods have %q at %s", want, labels[k], s.place("spec", "template", "metadata", "labels"))
		}
	}
}

// ports fills in numbers by name; a component without ports has all of the StatefulSet's.
func (in *inference) ports(path source.Path, c *v1alpha1.Component, s *statefulSet) {
	name := ""
	if c.Config != nil {
		name = c.Config.Container
	}
	all, twice := s.ports(name)
	if used := len(c.Ports) == 0 || slices.ContainsFunc(c.Ports, func(p v1alpha1.Port) bool {
		return p.Name == twice && !in.found.User.Has(path.Field("ports").Item("name", twice).Field("containerPort"))
	}); twice != "" && used {
		in.found.Errorf(source.SpecConflict, path.Field("ports"), "name the container in config.container, or write the containerPort",
			"two containers have a port %s, at %s", twice, s.place("spec", "template", "spec", "containers"))
	}
	if len(c.Ports) == 0 {
		c.Ports = all
		for _, p := range all {
			in.take(path.Field("ports").Item("name", p.Name).Field("containerPort"), fmt.Sprintf("port %s %d", p.Name, p.ContainerPort))
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
		if in.found.User.Has(at) {
			in.agree(at, p.ContainerPort, all[j].ContainerPort, s.place("spec", "template", "spec", "containers"))
		} else if p.ContainerPort != all[j].ContainerPort {
			p.ContainerPort = all[j].ContainerPort
			in.take(at, fmt.Sprintf("port %s %d", p.Name, p.ContainerPort))
		}
	}
}

// headless gives the first headless Service the name that the pods' own names go through.
func (in *inference) headless(path source.Path, c *v1alpha1.Component, vars scope, s *statefulSet) {
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.Headless })
	if i < 0 || s.Spec.ServiceName == "" {
		return
	}
	at := path.Field("services").Item("name", c.Services[i].Name).Field("serviceName")
	if !in.found.User.Has(at) {
		c.Services = slices.Clone(c.Services)
		if c.Services[i].ServiceName != s.Spec.ServiceName {
			c.Services[i].ServiceName = s.Spec.ServiceName
			in.take(at, "serviceName "+s.Spec.ServiceName)
		}
		return
	}
	if name, err := vars.expand(c.Services[i].ServiceName); err == nil && name != s.Spec.ServiceName {
		in.found.Errorf(source.SpecConflict, at, "say the same in both, or leave it out here: it is read from the StatefulSet",
			"%q here, and %q at %s: the pods' names would go through another Service", name, s.Spec.ServiceName, s.place("spec", "serviceName"))
	}
}

// tell says what came from the StatefulSet.
func (in *inference) tell(path source.Path, s *statefulSet) {
	if len(in.taken) > 0 {
		in.found.Infof(source.Inferred, path, "write it here to be independent of it", "read from %s: %s", s.place("spec"), strings.Join(in.taken, ", "))
	}
	in.taken = nil
}
