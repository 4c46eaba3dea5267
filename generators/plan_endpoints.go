package generators

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// maxEndpoints is how many endpoints the EndpointSlice controller puts into a slice.
const maxEndpoints = 100

// maxMirrored is how many addresses an Endpoints subset may have: the rest of a larger
// one is dropped when it is mirrored into slices.
const maxMirrored = 1000

// backends are the addresses outside that one Service stands for.
type backends struct {
	service string
	emit    []v1alpha1.EndpointsKind
	groups  []group
	byPorts map[string]int // the place of a group in the list
}

// A group is a set of addresses of one family that serve the same ports, in the order
// written.
type group struct {
	family    v1alpha1.IPFamily
	ports     []port // target is the number on the address
	addresses []backend
}

// A backend is one address outside.
type backend struct {
	ip    string
	ready bool
	zone  string
}

// name is what the group's slices are called, but for their number:
// <service>-<ipv4|ipv6>-<port numbers>.
func (g group) name(service string) string {
	parts := []string{service, strings.ToLower(string(g.family))}
	for _, p := range g.ports {
		parts = append(parts, strconv.Itoa(int(p.target)))
	}
	return strings.Join(parts, "-")
}

func (p *planner) planEndpoints(e v1alpha1.ExternalEndpoints) {
	s := e.Spec
	if e.Metadata.Name == "" {
		return // every name would be wrong
	}
	levels := v1alpha1.Levels{specField()}
	vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "serviceName": e.Metadata.Name}}
	svc := service{name: e.Metadata.Name, emit: true, mode: v1alpha1.Shared, typ: *s.Type, access: &s.Access, levels: levels,
		families: s.IPFamilies, familyPolicy: *s.IPFamilyPolicy}
	p.checkName(source.Path{}.Field("metadata", "name"), svc.name, v1alpha1.ServiceName)
	if *s.Headless {
		svc.mode = v1alpha1.Headless
	}
	none := &texts{}
	svc.labels = none.expand(p, "labels", s.Labels, vars, levels)
	svc.annotations = none.expand(p, "annotations", s.Annotations, vars, levels)
	if svc.balanced() {
		svc.address = *s.LoadBalancer.Address
	}
	if domain := p.text(*s.Domain, vars, specField("domain")); domain != "" && svc.fromOutside() {
		svc.host = svc.name + "." + domain
		p.checkName(specField("domain"), svc.host, v1alpha1.DNSSubdomain)
		if svc.announced = *s.ExternalDNS.Enabled; svc.announced {
			p.announce(&svc)
		}
	}
	for _, ep := range s.Ports {
		svc.ports = append(svc.ports, p.endpointPort(ep, svc))
	}
	p.checkPortsDiffer(&svc)
	if *s.ExternalName != "" {
		svc.typ, svc.externalName = "", *s.ExternalName
	} else {
		p.backends = p.planBackends(s, svc.name)
		svc.families, svc.familyPolicy = p.familiesOf(s)
	}
	p.services = append(p.services, svc)
	p.share()
	p.annotate(&p.services[0])
	p.weighAnnotations(&p.services[0])
}

func (p *planner) endpointPort(ep v1alpha1.EndpointPort, svc service) port {
	at := portOf(specField(), ep.Name)
	out := port{name: ep.Name, protocol: ep.Protocol, appProtocol: *ep.AppProtocol,
		number: ep.Port, target: ep.Port, nodePort: *ep.NodePort, advertised: ep.Port}
	if svc.typ == v1alpha1.NodePort && len(svc.access.ExternalIPs) == 0 {
		out.advertised = out.nodePort
	}
	if n := int64(out.nodePort); n != 0 && (n < nodePortMin || n > nodePortMax) {
		p.found.Errorf(source.NumberRange, at.Field("nodePort"), "stay within that range", "%d is not between %d and %d", n, nodePortMin, nodePortMax)
	}
	(&numbers{planner: p, entry: specField(), name: ep.Name}).checkBand(out.nodePort, false)
	return out
}

// planBackends sorts the addresses into groups. The k-th group of an address takes the
// k-th backend of every port that has one.
func (p *planner) planBackends(s v1alpha1.ExternalEndpointsSpec, name string) *backends {
	b := &backends{service: name, emit: s.Emit, byPorts: map[string]int{}}
	if s.Backends() > v1alpha1.MaxBackends {
		return b // Validate has told
	}
	for _, ep := range s.Endpoints {
		sets := portSets(s, ep)
		if len(sets) > 1 {
			p.checkMirrored(b)
		}
		for _, ports := range sets {
			key := fmt.Sprint(ports)
			for _, text := range ep.Addresses {
				ips, err := v1alpha1.ParseAddresses(text)
				if err != nil {
					continue // Validate has told
				}
				for _, ip := range ips {
					b.add(v1alpha1.FamilyOf(ip), ports, key, backend{ip: ip.String(), ready: *ep.Ready, zone: *ep.Zone})
				}
			}
		}
	}
	p.checkGroups(b)
	return b
}

