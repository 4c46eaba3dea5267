package generators

import (
	"slices"
	"strconv"
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
	reserved []int32
	enabled  bool
	headless string // the Service that the pods' names go through; "": none
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
	p.clusterDomain = *s.ClusterDomain
	for _, c := range s.Components {
		p.components = append(p.components, p.component(c, scope{vars: vars}, sortedSet(s.ReservedPorts), enabled))
	}
	if p.tooMuch() {
		return
	}
	for _, c := range p.components {
		for _, entry := range c.Services {
			p.entry(*c, entry)
		}
	}
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
		name := p.text(workload, out.scope, at)
		p.checkName(at, name, workloadName(name))
		return name
	})
	if c.Workload != "" && !strings.Contains(c.Workload, "$(workload)") {
		name, _ := out.expand(c.Workload)
		out.vars["workload"] = name
	}
	for i, pod := range out.pods {
		if pod.id < 0 && p.once(source.NumberRange, path.Field("idOffset")) {
			p.Errorf(source.NumberRange, path.Field("idOffset"), "write a larger idOffset", "pod %s would get the id %d", pod.name, pod.id)
		}
		if i > 0 && out.pods[i-1].id == pod.id && p.once(source.Duplicate, path.Field("pools")) {
			p.Errorf(source.Duplicate, path.Field("pools"), "set an idOffset, so that the ids of the pools do not meet",
				"pods %s and %s both have the id %d", out.pods[i-1].name, pod.name, pod.id)
		}
	}
	return out
}

// entry plans the Services of one entry.
func (p *planner) entry(c component, e v1alpha1.Service) {
	if !c.enabled || *e.Type == v1alpha1.HostPort && e.Mode == v1alpha1.Shared {
		if c.enabled {
			return // a Service for all pods has no port on their nodes
		}
		e.Type = new(v1alpha1.ClusterIP)
		e.Access = inside(e.Access)
		e.Host = new("")
	}
	c.scope = c.with(map[string]string{"service": e.Name})
	if e.Mode != v1alpha1.PerPod {
		p.services = append(p.services, p.service(&c, &e, nil, &texts{}))
		return
	}
	p.knownPods(c, e)
	p.enoughAddresses(c, e)
	if !c.enabled {
		return
	}
	shared := &texts{}
	p.services = slices.Grow(p.services, len(c.pods))
	for i := range c.pods {
		p.services = append(p.services, p.service(&c, &e, &c.pods[i], shared))
	}
}

// inside is what stays of access settings where there is no access from outside: a
// Service keeps its labels and families, as a headless one does.
func inside(a v1alpha1.Access) v1alpha1.Access {
	only := v1alpha1.Access{Labels: a.Labels, IPFamilies: a.IPFamilies, IPFamilyPolicy: a.IPFamilyPolicy}
	return only.Complete()
}

// service plans one Service: of a pod, or of all pods where pod is nil. What is the
// same for all pods of the entry is kept in shared.
func (p *planner) service(c *component, e *v1alpha1.Service, pod *pod, shared *texts) service {
	access, host, own, ownName := &e.Access, *e.Host, (*v1alpha1.Pod)(nil), ""
	if pod != nil {
		if i := slices.IndexFunc(e.Pods, func(o v1alpha1.Pod) bool { return o.Pod == pod.name }); i >= 0 {
			own, ownName = &e.Pods[i], pod.name
			access, host, shared = &own.Access, *own.Host, &texts{}
		}
	}
	at := shared.places(p, c.Name, e.Name, ownName)
	s := service{component: c.Name, entry: e.Name, pod: pod, emit: *e.Create, mode: e.Mode, typ: *e.Type, levels: at.levels}
	scope := c.scope
	scope.pod = pod
	s.access, s.families, s.familyPolicy = access, access.IPFamilies, *access.IPFamilyPolicy
	s.name = p.text(e.ServiceName, scope, at.serviceName)
	if !obviousName(s.name, validation.DNS1035LabelMaxLength) {
		p.checkName(at.serviceName, s.name, validation.IsDNS1035Label(s.name))
	}
	s.emit = s.emit && !s.onNodes()
	scope.serviceName = s.name
	scope.domain = p.text(*access.Domain, scope, at.domain)
	s.host = p.host(host, scope, at.host)
	s.labels = shared.expand(p, "labels", access.Labels, scope, s.levels)
	s.annotations = shared.expand(p, "annotations", access.Annotations, scope, s.levels)
	s.selector = p.selector(e, pod, scope, s.levels, shared)
	s.ports = shared.ports(p.ports(c, e, own, pod, at.entry))
	s.address = address(s)
	if s.balanced() && *access.LoadBalancer.Provider == v1alpha1.ProviderEdgeLB {
		s.pool = p.pool(s, scope)
	}
	s.announced = *access.ExternalDNS.Enabled && s.fromOutside() && under(s.host, scope.domain)
	return s
}

