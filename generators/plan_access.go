package generators

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A component is one being planned.
type component struct {
	v1alpha1.Component
	scope
	path     source.Path
	pods     []pod
	standIn  []pod // one that speaks for pods that may come, where there are none
	reserved []int32
	enabled  bool
	headless string          // the Service that the pods' names go through; "": none
	asked    map[string]bool // the tokens in its files, for the table; nil: not looked for yet
	addresses
}

// planAccess decides everything for a complete ExternalAccess.
func (p *planner) planAccess(e v1alpha1.ExternalAccess) {
	s := e.Spec
	if e.Metadata.Name == "" {
		return // every name would be wrong
	}
	enabled := *s.Enabled
	vars := map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "enabled": ""}
	if enabled {
		vars["enabled"] = "true"
	}
	p.clusterDomain, p.inject = *s.ClusterDomain, *s.Inject
	for _, c := range s.Components {
		p.components = append(p.components, p.component(c, scope{vars: vars}, sortedSet(s.ReservedPorts), enabled))
	}
	if p.tooMuch() {
		return
	}
	for _, c := range p.components {
		for _, e := range c.Services {
			p.entry(newEntry(*c, e))
		}
	}
	p.unusedDomains()
	p.index()
	p.share()
	for i := range p.services {
		if p.services[i].announced {
			p.announce(&p.services[i])
		}
		p.annotate(&p.services[i])
		p.weighAnnotations(&p.services[i])
	}
	names := p.serviceNames()
	for _, c := range p.components {
		p.config(c, names)
		p.require(c)
	}
	p.planRBAC(s.RBAC, scope{vars: vars}, enabled)
}

func (p *planner) component(c v1alpha1.Component, s scope, reserved []int32, enabled bool) *component {
	path := specField("components").Item("name", c.Name)
	out := &component{Component: c, path: path, reserved: reserved, enabled: enabled,
		scope: s.with(map[string]string{"component": c.Name})}
	out.pods = podsOf(c, func(workload string) string {
		at := path.Field("workload")
		if workload != c.Workload {
			at = path.Field("pools").Item("workload", workload).Field("workload")
		}
		return p.named(workload, out.scope, at, v1alpha1.WorkloadName)
	})
	if workloads := out.workloads(); len(out.pods) == 0 && len(workloads) > 0 {
		start := *c.Ordinals.Start
		out.standIn = []pod{{name: podName(workloads[0], start), workload: workloads[0], ordinal: start, id: max(0, start+*c.IDOffset)}}
	}
	if c.Workload != "" && !strings.Contains(c.Workload, "$(workload)") {
		name, _ := out.expand(c.Workload)
		out.vars["workload"] = name
	}
	for i, pod := range out.pods {
		if pod.id < 0 {
			p.found.ErrorOnce(source.NumberRange, path.Field("idOffset"), "write a larger idOffset", "pod %s would get the id %d", pod.name, pod.id)
		}
		if i > 0 && out.pods[i-1].id == pod.id {
			p.found.ErrorOnce(source.Duplicate, path.Field("pools"), "set an idOffset, so that the ids of the pools do not meet",
				"pods %s and %s both have the id %d", out.pods[i-1].name, pod.name, pod.id)
		}
	}
	return out
}

