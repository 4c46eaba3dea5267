package services

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// how is in which way a draft is made.
type how struct {
	plain bool // annotations of providers and of external-dns stay annotations
	flat  bool // each Service is an entry of its own
	alone bool // the spec needs nothing beside it
}

// A builder builds the component of a set of pods.
type builder struct {
	in    *draft.Input
	set   *podSet
	draft *draft.Draft
	how   how

	name  string // of the spec
	start int32  // the ordinal of the first pod
	ports portList
	names map[string]bool // of entries
	out   []v1alpha1.Service

	lowest, highest int32
}

// entryName returns a name for an entry that no other has.
func (b *builder) entryName(wanted string) string {
	wanted = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(wanted)), "-")
	if wanted == "" || !v1alpha1.DNSLabel.Passes(wanted) {
		wanted = "service"
	}
	name := wanted
	for n := int32(2); b.names[name]; n++ {
		name = numbered(wanted, n)
	}
	b.names[name] = true
	return name
}

// target returns the number that a port of a Service leads to.
func (b *builder) target(s *service, i int) int32 {
	p := &s.Spec.Ports[i]
	switch {
	case p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal != 0:
		return p.TargetPort.IntVal
	case p.TargetPort.Type == intstr.Int || p.TargetPort.StrVal == "":
		return p.Port
	}
	if n := b.set.world.number(s, b.set.set, p.TargetPort.StrVal); n != 0 {
		return n
	}
	b.in.Errorf(s.doc, source.Required, source.Path{}.Field("spec", "ports").Index(i).Field("targetPort"),
		"add the StatefulSet or Deployment of the pods to the input: kubectl get services,statefulsets,deployments -o yaml",
		"%s is a name that the containers give a port, and the input does not have them", p.TargetPort.StrVal)
	return p.Port
}

// portName returns the name that the port of a component gets: that of the container's port, or else
// that in the Service.
func (b *builder) portName(p *corev1.ServicePort, target int32) string {
	if set := b.set.set; set != nil {
		for _, cp := range set.AllPorts() {
			if cp.ContainerPort == target && v1alpha1.DNSLabel.Passes(cp.Name) {
				return cp.Name
			}
		}
	}
	if p.Name != "" && v1alpha1.DNSLabel.Passes(p.Name) {
		return p.Name
	}
	return fmt.Sprintf("%s-%d", strings.ToLower(string(protocolOf(p))), target)
}

func protocolOf(p *corev1.ServicePort) v1alpha1.Protocol {
	return cmp.Or(v1alpha1.Protocol(p.Protocol), v1alpha1.TCP)
}

func appOf(p *corev1.ServicePort) string {
	if p.AppProtocol == nil {
		return ""
	}
	return *p.AppProtocol
}

// one adds an entry for a Service of all pods, or a headless one.
func (b *builder) one(s *service) {
	e := v1alpha1.Service{Mode: v1alpha1.Shared, ServiceName: b.ownName(s.Name)}
	r := s.Read(b.how.plain)
	if s.Spec.ClusterIP == corev1.ClusterIPNone {
		e.Mode = v1alpha1.Headless
	} else {
		e.Type = typeOf(s)
	}
	wanted := strings.Trim(strings.TrimPrefix(s.Name, b.set.workload), "-")
	if wanted == "" || wanted == s.Name && len(wanted) > 20 {
		wanted = map[v1alpha1.Mode]string{v1alpha1.Headless: "headless", v1alpha1.Shared: "all"}[e.Mode]
	}
	e.Name = b.entryName(wanted)
	r.Access.Annotations, r.Access.Labels = Literal(r.Access.Annotations), Literal(r.Access.Labels)
	one := []reading{r}
	shortHosts(one, func(int) string { return s.Name })
	r = one[0]
	if lb := r.Access.LoadBalancer; lb != nil && lb.EdgeLB != nil {
		lb.EdgeLB.Name = new(Escaped(*lb.EdgeLB.Name))
	}
	e.Access, e.Own = r.Access, r.own
	e.Selector = Literal(textsOf(s.Spec.Selector))
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		target := b.target(s, i)
		sp := v1alpha1.ServicePort{Name: b.ports.name(portKey{series{target, 0}, protocolOf(p), appOf(p)}, b.portName(p, target))}
		if p.Name != "" && p.Name != sp.Name {
			sp.PortName = p.Name
		}
		if p.Port != target {
			sp.Port = new(p.Port)
		}
		if p.NodePort != 0 {
			sp.NodePort = new(p.NodePort)
		}
		if n := r.advertised[p.Port]; n != 0 && n != p.Port {
			sp.AdvertisedPort = new(n)
		}
		if slices.ContainsFunc(e.Ports, func(o v1alpha1.ServicePort) bool { return o.Name == sp.Name }) {
			b.draft.Remark(s.doc, source.Path{}.Field("spec", "ports").Index(i), "a second port that leads to %d: an entry opens each port of the pods once", target)
			continue
		}
		e.Ports = append(e.Ports, sp)
	}
	b.out = append(b.out, e)
}

// Literal takes the placeholders out of the texts of a map, in place.
func Literal(m v1alpha1.StringMap) v1alpha1.StringMap {
	for k, v := range m {
		if v != nil {
			m[k] = new(Escaped(*v))
		}
	}
	return m
}

func typeOf(s *service) *v1alpha1.ServiceType {
	return new(v1alpha1.ServiceType(cmp.Or(s.Spec.Type, corev1.ServiceTypeClusterIP)))
}

// ownName returns the name of a Service with the name of the spec as a placeholder.
func (b *builder) ownName(name string) string {
	if name == b.name {
		return "$(name)"
	}
	if rest, ok := strings.CutPrefix(name, b.name+"-"); ok {
		return "$(name)-" + rest
	}
	return name
}

// shortHosts turns the names in DNS into names under a domain. Without one for all, each keeps its own.
func shortHosts(all []reading, defaultHost func(int) string) {
	domain := ""
	if !slices.ContainsFunc(all, func(r reading) bool { return r.own.Host == nil }) {
		var names []string
		for _, r := range all {
			names = append(append(names, *r.own.Host), r.own.Aliases...)
		}
		domain = domainOf(names)
	}
	for i := range all {
		r := &all[i]
		if r.own.Host == nil {
			continue
		}
		under := cmp.Or(domain, *r.Access.Domain)
		r.Access.Domain = &under
		short := func(name string) string {
			if before, ok := strings.CutSuffix(name, "."+under); ok {
				return before + ".$(domain)"
			}
			return name
		}
		if r.own.Host = new(short(*r.own.Host)); *r.own.Host == defaultHost(i)+".$(domain)" {
			r.own.Host = nil
		}
		for n, alias := range r.own.Aliases {
			r.own.Aliases[n] = short(alias)
		}
	}
}
