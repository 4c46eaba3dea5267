// Package preflight reports what no single spec can see: two that claim one thing, be they
// specs or other objects of the package. What two may claim is a name, a node port, an
// address with its port, a host, a pool of load balancers, a port of a node.
package preflight

import (
	"cmp"
	"slices"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Spec is one that is planned.
type Spec struct {
	Plan  *plan.Plan
	Found *finding.Findings
}

// A claimant is a Spec that takes things.
type claimant struct {
	Spec
	title string // the spec, for messages
}

// A claim is a Service that has taken something which only one can have.
type claim struct {
	of  string        // the Service's spec; without svc: the object that has taken it
	svc *plan.Service // nil: not ours
}

// String is the Service, for messages.
func (c claim) String() string {
	if c.svc == nil {
		return c.of
	}
	return "Service " + c.svc.Name + " of " + c.of
}

func (s claimant) claim(svc *plan.Service) claim { return claim{s.title, svc} }

type endpoint struct {
	address  string
	port     int32
	protocol v1alpha1.Protocol
}

// taken is what Services of the whole package have taken: those of all specs, and those that
// other tools wrote.
type taken struct {
	names      names
	nodePorts  map[int32]claim
	addresses  map[endpoint]claim
	sharing    map[string]sharer
	hosts      map[string]claim
	advertised map[endpoint]claim
	pools      map[string]pool
	sockets    sockets
}

// Check reports the collisions between specs, and with the other documents of the package.
func Check(specs []Spec, others []*source.Document) {
	services, owners := 0, map[string]bool{}
	for _, s := range specs {
		services += len(s.Plan.Services)
		owners[s.Plan.Owner] = true
	}
	t := taken{names{}, map[int32]claim{}, map[endpoint]claim{}, map[string]sharer{},
		make(map[string]claim, services), make(map[endpoint]claim, services), map[string]pool{}, newSockets()}
	for _, doc := range inOrder(others) {
		if !owners[doc.Scalar("metadata", "annotations", plan.OwnerAnnotation)] {
			t.foreign(doc)
		}
	}
	for _, s := range specs {
		s := claimant{s, s.Plan.Object.String()}
		t.sockets.claim(s)
		t.names.claim(s)
		for i := range s.Plan.Services {
			svc := &s.Plan.Services[i]
			t.claimNodePorts(s, svc)
			t.claimAddresses(s, svc)
			t.claimHost(s, svc)
			t.claimAdvertised(s, svc)
			t.claimPool(s, svc)
		}
	}
}

// inOrder sorts documents by what they hold, so that it does not matter in which order
// they came.
func inOrder(docs []*source.Document) []*source.Document {
	return slices.SortedStableFunc(slices.Values(docs), func(a, b *source.Document) int {
		return cmp.Or(cmp.Compare(a.Object().String(), b.Object().String()), cmp.Compare(a.File, b.File), cmp.Compare(a.Index, b.Index))
	})
}

// claimNodePorts holds that a node port belongs to one Service: the allocator knows no
// protocols.
func (t *taken) claimNodePorts(s claimant, svc *plan.Service) {
	for _, port := range svc.Ports {
		if port.NodePort == 0 {
			continue
		}
		if by, ok := t.nodePorts[port.NodePort]; ok && by.svc != svc {
			s.Found.ErrorOnce(source.NodePortClash, svc.PortPath(s.Found.Written, port.Name, "nodePort"), "start from another number: a node port belongs to one Service of the cluster",
				"node port %d of Service %s is taken by %s", port.NodePort, svc.Name, by)
			continue
		}
		t.nodePorts[port.NodePort] = s.claim(svc)
	}
}

// claimHost holds that a name in DNS means one load balancer.
func (t *taken) claimHost(s claimant, svc *plan.Service) {
	if !svc.Announced || provider.Of(svc) == nil {
		return
	}
	by, ok := t.hosts[svc.Hostname]
	if !ok {
		t.hosts[svc.Hostname] = s.claim(svc)
	} else if svc.FrontDoor() == "" || svc.FrontDoor() != by.svc.FrontDoor() {
		s.Found.ErrorOnce(source.HostClash, s.Found.Where(svc.Levels.Own(), plan.Setting("host")), "put $(pod) into the host, or give both one loadBalancer.address",
			"external-dns would point %s at Service %s and at %s, and clients at either", svc.Hostname, svc.Name, by)
	}
}

// claimAdvertised holds that clients can tell pods apart by the addresses that they are given.
func (t *taken) claimAdvertised(s claimant, svc *plan.Service) {
	where := svc.Reachable()
	if svc.Pod == nil || where == "" || s.Found.Wrong(s.Found.Where(svc.Levels.Own(), plan.Setting("host"))) {
		return
	}
	for _, port := range svc.Ports {
		key := endpoint{where, port.Advertised, port.Protocol}
		by, ok := t.advertised[key]
		if !ok || port.Advertised == 0 {
			t.advertised[key] = s.claim(svc)
			continue
		}
		if !s.Found.Reported(source.AddressClash, svc.PortPath(s.Found.Written, port.Name, "port")) {
			s.Found.ErrorOnce(source.AdvertisedClash, svc.PortPath(s.Found.Written, port.Name, "advertisedPort"), "put $(pod) into the host; or, if it forwards a port for each pod, write the first of them in advertisedPort, with steps: {advertisedPort: 1}",
				"clients of Service %s and of %s would both be told %s:%d", svc.Name, by, where, port.Advertised)
		}
	}
}