// service plans one Service: of a pod, or of all pods where pod is nil.
func (p *planner) service(in *entry, pod *pod) service {
	c, e, same, ownName := &in.component, &in.Service, in.same, ""
	access, host := &e.Access, *e.Host
	own := in.ownOf(pod)
	if own != nil {
		access, host, same, ownName = &own.Access, *own.Host, &texts{}, pod.name
	}
	at := same.places(p, c.Name, e.Name, ownName)
	s := service{component: c.Name, entry: e.Name, pod: pod, emit: *e.Create, mode: e.Mode, typ: *e.Type, levels: at.levels}
	scope := c.scope
	scope.pod = pod
	s.access, s.families, s.familyPolicy = access, access.IPFamilies, *access.IPFamilyPolicy
	name, ok := p.expand(e.ServiceName, scope, at.serviceName)
	if s.name = name; ok && !obviousName(name, validation.DNS1035LabelMaxLength) {
		p.checkName(at.serviceName, name, v1alpha1.ServiceName)
	}
	s.emit = s.emit && !s.onNodes()
	scope.serviceName = s.name
	scope.domain = p.domain(*access.Domain, scope, at.domain, same)
	s.host = p.host(host, scope, at.host)
	s.labels = same.expand(p, "labels", access.Labels, scope, s.levels)
	s.annotations = same.expand(p, "annotations", access.Annotations, scope, s.levels)
	s.selector = p.selector(e, pod, scope, s.levels, same)
	s.ports = same.ports(p.ports(c, e, own, pod, at.entry))
	p.checkPortsDiffer(&s)
	s.address = in.address(&s)
	if s.balanced() && *access.LoadBalancer.Provider == "EdgeLB" {
		s.pool = p.pool(s, scope)
	}
	p.noteDomain(&s, scope.domain, at.domain, same)
	s.announced = *access.ExternalDNS.Enabled && s.fromOutside() && under(s.host, scope.domain)
	return s
}

func setting(fields ...string) source.Path { return source.Path{}.Field(fields...) }

// host expands what clients call a Service, and drops the trailing dot.
func (p *planner) host(text string, scope scope, at source.Path) string {
	text, ok := p.expand(text, scope, at)
	host := strings.TrimSuffix(text, ".")
	if !ok || host == "" || obviousName(host, validation.DNS1123SubdomainMaxLength) {
		return host
	}
	if host = v1alpha1.Canonical(host); !isIP(host) {
		p.checkName(at, host, v1alpha1.DNSSubdomain)
	}
	return host
}

// under tells whether a host is the domain or a name in it.
func under(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// announce holds that the user tells external-dns nothing else of the host.
func (p *planner) announce(s *service) {
	if len(s.annotations) == 1 {
		return // the owner: there is none of the user's
	}
	for key, value := range s.announcement(&p.keys) {
		p.agree(s, key, value, "externalDNS writes it", "take it out, or set externalDNS.enabled to false")
	}
}

// addAnnotations adds annotations that settings make, without changing a map that
// other Services share.
func (p *planner) addAnnotations(s *service, more map[string]string, why, wayOut string) {
	out := make(map[string]string, len(s.annotations)+len(more))
	for k, v := range s.annotations {
		out[k] = v
	}
	for k, v := range more {
		p.agree(s, k, v, why, wayOut)
		out[k] = v
	}
	s.annotations = out
}

// agree reports an annotation of the user's that says something else than settings do.
func (p *planner) agree(s *service, key, value, why, wayOut string) {
	if old, ok := s.annotations[key]; ok && old != value {
		p.found.ErrorOnce(source.ReservedKey, p.found.Where(s.levels, setting("annotations").MapKey(key)), wayOut, "%s, as %q for Service %s", why, value, s.name)
	}
}

func (p *planner) selector(e *v1alpha1.Service, pod *pod, scope scope, levels v1alpha1.Levels, shared *texts) map[string]string {
	if pod != nil && len(e.Selector) == 0 {
		return nil
	}
	at := levels.Entry()
	if pod == nil && !p.found.User.Has(at.Field("selector")) {
		at = levels.Component()
	}
	return shared.selector(p, e.Selector, scope, at.Field("selector"))
}

// workloads lists the names of the component's StatefulSets.
func (c component) workloads() []string {
	var out []string
	for _, w := range append([]v1alpha1.Pool{{Workload: c.Workload}}, c.Pools...) {
		if name, err := c.expand(w.Workload); err == nil && name != "" {
			out = append(out, name)
		}
	}
	return out
}

// serviceNames are what $(service:COMPONENT.ENTRY) stands for.
func (p *planner) serviceNames() map[string]string {
	names := map[string]string{}
	for _, s := range p.services {
		if s.pod == nil && !s.onNodes() {
			names[s.component+"."+s.entry] = s.name
		}
	}
	return names
}
