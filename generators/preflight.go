package generators

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A claim is a Service that has taken something which only one can have.
type claim struct {
	of  string   // the Service's spec; without svc: the object that has taken it
	svc *service // nil: not ours
}

// String is the Service, for messages.
func (c claim) String() string {
	if c.svc == nil {
		return c.of
	}
	return "Service " + c.svc.name + " of " + c.of
}

type endpoint struct {
	address  string
	port     int32
	protocol v1alpha1.Protocol
}

// clashes are what Services of the whole package have taken: those of all specs, and
// those that other tools wrote.
type clashes struct {
	names      map[source.Object]string // who has it, as said after the object: " in FILE", " of SPEC"
	nodePorts  map[int32]claim
	addresses  map[endpoint]claim
	sharing    map[string]claim
	hosts      map[string]claim
	advertised map[endpoint]claim
	pools      map[string]pool
}

// A pool is an EdgeLB pool: what all of its Services must say alike, and the frontends
// that each has taken.
type pool struct {
	claim
	terms     map[string]string
	frontends map[int32]claim
}

// preflight reports what no single spec can see: two that claim one thing.
func preflight(planners []*planner, others []*source.Document) {
	services := 0
	for _, p := range planners {
		services += len(p.services)
	}
	c := clashes{make(map[source.Object]string, services), map[int32]claim{}, map[endpoint]claim{}, map[string]claim{},
		make(map[string]claim, services), make(map[endpoint]claim, services), map[string]pool{}}
	owners := map[string]bool{}
	for _, p := range planners {
		owners[p.owner] = true
	}
	for _, doc := range others {
		if !owners[doc.Scalar("metadata", "annotations", OwnerAnnotation)] {
			c.foreign(doc)
		}
	}
	for _, p := range planners {
		c.claimNames(p)
		for i := range p.services {
			s := &p.services[i]
			c.claimPorts(p, s)
			c.claimAddresses(p, s)
			c.claimHosts(p, s)
			c.claimPool(p, s)
		}
	}
}

// foreign enters what a document that is not ours has taken.
func (c *clashes) foreign(doc *source.Document) {
	o := doc.Object()
	where := ""
	if doc.File != "" {
		where = " in " + doc.File
	}
	if owner := doc.Scalar("metadata", "annotations", OwnerAnnotation); owner != "" {
		where += ", made for " + owner
	}
	c.names[o.Unversioned()] = where
	what := o.String() + where
	if o.APIVersion != "v1" || o.Kind != "Service" {
		return
	}
	var svc struct {
		Metadata struct{ Annotations map[string]string }
		Spec     struct {
			LoadBalancerIP string   `yaml:"loadBalancerIP"`
			ExternalIPs    []string `yaml:"externalIPs"`
			Ports          []struct {
				Port     int32
				NodePort int32 `yaml:"nodePort"`
				Protocol v1alpha1.Protocol
			}
		}
	}
	if doc.Node().Decode(&svc) != nil {
		return // whoever applies it will be told
	}
	c.foreignPool(svc.Metadata.Annotations[dklbAnnotation], what)
	addresses := append(svc.Spec.ExternalIPs, svc.Spec.LoadBalancerIP)
	for _, prefix := range metalLBPrefixes {
		addresses = append(addresses, strings.Split(svc.Metadata.Annotations[prefix+"loadBalancerIPs"], ",")...)
	}
	for _, p := range svc.Spec.Ports {
		if p.NodePort != 0 {
			c.nodePorts[p.NodePort] = claim{of: what}
		}
		if p.Protocol == "" {
			p.Protocol = v1alpha1.TCP
		}
		for _, a := range addresses {
			if a = strings.TrimSpace(a); a != "" {
				c.addresses[endpoint{a, p.Port, p.Protocol}] = claim{of: what}
			}
		}
	}
}

