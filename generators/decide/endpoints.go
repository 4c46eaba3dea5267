package decide

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// maxMirrored is the limit of addresses in an Endpoints subset. When a larger one is mirrored
// into slices, the addresses beyond the limit are dropped.
const maxMirrored = 1000

// An endpointsDecider makes the plan of an ExternalEndpoints.
type endpointsDecider struct{ *decider }

// decide plans a complete ExternalEndpoints.
func (d endpointsDecider) decide(e v1alpha1.ExternalEndpoints) {
	s := e.Spec
	if e.Metadata.Name == "" {
		return // the names of all objects would be wrong
	}
	levels := v1alpha1.Levels{specField()}
	vars := scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace, "serviceName": e.Metadata.Name}}
	svc := plan.Service{
		Target: s.Target(),
		Name:   e.Metadata.Name, Emit: true, Levels: levels, Families: s.IPFamilies, FamilyPolicy: *s.IPFamilyPolicy,
	}
	if at := (source.Path{}).Field("metadata", "name"); !d.found.Wrong(at) {
		d.names.check(at, svc.Name, v1alpha1.ServiceName)
	} else {
		d.names.wrong[svc.Name] = true
	}
	commonDecider(d).decide(s.Common, scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace}})
	svc.Labels = d.metadata("labels", s.Labels, vars, &svc)
	svc.Annotations = d.metadata("annotations", s.Annotations, vars, &svc)
	if svc.Balanced() {
		svc.Balancer = &plan.Balancer{Addresses: families(*s.LoadBalancer.Address), Name: balancerName(d.decider, &svc, vars)}
	}
	if domain, _ := d.names.expand(*s.Domain, vars, specField("domain")); domain != "" && (svc.FromOutside() || svc.InDNS()) {
		svc.Hostname = svc.Name + "." + domain
		if d.names.isDomain(domain, specField("domain"), "write "+domain+" as loadBalancer.address, with type: LoadBalancer") {
			d.names.check(specField("domain"), svc.Hostname, v1alpha1.HostName)
		}
		if svc.Announced = announced(&svc, domain, nil); len(svc.Announced) > 0 && *s.ExternalDNS.Target != "" {
			svc.DNSTarget = d.names.dnsTarget(*s.ExternalDNS.Target, svc.Announced, vars, specField("externalDNS", "target"))
		}
	}
	for _, ep := range s.Ports {
		svc.Ports = append(svc.Ports, d.endpointPort(ep, &svc))
	}
	d.checkPortsDiffer(&svc)
	d.checkNodePorts(&svc)
	if svc.Host = d.hostOf(&svc); svc.IsAlias {
		svc.Type, svc.ExternalName, svc.Host = "", *s.ExternalName, plan.Text(*s.ExternalName)
	} else {
		d.plan.Backends = d.backends(s, svc.Name)
		svc.Families, svc.FamilyPolicy = s.Families()
	}
	d.plan.Services = append(d.plan.Services, svc)
	d.networkPolicy(s.NetworkPolicy, scope{vars: map[string]string{"name": e.Metadata.Name, "namespace": e.Metadata.Namespace}})
	balancerDecider(d).decide()
	newRecordDecider(d.decider).decide()
}

func (d endpointsDecider) endpointPort(ep v1alpha1.EndpointPort, svc *plan.Service) plan.Port {
	out := plan.Port{Name: ep.Name, PortName: ep.Name, Protocol: ep.Protocol, AppProtocol: *ep.AppProtocol,
		Number: ep.Port, Target: ep.Port, NodePort: *ep.NodePort, Advertised: ep.Port}
	if svc.AdvertisesNodePort() {
		out.Advertised = out.NodePort
	}
	return out
}

// A grouping sorts addresses into groups.
type grouping struct {
	*plan.Backends
	byPorts map[string]int // the index of each group by its family and ports
}

