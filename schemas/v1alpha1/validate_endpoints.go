package v1alpha1

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// Validate reports every error in a complete spec, each at the field that has it.
func (e ExternalEndpoints) Validate(r *source.Reporter, w Written) {
	v := &validator{r, w}
	v.metadata(e.Metadata, ServiceName)
	s := e.Spec
	ls := Levels{specPath}
	accessValidator{v}.access(s.Target(), ls)
	accessValidator{v}.commonMetadata(s.Common, s.Access)
	t := s.Target()
	useValidator{v}.checkUse([]reach{{levels: ls, Target: t}}, ls)
	for _, p := range s.Ports {
		endpointsValidator{v}.endpointPort(s, p)
	}
	policyValidator{v}.egress(s, specPath.Field("networkPolicy"))
	if *s.ExternalName != "" {
		endpointsValidator{v}.externalName(e.Metadata, s)
		return
	}
	alias := v.DecodeFailedAt(specPath.Field("externalName")) // it needs neither ports nor endpoints
	if len(s.Ports) == 0 && !alias {
		why := "a Service needs a port"
		if *s.Headless {
			why = "EndpointSlices list addresses by port, also those of a headless Service"
		}
		v.Errorf(source.Required, specPath.Field("ports"), "list the Service's ports", "%s", why)
	}
	if len(s.Endpoints) == 0 && !alias {
		v.Errorf(source.Required, specPath.Field("endpoints"), "list the addresses, or give an externalName",
			"the Service has neither endpoints nor an externalName")
	}
	endpointsValidator{v}.policies(s)
	if !s.Type.MakesService() || s.Type.IsRoute() {
		v.Errorf(source.Contradiction, specPath.Field("type"), "write ClusterIP, NodePort or LoadBalancer",
			"type %s is not supported for addresses outside the cluster", *s.Type)
	}
	if n := s.Backends(); n > MaxBackends {
		v.Errorf(source.NumberRange, specPath.Field("endpoints"), "list fewer addresses or targetPorts, or split them into several specs",
			"the addresses and their ports make more than %d endpoints, which is the limit", MaxBackends)
		return
	}
	backends := map[backend]source.Path{}
	for i, ep := range s.Endpoints {
		endpointsValidator{v}.endpoint(s, ep, specPath.Field("endpoints").Index(i), backends)
	}
	endpointsValidator{v}.served(s)
	endpointsValidator{v}.hinted(s)
	endpointsValidator{v}.hostnames(s)
	endpointsValidator{v}.distribution(s)
	endpointsValidator{v}.addressFamilies(s)
	familiesValidator{v}.addressesFit(&t, stackOf(s.Families()), ls)
}

// An endpointsValidator checks addresses outside the cluster and the Service in front of them.
type endpointsValidator struct{ *validator }

// served checks that each port has an address that serves it, and that each address serves a
// port.
func (v endpointsValidator) served(s ExternalEndpointsSpec) {
	idle, unserved := []int{}, slices.Clone(s.Ports)
	for i, ep := range s.Endpoints {
		before := len(idle)
		idle = append(idle, i)
		for _, port := range s.Ports {
			if len(ep.Targets(port)) > 0 {
				idle = idle[:before]
				unserved = slices.DeleteFunc(unserved, func(p EndpointPort) bool { return p.Name == port.Name })
			}
		}
	}
	if len(s.Endpoints) > 0 {
		for _, port := range unserved {
			v.Errorf(source.Required, portPath(port).Field("targetPorts"), "list the backends, or leave it out to use the port's own",
				"no address serves port %d", port.Port)
		}
	}
	for _, i := range idle {
		if len(idle) < len(s.Endpoints) {
			v.Errorf(source.Required, specPath.Field("endpoints").Index(i).Field("ports"), "list the backends, or take the addresses out",
				"these addresses serve no port")
		}
	}
}

// MaxBackends is how many endpoints a spec may have. Each port of an address counts. The limit
// is Sallyport's: five hundred slices of a hundred addresses with ten ports.
const MaxBackends = 500_000

// Backends counts the endpoints of a complete spec, and stops beyond MaxBackends.
func (s ExternalEndpointsSpec) Backends() int {
	total := 0
	for _, ep := range s.Endpoints {
		ports := 0
		for _, p := range s.Ports {
			ports += len(ep.Targets(p))
		}
		for _, text := range ep.Addresses {
			if total += countAddresses(text) * max(1, ports); total > MaxBackends {
				return total
			}
		}
	}
	return total
}

