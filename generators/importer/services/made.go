package services

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/v1alpha1"
)

// A Made is a Service that another tool makes of its input, as far as it is about access, and what is
// advertised to clients.
type Made struct {
	Pod // of a Service for all pods: none
	service

	Host       string
	NodePort   int32 // 0: the cluster chooses
	Advertised int32 // 0: the port that the type opens
}

// NewMade returns a Service with the fields of another and with maps of its own.
func NewMade(p Pod, like corev1.Service) Made {
	out := Made{Pod: p}
	like.DeepCopyInto(&out.Service)
	out.Annotations, out.Labels = Merged(like.Annotations), Merged(like.Labels)
	return out
}

// Merged returns all pairs; those of later maps win.
func Merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// readings are the settings of Services. Names that external-dns publishes become hosts if these names
// are advertised, and for a Service for all pods, which is not.
func readings(all []Made, plain bool) []reading {
	out := make([]reading, len(all))
	published := true
	for i := range all {
		m := &all[i]
		out[i] = m.Read(plain)
		host := ""
		if out[i].own.Host != nil {
			host = *out[i].own.Host
		}
		published = published && (host == m.Host || m.Host == "" && m.PodName == "")
	}
	for i := range all {
		if !published {
			out[i].WithoutDNS(all[i].Annotations)
		}
		if all[i].Host != "" {
			out[i].own.Host = new(all[i].Host)
		}
	}
	return out
}

// WithoutDNS puts the annotations of external-dns back.
func (r *reading) WithoutDNS(annotations map[string]string) {
	r.Access.Domain, r.Access.ExternalDNS, r.own = nil, nil, v1alpha1.Own{HealthCheckNodePort: r.own.HealthCheckNodePort}
	for k, v := range annotations {
		if slices.ContainsFunc(dnsPrefixes, func(prefix string) bool { return strings.HasPrefix(k, prefix) }) {
			SetKey(&r.Access.Annotations, k, v)
		}
	}
}

func hasDomain(r reading) bool { return r.Access.Domain != nil }

// Shared writes the settings of a Service for all pods.
func (m Made) Shared(e *v1alpha1.Service, plain bool) {
	one := readings([]Made{m}, plain)
	if r := &one[0]; r.own.Host != nil {
		r.own.Host = new(Escaped(*r.own.Host))
	}
	r := one[0]
	r.Access.Annotations, r.Access.Labels = Literal(r.Access.Annotations), Literal(r.Access.Labels)
	if one[0] = r; hasDomain(r) {
		shortHosts(one, func(int) string { return m.Name })
	}
	e.Type, e.Access, e.Own = typeOf(&m.service), one[0].Access, one[0].own
	if m.NodePort != 0 {
		e.Ports[0].NodePort = new(m.NodePort)
	}
	if m.Advertised != 0 {
		e.Ports[0].AdvertisedPort = new(m.Advertised)
	}
}

// PerPod writes the settings of the Services of single pods: what they have in common and what counts
// up is of the entry, and the rest is under pods. The first port has the numbers.
func PerPod(e *v1alpha1.Service, all []Made, plain bool) {
	pods := make([]Pod, len(all))
	for i, m := range all {
		pods[i] = m.Pod
	}
	each := readings(all, plain)
	addresses := addressesOf(each, int(pods[len(pods)-1].Ordinal-pods[0].Ordinal) == len(pods)-1)
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
		if !IsZero(port.Numbers) {
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
		if r.Access.LoadBalancer != nil {
			out[i] = r.Access.LoadBalancer.Address
		}
		same = same && out[i] != nil && out[0] != nil && *out[i] == *out[0]
	}
	if same {
		return make([]*string, len(all))
	}
	for i := range all {
		if out[i] != nil {
			all[i].Access.LoadBalancer.Address = nil
		}
	}
	return out
}

// numbersOf writes the numbers of the first port, and returns those of single pods.
func numbersOf(e *v1alpha1.Service, all []Made) []v1alpha1.PodPort {
	own := make([]v1alpha1.PodPort, len(all))
	nodePorts, advertised, nth := make([]int32, len(all)), make([]int32, len(all)), make([]int32, len(all))
	for i, m := range all {
		nodePorts[i], advertised[i], nth[i] = m.NodePort, m.Advertised, m.Ordinal-all[0].Ordinal
	}
	nodePortNumbers(&e.Ports[0], nodePorts, nth, own)
	advertisedNumbers(e, &e.Ports[0], advertised, nth, own)
	return own
}

// SetKey sets a key of a map of a spec.
func SetKey(m *v1alpha1.StringMap, key, value string) {
	if *m == nil {
		*m = v1alpha1.StringMap{}
	}
	(*m)[key] = new(value)
}

// SetAll adds pairs to a map of a spec.
func SetAll(m *v1alpha1.StringMap, pairs map[string]string) {
	for k, v := range pairs {
		SetKey(m, k, v)
	}
}

// EscapedAll returns pairs whose values have no placeholders.
func EscapedAll(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = Escaped(v)
	}
	return out
}
