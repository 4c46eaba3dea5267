package v1alpha1

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// Default completes a merged spec: entries and pods inherit settings, and absent fields get
// their defaults. Below an entry of the result no pointer is nil, with three exceptions. A nil
// number of a pod means that the entry counts it. A nil sharing key means that it follows from
// the address. Without internal, the provider decides. Default does not change its argument.
func (e ExternalAccess) Default() ExternalAccess {
	s := &e.Spec
	s.Enabled = or(s.Enabled, true)
	s.Inject = or(s.Inject, false)
	s.ClusterDomain = new(strings.TrimSuffix(*or(s.ClusterDomain, "cluster.local"), "."))
	s.Common = s.complete()
	if s.RBAC != nil {
		rbac := *s.RBAC
		rbac.ServiceAccountName = or(rbac.ServiceAccountName, "$(name)")
		rbac.Create = or(rbac.Create, true)
		s.RBAC = &rbac
	}
	s.Exports = completeExports(s.Exports)
	s.Components = each(s.Components, func(c Component) Component { return c.complete(*s) })
	return e
}

func (c Component) complete(s ExternalAccessSpec) Component {
	c.Access = Merge(c.Access, s.Access)
	c.Type = cmp.Or(c.Type, s.Type)
	c.Create = or(c.Create, true)
	c.Replicas = or(c.Replicas, 0)
	c.Ordinals = &Ordinals{Start: or(start(c.Ordinals), 0)}
	c.IDOffset = or(c.IDOffset, 0)
	c.Selector = clean(c.Selector)
	c.Pools = each(c.Pools, func(p Pool) Pool {
		p.Replicas = or(p.Replicas, 0)
		p.Ordinals = &Ordinals{Start: or(start(p.Ordinals), 0)}
		p.IDOffset = or(p.IDOffset, 0)
		return p
	})
	c.Ports = each(c.Ports, Port.complete)
	c.Services = each(c.Services, func(e Service) Service { return e.complete(c) })
	if c.Config != nil {
		c.Config = new(c.Config.complete())
	}
	if c.NetworkPolicy != nil {
		c.NetworkPolicy = new(c.NetworkPolicy.complete())
	}
	if c.Certificate != nil {
		c.Certificate = new(c.Certificate.Complete())
	}
	c.Exports = completeExports(c.Exports)
	return c
}

func (p Port) complete() Port {
	p.Protocol = cmp.Or(p.Protocol, TCP)
	listener := p.Listener
	fill(&p)
	p.Listener = listener.complete(p.Name)
	return p
}

// complete returns nil if the port has no listener.
func (l *Listener) complete(port string) *Listener {
	if l == nil {
		return nil
	}
	out := &Listener{Name: or(l.Name, strings.ToUpper(port)), Protocol: l.Protocol, Advertised: or(l.Advertised, true)}
	fill(out)
	return out
}

func (c Config) complete() Config {
	if c.Name == "" {
		c.Name = "$(name)-$(component)"
	}
	if c.MountPath == "" {
		c.MountPath = "/etc/sallyport"
	}
	c.Key = cmp.Or(c.Key, DefaultKey)
	c.Env, c.Files, c.ContainerEnv = clean(c.Env), clean(c.Files), clean(c.ContainerEnv)
	c.Lists = completeLists(c.Lists)
	var d Discovery
	if c.Discovery != nil {
		d = *c.Discovery
	}
	c.Discovery = &Discovery{By: or(d.By, ByScript), Image: or(d.Image, ""), Timeout: or(d.Timeout, "5m"), Resources: or(d.Resources, Resources{})}
	c.Discovery.Resources = &Resources{Limits: clean(c.Discovery.Resources.Limits), Requests: clean(c.Discovery.Resources.Requests)}
	if *c.Discovery.By == "" {
		c.Discovery.By = new(ByScript)
	}
	return c
}

