package decide

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/v1alpha1"
)

// An entry is an entry of services that is being planned.
type entry struct {
	d     *decider
	c     *component
	spec  v1alpha1.Service
	scope scope
	own   map[string]*v1alpha1.Pod // the settings of single pods, by name
	only  map[string]bool          // the pods that have a Service; nil: all
	cache *entryCache              // the values that are equal for all pods

	announced []string // the names in DNS of the Services so far

	address []string   // of the load balancer
	list    [][]string // of the load balancers of the pods, by position
}

func (d *decider) newEntry(c *component, spec v1alpha1.Service) *entry {
	e := &entry{d: d, c: c, spec: spec, own: map[string]*v1alpha1.Pod{}, cache: &entryCache{},
		scope: c.scope.with(map[string]string{"service": spec.Name}), address: families(*spec.LoadBalancer.Address)}
	e.scope.modeInvalid = spec.Mode == ""
	for i := range spec.Pods {
		e.own[spec.Pods[i].Pod] = &spec.Pods[i]
	}
	for _, pod := range spec.Only {
		if e.only == nil {
			e.only = map[string]bool{}
		}
		e.only[pod] = true
	}
	list, _ := v1alpha1.ExpandAddresses(spec.LoadBalancer.Addresses) // validation reports the error
	for _, a := range list {
		e.list = append(e.list, families(a))
	}
	return e
}