// claimNames holds that every object of ours is the only one of its kind and name.
// named tells where the name was written, and a way out.
func (c *clashes) claimNames(p *planner) {
	ours := " of " + p.title
	take := func(apiVersion, kind, namespace, name string, named func() (source.Path, string)) {
		o := source.Object{APIVersion: apiVersion, Kind: kind, Namespace: namespace, Name: name}.Unversioned()
		if by, ok := c.names[o]; ok && name != "" {
			if at, wayOut := named(); p.once(source.NameClash, at) {
				if !strings.HasPrefix(by, " of ") {
					wayOut += "; or, if Sallyport is to make it, take the other out, or hand it over with the annotation " + OwnerAnnotation + ": " + p.owner
				}
				p.Errorf(source.NameClash, at, wayOut, "the name of %s is taken by %s%s", o, o, by)
				return
			}
		}
		c.names[o] = ours
	}
	for i := range p.services {
		if s := &p.services[i]; s.emit {
			take("v1", "Service", p.namespace, s.name, s.named)
		}
	}
	for _, cm := range p.configs {
		take("v1", "ConfigMap", p.namespace, cm.name, func() (source.Path, string) {
			return specField("components").Item("name", cm.component).Field("config", "name"), "give the config another name"
		})
	}
	if p.rbac != nil {
		named := func() (source.Path, string) {
			return specField("rbac", "serviceAccountName"), "set rbac.serviceAccountName, or rbac.create to false where the other one serves both"
		}
		take("v1", "ServiceAccount", p.namespace, p.rbac.serviceAccount, named)
		for _, kind := range []string{"Role", "RoleBinding"} {
			take(rbacVersion, kind, p.namespace, p.rbac.serviceAccount, named)
		}
		for _, kind := range []string{"ClusterRole", "ClusterRoleBinding"} {
			take(rbacVersion, kind, "", p.rbac.clusterRole, named)
		}
	}
	for _, o := range endpoints(&p.plan) {
		take("v1", "Endpoints", p.namespace, o.GetName(), renamedSpec)
	}
	for _, name := range p.sliceNames() {
		take("discovery.k8s.io/v1", "EndpointSlice", p.namespace, name, renamedSpec)
	}
}

// named tells where a Service's name was written, and a way out where it is taken.
func (s *service) named() (source.Path, string) {
	if s.component == "" {
		return renamedSpec()
	}
	return s.levels.Entry().Field("serviceName"), "give the entry another serviceName; that of a PerPod entry needs $(pod)"
}

func renamedSpec() (source.Path, string) {
	return source.Path{}.Field("metadata", "name"), "rename the spec"
}

// sliceNames lists the EndpointSlices of the plan.
func (p *plan) sliceNames() []string {
	var out []string
	for _, o := range endpointSlices(p) {
		out = append(out, o.GetName())
	}
	return out
}

// portPath is where the number of a port was written, or would be.
func (s *service) portPath(name, field string) source.Path {
	return s.levels.Entry().Field("ports").Item("name", name).Field(field)
}

func (p *planner) claim(s *service) claim { return claim{p.title, s} }

// claimPorts holds that a node port belongs to one Service: the allocator knows no
// protocols.
func (c *clashes) claimPorts(p *planner, s *service) {
	for _, port := range s.ports {
		if port.nodePort == 0 {
			continue
		}
		if by, ok := c.nodePorts[port.nodePort]; ok && by.svc != s {
			if at := s.portPath(port.name, "nodePort"); p.once(source.NodePortClash, at) {
				p.Errorf(source.NodePortClash, at, "start from another number: a node port belongs to one Service of the cluster",
					"node port %d of Service %s is taken by %s", port.nodePort, s.name, by)
			}
			continue
		}
		c.nodePorts[port.nodePort] = p.claim(s)
	}
}

// claimAddresses holds that an address, port and protocol lead to one Service, and
// that Services of one address share it in the same way.
func (c *clashes) claimAddresses(p *planner, s *service) {
	if s.address == "" && len(s.access.ExternalIPs) == 0 {
		return
	}
	for _, a := range append(strings.Split(s.address, ","), s.access.ExternalIPs...) {
		if a = strings.TrimSpace(a); a == "" {
			continue
		}
		for _, port := range s.ports {
			if port.number == 0 {
				continue // it could not be counted
			}
			key := endpoint{a, port.number, port.protocol}
			if by, ok := c.addresses[key]; ok && by.svc != s {
				if at := s.portPath(port.name, "port"); p.once(source.AddressClash, at) {
					p.Errorf(source.AddressClash, at, "write another port, or another address",
						"%s port %d/%s of Service %s is taken by %s", a, port.number, port.protocol, s.name, by)
				}
				continue
			}
			c.addresses[key] = p.claim(s)
		}
	}
	if s.address == "" || s.provider().addressField {
		return
	}
	by, ok := c.sharing[s.address]
	if at := p.Where(s.levels, setting("loadBalancer", "address")); ok && by.svc.sharingKey != s.sharingKey && p.once(source.SharedAddress, at) {
		p.Errorf(source.SharedAddress, at, "set the same loadBalancer.sharingKey for both",
			"%s would stay pending: %s has the same address with the sharing key %q, and it has %q", s.name, by, by.svc.sharingKey, s.sharingKey)
	}
	if !ok {
		c.sharing[s.address] = p.claim(s)
	}
}

