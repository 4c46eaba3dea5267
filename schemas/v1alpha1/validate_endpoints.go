package v1alpha1

import (
	"net/netip"
	"slices"

	"sallyport.dev/schemas/source"
)

// Validate reports every mistake in a complete spec, each where it was made.
func (e ExternalEndpoints) Validate(r *source.Reporter, w Written) {
	v := &validator{r, w}
	v.metadata(e.Metadata)
	s := e.Spec
	ls := Levels{specPath}
	v.access(s.Access, ls)
	v.checkUse([]reach{{levels: ls, Target: Target{Mode: s.mode(), Type: *s.Type, Access: &s.Access, IsAlias: *s.ExternalName != ""}}}, ls)
	for _, p := range s.Ports {
		v.endpointPort(s, p)
	}
	if *s.ExternalName != "" {
		v.externalName(s)
		return
	}
	meant := v.Told(specPath.Field("externalName")) // an alias needs neither ports nor endpoints
	if len(s.Ports) == 0 && !meant {
		v.Errorf(source.Required, specPath.Field("ports"), "list the Service's ports", "a Service needs a port")
	}
	if len(s.Endpoints) == 0 && !meant {
		v.Errorf(source.Required, specPath.Field("endpoints"), "list the addresses, or give an externalName",
			"there is nothing that the name could stand for")
	}
	v.policies(s)
	if *s.Type == HostPort {
		v.Errorf(source.Contradiction, specPath.Field("type"), "write ClusterIP, NodePort or LoadBalancer",
			"addresses outside the cluster have no pods that could listen on nodes")
	}
	if n := s.Backends(); n > MaxBackends {
		v.Errorf(source.NumberRange, specPath.Field("endpoints"), "list fewer addresses or targetPorts, or make several specs of them",
			"all addresses and their ports come to more than %d endpoints, and that is the limit", MaxBackends)
		return
	}
	backends := map[backend]source.Path{}
	for i, ep := range s.Endpoints {
		v.endpoint(s, ep, specPath.Field("endpoints").Index(i), backends)
	}
	v.served(s)
	v.addressFamilies(s)
}