// Target is the Service of a complete spec.
func (s *ExternalEndpointsSpec) Target() Target {
	mode := Shared
	if *s.Headless {
		mode = Headless
	}
	return Target{Mode: mode, Type: *s.Type, Access: &s.Access, Own: &unset.Own, IsAlias: *s.ExternalName != ""}
}

// externalName checks an alias. It has no addresses, and nothing that needs them.
func (v endpointsValidator) externalName(m Metadata, s ExternalEndpointsSpec) {
	p := specPath.Field("externalName")
	name := *s.ExternalName
	if m.leadsTo(name) {
		v.Errorf(source.Contradiction, p, "name a host outside the cluster, or rename the spec",
			"%s is the Service itself: its name would be an alias of itself", name)
	} else if _, err := netip.ParseAddr(name); err == nil {
		v.Errorf(source.Invalid, p, "list it under endpoints: - addresses: ["+name+"]",
			"%s is an IP address, and externalName must be a DNS name: it becomes a CNAME record", name)
	} else if v.form(p, name, targetName); IsLocal(strings.TrimSuffix(name, ".")) {
		v.Errorf(source.Invalid, p, "name a host outside the cluster", "%s leads each pod to itself", name)
	} else if full := strings.TrimSuffix(name, "."); targetName.Passes(name) && (strings.HasSuffix(full, ".svc") || !strings.Contains(full, ".")) {
		v.Warnf(source.LocalHost, p, "write the full name, such as db.prod.svc.cluster.local for Service db of namespace prod",
			"%s is not a full name: where an alias leads, DNS adds no search domain", name)
	}
	for _, f := range []string{"endpoints", "headless", "emit", "type"} {
		if q := specPath.Field(f); v.User.Has(q) {
			v.Errorf(source.Contradiction, q, "take one of the two out",
				"%s cannot be combined with externalName, which is only an alias in DNS", f)
		}
	}
	for _, port := range s.Ports {
		q := portPath(port).Field("targetPorts")
		if v.User.Has(q) {
			v.Errorf(source.Contradiction, q, "take it out", "ports are not translated behind an externalName")
		}
	}
}

func portPath(p EndpointPort) source.Path { return specPath.Field("ports").Item("name", p.Name) }

func (v endpointsValidator) endpointPort(s ExternalEndpointsSpec, port EndpointPort) {
	p := portPath(port)
	if port.Name != "" {
		v.form(p.Field("name"), port.Name, DNSLabel)
	} else if len(s.Ports) > 1 {
		v.Errorf(source.Required, p.Field("name"), "write a name for each port", "a Service with several ports needs a name for each")
	}
	if !v.User.Has(p.Field("port")) {
		v.Errorf(source.Required, p.Field("port"), "write port: ...", "the port needs a number")
	} else {
		v.portNumber(p.Field("port"), port.Port)
	}
	if v.User.Has(p.Field("targetPorts")) {
		v.targets(port.TargetPorts, p.Field("targetPorts"))
	}
	if *port.AppProtocol != "" {
		v.form(p.Field("appProtocol"), *port.AppProtocol, QualifiedName)
	}
	v.ranges(reflect.ValueOf(port), func(fields ...string) source.Path { return p.Field(fields...) })
	if t := s.Target(); *port.NodePort != 0 && s.Type.MakesService() && !t.FromOutside() {
		v.Errorf(source.UnusableSetting, p.Field("nodePort"), "take it out, or set the type to NodePort or LoadBalancer",
			"the Service is of type ClusterIP, which has no node ports")
	}
	if *s.Headless && *s.ExternalName == "" && slices.ContainsFunc(port.TargetPorts, func(t int32) bool { return t != port.Port }) {
		v.Warnf(source.PortNotTranslated, p.Field("targetPorts"), "set port to the target port, or headless: false",
			"clients of a headless Service connect to the addresses themselves: port %d is not translated", port.Port)
	}
}

// targets checks the backends of a port on one address.
func (v endpointsValidator) targets(list []int32, p source.Path) {
	for i, n := range list {
		v.portNumber(p.Index(i), n)
		if slices.Contains(list[:i], n) {
			v.Errorf(source.Duplicate, p.Index(i), "keep one of them", "%d occurs twice in the list", n)
		}
	}
}

