package importer

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/v1alpha1"
)

// A made is a Service that another tool makes of its input, as far as it is about access, and what is
// advertised to clients.
type made struct {
	pod // of a Service for all pods: none
	service

	host       string
	nodePort   int32 // 0: the cluster chooses
	advertised int32 // 0: the port that the type opens
}

// newMade returns a Service with the fields of another and with maps of its own.
func newMade(p pod, like corev1.Service) made {
	out := made{pod: p}
	like.DeepCopyInto(&out.Service)
	out.Annotations, out.Labels = merged(like.Annotations), merged(like.Labels)
	return out
}

// merged returns all pairs; those of later maps win.
func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// readings are the settings of Services. Names that external-dns publishes become hosts if these names
// are advertised, and for a Service for all pods, which is not.
func readings(all []made, plain bool) []reading {
	out := make([]reading, len(all))
	published := true
	for i := range all {
		m := &all[i]
		out[i] = m.read(plain)
		host := ""
		if out[i].own.Host != nil {
			host = *out[i].own.Host
		}
		published = published && (host == m.host || m.host == "" && m.name == "")
	}
	for i := range all {
		if !published {
			out[i].withoutDNS(all[i].Annotations)
		}
		if all[i].host != "" {
			out[i].own.Host = new(all[i].host)
		}
	}
	return out
}

// withoutDNS puts the annotations of external-dns back.
func (r *reading) withoutDNS(annotations map[string]string) {
	r.access.Domain, r.access.ExternalDNS, r.own = nil, nil, v1alpha1.Own{HealthCheckNodePort: r.own.HealthCheckNodePort}
	for k, v := range annotations {
		if slices.ContainsFunc(dnsPrefixes, func(prefix string) bool { return strings.HasPrefix(k, prefix) }) {
			setKey(&r.access.Annotations, k, v)
		}
	}
}

func hasDomain(r reading) bool { return r.access.Domain != nil }

// shared writes the settings of a Service for all pods.
func (m made) shared(e *v1alpha1.Service, plain bool) {
	one := readings([]made{m}, plain)
	if r := &one[0]; r.own.Host != nil {
		r.own.Host = new(escaped(*r.own.Host))
	}
	r := one[0]
	r.access.Annotations, r.access.Labels = literal(r.access.Annotations), literal(r.access.Labels)
	if one[0] = r; hasDomain(r) {
		shortHosts(one, func(int) string { return m.Name })
	}
	e.Type, e.Access, e.Own = typeOf(&m.service), one[0].access, one[0].own
	if m.nodePort != 0 {
		e.Ports[0].NodePort = new(m.nodePort)
	}
	if m.advertised != 0 {
		e.Ports[0].AdvertisedPort = new(m.advertised)
	}
}

// perPod writes the settings of the Services of single pods: what they have in common and what counts
// up is of the entry, and the rest is under pods. The first port has the numbers.
func perPod(e *v1alpha1.Service, all []made, plain bool) {
	pods := make([]pod, len(all))
	for i, m := range all {
		pods[i] = m.pod
	}
	each := readings(all, plain)
	addresses := addressesOf(each, int(pods[len(pods)-1].ordinal-pods[0].ordinal) == len(pods)-1)
	own := ownAddresses(each)
	withTemplates(pods, each)
	if hasDomain(each[0]) {
		shortHosts(each, func(int) string { return "$(pod)" })
	}
	e.Type = typeOf(&all[0].service)
	settled := settle(e, pods, each, addresses)
	for i, port := range numbersOf(e, all) {
		if own[i] != nil {
			balancerOf(&settled[i].Access).Address = own[i]
		}
		if !isZero(port.Numbers) {
			port.Name = e.Ports[0].Name
			settled[i].Ports = []v1alpha1.PodPort{port}
		}
	}
	e.Pods = withSettings(settled)
}

// ownAddresses returns the addresses of the load balancers of single pods, and takes them out, unless all
// pods have the same: the address of an entry is one that all its pods share.
func ownAddresses(all []reading) []*string {
	out := make([]*string, len(all))
	same := true
	for i, r := range all {
		if r.access.LoadBalancer != nil {
			out[i] = r.access.LoadBalancer.Address
		}
		same = same && out[i] != nil && out[0] != nil && *out[i] == *out[0]
	}
	if same {
		return make([]*string, len(all))
	}
	for i := range all {
		if out[i] != nil {
			all[i].access.LoadBalancer.Address = nil
		}
	}
	return out
}

// numbersOf writes the numbers of the first port, and returns those of single pods.
func numbersOf(e *v1alpha1.Service, all []made) []v1alpha1.PodPort {
	own := make([]v1alpha1.PodPort, len(all))
	nodePorts, advertised, nth := make([]int32, len(all)), make([]int32, len(all)), make([]int32, len(all))
	for i, m := range all {
		nodePorts[i], advertised[i], nth[i] = m.nodePort, m.advertised, m.ordinal-all[0].ordinal
	}
	nodePortNumbers(&e.Ports[0], nodePorts, nth, own)
	advertisedNumbers(e, &e.Ports[0], advertised, nth, own)
	return own
}

// advertisedNumbers writes the numbers that clients connect to: the base and the step, and what single
// pods have otherwise.
func advertisedNumbers(e *v1alpha1.Service, p *v1alpha1.ServicePort, numbers, nth []int32, exact []v1alpha1.PodPort) {
	s, most := seriesOf(numbers, nth)
	byDefault := advertisedStep(e, p)
	if len(numbers) == 1 {
		s.step = byDefault
	}
	if most > 0 {
		p.AdvertisedPort = new(s.base)
		if s.step != byDefault {
			steps(p).AdvertisedPort = new(s.step)
		}
	}
	for i, n := range numbers {
		if n != 0 && (most == 0 || n != s.at(nth[i])) {
			exact[i].AdvertisedPort = new(n)
		}
	}
}

// advertisedStep is how far an advertised port counts up by itself: as the number that the type opens,
// and where pods share an address or a pool.
func advertisedStep(e *v1alpha1.Service, p *v1alpha1.ServicePort) int32 {
	switch lb := e.LoadBalancer; {
	case *e.Type == v1alpha1.NodePort && p.Steps != nil && p.Steps.NodePort != nil:
		return *p.Steps.NodePort
	case *e.Type == v1alpha1.NodePort, lb != nil && lb.Address != nil && *lb.Address != "":
		return 1
	case lb != nil && lb.EdgeLB != nil && lb.EdgeLB.Name != nil && !v1alpha1.Mentions(*lb.EdgeLB.Name, "pod", "ordinal", "id", "serviceName"):
		return 1
	}
	return 0
}

// firstText returns the first text that is not empty.
func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// setKey sets a key of a map of a spec.
func setKey(m *v1alpha1.StringMap, key, value string) {
	if *m == nil {
		*m = v1alpha1.StringMap{}
	}
	(*m)[key] = new(value)
}

// setAll adds pairs to a map of a spec.
func setAll(m *v1alpha1.StringMap, pairs map[string]string) {
	for k, v := range pairs {
		setKey(m, k, v)
	}
}

// escapedAll returns pairs whose values have no placeholders.
func escapedAll(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = escaped(v)
	}
	return out
}
