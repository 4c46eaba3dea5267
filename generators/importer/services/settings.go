package services

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/v1alpha1"
)

// A reading is what the settings of one Service are. Its texts are as they came in, without
// placeholders.
type reading struct {
	Access v1alpha1.Access
	own    v1alpha1.Own

	advertised map[int32]int32 // the ports that clients connect to by those of the Service, if they differ
}

// Read reads the settings of a Service. If plain is set, annotations stay annotations.
func (s *service) Read(plain bool) reading {
	spec := &s.Spec
	var r reading
	a := &r.Access
	annotations, labels := maps.Clone(s.Annotations), maps.Clone(s.Labels)
	for key := range annotations {
		if compare.IsBookkeeping(key) || compare.IsServerSet(key, s.live) {
			delete(annotations, key)
		}
	}
	delete(labels, plan.ManagedByLabel)
	if spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		a.ExternalTrafficPolicy = new(v1alpha1.PolicyLocal)
	}
	if p := spec.InternalTrafficPolicy; p != nil && *p == corev1.ServiceInternalTrafficPolicyLocal {
		a.InternalTrafficPolicy = new(v1alpha1.PolicyLocal)
	}
	if spec.SessionAffinity == corev1.ServiceAffinityClientIP {
		a.SessionAffinity = new(v1alpha1.AffinityClientIP)
	}
	if spec.PublishNotReadyAddresses {
		a.PublishNotReadyAddresses = new(true)
	}
	if d := spec.TrafficDistribution; d != nil && *d != "" {
		a.TrafficDistribution = new(v1alpha1.TrafficDistribution(*d))
	}
	if n := spec.HealthCheckNodePort; n != 0 {
		r.own.HealthCheckNodePort = &n
	}
	a.ExternalIPs = slices.Clone(spec.ExternalIPs)
	a.IPFamilies, a.IPFamilyPolicy = s.families()
	if spec.Type == corev1.ServiceTypeLoadBalancer {
		if !plain {
			a.LoadBalancer = r.readDklb(annotations)
		}
		s.readBalancer(a, annotations, labels, plain)
	}
	if !plain && (spec.Type == corev1.ServiceTypeLoadBalancer || spec.Type == corev1.ServiceTypeNodePort) {
		readDNS(&r, annotations)
	}
	a.Annotations, a.Labels = textsOf(annotations), textsOf(labels)
	return r
}

func textsOf(m map[string]string) v1alpha1.StringMap {
	if len(m) == 0 {
		return nil
	}
	out := v1alpha1.StringMap{}
	for k, v := range m {
		out[k] = &v
	}
	return out
}

// families returns the IP families, unless they are those that the cluster gives.
func (s *service) families() ([]v1alpha1.IPFamily, *v1alpha1.IPFamilyPolicy) {
	var families []v1alpha1.IPFamily
	for _, f := range s.Spec.IPFamilies {
		families = append(families, v1alpha1.IPFamily(f))
	}
	var policy *v1alpha1.IPFamilyPolicy
	if p := s.Spec.IPFamilyPolicy; p != nil && *p != "" {
		policy = new(v1alpha1.IPFamilyPolicy(*p))
	}
	if !s.live || len(families) != 1 || policy == nil {
		if len(families) == 2 && policy != nil && *policy == v1alpha1.RequireDualStack {
			policy = nil // as two families mean
		}
		return families, policy
	}
	switch {
	case *policy == v1alpha1.PreferDualStack:
		return nil, policy
	case *policy == v1alpha1.SingleStack && families[0] == v1alpha1.IPv4:
		return nil, nil
	}
	return families, policy
}

// readBalancer reads the settings of a load balancer, and takes the annotations and labels that they
// write out.
func (s *service) readBalancer(a *v1alpha1.Access, annotations, labels map[string]string, plain bool) {
	spec := &s.Spec
	var lb v1alpha1.LoadBalancerSettings
	if a.LoadBalancer != nil {
		lb, plain = *a.LoadBalancer, true // the provider is known
	}
	if c := spec.LoadBalancerClass; c != nil && *c != "" {
		lb.Class = c
	}
	if ip := spec.LoadBalancerIP; ip != "" {
		lb.Address = &ip
	}
	lb.SourceRanges = slices.Clone(spec.LoadBalancerSourceRanges)
	if n := spec.AllocateLoadBalancerNodePorts; n != nil && !*n {
		lb.AllocateNodePorts = n
	}
	c := provider.Carrier{Annotations: annotations, Labels: labels, Access: *a}
	c.Access.LoadBalancer = &lb
	for _, p := range spec.Ports {
		c.Ports = append(c.Ports, p.Port)
	}
	for _, p := range provider.All {
		if plain || p.Name == v1alpha1.ProviderNone || !p.Reads(c) {
			continue
		}
		settings, keys := p.Settings(c)
		if settings == nil {
			continue
		}
		lb = *settings
		for _, k := range keys {
			if k.Label {
				delete(labels, k.Name)
			} else {
				delete(annotations, k.Name)
			}
		}
		break
	}
	if lb.Address != nil || lb.Class != nil || lb.Provider != nil || lb.AllocateNodePorts != nil || len(lb.SourceRanges) > 0 {
		a.LoadBalancer = &lb
	}
}

