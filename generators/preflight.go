package generators

import (
	"fmt"
	"maps"
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A claim is a Service that has taken something which only one can have.
type claim struct {
	what string // for messages
	svc  *service
}

// An owner is who has taken a name.
type owner struct {
	what string // for messages
	ours bool
}

type endpoint struct {
	address  string
	port     int32
	protocol v1alpha1.Protocol
}

// clashes are what Services of the whole package have taken: those of all specs, and
// those that other tools wrote.
type clashes struct {
	names      map[source.Object]owner
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
	c := clashes{map[source.Object]owner{}, map[int32]claim{}, map[endpoint]claim{}, map[string]sharer{},
		map[string]claim{}, map[endpoint]claim{}, map[string]pool{}}
	owners := map[string]bool{}
	for _, p := range planners {
		owners[p.owner] = true
	}
	for _, doc := range inOrder(others) {
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

// claimNames holds that every object of ours is the only one of its kind and name.
func (c *clashes) claimNames(p *planner) {
	take := func(apiVersion, kind, namespace, name string, at source.Path, wayOut string) {
		o := source.Object{APIVersion: apiVersion, Kind: kind, Namespace: namespace, Name: name}
		if by, ok := c.names[o]; ok && name != "" && p.once(source.NameClash, at) {
			if !by.ours {
				by.what += ", which Sallyport did not make"
				wayOut += "; or take the other out, if Sallyport is to make it"
			}
			p.Errorf(source.NameClash, at, wayOut, "the name of %s is taken by %s", o, by.what)
			return
		}
		c.names[o] = owner{o.String() + " of " + p.object.String(), true}
	}
	for i := range p.services {
		if s := &p.services[i]; s.emit {
			at, wayOut := source.Path{}.Field("metadata", "name"), "rename the spec"
			if s.component != "" {
				at, wayOut = s.levels.Entry().Field("serviceName"), "give the entry another serviceName; that of a PerPod entry needs $(pod)"
			}
			take("v1", "Service", p.namespace, s.name, at, wayOut)
		}
	}
	for _, cm := range p.configs {
		take("v1", "ConfigMap", p.namespace, cm.name, specField("components").Item("name", cm.component).Field("config", "name"), "give the config another name")
	}
	if p.rbac != nil {
		wayOut := "set rbac.serviceAccountName, or rbac.create to false where the other one serves both"
		at := specField("rbac", "serviceAccountName")
		take("v1", "ServiceAccount", p.namespace, p.rbac.serviceAccount, at, wayOut)
		for _, kind := range []string{"Role", "RoleBinding"} {
			take(rbacVersion, kind, p.namespace, p.rbac.serviceAccount, at, wayOut)
		}
		for _, kind := range []string{"ClusterRole", "ClusterRoleBinding"} {
			take(rbacVersion, kind, "", p.rbac.clusterRole, at, wayOut)
		}
	}
	for _, name := range p.sliceNames() {
		take("discovery.k8s.io/v1", "EndpointSlice", p.namespace, name, source.Path{}.Field("metadata", "name"), "rename the spec")
	}
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
	if at := s.levels[0].Field("ports").Item("name", name).Field(field); s.levels.OnePod() && p.Wrote(at) {
		return at
	}
	return s.levels.Entry().Field("ports").Item("name", name).Field(field)
}

func (p *planner) claim(s *service) claim {
	return claim{fmt.Sprintf("Service %s of %s", s.name, p.object), s}
}

// claimPorts holds that a node port belongs to one Service: the allocator knows no
// protocols.
func (c *clashes) claimPorts(p *planner, s *service) {
	for _, port := range s.ports {
		if port.nodePort == 0 {
			continue
		}
		if by, ok := c.nodePorts[port.nodePort]; ok && by.svc != s {
			if at := p.portPath(s, port.name, "nodePort"); p.once(source.NodePortClash, at) {
				p.Errorf(source.NodePortClash, at, "start from another number: a node port belongs to one Service of the cluster",
					"node port %d of Service %s is taken by %s", port.nodePort, s.name, by.what)
			}
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
		if at := p.Where(s.levels.Own(), setting("host")); ok && (s.frontDoor() == "" || s.frontDoor() != by.svc.frontDoor()) && p.once(source.HostClash, at) {
			p.Errorf(source.HostClash, at, "put $(pod) into the host, or give both one loadBalancer.address",
				"external-dns would point %s at Service %s and at %s, and clients at either", s.host, s.name, by.what)
		}
		if !ok {
			c.hosts[s.host] = p.claim(s)
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
			if !p.reported[string(source.AddressClash)+" "+p.portPath(s, port.name, "port").String()] && p.once(source.AdvertisedClash, at) {
				p.Errorf(source.AdvertisedClash, at, "put $(pod) into the host, or let advertisedPort count",
					"clients of Service %s and of %s would both be told %s:%d", s.name, by.what, where, port.advertised)
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
	terms := o.poolTerms()
	for _, field := range slices.Sorted(maps.Keys(terms)) {
		at := p.Where(s.levels, setting("loadBalancer", "edgeLB", field))
		if terms[field] != in.terms[field] && p.once(source.PoolConflict, at) {
			p.Errorf(source.PoolConflict, at, "say the same for both, or give one another edgeLB.name",
				"pool %s has %s %q by %s, and %q by Service %s", s.pool, field, in.terms[field], in.what, terms[field], s.name)
		}
	}
	for i, f := range o.Frontends {
		by, ok := in.frontends[f.Port]
		if at := p.portPath(s, s.ports[i].name, "advertisedPort"); ok && p.once(source.PortClash, at) {
			p.Errorf(source.PortClash, at, "write another advertisedPort, or let it count",
				"frontend %d of pool %s, for Service %s, is taken by %s", f.Port, s.pool, s.name, by.what)
		}
		in.frontends[f.Port] = p.claim(s)
	}
}