func (v endpointsValidator) endpoint(s ExternalEndpointsSpec, ep Endpoint, p source.Path, backends map[backend]source.Path) {
	if len(ep.Addresses) == 0 {
		v.Errorf(source.Required, p.Field("addresses"), "list the addresses", "a group of endpoints needs an address")
	}
	for name, targets := range ep.Ports {
		at := p.Field("ports").MapKey(name)
		if !slices.ContainsFunc(s.Ports, func(q EndpointPort) bool { return q.Name == name }) {
			names := each(s.Ports, func(q EndpointPort) string { return q.Name })
			v.Errorf(source.UnknownName, at, "", "the Service has no port %q", name).OneOf(name, names)
		}
		v.targets(targets, at)
	}
	if v.literal(p.Field("zone"), *ep.Zone); !strings.Contains(*ep.Zone, "$(") {
		v.form(p.Field("zone"), *ep.Zone, LabelValue) // of topology.kubernetes.io/zone
	}
	if *ep.Zone != "" && !slices.Contains(s.Emit, EmitEndpointSlice) {
		v.Errorf(source.UnusableSetting, p.Field("zone"), "add EndpointSlice to emit", "Endpoints have no zones")
	}
	v.machine(s, ep, p)
	for i, text := range ep.Addresses {
		if v.Full() {
			return
		}
		at := p.Field("addresses").Index(i)
		ips, err := ParseAddresses(text)
		if err != nil {
			v.Errorf(source.Invalid, at, meantAddress(text), "%v", err)
			continue
		}
		for _, ip := range ips {
			if why := endpointIP(ip); why != "" {
				v.Errorf(source.Invalid, at, "write an address that the nodes can reach", "%s cannot be an endpoint: %s", ip, why)
				break
			}
			if v.again(s, ep, ip, at, backends) {
				break // one error is enough for a range
			}
		}
	}
}

// again reports a backend that is listed twice.
func (v endpointsValidator) again(s ExternalEndpointsSpec, ep Endpoint, ip netip.Addr, at source.Path, backends map[backend]source.Path) bool {
	for _, port := range s.Ports {
		for _, target := range ep.Targets(port) {
			key := backend{ip, port.Name, target}
			if first, ok := backends[key]; ok && first.String() != at.String() {
				v.Errorf(source.Duplicate, at, "keep one of them", "%s is listed already, at %s", ip, first)
				return true
			}
			backends[key] = at
		}
	}
	return false
}

// A backend is an address and a port that a port of the Service forwards to.
type backend struct {
	ip     netip.Addr
	port   string
	target int32
}

// Targets returns the target ports of a port on each address of the group.
func (e Endpoint) Targets(p EndpointPort) []int32 {
	if t, ok := e.Ports[p.Name]; ok {
		return t
	}
	return p.TargetPorts
}

// addressFamilies checks that the Service has the families of all addresses. A slice of a
// family that the Service lacks is never used.
func (v endpointsValidator) addressFamilies(s ExternalEndpointsSpec) {
	if len(s.IPFamilies) == 0 && *s.IPFamilyPolicy != SingleStack {
		return
	}
	seen := map[IPFamily]bool{}
	for i, ep := range s.Endpoints {
		for j, text := range ep.Addresses {
			ips, err := ParseAddresses(text)
			if err != nil {
				continue
			}
			f := FamilyOf(ips[0])
			at := specPath.Field("endpoints").Index(i).Field("addresses").Index(j)
			if len(s.IPFamilies) > 0 && !slices.Contains(s.IPFamilies, f) {
				v.Errorf(source.Contradiction, at, "add "+string(f)+" to ipFamilies, or take the address out",
					"the Service does not have the family %s, so that this address would not be used", f)
			}
			if seen[f] = true; len(seen) == 2 && *s.IPFamilyPolicy == SingleStack {
				v.Errorf(source.Contradiction, specPath.Field("ipFamilyPolicy"), "write PreferDualStack, or take it out",
					"SingleStack allows only one family, and there are addresses of both")
				return
			}
		}
	}
	for i, f := range s.IPFamilies {
		if len(seen) > 0 && !seen[f] && len(s.IPFamilies) == 2 {
			v.Warnf(source.Contradiction, specPath.Field("ipFamilies").Index(i), "list an address of it, or take it out", "no address is of the family %s, so that clients that use it reach nothing", f)
		}
	}
}

// FamilyOf returns the family of an address.
func FamilyOf(ip netip.Addr) IPFamily {
	if ip.Is4() {
		return IPv4
	}
	return IPv6
}

// leadsTo reports whether a DNS name is that of the Service with the name and the namespace of
// the spec. The domain of the cluster is not known, so that only the default one counts.
func (m Metadata) leadsTo(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	inside := m.Name + "." + m.Namespace
	return name == m.Name || m.Namespace != "" && slices.Contains([]string{inside, inside + ".svc", inside + ".svc.cluster.local"}, name)
}