// served holds that something stands behind each port, and each address behind one.
func (v *validator) served(s ExternalEndpointsSpec) {
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
			v.Errorf(source.Required, portPath(port).Field("targetPorts"), "list the backends, or leave it out where they are the port's own",
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

// MaxBackends is how many endpoints a spec may list, each port of an address for itself: our
// own limit, of a thousand slices of a hundred addresses with ten ports.
const MaxBackends = 1_000_000

// Backends counts the endpoints of a complete spec, and stops beyond MaxBackends.
func (s ExternalEndpointsSpec) Backends() int {
	total := 0
	for _, ep := range s.Endpoints {
		ports := 0
		for _, p := range s.Ports {
			ports += len(ep.Targets(p))
		}
		for _, text := range ep.Addresses {
			ips, _ := ParseAddresses(text)
			if total += len(ips) * max(1, ports); total > MaxBackends {
				return total
			}
		}
	}
	return total
}

func (s ExternalEndpointsSpec) mode() Mode {
	if *s.Headless {
		return Headless
	}
	return Shared
}

// externalName checks an alias: it has no addresses, and so nothing that needs any.
func (v *validator) externalName(s ExternalEndpointsSpec) {
	p := specPath.Field("externalName")
	name := *s.ExternalName
	if _, err := netip.ParseAddr(name); err == nil {
		v.Errorf(source.Invalid, p, "list it under endpoints: - addresses: ["+name+"]",
			"%s is an address, and an ExternalName is answered with a CNAME, which needs a name", name)
	} else {
		v.form(p, name, hostName)
	}
	for _, f := range []string{"endpoints", "headless", "emit", "type"} {
		if q := specPath.Field(f); v.User.Has(q) {
			v.Errorf(source.Contradiction, q, "take one of the two out",
				"an externalName is an alias in DNS and has no %s: the API server refuses cluster IPs and node ports there", f)
		}
	}
	for _, port := range s.Ports {
		q := portPath(port).Field("targetPorts")
		if v.User.Has(q) {
			v.Errorf(source.Contradiction, q, "take it out", "nothing translates ports behind an externalName")
		}
	}
}

func portPath(p EndpointPort) source.Path { return specPath.Field("ports").Item("name", p.Name) }

func (v *validator) endpointPort(s ExternalEndpointsSpec, port EndpointPort) {
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
	if *port.NodePort != 0 && (*s.Type == ClusterIP || *s.Headless) {
		v.Errorf(source.UnusableSetting, p.Field("nodePort"), "take it out, or set the type to NodePort or LoadBalancer",
			"the Service is of type ClusterIP, and the API server refuses node ports there")
	}
	if *s.Headless && *s.ExternalName == "" && slices.ContainsFunc(port.TargetPorts, func(t int32) bool { return t != port.Port }) {
		v.Warnf(source.PortNotTranslated, p.Field("targetPorts"), "set port to the target port, or headless: false",
			"clients of a headless Service connect to the addresses themselves: nobody translates port %d", port.Port)
	}
}

// targets checks the backends of a port on one address.
func (v *validator) targets(list []int32, p source.Path) {
	for i, n := range list {
		v.portNumber(p.Index(i), n)
		if slices.Contains(list[:i], n) {
			v.Errorf(source.Duplicate, p.Index(i), "keep one of them", "%d stands twice in the list", n)
		}
	}
}

// policies refuses Local: an endpoint without a node is local nowhere.
func (v *validator) policies(s ExternalEndpointsSpec) {
	for name, policy := range map[string]TrafficPolicy{
		"externalTrafficPolicy": *s.ExternalTrafficPolicy, "internalTrafficPolicy": *s.InternalTrafficPolicy} {
		if policy == PolicyLocal {
			v.Errorf(source.Contradiction, specPath.Field(name), "write Cluster, or take it out",
				"addresses outside the cluster are on no node, so that Local drops all traffic")
		}
	}
}

func (v *validator) endpoint(s ExternalEndpointsSpec, ep Endpoint, p source.Path, backends map[backend]source.Path) {
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
	if *ep.Zone != "" {
		v.literal(p.Field("zone"), *ep.Zone)
	}
	if *ep.Zone != "" && !slices.Contains(s.Emit, EmitEndpointSlice) {
		v.Errorf(source.UnusableSetting, p.Field("zone"), "add EndpointSlice to emit", "Endpoints know nothing of zones")
	}
	for i, text := range ep.Addresses {
		at := p.Field("addresses").Index(i)
		ips, err := ParseAddresses(text)
		if err != nil {
			v.Errorf(source.Invalid, at, "write it as 192.0.2.1, 2001:db8::1 or 192.0.2.1-192.0.2.9", "%v", err)
			continue
		}
		for _, ip := range ips {
			if why := endpointIP(ip); why != "" {
				v.Errorf(source.Invalid, at, "write an address that the nodes reach", "%s cannot be an endpoint: %s", ip, why)
				break
			}
			if v.again(s, ep, ip, at, backends) {
				break // one mistake, be it a thousand addresses
			}
		}
	}
}

// again reports a backend that is listed elsewhere as well.
func (v *validator) again(s ExternalEndpointsSpec, ep Endpoint, ip netip.Addr, at source.Path, backends map[backend]source.Path) bool {
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

// A backend is where a port of the Service leads to.
type backend struct {
	ip     netip.Addr
	port   string
	target int32
}

// Targets are the backends of a port on each address of the group.
func (e Endpoint) Targets(p EndpointPort) []int32 {
	if t, ok := e.Ports[p.Name]; ok {
		return t
	}
	return p.TargetPorts
}

// addressFamilies holds the Service's families against those of the addresses: a
// slice of a family that the Service lacks is never read.
func (v *validator) addressFamilies(s ExternalEndpointsSpec) {
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
					"the Service has no %s, so that nobody would read this address", f)
			}
			if seen[f] = true; len(seen) == 2 && *s.IPFamilyPolicy == SingleStack {
				v.Errorf(source.Contradiction, specPath.Field("ipFamilyPolicy"), "write PreferDualStack, or take it out",
					"there are addresses of both families")
				return
			}
		}
	}
}

// FamilyOf is the family of an address.
func FamilyOf(ip netip.Addr) IPFamily {
	if ip.Is4() {
		return IPv4
	}
	return IPv6
}