// claimHosts holds that clients can tell pods apart by what they are told, and that a
// name in DNS means one load balancer.
func (c *clashes) claimHosts(p *planner, s *service) {
	if s.announced && s.balanced() {
		by, ok := c.hosts[s.host]
		if !ok {
			c.hosts[s.host] = p.claim(s)
		} else if s.frontDoor() == "" || s.frontDoor() != by.svc.frontDoor() {
			if at := p.Where(s.levels.Own(), setting("host")); p.once(source.HostClash, at) {
				p.Errorf(source.HostClash, at, "put $(pod) into the host, or give both one loadBalancer.address",
					"external-dns would point %s at Service %s and at %s, and clients at either", s.host, s.name, by)
			}
		}
	}
	where := s.reachable()
	if s.pod == nil || where == "" {
		return
	}
	for _, port := range s.ports {
		key := endpoint{where, port.advertised, port.protocol}
		if by, ok := c.advertised[key]; ok && port.advertised != 0 {
			at := s.portPath(port.name, "advertisedPort")
			if !p.reported[string(source.AddressClash)+" "+s.portPath(port.name, "port").String()] && p.once(source.AdvertisedClash, at) {
				p.Errorf(source.AdvertisedClash, at, "put $(pod) into the host, or let advertisedPort count",
					"clients of Service %s and of %s would both be told %s:%d", s.name, by, where, port.advertised)
			}
			continue
		}
		c.advertised[key] = p.claim(s)
	}
}

// frontDoor is the one load balancer that several Services may have: its address, or its
// EdgeLB pool.
func (s *service) frontDoor() string {
	if s.pool != "" {
		return s.pool
	}
	return s.address
}

// foreignPool enters the pool of a Service that is not ours.
func (c *clashes) foreignPool(config, what string) {
	var o dklbObject
	if yaml.Unmarshal([]byte(config), &o) != nil || o.Name == "" {
		return // dklb would make up a name
	}
	in := c.pool(o, claim{of: what})
	for _, f := range o.Frontends {
		in.frontends[f.Port] = claim{of: what}
	}
}

func (c *clashes) pool(o dklbObject, by claim) pool {
	in, ok := c.pools[o.Name]
	if !ok {
		in = pool{by, o.poolTerms(), map[int32]claim{}}
		c.pools[o.Name] = in
	}
	return in
}

// claimPool holds that a frontend of a pool belongs to one Service, and that all Services
// of a pool say the same of it: dklb checks neither, and the last one written wins.
func (c *clashes) claimPool(p *planner, s *service) {
	if s.pool == "" {
		return
	}
	o := dklbOf(s)
	in := c.pool(o, p.claim(s))
	terms := o.poolTerms()
	for _, field := range slices.Sorted(maps.Keys(terms)) {
		at := p.Where(s.levels, setting("loadBalancer", "edgeLB", field))
		if terms[field] != in.terms[field] && p.once(source.PoolConflict, at) {
			p.Errorf(source.PoolConflict, at, "say the same for both, or give one another edgeLB.name",
				"pool %s has %s %q by %s, and %q by Service %s", s.pool, field, in.terms[field], in.claim, terms[field], s.name)
		}
	}
	for i, f := range o.Frontends {
		by, ok := in.frontends[f.Port]
		if at := s.portPath(s.ports[i].name, "advertisedPort"); ok && p.once(source.PortClash, at) {
			p.Errorf(source.PortClash, at, "write another advertisedPort, or let it count",
				"frontend %d of pool %s, for Service %s, is taken by %s", f.Port, s.pool, s.name, by)
		}
		in.frontends[f.Port] = p.claim(s)
	}
}