// backends sorts the addresses into groups. The k-th group of an address has the k-th target
// port of every port.
func (d endpointsDecider) backends(s v1alpha1.ExternalEndpointsSpec, name string) *plan.Backends {
	b := grouping{&plan.Backends{Service: name, Emit: s.Emit, Hinted: true}, map[string]int{}}
	if s.Backends() > v1alpha1.MaxBackends {
		return b.Backends // validation reports that there are too many
	}
	for _, ep := range s.Endpoints {
		b.Hinted = b.Hinted && (!*ep.Ready || len(ep.Hints.ForZones) > 0)
		traits := &plan.Traits{Ready: *ep.Ready, Zone: *ep.Zone, Hostname: *ep.Hostname, NodeName: *ep.NodeName, ForZones: ep.Hints.ForZones}
		sets := portSets(s, ep)
		if len(sets) > 1 {
			d.checkMirrored(b.Backends)
		}
		for _, ports := range sets {
			key := fmt.Sprint(ports)
			for _, text := range ep.Addresses {
				ips, err := v1alpha1.ParseAddresses(text)
				if err != nil {
					continue // validation reports the error
				}
				for _, ip := range ips {
					b.add(v1alpha1.FamilyOf(ip), ports, key, plan.Backend{IP: ip.String(), Traits: traits})
				}
			}
		}
	}
	groups := map[v1alpha1.IPFamily]int{}
	for _, g := range b.Groups {
		groups[g.Family]++
	}
	for i, g := range b.Groups {
		b.Groups[i].OnlyPorts = groups[g.Family] == 1
	}
	d.checkGroups(b.Backends)
	return b.Backends
}

func portSets(s v1alpha1.ExternalEndpointsSpec, ep v1alpha1.Endpoint) [][]plan.Port {
	var sets [][]plan.Port
	for k := 0; ; k++ {
		var set []plan.Port
		for _, sp := range s.Ports {
			if t := ep.Targets(sp); k < len(t) {
				set = append(set, plan.Port{Name: sp.Name, PortName: sp.Name, Protocol: sp.Protocol, AppProtocol: *sp.AppProtocol, Target: t[k]})
			}
		}
		if set == nil {
			return sets
		}
		sets = append(sets, set)
	}
}

// add adds a backend to the group of its family and ports. key identifies the ports.
func (b grouping) add(family v1alpha1.IPFamily, ports []plan.Port, key string, one plan.Backend) {
	key = string(family) + key
	i, ok := b.byPorts[key]
	if !ok {
		i = len(b.Groups)
		b.byPorts[key] = i
		b.Groups = append(b.Groups, plan.Group{Family: family, Ports: ports})
	}
	b.Groups[i].Addresses = append(b.Groups[i].Addresses, one)
}

// checkMirrored warns if Endpoints have two ports of one name on an address and no
// EndpointSlice is emitted. The cluster merges subsets by address before it makes slices of
// them, and then rejects its own slice without any message to the user.
func (d endpointsDecider) checkMirrored(b *plan.Backends) {
	if slices.Contains(b.Emit, v1alpha1.EmitEndpointSlice) {
		return
	}
	d.found.WarnOnce(source.NotMirrored, specField("emit"), "add EndpointSlice to emit",
		"a port has two target ports on one address: the cluster cannot mirror that into an EndpointSlice, so the Service does not reach the address")
}

// checkGroups reports what the emitted kinds cannot represent.
func (d endpointsDecider) checkGroups(b *plan.Backends) {
	names := map[string]bool{}
	for _, g := range b.Groups {
		name := g.Name(b.Service)
		if names[name] {
			d.found.Errorf(source.NameClash, specField("endpoints"), "give the ports other target ports",
				"two sets of ports with the same numbers would both get a slice with the name %s-1", name)
		}
		names[name] = true
		d.names.check(specField("ports"), name+"-100000", v1alpha1.DNSSubdomain)
		if len(g.Addresses) > maxMirrored && slices.Contains(b.Emit, v1alpha1.EmitEndpoints) {
			d.found.Errorf(source.NumberRange, specField("emit"), "remove Endpoints",
				"%d addresses have the same ports, and Endpoints can have at most %d", len(g.Addresses), maxMirrored)
		}
	}
	switch sliced := slices.Contains(b.Emit, v1alpha1.EmitEndpointSlice); {
	case !sliced:
		d.found.Warnf(source.Deprecated, specField("emit"), "emit EndpointSlice",
			"Endpoints are deprecated since Kubernetes 1.33, and a cluster may not mirror them into slices")
	case len(b.Emit) > 1:
		d.found.Warnf(source.Deprecated, specField("emit"), "emit only EndpointSlice, unless something still reads Endpoints",
			"Endpoints are deprecated since Kubernetes 1.33, and the EndpointSlices have the same addresses")
	}
	d.found.Infof(source.ArgoCDExclusion, specField("emit"), "remove the kind from resource.exclusions in argocd-cm",
		"Argo CD 3 excludes %s by default", kindsText(b.Emit))
}

func kindsText(emit []v1alpha1.EndpointsKind) string {
	text := make([]string, len(emit))
	for i, k := range emit {
		text[i] = string(k)
	}
	return strings.Join(text, " and ")
}