func (e Service) complete(c Component) Service {
	inherited := c.Access
	if e.Mode == Headless {
		inherited = Access{Labels: c.Labels, IPFamilies: c.IPFamilies, IPFamilyPolicy: c.IPFamilyPolicy, ExternalDNS: &ExternalDNS{Enabled: new(false)}}
		if e.announcesPods() {
			inherited.Domain, inherited.ExternalDNS = c.Domain, c.ExternalDNS
		}
		e.Type = or(e.Type, ClusterIP)
	}
	cascaded := Merge(e.Access, inherited)
	e.Type = or(cmp.Or(e.Type, c.Type), "")
	e.Create = or(e.Create, *c.Create)
	if e.ServiceName == "" {
		e.ServiceName = "$(name)-$(component)-$(service)"
		if e.Mode == PerPod {
			e.ServiceName = "$(pod)-$(service)"
		}
	}
	if e.Selector == nil && e.Mode != PerPod {
		e.Selector = c.Selector
	}
	e.Selector = clean(e.Selector)
	e.Pods = each(e.Pods, func(p Pod) Pod {
		access := Merge(p.Access, cascaded)
		p.Own = Merge(p.Own, e.Own).complete(e.defaultHost(access.Domain))
		p.Access = access.Complete()
		return p
	})
	e.Own = e.Own.complete(e.defaultHost(cascaded.Domain))
	e.Access = cascaded.Complete()
	e.Ports = e.completePorts(c.Ports)
	return e
}

func (o Own) complete(host string) Own {
	o.Host = or(o.Host, host)
	fill(&o)
	return o
}

func (e Service) defaultHost(domain *string) string {
	switch {
	case domain == nil || *domain == "" || e.Mode == Headless && !e.announcesPods() || *e.Type == PodIP:
		return "" // of type PodIP, the host is the address of the pod
	case e.Mode == Headless || e.Type.IsRoute() && *e.Type != TLSRoute:
		return "$(domain)" // the ports of such a route tell the pods apart
	case e.Mode == PerPod:
		return "$(pod).$(domain)"
	}
	return "$(serviceName).$(domain)"
}

// completePorts returns the ports that the entry opens, in its order. If it names none, these
// are all ports of the component that it can open.
func (e Service) completePorts(ports []Port) []ServicePort {
	out := e.Ports
	if len(out) == 0 {
		for _, cp := range ports {
			if e.canOpen(cp) {
				out = append(out, ServicePort{Name: cp.Name})
			}
		}
	}
	return each(out, func(p ServicePort) ServicePort {
		follows := int32(0) // how far a port counts up that nobody has set
		for _, cp := range ports {
			if cp.Name == p.Name {
				if p.Port == nil {
					follows = max(0, *cp.Step)
				}
				p.Port = or(p.Port, cp.ContainerPort)
				p.HostPort = or(p.HostPort, cp.ContainerPort)
			}
		}
		p.PortName = cmp.Or(p.PortName, p.Name)
		p.Steps = e.steps(p.Steps, follows)
		fill(&p)
		return p
	})
}

// canOpen reports whether a Service of the entry can lead to a port of the component. That of all
// pods has one target for them, and they listen on different numbers if the port has a step.
func (e Service) canOpen(p Port) bool { return e.Mode == PerPod || *p.Step == 0 }

// steps returns how far the numbers count up from pod to pod (DESIGN 1.3). A port counts where
// it follows a containerPort that does, and where the pods of an entry share an address: it is
// all that tells them apart. What is advertised counts as the number that is opened does, because
// clients find nothing anywhere else; where the pods share a pool of load balancers, its frontends
// count. All of it follows from the text, never from the number of replicas.
func (e Service) steps(written *Steps, follows int32) *Steps {
	var s Steps
	if written != nil {
		s = *written
	}
	if e.Mode != PerPod {
		return &Steps{Port: or(s.Port, 0), NodePort: or(s.NodePort, 0), AdvertisedPort: or(s.AdvertisedPort, 0)}
	}
	t, balanced := e.Target(), *e.Type == LoadBalancer
	port := cmp.Or(follows, one(balanced && e.sharesAddress()))
	out := &Steps{Port: or(s.Port, port), NodePort: or(s.NodePort, 1)}
	opened := *out.Port
	switch {
	case balanced && e.sharesPool():
		opened = cmp.Or(follows, 1)
	case t.AdvertisesNodePort():
		opened = *out.NodePort
	case *e.Type == HostPort || *e.Type == TLSRoute:
		opened = 0
	case t.IsRouted():
		opened = cmp.Or(follows, 1)
	}
	out.AdvertisedPort = or(s.AdvertisedPort, max(0, opened))
	return out
}

func one(yes bool) int32 {
	if yes {
		return 1
	}
	return 0
}

