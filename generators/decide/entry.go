package decide

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An entry is an entry of services that is being planned.
type entry struct {
	d     *decider
	c     *component
	spec  v1alpha1.Service
	scope scope
	own   map[string]*v1alpha1.Pod // the settings of single pods, by name
	same  *entryCache              // the values that are equal for all pods

	address []string   // of the load balancer
	list    [][]string // of the load balancers of the pods, by position
}

func (d *decider) newEntry(c *component, e v1alpha1.Service) *entry {
	in := &entry{d: d, c: c, spec: e, own: map[string]*v1alpha1.Pod{}, same: &entryCache{},
		scope: c.scope.with(map[string]string{"service": e.Name}), address: families(*e.LoadBalancer.Address)}
	in.scope.unsure = e.Mode == ""
	for i := range e.Pods {
		in.own[e.Pods[i].Pod] = &e.Pods[i]
	}
	list, _ := v1alpha1.ExpandAddresses(e.LoadBalancer.Addresses) // validation reports the error
	for _, a := range list {
		in.list = append(in.list, families(a))
	}
	return in
}

// families splits a text into its addresses, one of each family.
func families(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// decide plans the Services of the entry.
func (in *entry) decide() {
	perPod := in.spec.Mode == v1alpha1.PerPod
	if perPod {
		in.knownPods()
		in.enoughAddresses()
	}
	services := &in.d.plan.Services
	switch {
	case !in.c.Enabled:
		in.checkOnly()
		if !perPod {
			*services = append(*services, in.inside().service(nil))
		}
	case !perPod && *in.spec.Type == v1alpha1.HostPort:
		// a Service for all pods cannot open ports on their nodes
	case !perPod:
		*services = append(*services, in.service(nil))
	case len(in.c.Pods) == 0:
		in.checkOnly()
	default:
		*services = slices.Grow(*services, len(in.c.Pods))
		for i := range in.c.Pods {
			*services = append(*services, in.service(&in.c.Pods[i]))
		}
	}
}

// checkOnly plans Services that are not emitted, for their errors. They are reported before
// access is enabled and before there are pods.
func (in *entry) checkOnly() {
	if in.spec.Mode != v1alpha1.PerPod {
		in.service(nil)
		return
	}
	for i := range in.c.Pods {
		in.service(&in.c.Pods[i])
	}
	for i := range in.c.exemplars {
		if s := in.service(&in.c.exemplars[i]); in.c.Enabled {
			in.d.exemplars = append(in.d.exemplars, s)
		}
	}
}

// withoutAccess returns the entry as it is if access is disabled: a Service inside the cluster
// that keeps its labels and IP families.
func (in *entry) inside() *entry {
	e, a := in.spec, in.spec.Access
	e.Type, e.Host = new(v1alpha1.ClusterIP), new("")
	e.Access = v1alpha1.Access{Labels: a.Labels, IPFamilies: a.IPFamilies, IPFamilyPolicy: a.IPFamilyPolicy}
	e.Access = e.Complete()
	return in.d.newEntry(in.c, e)
}

// service plans one Service: that of a pod, or that of all pods if pod is nil.
func (in *entry) service(pod *plan.Pod) plan.Service {
	d, e, same := in.d, &in.spec, in.same
	access, host, ownName := &e.Access, *e.Host, ""
	own := in.ownOf(pod)
	if own != nil {
		access, host, same, ownName = &own.Access, *own.Host, &entryCache{}, pod.Name
	}
	at := same.places(d.found.Written, in.c.Spec.Name, e.Name, ownName)
	s := plan.Service{
		Target:    v1alpha1.Target{Mode: e.Mode, Type: *e.Type, Access: access, HasPods: true, OnePod: own != nil},
		Component: in.c.Component, Entry: e.Name, Pod: pod, Levels: at.levels,
		Families: access.IPFamilies, FamilyPolicy: *access.IPFamilyPolicy,
	}
	scope := in.scope
	scope.pod = pod
	s.Name = d.names.serviceName(e.ServiceName, scope, at.serviceName)
	s.Emit = *e.Create && s.IsService()
	scope.serviceName = s.Name
	scope.domain = d.domain(*access.Domain, scope, at.domain, same)
	s.Hostname = d.names.host(host, scope, at.host)
	s.Labels = same.keep("labels", access.Labels, func() map[string]string { return d.metadata("labels", access.Labels, scope, s.Levels) })
	s.Annotations = same.keep("annotations", access.Annotations, func() map[string]string { return d.metadata("annotations", access.Annotations, scope, s.Levels) })
	s.Selector = in.selector(pod, scope, s.Levels, same)
	s.Ports = same.keepPorts(in.portsOf(own, pod, at.entry))
	d.checkPortsDiffer(&s)
	s.Balancer.Addresses = in.addresses(&s, own)
	s.Balancer.Pool = in.pool(&s, scope)
	d.noteDomain(&s, scope.domain, at.domain, same)
	s.Announced = *access.ExternalDNS.Enabled && s.FromOutside() && under(s.Hostname, scope.domain)
	s.Host = d.hostOf(&s)
	return s
}

// ownOf returns the settings of a single pod, or nil.
func (in *entry) ownOf(pod *plan.Pod) *v1alpha1.Pod {
	if pod == nil {
		return nil
	}
	return in.own[pod.Name]
}

// addresses returns the addresses that are written for the load balancer.
func (in *entry) addresses(s *plan.Service, own *v1alpha1.Pod) []string {
	switch {
	case !s.Balanced():
		return nil
	case s.Pod != nil && len(s.Access.LoadBalancer.Addresses) > 0 && in.nth(s.Pod) < len(in.list):
		return in.list[in.nth(s.Pod)]
	case own != nil:
		return families(*own.LoadBalancer.Address)
	}
	return in.address
}

// pool returns the name of the pool that provides the load balancer.
func (in *entry) pool(s *plan.Service, scope scope) string {
	p := provider.Of(s)
	if p == nil || p.PoolName == nil {
		return ""
	}
	template, check := p.PoolName(s.Access)
	return in.d.names.name(template, scope, in.d.found.Where(s.Levels, p.PoolField.Field("name")), check)
}

// selector returns the selector. It is nil if a single pod is selected by its name.
func (in *entry) selector(pod *plan.Pod, scope scope, levels v1alpha1.Levels, same *entryCache) map[string]string {
	if pod != nil && len(in.spec.Selector) == 0 {
		return nil
	}
	at := levels.Entry()
	if pod == nil && !in.d.found.User.Has(at.Field("selector")) {
		at = levels.Component()
	}
	return same.keep("selector", in.spec.Selector, func() map[string]string {
		return in.d.selector(in.spec.Selector, scope, at.Field("selector"))
	})
}

// checkPodNames reports settings of pods that do not exist.
func (in *entry) knownPods() {
	exists := map[string]bool{}
	for _, pod := range in.c.Pods {
		exists[pod.Name] = true
	}
	for _, own := range in.spec.Pods {
		if exists[own.Pod] {
			continue
		}
		at := v1alpha1.LevelsOf(in.c.Spec.Name, in.spec.Name, own.Pod)[0].Field("pod")
		if in.scaledAway(own.Pod) {
			in.d.found.Warnf(source.PodNotThere, at, "take it out, or increase replicas", "pod %s does not exist with this number of replicas", own.Pod)
			continue
		}
		some := namesOf(in.c.Pods[:min(len(in.c.Pods), 10)], func(pod plan.Pod) string { return pod.Name })
		in.d.found.Errorf(source.UnknownName, at, cmp.Or(source.Suggest(own.Pod, some), "take it out"), "there is no pod %q in component %s", own.Pod, in.c.Spec.Name)
	}
}

// scaledAway reports whether a StatefulSet of the component would have a pod of that name with
// more replicas. An ordinal has no leading zeros.
func (in *entry) scaledAway(pod string) bool {
	i := strings.LastIndexByte(pod, '-') + 1
	n, err := strconv.ParseUint(pod[i:], 10, 31)
	return err == nil && i > 0 && strconv.FormatUint(n, 10) == pod[i:] && slices.Contains(in.c.Workloads, pod[:i-1])
}

// nth is a pod's place among those that the component may have, by id, from 0.
func (in *entry) nth(pod *plan.Pod) int { return max(0, int(pod.ID-in.c.firstID)) }

// enoughAddresses checks that each pod without an address of its own has one of the list: the
// list goes by ids, so that scaling moves no pod to another address.
func (in *entry) enoughAddresses() {
	if len(in.list) == 0 {
		return
	}
	at := in.d.found.Where(v1alpha1.LevelsOf(in.c.Spec.Name, in.spec.Name, ""), plan.Setting("loadBalancer", "addresses"))
	for i := range in.c.Pods {
		pod := &in.c.Pods[i]
		if own := in.ownOf(pod); in.nth(pod) < len(in.list) || own != nil && *own.LoadBalancer.Address != "" {
			continue
		}
		if in.nth(pod) == i {
			in.d.found.Errorf(source.Required, at, "add the missing ones, in the order of the pods' ids", "there are %d pods and %d addresses", len(in.c.Pods), len(in.list))
		} else {
			in.d.found.Errorf(source.Required, at, "write addresses for all ids, or give the pods of each pool an address under pods",
				"the list goes by ids: pod %s, id %d, would have address %d, and there are %d", pod.Name, pod.ID, in.nth(pod)+1, len(in.list))
		}
		return
	}
}
