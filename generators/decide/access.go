package decide

import (
	"slices"
	"strings"

	"sallyport.dev/generators/engine"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// access plans the Services and files of a complete ExternalAccess, and reports whether conclude
// can go on. The order of the steps matters: the index points into the plan's list of Services, so
// all Services are planned before it. Files use the index.
func (d *decider) access(e v1alpha1.ExternalAccess) bool {
	s := e.Spec
	if e.Metadata.Name == "" {
		return false // the names of all objects would be wrong
	}
	enabled := *s.Enabled
	vars := specVars(e)
	d.plan.ClusterDomain, d.plan.Inject = *s.ClusterDomain, *s.Inject
	commonDecider{d}.decide(s.Common, scope{vars: vars})
	reserved := newReservedPorts(s.ReservedPorts)
	for _, c := range s.Components {
		c := d.component(c, scope{vars: vars}, reserved, enabled)
		d.components, d.plan.Components = append(d.components, c), append(d.plan.Components, c.Component)
	}
	if d.budget.tooManyServices(d.plan, d.components) {
		return false
	}
	for _, c := range d.components {
		for _, e := range c.Spec.Services {
			d.newEntry(c, e).decide()
		}
	}
	d.unusedDomains()
	d.index()
	balancerDecider{d}.decide()
	gatewayDecider{d}.decide()
	newRecordDecider(d).decide()
	names := serviceNames(d.plan)
	for _, c := range d.components {
		d.config(c, names)
		decideCertificate(d, c)
		leftOut(d, c)
		if warn := d.seen.nameless[c.Spec.Name]; warn != nil && !d.found.Reported(source.Undetermined, c.Path.Field("config", "files")) {
			warn()
		}
	}
	return true
}

// conclude plans the permissions that the files need, and checks what other tools read.
func (d *decider) conclude(e v1alpha1.ExternalAccess) {
	d.rbac(e.Spec.RBAC, scope{vars: specVars(e)}, *e.Spec.Enabled)
	d.networkPolicies()
	oneByOne(d)
	engine.Check(d.plan, d.found)
}

// specVars are the placeholders that a spec gives all its texts.
func specVars(e v1alpha1.ExternalAccess) map[string]string {
	vars := map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "enabled": ""}
	if *e.Spec.Enabled {
		vars["enabled"] = "true"
	}
	return vars
}

// A component is a component that is being planned.
type component struct {
	*plan.Component
	scope     scope
	reserved  *reservedPorts
	firstID   int32      // the pod that has the numbers as they are written
	exemplars []plan.Pod // if there are no pods: the first pod that there would be

	inside map[string]*plan.Pod // by port: the first pod that advertises its name in the cluster
}

func (d *decider) component(c v1alpha1.Component, s scope, reserved *reservedPorts, enabled bool) *component {
	path := componentPath(c.Name)
	out := &component{
		Component: &plan.Component{Spec: c, Path: path, Enabled: enabled},
		scope:     s.with(map[string]string{"component": c.Name}),
		reserved:  reserved,
		firstID:   firstID(c),
	}
	out.Pods = d.podsOf(c, func(workload string) string {
		at := path.Field("workload")
		if workload != c.Workload {
			at = path.Field("pools").Item("workload", workload).Field("workload")
		}
		name := d.names.name(workload, out.scope, at, v1alpha1.WorkloadName)
		if name != "" && !v1alpha1.WorkloadName.Passes(name) {
			d.names.wrong[name] = true
		}
		return name
	})
	out.Workloads, out.Openings = out.workloads(), openings(out.Component)
	if firsts := out.firstPods(); len(out.Pods) == 0 && len(firsts) > 0 {
		out.exemplars = firsts[:1]
	}
	out.count()
	if c.Workload != "" && !strings.Contains(c.Workload, "$(workload)") {
		name, _ := out.scope.expand(c.Workload)
		out.scope.vars["workload"] = name.string
	}
	d.checkIDs(out)
	out.checkListening(d.found)
	return out
}

// checkIDs checks that the ids of the pods are unique and not negative.
func (d *decider) checkIDs(c *component) {
	for i, pod := range c.Pods {
		if pod.ID < 0 {
			d.found.ErrorOnce(source.NumberRange, c.Path.Field("idOffset"), "write a larger idOffset", "pod %s would get the id %d", pod.Name, pod.ID)
		}
		if i > 0 && c.Pods[i-1].ID == pod.ID {
			d.found.ErrorOnce(source.Duplicate, c.Path.Field("pools"), "set an idOffset, so that the ids of the pools differ",
				"pods %s and %s both have the id %d", c.Pods[i-1].Name, pod.Name, pod.ID)
		}
	}
}

// workloads returns the names of the component's StatefulSets.
func (c *component) workloads() []string {
	return namesOf(c.firstPods(), func(pod plan.Pod) string { return pod.Workload })
}

// firstPods returns the first pod that each StatefulSet of the component has, or would have with replicas.
func (c *component) firstPods() []plan.Pod {
	var out []plan.Pod
	own := v1alpha1.Pool{Workload: c.Spec.Workload, Ordinals: c.Spec.Ordinals, IDOffset: c.Spec.IDOffset}
	for _, w := range append([]v1alpha1.Pool{own}, c.Spec.Pools...) {
		if name, err := c.scope.expand(w.Workload); err == nil && name.string != "" {
			start := *w.Ordinals.Start
			out = append(out, plan.Pod{Name: podName(name.string, start), Workload: name.string, Ordinal: start, ID: max(0, start+*w.IDOffset)})
		}
	}
	return out
}

// openings returns the host ports of the component. They do not depend on pods: a StatefulSet
// without pods has the same template.
func openings(c *plan.Component) []plan.Opening {
	var out []plan.Opening
	for _, e := range c.Spec.Services {
		if t := e.Target(); !t.OpensHostPorts() {
			continue
		}
		for _, sp := range e.Ports {
			if i := slices.IndexFunc(c.Spec.Ports, func(cp v1alpha1.Port) bool { return cp.Name == sp.Name }); i >= 0 {
				at := plan.PortPath(c.Path.Field("services").Item("name", e.Name), sp.Name)
				out = append(out, plan.Opening{Port: &c.Spec.Ports[i], At: at, Host: *sp.HostPort})
			} // validation reports a port that does not exist
		}
	}
	return out
}

// serviceNames returns the names of the Shared and Headless Services by COMPONENT.ENTRY, for
// $(service:COMPONENT.ENTRY).
func serviceNames(p *plan.Plan) map[string]string {
	names := map[string]string{}
	for _, s := range p.Services {
		if s.Pod == nil && s.IsService() {
			names[s.ComponentName()+"."+s.Entry] = s.Name
		}
	}
	return names
}