func portSets(s v1alpha1.ExternalEndpointsSpec, ep v1alpha1.Endpoint) [][]port {
	var sets [][]port
	for k := 0; ; k++ {
		var set []port
		for _, sp := range s.Ports {
			if t := ep.Targets(sp); k < len(t) {
				set = append(set, port{name: sp.Name, protocol: sp.Protocol, appProtocol: *sp.AppProtocol, target: t[k]})
			}
		}
		if set == nil {
			return sets
		}
		sets = append(sets, set)
	}
}

// add puts a backend into the group of its family and ports, which are the same where their
// key is.
func (b *backends) add(family v1alpha1.IPFamily, ports []port, key string, one backend) {
	key = string(family) + key
	i, ok := b.byPorts[key]
	if !ok {
		i = len(b.groups)
		b.byPorts[key] = i
		b.groups = append(b.groups, group{family: family, ports: ports})
	}
	b.groups[i].addresses = append(b.groups[i].addresses, one)
}

// checkMirrored reports Endpoints where an address has two ports of one name, when there is
// nothing beside them. The cluster merges subsets by address before it makes slices of them,
// and then refuses its own slice: nobody tells the user.
func (p *planner) checkMirrored(b *backends) {
	if slices.Contains(b.emit, v1alpha1.EmitEndpointSlice) {
		return
	}
	p.found.WarnOnce(source.NotMirrored, specField("emit"), "add EndpointSlice to emit",
		"a port has two target ports on one address: the cluster cannot mirror that into an EndpointSlice, and the Service does not reach the address")
}

// checkGroups reports what the kinds that carry the addresses cannot do.
func (p *planner) checkGroups(b *backends) {
	names := map[string]bool{}
	for _, g := range b.groups {
		name := g.name(b.service)
		if names[name] {
			p.found.Errorf(source.NameClash, specField("endpoints"), "give the ports different target ports",
				"two sets of ports with the same numbers would both be slices called %s-1", name)
		}
		names[name] = true
		p.checkName(specField("ports"), name+"-100000", v1alpha1.DNSSubdomain)
		if len(g.addresses) > maxMirrored && slices.Contains(b.emit, v1alpha1.EmitEndpoints) {
			p.found.Errorf(source.NumberRange, specField("emit"), "leave Endpoints out",
				"%d addresses have the same ports, and Endpoints take at most %d", len(g.addresses), maxMirrored)
		}
	}
	if slices.Contains(b.emit, v1alpha1.EmitEndpoints) {
		p.found.Warnf(source.Deprecated, specField("emit"), "emit EndpointSlice alone",
			"Kubernetes 1.33 deprecates Endpoints, and clusters may run without what mirrors them into slices")
	}
	p.found.Infof(source.ArgoCDExclusion, specField("emit"), "take the kind out of resource.exclusions in argocd-cm",
		"Argo CD 3 does not apply %s unless it is told to", kindsText(b.emit))
}

func kindsText(emit []v1alpha1.EndpointsKind) string {
	text := make([]string, len(emit))
	for i, k := range emit {
		text[i] = string(k)
	}
	return strings.Join(text, " and ")
}

// familiesOf are the Service's IP families: those of the addresses, the first
// address's first. A Service of IPv4 alone says nothing, as the cluster's default has
// it; a slice of a family that its Service lacks would never be read.
func (p *planner) familiesOf(s v1alpha1.ExternalEndpointsSpec) ([]v1alpha1.IPFamily, v1alpha1.IPFamilyPolicy) {
	var out []v1alpha1.IPFamily
	for _, g := range p.backends.groups {
		if !slices.Contains(out, g.family) {
			out = append(out, g.family)
		}
	}
	policy := *s.IPFamilyPolicy
	if len(out) == 2 && policy == "" {
		policy = v1alpha1.PreferDualStack
	}
	switch {
	case len(s.IPFamilies) > 0:
		out = s.IPFamilies
	case len(out) == 1 && out[0] == v1alpha1.IPv4:
		out = nil
	}
	return out, policy
}

// sliceName is a slice's, n from 1.
func (g group) sliceName(service string, n int) string {
	return fmt.Sprintf("%s-%d", g.name(service), n)
}
