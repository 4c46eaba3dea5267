package v1alpha1

import (
	"net/netip"
	"slices"

	"sallyport.dev/schemas/source"
)

// A policyValidator checks who may connect to pods, and which pods may connect to addresses.
type policyValidator struct{ *validator }

// ingress checks the policy of a component.
func (v policyValidator) ingress(c Component, enabled bool, p source.Path) {
	v.notEmpty(p.Field("name"))
	if at := componentPath(c.Name).Field("selector"); len(c.Selector) == 0 && !v.Wrong(at) {
		v.Errorf(source.Required, at, "write the labels of the pods, or add the StatefulSet to the input", "selector is required: a NetworkPolicy selects the pods by their labels")
	}
	exposed, hidden := c.Exposed(enabled), map[string]disguise{}
	if enabled {
		hidden = disguised(c)
	}
	for i, item := range c.NetworkPolicy.From {
		at, ports := p.Field("from").Index(i), item.Opens(exposed)
		v.peers(c, item, ports, at)
		hides := slices.IndexFunc(ports, func(port string) bool { return hidden[port].why != "" })
		if len(item.CIDRs) > 0 && hides >= 0 {
			d := hidden[ports[hides]]
			v.Errorf(source.Contradiction, at.Field("cidrs"), d.wayOut,
				"the pods do not see the addresses of clients that come to port %s by entry %s: %s", ports[hides], d.entry, d.why)
		}
	}
}

// peers checks an item of from, which opens ports.
func (v policyValidator) peers(c Component, item PolicyPeers, ports []string, p source.Path) {
	switch at := p.Field("ports"); {
	case item.Ports != nil && len(item.Ports) == 0:
		v.Errorf(source.Required, at, "name ports of the component, or take the list out: it is then for the ports that entries expose", "the list has no port")
	case len(ports) == 0:
		v.Errorf(source.Required, at, "name the ports that they may connect to", "ports is required: no entry exposes a port of component %s", c.Name)
	}
	names := each(c.Ports, func(port Port) string { return port.Name })
	for i, name := range item.Ports {
		at := p.Field("ports").Index(i)
		if !slices.Contains(names, name) {
			v.Errorf(source.UnknownName, at, "", "component %s has no port %q", c.Name, name).OneOf(name, names)
		} else if slices.Contains(item.Ports[:i], name) {
			v.Errorf(source.Duplicate, at, "keep one of them", "%s occurs twice in the list", name)
		}
	}
	if at := p.Field("cidrs"); item.CIDRs != nil && len(item.CIDRs) == 0 {
		v.Errorf(source.Required, at, "list the addresses of clients, or take the list out: everybody may connect without pods and namespaces", "the list has no address")
	}
	for i, text := range item.CIDRs {
		v.block(item.CIDRs[:i], text, p.Field("cidrs").Index(i))
	}
}

// block checks a CIDR as the API server does since 1.36.
func (v policyValidator) block(before []string, text string, p source.Path) {
	prefix, err := netip.ParsePrefix(text)
	ip, errIP := netip.ParseAddr(text)
	switch {
	case errIP == nil && ip.Zone() == "":
		v.Errorf(source.Invalid, p, "write "+netip.PrefixFrom(ip, ip.BitLen()).String(), "%s is an address, and not a CIDR", text)
	case err == nil && prefix.Addr().Is4In6():
		v.Errorf(source.Invalid, p, "write the IPv4 addresses", "%s are IPv4 addresses written as IPv6", text)
	case err == nil && slices.Contains(before, text):
		v.Errorf(source.Duplicate, p, "keep one of them", "%s occurs twice in the list", text)
	default:
		accessValidator(v).cidr(p, text)
	}
}

// A disguise is why the pods do not see the addresses of clients of a port.
type disguise struct{ entry, why, wayOut string }

// disguised returns the ports whose clients come from an address that is not theirs.
func disguised(c Component) map[string]disguise {
	out := map[string]disguise{}
	for i := range c.Services {
		e := &c.Services[i]
		t := e.Target()
		why, wayOut := hidesClients(&t)
		for j := range e.Pods {
			if t.Access = &e.Pods[j].Access; why == "" {
				why, wayOut = hidesClients(&t)
			}
		}
		for _, p := range e.Ports {
			if _, ok := out[p.Name]; !ok && why != "" && e.exposes(true) {
				out[p.Name] = disguise{e.Name, why, wayOut}
			}
		}
	}
	return out
}

// egress checks the policy of an ExternalEndpoints.
func (v policyValidator) egress(s ExternalEndpointsSpec, p source.Path) {
	if s.NetworkPolicy == nil {
		return
	}
	v.notEmpty(p.Field("name"))
	if s.NetworkPolicy.Pods == nil && !v.DecodeFailedAt(p.Field("pods")) {
		v.Errorf(source.Required, p.Field("pods"), "write the labels of the pods that connect; {} means all pods of the namespace",
			"pods is required: a NetworkPolicy is about pods, and an ExternalEndpoints has none")
	}
	if *s.ExternalName != "" {
		v.Errorf(source.Contradiction, p, "take it out, or list the addresses under endpoints",
			"a NetworkPolicy has IP addresses only, and those of %s are not known", *s.ExternalName)
	}
}