// Default completes the spec. No pointer in the result is nil. Default does not change its
// argument.
func (e ExternalEndpoints) Default() ExternalEndpoints {
	s := &e.Spec
	s.Headless = or(s.Headless, false)
	s.ExternalName = or(s.ExternalName, "")
	s.Type = or(s.Type, ClusterIP)
	if *s.Type == "" {
		s.Type = new(ClusterIP)
	}
	s.Emit = slices.DeleteFunc(slices.Clone(s.Emit), func(k EndpointsKind) bool { return k == "" })
	if len(s.Emit) == 0 {
		s.Emit = []EndpointsKind{EmitEndpointSlice}
	}
	s.Access, s.Common = s.Complete(), s.complete()
	if s.NetworkPolicy != nil {
		s.NetworkPolicy = new(s.NetworkPolicy.complete())
	}
	s.Ports = each(s.Ports, func(p EndpointPort) EndpointPort {
		p.Protocol = cmp.Or(p.Protocol, TCP)
		fill(&p)
		if p.TargetPorts == nil {
			p.TargetPorts = []int32{p.Port}
		}
		return p
	})
	s.Endpoints = each(s.Endpoints, func(p Endpoint) Endpoint {
		p.Ready = or(p.Ready, true)
		fill(&p)
		p.Hints = &EndpointHints{ForZones: p.zones()}
		return p
	})
	return e
}

// externalDNSPrefixes are the prefixes of external-dns up to 0.21, and since.
var externalDNSPrefixes = []string{"external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"}

// Complete sets the absent fields of settings that have been inherited. Only sharingKey, which
// follows from the address of each Service, and internal may stay nil. Addresses get their canonical form,
// so that they can be compared as texts.
func (a Access) Complete() Access {
	var lb LoadBalancerSettings
	if a.LoadBalancer != nil {
		lb = *a.LoadBalancer
	}
	if lb.Provider == nil || *lb.Provider == "" {
		lb.Provider = new(ProviderNone)
	}
	lb.AllocateNodePorts = or(lb.AllocateNodePorts, true)
	lb.Class = or(lb.Class, lb.Provider.Row().Class)
	a.LoadBalancer = &lb
	var dns ExternalDNS
	if a.ExternalDNS != nil {
		dns = *a.ExternalDNS
	}
	dns.Enabled = or(dns.Enabled, true)
	if dns.By == nil || *dns.By == "" {
		dns.By = new(ByAnnotations)
	}
	if dns.Prefixes == nil {
		dns.Prefixes = externalDNSPrefixes
	}
	a.ExternalDNS = &dns
	a.Annotations, a.Labels = clean(a.Annotations), clean(a.Labels)
	a.NodeAddressType = or(a.NodeAddressType, InternalIP)
	if *a.NodeAddressType == "" {
		a.NodeAddressType = new(InternalIP)
	}
	if len(a.IPFamilies) == 2 && (a.IPFamilyPolicy == nil || *a.IPFamilyPolicy == "") {
		a.IPFamilyPolicy = new(RequireDualStack) // without a policy, the API server allows one family
	}
	for _, row := range providers {
		if row.complete != nil {
			row.complete(&lb)
		}
	}
	fill(&a)
	key, internal := lb.SharingKey, lb.Internal
	fill(&lb)
	lb.SharingKey, lb.Internal = key, internal
	lb.Address = new(canonicalAddresses(*lb.Address))
	lb.Addresses, lb.SourceRanges = each(lb.Addresses, canonicalAddresses), each(lb.SourceRanges, Canonical)
	a.ExternalIPs = each(a.ExternalIPs, Canonical)
	fill(&dns)
	a.Gateway = completeGateway(a.Gateway)
	a.Domain = new(strings.TrimSuffix(strings.TrimSpace(*a.Domain), "."))
	return a
}

// fill gives every nil pointer of a struct, and of the structs that it embeds, a zero value.
func fill[T any](s *T) { fillStruct(reflect.ValueOf(s).Elem()) }

func fillStruct(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Kind() == reflect.Pointer && f.IsNil():
			f.Set(reflect.New(f.Type().Elem()))
		case f.Kind() == reflect.Struct && v.Type().Field(i).Anonymous:
			fillStruct(f)
		}
	}
}

// clean returns the map without the keys that a null has removed.
func clean[M ~map[string]*V, V any](m M) M {
	out := make(M, len(m))
	for k, v := range m {
		if v != nil {
			out[k] = v
		}
	}
	return out
}

func or[T any](p *T, otherwise T) *T {
	if p != nil {
		return p
	}
	return &otherwise
}

func start(o *Ordinals) *int32 {
	if o == nil {
		return nil
	}
	return o.Start
}

// each returns a new slice of the results of f. It does not change its argument; nil stays nil.
func each[T, U any](in []T, f func(T) U) []U {
	if in == nil {
		return nil
	}
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