// families splits a text into its addresses, one of each family.
func families(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// decide plans the Services of the entry.
func (e *entry) decide() {
	perPod := e.spec.Mode == v1alpha1.PerPod
	if perPod {
		e.checkPodNames()
		e.enoughAddresses()
	}
	services := &e.d.plan.Services
	switch {
	case !e.c.Enabled:
		e.checkOnly()
		if !perPod {
			*services = append(*services, e.d.newEntry(e.c, e.spec.WithoutAccess()).service(nil))
		}
	case !perPod && !e.spec.Type.MakesService():
		// clients reach single pods only
	case !perPod:
		*services = append(*services, e.service(nil))
	case len(e.c.Pods) == 0:
		e.checkOnly()
	default:
		podRuns{e}.decide()
	}
	e.planLater()
}

// checkOnly plans Services that are not emitted, for their errors. They are reported before
// access is enabled and before there are pods.
func (e *entry) checkOnly() {
	if e.spec.Mode != v1alpha1.PerPod {
		e.service(nil)
		return
	}
	for i := range e.c.Pods {
		if pod := &e.c.Pods[i]; e.serves(pod) {
			e.service(pod)
		}
	}
	for i := range e.c.exemplars {
		if pod := &e.c.exemplars[i]; e.serves(pod) {
			if s := e.service(pod); e.c.Enabled {
				e.d.exemplars = append(e.d.exemplars, s)
			}
		}
	}
}

// A named is a Service of which the names are planned.
type named struct {
	*plan.Service
	own   *v1alpha1.Pod // nil: the pod has no settings of its own, or there is no single pod
	scope scope
	at    *entryPaths
	cache *entryCache
}

// named plans the names of a Service: that of a pod, or that of all pods if pod is nil.
func (e *entry) named(svc *plan.Service, pod *plan.Pod) named {
	d, spec := e.d, &e.spec
	access, ownSettings, ownName := &spec.Access, &spec.Own, ""
	s := named{Service: svc, own: e.ownOf(pod), scope: e.scope, cache: e.cache}
	if s.own != nil {
		access, ownSettings, s.cache, ownName = &s.own.Access, &s.own.Own, &entryCache{}, pod.Name
	}
	s.at = s.cache.paths(d.found.Written, e.c.Spec.Name, spec.Name, ownName)
	*svc = plan.Service{
		Target:    v1alpha1.Target{Mode: spec.Mode, Type: *spec.Type, Access: access, Own: ownSettings, HasPods: true, OnePod: s.own != nil},
		Component: e.c.Component, Entry: spec.Name, Pod: pod, Levels: s.at.levels,
		Families: access.IPFamilies, FamilyPolicy: *access.IPFamilyPolicy,
	}
	s.scope.pod = pod
	s.Name = d.names.serviceName(spec.ServiceName, s.scope, s.at.serviceName)
	s.Emit = *spec.Create && s.IsService()
	s.scope.serviceName = s.Name
	s.scope.domain = d.domain(*access.Domain, s.scope, s.at.domain, s.cache)
	s.Hostname = d.names.host(*ownSettings.Host, s.scope, s.at.host)
	s.Aliases = d.names.aliases(ownSettings.Aliases, s.scope, s.at.aliases, s.Hostname)
	if s.FromOutside() || s.OpensHostPorts() {
		knownOutside(d, svc, s.Hostname, s.at.host)
		for i, alias := range s.Aliases {
			knownOutside(d, svc, alias, s.at.aliases.Index(i))
		}
	}
	return s
}

// service returns one Service: that of a pod, or that of all pods if pod is nil.
func (e *entry) service(pod *plan.Pod) (s plan.Service) {
	e.plan(&s, pod)
	return s
}

// plan plans a Service where it stands in the list, because to copy it takes as long as to name it.
func (e *entry) plan(s *plan.Service, pod *plan.Pod) {
	d, n := e.d, e.named(s, pod)
	scope, at, cache, access := n.scope, n.at, n.cache, n.Access
	s.Labels = cache.keep("labels", access.Labels, func() map[string]string { return d.metadata("labels", access.Labels, scope, s) })
	s.Annotations = cache.keep("annotations", access.Annotations, func() map[string]string { return d.metadata("annotations", access.Annotations, scope, s) })
	s.Selector = e.selector(pod, scope, s.Levels, cache)
	s.Route = e.route(s, scope)
	s.Ports = cache.keepPorts(e.portsOf(s, n.own, at.entry))
	s.HealthCheckNodePort = e.healthCheckPort(s)
	if s.Route != nil && !s.Emit {
		routed := *s // as in listenerPort
		gateways(d).Backend(&routed)
	}
	d.checkPortsDiffer(s)
	d.checkNodePorts(s)
	if s.Balanced() {
		s.Balancer = cache.keepBalancer(e.addresses(s, n.own), poolName(d, s, scope), balancerName(d, s, scope))
	}
	d.recordDomain(s, scope.domain, at.domain, cache)
	e.announce(s, scope, at)
	s.Host = d.hostOf(s)
}

// ownOf returns the settings of a single pod, or nil.
func (e *entry) ownOf(pod *plan.Pod) *v1alpha1.Pod {
	if pod == nil {
		return nil
	}
	return e.own[pod.Name]
}

// addresses returns the addresses that are written for the load balancer.
func (e *entry) addresses(s *plan.Service, own *v1alpha1.Pod) []string {
	switch {
	case s.Pod != nil && len(s.Access.LoadBalancer.Addresses) > 0 && e.nth(s.Pod) < len(e.list):
		return e.list[e.nth(s.Pod)]
	case own != nil:
		return families(*own.LoadBalancer.Address)
	}
	return e.address
}

// poolName returns the name of the pool that provides the load balancer.
func poolName(d *decider, s *plan.Service, scope scope) string {
	p := provider.Of(s)
	if p.PoolName == nil {
		return ""
	}
	template, check := p.PoolName(s.Access)
	return d.names.name(template, scope, d.found.Where(s.Levels, p.PoolField.Field("name")), check)
}

// balancerName returns the name of the load balancer, or "" if the provider makes one up.
func balancerName(d *decider, s *plan.Service, scope scope) string {
	template := *s.Access.LoadBalancer.Name
	if template == "" || !s.Access.LoadBalancer.Provider.Row().Has(plan.Setting("loadBalancer", "name")) {
		return ""
	}
	return d.names.name(template, scope, d.found.Where(s.Levels, plan.Setting("loadBalancer", "name")), provider.Of(s).BalancerName)
}

// selector returns the selector. It is nil if a single pod is selected by its name.
func (e *entry) selector(pod *plan.Pod, scope scope, levels v1alpha1.Levels, cache *entryCache) map[string]string {
	if pod != nil && len(e.spec.Selector) == 0 {
		return nil
	}
	at := levels.Entry()
	if pod == nil && !e.d.found.User.Has(at.Field("selector")) {
		at = levels.Component()
	}
	return cache.keep("selector", e.spec.Selector, func() map[string]string {
		return e.d.selector(e.spec.Selector, scope, at.Field("selector"))
	})
}