func setting(fields ...string) source.Path { return source.Path{}.Field(fields...) }

// host expands what clients call a Service, and drops the trailing dot.
func (p *planner) host(text string, scope scope, at source.Path) string {
	host := strings.TrimSuffix(p.text(text, scope, at), ".")
	if host != "" && !obviousName(host, validation.DNS1123SubdomainMaxLength) && !isIP(host) {
		p.checkName(at, host, validation.IsDNS1123Subdomain(host))
	}
	return host
}

// under tells whether a host is the domain or a name in it.
func under(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// announce holds that the user tells external-dns nothing else of the host.
func (p *planner) announce(s *service) {
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
		if at := p.Where(s.levels, setting("annotations").MapKey(key)); p.once(source.ReservedKey, at) {
			p.Errorf(source.ReservedKey, at, wayOut, "%s, as %q for Service %s", why, value, s.name)
		}
	}
}

// address is the load balancer's, where it was written.
func address(s service) string {
	lb := s.access.LoadBalancer
	if !s.balanced() {
		return ""
	}
	if list, err := v1alpha1.ExpandAddresses(lb.Addresses); err == nil && s.pod != nil && s.pod.position < len(list) {
		return list[s.pod.position]
	}
	return *lb.Address
}

func (p *planner) selector(e *v1alpha1.Service, pod *pod, scope scope, levels v1alpha1.Levels, shared *texts) map[string]string {
	if pod != nil && len(e.Selector) == 0 {
		return nil
	}
	at := levels.Entry()
	if pod == nil && !p.User.Has(at.Field("selector")) {
		at = levels.Component()
	}
	return shared.selector(p, e.Selector, scope, at.Field("selector"))
}

