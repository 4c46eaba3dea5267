package generators

import (
	"maps"
	"slices"

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
	names      map[source.Object]holders // by the object without its name
	nodePorts  map[int32]claim
	addresses  map[endpoint]claim
	sharing    map[string]sharer
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
	c := clashes{map[source.Object]holders{}, map[int32]claim{}, map[endpoint]claim{}, map[string]sharer{},
		make(map[string]claim, services), make(map[endpoint]claim, services), map[string]pool{}}
	owners := map[string]bool{}
	for _, p := range planners {
		owners[p.owner] = true
	}
	for _, doc := range inOrder(others) {
		if !owners[doc.Scalar("metadata", "annotations", OwnerAnnotation)] {
			c.foreign(doc)
		}
	}
	claimOpenings(planners)
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

// A holder is who has taken a name.
type holder struct {
	said string // after the object: " in FILE", " of SPEC"
	ours bool
}

// holders are who has the names of one kind in one namespace.
type holders struct {
	kind source.Object // without a name
	of   map[string]holder
}

// holders returns those of a kind, with room for many more.
func (c *clashes) holders(apiVersion, kind, namespace string, many int) holders {
	key := source.Object{APIVersion: apiVersion, Kind: kind, Namespace: namespace}.Unversioned()
	in, ok := c.names[key]
	if !ok {
		in = holders{key, make(map[string]holder, many)}
		c.names[key] = in
	}
	return in
}

// claimNames holds that every object of ours is the only one of its kind and name.
// named tells where the name was written, and a way out.
func (c *clashes) claimNames(p *planner) {
	ours := holder{" of " + p.title, true}
	take := func(in holders, name string, named func() (source.Path, string)) {
		if by, ok := in.of[name]; ok && name != "" {
			at, wayOut := named()
			if !by.ours {
				wayOut += "; or, if Sallyport is to make it, take the other out, or hand it over with the annotation " + OwnerAnnotation + ": " + p.owner
			}
			o := in.kind
			o.Name = name
			p.found.ErrorOnce(source.NameClash, at, wayOut, "the name of %s is taken by %s%s", o, o, by.said)
			return
		}
		in.of[name] = ours
	}
	services := c.holders("v1", "Service", p.namespace, len(p.services))
	for i := range p.services {
		if s := &p.services[i]; s.emit {
			take(services, s.name, s.named)
		}
	}
	for _, cm := range p.configs {
		take(c.holders("v1", "ConfigMap", p.namespace, 1), cm.name, func() (source.Path, string) {
			return specField("components").Item("name", cm.component).Field("config", "name"), "give the config another name"
		})
	}
	if p.rbac != nil {
		named := func() (source.Path, string) {
			return specField("rbac", "serviceAccountName"), "set rbac.serviceAccountName, or rbac.create to false where the other one serves both"
		}
		take(c.holders("v1", "ServiceAccount", p.namespace, 1), p.rbac.serviceAccount, named)
		for _, kind := range []string{"Role", "RoleBinding"} {
			take(c.holders(rbacVersion, kind, p.namespace, 1), p.rbac.serviceAccount, named)
		}
		for _, kind := range []string{"ClusterRole", "ClusterRoleBinding"} {
			take(c.holders(rbacVersion, kind, "", 1), p.rbac.clusterRole, named)
		}
	}
	for _, o := range endpoints(&p.plan) {
		take(c.holders("v1", "Endpoints", p.namespace, 1), o.GetName(), renamedSpec)
	}
	for _, name := range p.sliceNames() {
		take(c.holders("discovery.k8s.io/v1", "EndpointSlice", p.namespace, 1), name, renamedSpec)
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

// sliceNames lists the EndpointSlices of the plan. That two sets of ports come to one
// name was told already.
func (p *plan) sliceNames() []string {
	var out []string
	for _, o := range endpointSlices(p) {
		out = append(out, o.GetName())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// portPath is where the number of a port was written, for the pod or for the entry, or
// would be.
func (p *planner) portPath(s *service, name, field string) source.Path {
	if at := s.levels[0].Field("ports").Item("name", name).Field(field); s.levels.OnePod() && p.found.Wrote(at) {
		return at
	}
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
			p.found.ErrorOnce(source.NodePortClash, p.portPath(s, port.name, "nodePort"), "start from another number: a node port belongs to one Service of the cluster",
				"node port %d of Service %s is taken by %s", port.nodePort, s.name, by)
			continue
		}
		c.nodePorts[port.nodePort] = p.claim(s)
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
			p.found.ErrorOnce(source.HostClash, p.found.Where(s.levels.Own(), setting("host")), "put $(pod) into the host, or give both one loadBalancer.address",
				"external-dns would point %s at Service %s and at %s, and clients at either", s.host, s.name, by)
		}
	}
	where := s.reachable()
	if s.pod == nil || where == "" {
		return
	}
	for _, port := range s.ports {
		key := endpoint{where, port.advertised, port.protocol}
		if by, ok := c.advertised[key]; ok && port.advertised != 0 {
			at := p.portPath(s, port.name, "advertisedPort")
			if !p.found.Reported(source.AddressClash, p.portPath(s, port.name, "port")) {
				p.found.ErrorOnce(source.AdvertisedClash, at, "put $(pod) into the host, or let advertisedPort count",
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
	if by := in.svc; by != nil && by.name != s.name && by.poolByDefault() && s.poolByDefault() {
		at := p.found.Where(s.levels, setting("loadBalancer", "edgeLB", "name"))
		p.found.Errorf(source.PoolConflict, at, "write edgeLB.name for one of them, or the same for both to share it",
			"the pool of Service %s is called %s by default, and so is that of %s", s.name, s.pool, in.claim)
		return
	}
	terms := o.poolTerms()
	for _, field := range slices.Sorted(maps.Keys(terms)) {
		at := p.found.Where(s.levels, setting("loadBalancer", "edgeLB", field))
		if terms[field] != in.terms[field] {
			p.found.ErrorOnce(source.PoolConflict, at, "say the same for both, or give one another edgeLB.name",
				"pool %s has %s %q by %s, and %q by Service %s", s.pool, field, in.terms[field], in.claim, terms[field], s.name)
		}
	}
	var ports []int32
	for _, port := range s.ports {
		ports = append(ports, port.number)
	}
	for i, number := range o.frontends(ports) {
		by, ok := in.frontends[number]
		if at := p.portPath(s, s.ports[i].name, "advertisedPort"); ok {
			p.found.ErrorOnce(source.PortClash, at, "write another advertisedPort, or let it count",
				"frontend %d of pool %s, for Service %s, is taken by %s", number, s.pool, s.name, by)
		}
		in.frontends[number] = p.claim(s)
	}
}