// dnsPrefixes are the prefixes of external-dns.
var dnsPrefixes = v1alpha1.Access{}.Complete().ExternalDNS.Prefixes

// readDNS reads what external-dns publishes: the names under one domain. It takes the annotations out
// that settings write.
func readDNS(r *reading, annotations map[string]string) {
	prefixes, hosts := hostnamesIn(annotations)
	if len(prefixes) == 0 {
		return
	}
	names := compare.HostsIn(hosts)
	domain := domainOf(names)
	if domain == "" {
		return
	}
	r.Access.Domain, r.own.Host = &domain, &names[0]
	if len(names) > 1 {
		r.own.Aliases = names[1:]
	}
	dns, taken := readDNSSettings(prefixes, annotations)
	for _, key := range append(taken, "hostname") {
		for _, prefix := range prefixes {
			delete(annotations, prefix+key)
		}
	}
	if len(prefixes) < len(dnsPrefixes) {
		dns.Prefixes = prefixes
	}
	if dns.Prefixes != nil || dns.TTL != nil || dns.Target != nil || dns.Access != nil {
		r.Access.ExternalDNS = &dns
	}
}

// hostnamesIn returns the names and the prefixes of the annotations that have them. There are none if
// the prefixes have different names.
func hostnamesIn(annotations map[string]string) (prefixes []string, hosts string) {
	for _, prefix := range dnsPrefixes {
		if text, ok := annotations[prefix+"hostname"]; ok {
			if len(prefixes) > 0 && text != hosts {
				return nil, ""
			}
			prefixes, hosts = append(prefixes, prefix), text
		}
	}
	return prefixes, hosts
}

// readDNSSettings reads the annotations that all prefixes have, and returns those that settings write.
func readDNSSettings(prefixes []string, annotations map[string]string) (dns v1alpha1.ExternalDNS, taken []string) {
	of := func(key string) string {
		text := annotations[prefixes[0]+key]
		for _, prefix := range prefixes[1:] {
			if annotations[prefix+key] != text {
				return ""
			}
		}
		return text
	}
	if ttl, err := strconv.ParseInt(of("ttl"), 10, 32); err == nil && ttl > 0 && strconv.FormatInt(ttl, 10) == of("ttl") {
		dns.TTL, taken = new(int32(ttl)), append(taken, "ttl")
	}
	if target := of("target"); target != "" {
		dns.Target, taken = &target, append(taken, "target")
	}
	if access := of("access"); dns.Target == nil && slices.Contains(v1alpha1.DNSAccess("").Values(), access) {
		dns.Access, taken = new(v1alpha1.DNSAccess(access)), append(taken, "access")
	}
	return dns, taken
}

// domainOf returns the longest domain that names are under; "": there is none.
func domainOf(names []string) string {
	var common []string // labels, from the end
	for i, name := range names {
		if wrong, _ := v1alpha1.HostName.Problem(name); wrong != "" || plan.IsIP(name) {
			return ""
		}
		labels := strings.Split(name, ".")[1:]
		slices.Reverse(labels)
		if i == 0 {
			common = labels
		}
		n := 0
		for n < min(len(common), len(labels)) && common[n] == labels[n] {
			n++
		}
		common = common[:n]
	}
	common = slices.Clone(common)
	slices.Reverse(common)
	return strings.Join(common, ".")
}

// readDklb reads the configuration object of dklb, whose frontends are what clients connect to.
func (r *reading) readDklb(annotations map[string]string) *v1alpha1.LoadBalancerSettings {
	text, ok := annotations[provider.DklbAnnotation]
	if !ok {
		return nil
	}
	settings, frontends, err := provider.ReadDklb(text)
	if err != nil {
		return nil // dklbRemark says so
	}
	delete(annotations, provider.DklbAnnotation)
	delete(annotations, dklbHash)
	r.advertised = frontends
	return &v1alpha1.LoadBalancerSettings{Provider: new(v1alpha1.Provider("EdgeLB")), EdgeLB: settings}
}

// dklbHash is an annotation in which dklb keeps a hash of its configuration object.
const dklbHash = "kubernetes.dcos.io/dklb-hash"
