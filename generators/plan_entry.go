package generators

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An entry is one being planned.
type entry struct {
	v1alpha1.Service
	component
	own  map[string]*v1alpha1.Pod // what single pods have otherwise, by name
	list []string                 // the load balancers' addresses, one for each pod
	same *texts                   // what is the same for all pods
}

func newEntry(c component, e v1alpha1.Service) *entry {
	c.scope = c.with(map[string]string{"service": e.Name})
	c.unsure = e.Mode == ""
	in := &entry{Service: e, component: c, own: map[string]*v1alpha1.Pod{}, same: &texts{}}
	for i := range e.Pods {
		in.own[e.Pods[i].Pod] = &e.Pods[i]
	}
	in.list, _ = v1alpha1.ExpandAddresses(e.LoadBalancer.Addresses) // Validate tells of an error
	return in
}

// ownOf is what a pod has otherwise, or nil.
func (in *entry) ownOf(pod *pod) *v1alpha1.Pod {
	if pod == nil {
		return nil
	}
	return in.own[pod.name]
}

// address is the load balancer's, where it was written.
func (in *entry) address(s *service) string {
	lb := s.access.LoadBalancer
	switch {
	case !s.balanced():
		return ""
	case s.pod != nil && len(lb.Addresses) > 0 && s.pod.position < len(in.list):
		return in.list[s.pod.position]
	}
	return *lb.Address
}

// entry plans the Services of one entry.
func (p *planner) entry(in *entry) {
	perPod := in.Mode == v1alpha1.PerPod
	if perPod {
		p.knownPods(in)
		p.enoughAddresses(in)
	}
	switch {
	case !in.enabled:
		p.rehearse(in)
		if !perPod {
			p.services = append(p.services, p.service(in.inside(), nil))
		}
	case !perPod && *in.Type == v1alpha1.HostPort:
		// a Service for all pods has no port on their nodes
	case !perPod:
		p.services = append(p.services, p.service(in, nil))
	case len(in.pods) == 0:
		p.rehearse(in)
	default:
		p.services = slices.Grow(p.services, len(in.pods))
		for i := range in.pods {
			p.services = append(p.services, p.service(in, &in.pods[i]))
		}
	}
}

// rehearse plans what does not come out, for its mistakes: they should not wait until
// access is enabled, or until there are pods.
func (p *planner) rehearse(in *entry) {
	if in.Mode != v1alpha1.PerPod {
		p.service(in, nil)
		return
	}
	for i := range in.pods {
		p.service(in, &in.pods[i])
	}
	for i := range in.standIn {
		if s := p.service(in, &in.standIn[i]); in.enabled {
			p.rehearsed = append(p.rehearsed, s)
		}
	}
}

// inside is what stays of an entry where there is no access from outside: a Service keeps
// its labels and families, as a headless one does.
func (in *entry) inside() *entry {
	e, a := in.Service, in.Access
	e.Type, e.Host = new(v1alpha1.ClusterIP), new("")
	e.Access = v1alpha1.Access{Labels: a.Labels, IPFamilies: a.IPFamilies, IPFamilyPolicy: a.IPFamilyPolicy}
	e.Access = e.Complete()
	return newEntry(in.component, e)
}

// knownPods reports what is said of pods that do not exist.
func (p *planner) knownPods(in *entry) {
	names := map[string]bool{}
	for _, pod := range in.pods {
		names[pod.name] = true
	}
	for _, own := range in.Pods {
		if names[own.Pod] {
			continue
		}
		at := v1alpha1.LevelsOf(in.component.Name, in.Name, own.Pod)[0].Field("pod")
		if in.scaledAway(own.Pod) {
			p.found.Warnf(source.PodNotThere, at, "take it out, or scale up", "there is no pod %s at this number of replicas", own.Pod)
			continue
		}
		some := namesOf(in.pods[:min(len(in.pods), 10)], func(pod pod) string { return pod.name })
		p.found.Errorf(source.UnknownName, at, cmp.Or(source.Suggest(own.Pod, some), "take it out"), "there is no pod %q in component %s", own.Pod, in.component.Name)
	}
}

// scaledAway tells whether a StatefulSet of the component makes a pod of that name when it
// has enough replicas: it writes ordinals without zeros before them.
func (in *entry) scaledAway(pod string) bool {
	i := strings.LastIndexByte(pod, '-') + 1
	n, err := strconv.ParseUint(pod[i:], 10, 31)
	return err == nil && i > 0 && strconv.FormatUint(n, 10) == pod[i:] && slices.Contains(in.workloads(), pod[:i-1])
}

// enoughAddresses holds that each pod without an address of its own has one of the list.
func (p *planner) enoughAddresses(in *entry) {
	if len(in.list) == 0 {
		return
	}
	for _, pod := range in.pods[min(len(in.list), len(in.pods)):] {
		if own := in.ownOf(&pod); own == nil || *own.LoadBalancer.Address == "" {
			p.found.Errorf(source.Required, p.found.Where(v1alpha1.LevelsOf(in.component.Name, in.Name, ""), setting("loadBalancer", "addresses")),
				"add the missing ones, in the order of the pods' ids", "there are %d pods and %d addresses", len(in.pods), len(in.list))
			return
		}
	}
}

// domain is the one that the host of a Service may lie under.
func (p *planner) domain(text string, s scope, at source.Path, same *texts) string {
	if text == "" {
		return ""
	}
	domain, ok := p.expand(text, s, at)
	if !ok || domain == same.domain {
		return domain
	}
	if !v1alpha1.DNSSubdomain.Passes(domain) {
		p.checkName(at, domain, v1alpha1.DNSSubdomain)
		same.domainUsed = true
		return "invalid" // hosts under it are no mistakes of their own
	}
	same.domain = domain
	return domain
}

// A domainUse tells whether anything makes use of a domain that is written at a place.
type domainUse struct {
	at   source.Path
	used bool
}

// noteDomain remembers whether a Service makes use of its domain.
func (p *planner) noteDomain(s *service, domain string, at source.Path, same *texts) {
	if domain == "" || same.domainUsed {
		return
	}
	same.domainUsed = under(s.host, domain)
	for _, m := range []v1alpha1.StringMap{s.access.Labels, s.access.Annotations} {
		for _, text := range m {
			same.domainUsed = same.domainUsed || v1alpha1.Mentions(*text, "domain")
		}
	}
	use := &domainUse{at: at}
	if old, ok := p.domains[use.at.String()]; ok {
		use = old
	}
	use.used = use.used || same.domainUsed
	p.domains[use.at.String()] = use
}

// unusedDomains reports domains that say nothing of any Service.
func (p *planner) unusedDomains() {
	for _, use := range p.domains {
		if !use.used {
			p.found.Errorf(source.UnusableSetting, use.at, "take it out, or write hosts that lie under it",
				"no host of a Service that this reaches lies under the domain")
		}
	}
}