// knownPods reports what is said of pods that do not exist.
func (p *planner) knownPods(c component, e v1alpha1.Service) {
	names := make([]string, 0, len(c.pods))
	for _, pod := range c.pods {
		names = append(names, pod.name)
	}
	for _, own := range e.Pods {
		at := v1alpha1.LevelsOf(c.Name, e.Name, own.Pod)[0].Field("pod")
		i := strings.LastIndexByte(own.Pod, '-') + 1
		_, err := strconv.ParseUint(own.Pod[i:], 10, 31)
		scaledAway := err == nil && i > 0 && slices.ContainsFunc(c.workloads(), func(w string) bool { return w == own.Pod[:i-1] })
		switch {
		case slices.Contains(names, own.Pod):
		case scaledAway:
			p.Warnf(source.PodNotThere, at, "take it out, or scale up", "there is no pod %s at this number of replicas", own.Pod)
		default:
			p.Errorf(source.UnknownName, at, "", "there is no pod %q in component %s", own.Pod, c.Name).
				OneOf(own.Pod, names[:min(len(names), 10)])
		}
	}
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

func (p *planner) enoughAddresses(c component, e v1alpha1.Service) {
	list, err := v1alpha1.ExpandAddresses(e.LoadBalancer.Addresses)
	if err != nil || len(list) == 0 || len(list) >= len(c.pods) {
		return
	}
	p.Errorf(source.Required, p.Where(v1alpha1.LevelsOf(c.Name, e.Name, ""), setting("loadBalancer", "addresses")),
		"add the missing ones, in the order of the pods' ids", "there are %d pods and %d addresses", len(c.pods), len(list))
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

func (p *planner) config(c *component, names map[string]string) {
	if c.Config == nil || !*c.Create {
		return
	}
	scope := c.scope
	scope.services = names
	at := c.path.Field("config")
	cm := configMap{component: c.Name, name: p.text(c.Config.Name, scope, at.Field("name")), data: map[string]string{}, config: *c.Config}
	p.checkName(at.Field("name"), cm.name, validation.IsDNS1123Subdomain(cm.name))
	for k, v := range c.Config.Env {
		if value := p.text(*v, scope, at.Field("env").MapKey(k)); value != "" {
			cm.data[k] = value
			cm.size += len(k) + len(value)
		}
	}
	filer{p, c, *c.Config, names, map[string]string{}}.files(&cm)
	if cm.size <= maxConfigMap {
		p.discovery(c, &cm)
	}
	if cm.size > maxConfigMap {
		p.Errorf(source.NumberRange, at.Field("files"), "make fewer pods, or shorter files",
			"the ConfigMap would have more than the %d bytes that the API server takes", maxConfigMap)
	}
	if len(cm.data) > 0 {
		p.configs = append(p.configs, cm)
	}
}

// discovery reads off the files what they leave open, in the order of the pods, and adds
// the script that finds it.
func (p *planner) discovery(c *component, cm *configMap) {
	for i := range c.pods {
		for _, file := range cm.perPod {
			cm.need.read(cm.data[c.pods[i].name+"."+file])
		}
	}
	for name := range c.Config.Files {
		if text, ok := cm.data[name]; ok && tokens.MatchString(text) && p.once(source.Undetermined, c.path) {
			p.Errorf(source.Undetermined, c.path.Field("config", "files").MapKey(name), "give the Services hosts or addresses",
				"the file is the same for all pods and names their addresses, and these are not known offline: a pod can discover its own only")
		}
	}
	if !cm.need.any {
		return
	}
	d, at := c.Config.Discovery, c.path.Field("config", "discovery")
	wayOut := "give the Services hosts, addresses or node ports; or set config.discovery.image to one with kubectl, and pods find them when they start"
	switch {
	case *d.By == v1alpha1.ByEngine:
		p.Errorf(source.Undetermined, at.Field("by"), wayOut,
			"files of component %s name addresses that are not known offline, and the engine discovers by itself", c.Name)
	case *d.Image == "":
		p.Errorf(source.Undetermined, at.Field("image"), wayOut,
			"files of component %s name addresses that are not known offline, such as that of %s", c.Name, p.open(c, cm))
	}
	p.foreignKeys(c, cm)
	cm.data[scriptKey] = discoverSh(*d.Timeout)
	cm.size += len(cm.data[scriptKey])
}

// foreignKeys reports keys that discover.sh would take for files of a pod, and one of its
// own name.
func (p *planner) foreignKeys(c *component, cm *configMap) {
	at := c.path.Field("config")
	check := func(key string, at source.Path) {
		prefix, _, _ := strings.Cut(key, ".")
		isPod := slices.ContainsFunc(c.pods, func(pod pod) bool { return pod.name == prefix })
		if isPod || key == scriptKey {
			p.Errorf(source.NameClash, at, "rename it",
				"the key %s is taken: pods that discover their addresses know the script and their own files by such keys", key)
		}
	}
	for key := range c.Config.Env {
		check(key, at.Field("env").MapKey(key))
	}
	for name := range c.Config.Files {
		if !slices.Contains(cm.perPod, name) {
			check(name, at.Field("files").MapKey(name))
		}
	}
}

// open is an example of what is not known, in the user's words.
func (p *planner) open(c *component, cm *configMap) string {
	if len(cm.need.services) > 0 {
		return "Service " + cm.need.services[0]
	}
	return "the node of pod " + c.pods[0].name
}

// planRBAC plans what discovery by script needs, and the rules of the spec, which are
// emitted as written wherever access is enabled.
func (p *planner) planRBAC(r *v1alpha1.RBAC, s scope, enabled bool) {
	if r == nil {
		r = &v1alpha1.RBAC{ServiceAccountName: new("$(name)"), Create: new(true)}
	}
	at := specField("rbac", "serviceAccountName")
	name := p.text(*r.ServiceAccountName, s, at)
	p.serviceAccount, p.engineReads = name, enabled && (len(r.Rules)+len(r.ClusterRules) > 0 || !*r.Create)
	if !enabled || !*r.Create {
		return
	}
	out := &rbac{serviceAccount: name, clusterRole: p.namespace + "-" + name, rules: slices.Clone(r.Rules), clusterRules: slices.Clone(r.ClusterRules)}
	for _, cm := range p.configs {
		if n := cm.need; len(n.services) > 0 {
			out.rules = append(out.rules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: n.services, Verbs: []string{"get"}})
		}
		if cm.need.node && !slices.ContainsFunc(out.clusterRules, getsNodes) {
			out.clusterRules = append(out.clusterRules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}})
		}
	}
	if len(out.rules)+len(out.clusterRules) == 0 {
		return
	}
	p.checkName(at, name, validation.IsDNS1123Subdomain(name))
	if len(out.clusterRules) > 0 && p.namespace == "" {
		p.Errorf(source.Required, source.Path{}.Field("metadata", "namespace"), "write the namespace of the workload",
			"a ClusterRoleBinding names the namespace of its ServiceAccount")
	}
	p.rbac = out
}

func getsNodes(r v1alpha1.PolicyRule) bool {
	return slices.Contains(r.Resources, "nodes") && slices.Contains(r.Verbs, "get") && len(r.ResourceNames) == 0
}
