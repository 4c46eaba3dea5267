// Package preflight reports collisions that a single spec cannot see: between specs, and with
// other objects of the package. Only one of them can have a name, a node port, a port of an
// address, a host, a frontend of a pool, or a host port.
package preflight

import (
	"cmp"
	"fmt"
	"slices"

	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Spec is a planned spec with its diagnostics.
type Spec struct {
	Plan  *plan.Plan
	Found *finding.Findings
}

// A claimant is a Spec that claims names, ports and addresses.
type claimant struct {
	Spec
	title string // names the spec in messages
}

// A claim is the Service that has claimed something first.
type claim struct {
	title string        // names the spec of the Service in messages, or the object if svc is nil
	svc   *plan.Service // nil: of another tool
}

// String names the Service in messages.
func (c claim) String() string {
	if c.svc == nil {
		return c.title
	}
	return c.svc.Title() + " of " + c.title
}

func (s claimant) claim(svc *plan.Service) claim { return claim{s.title, svc} }

type endpoint struct {
	address  string
	port     int32
	protocol v1alpha1.Protocol
}

// claims are what Services of the package have claimed: those of all specs, and those of other
// tools.
type claims struct {
	names      names
	nodePorts  nodePorts
	addresses  map[endpoint]claim
	sharing    map[string]sharer
	hostPorts  map[workload.HostPort]string // by whom, for messages
	hosts      map[string]hostClaim
	advertised map[endpoint]claim
	pools      map[poolKey]pool
	balancers  balancers
	commons    commons
	onNodes    onNodes
	sockets    sockets
	aliases    aliases
	routes     routes
	secrets    secrets
}

// Check reports collisions between specs, and with the other documents of the package.
func Check(specs []Spec, others []*source.Document) {
	services, owners := 0, map[string]bool{}
	for _, s := range specs {
		services += len(s.Plan.Services)
		owners[s.Plan.Owner] = true
	}
	t := claims{newNames(others), nodePorts{}, map[endpoint]claim{}, map[string]sharer{}, map[workload.HostPort]string{},
		make(map[string]hostClaim, services), make(map[endpoint]claim, services), map[poolKey]pool{}, balancers{}, commons{}, onNodes{}, newSockets(), aliases{}, newRoutes(), secrets{}}
	for _, doc := range inOrder(others) {
		if !emit.Makes(doc.Object()) || !owners[ownerOf(doc)] {
			t.addForeign(doc)
		}
	}
	claimants := make([]claimant, len(specs))
	for i, s := range specs {
		claimants[i] = claimant{s, s.Plan.Object.String()}
		t.sockets.claim(claimants[i])
		t.claimHostPorts(claimants[i])
		t.addAliases(claimants[i])
		t.routes.takeOwn(claimants[i])
	}
	for _, s := range claimants {
		t.names.claim(s)
		t.claimListeners(s)
		t.secrets.claim(s)
		for i := range s.Plan.Services {
			svc := &s.Plan.Services[i]
			if svc.HasPods && s.Found.Errors() && s.Found.Reported(source.NameClash, svc.Levels.Entry().Field("serviceName")) {
				continue // the other one may be the same Service
			}
			t.claimNodePorts(s, svc)
			t.claimAddresses(s, svc)
			if len(svc.Annotations) > 1 { // nearly all have that of the owner alone
				t.claimAnnotated(s, svc)
			}
			t.claimHost(s, svc)
			t.claimAdvertised(s, svc)
			t.claimAliases(s, svc)
			t.claimPool(s, svc)
			t.balancers.claim(s, svc, t.commons)
			t.claimRoute(s, svc)
			t.checkAlias(s, svc)
		}
	}
	for _, s := range claimants {
		for i := range s.Plan.Services {
			t.checkPublished(s, &s.Plan.Services[i])
		}
	}
}

// inOrder sorts documents by object, so that the order of the input does not matter.
func inOrder(docs []*source.Document) []*source.Document {
	return slices.SortedStableFunc(slices.Values(docs), func(a, b *source.Document) int {
		x, y := a.Object(), b.Object()
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name), cmp.Compare(a.File, b.File), cmp.Compare(a.Index, b.Index))
	})
}

// claimNodePorts checks that each node port belongs to one Service. The node port allocator
// does not distinguish protocols.
func (t *claims) claimNodePorts(s claimant, svc *plan.Service) {
	for use := range svc.NodePorts() {
		if by, ok := t.nodePorts[use.Number]; ok && by.svc != svc {
			s.Found.ErrorOnce(source.NodePortClash, use.At(svc, s.Found.Written), by.wayOut(nodePortClaim{claim: s.claim(svc), found: s.Found, use: use}),
				"node port %d of Service %s is already used by %s%s", use.Number, svc.Name, by, by.place())
			continue
		}
		if by, ok := t.hostPorts[workload.HostPort{Number: use.Number, Protocol: use.Protocol()}]; ok {
			s.Found.ErrorOnce(source.NodePortClash, use.At(svc, s.Found.Written), "set another number for one of them",
				"node port %d of Service %s is a port that %s opens on its nodes", use.Number, svc.Name, by)
		}
		t.nodePorts[use.Number] = nodePortClaim{claim: s.claim(svc), found: s.Found, use: use}
	}
}

// nodePorts are node ports with who has claimed them.
type nodePorts map[int32]nodePortClaim

// A nodePortClaim is the Service that has claimed a node port first, with where it is written.
type nodePortClaim struct {
	claim
	found *finding.Findings // of its spec; nil: of another tool
	use   plan.NodePortUse

	doc *source.Document // of another tool
	at  source.Path
}

// wayOut is how both get a node port. Pods run with the numbers that are counted up to the one that clashes:
// another number to start from would change all of them.
func (c nodePortClaim) wayOut(other nodePortClaim) string {
	const only = "a node port can belong to only one Service of the cluster"
	counted := c
	if other.counted() {
		counted = other
	}
	if !counted.counted() || c.found != other.found || c.counted() && other.counted() {
		return "start from another number: " + only
	}
	return fmt.Sprintf("add %d to reservedPorts of the spec (reservedPorts: [%[1]d]): counting skips it, and the pods before %s keep their numbers; or give the other Service another number: %s",
		other.use.Number, counted.svc.Pod.Name, only)
}

// counted reports whether the number is counted up, for a pod that is not the first one.
func (c nodePortClaim) counted() bool {
	return c.svc != nil && c.svc.Pod != nil && c.svc.Pod.ID > 0 && c.found != nil && c.use.CountsUp(c.svc, c.found.Written)
}

// place returns where the number is written, for messages: "" if the file is not known.
func (c nodePortClaim) place() string {
	doc, at := c.doc, c.at
	if c.found != nil {
		doc, at = c.found.User, c.use.At(c.svc, c.found.Written)
	}
	line, _ := doc.Position(at)
	if doc.File == "" || line == 0 {
		return ""
	}
	return fmt.Sprintf(", at %s:%d", doc.File, line)
}

// claimHostPorts records the ports that pods of a spec open on their nodes. A node port of
// another tool's Service must not be one of them.
func (t *claims) claimHostPorts(s claimant) {
	for _, c := range s.Plan.Components {
		for _, o := range c.Openings {
			if by, ok := t.nodePorts[o.Host]; ok {
				s.Found.ErrorOnce(source.NodePortClash, o.At.Field("hostPort"), "set another number for one of them",
					"host port %d of component %s is the node port of %s%s", o.Host, c.Spec.Name, by, by.place())
			}
			t.hostPorts[workload.HostPort{Number: o.Host, Protocol: o.Protocol}] = "component " + c.Spec.Name + " of " + s.title
		}
	}
}

// claimAdvertised checks that pods have different advertised addresses, and that a host of all
// pods is none of a single pod.
func (t *claims) claimAdvertised(s claimant, svc *plan.Service) {
	if !advertisedApart(s, svc) || t.routes.clashed[svc] {
		return
	}
	where := svc.Reachable()
	if svc.Pod == nil && (svc.Hostname == "" || !svc.Outside()) || where == "" || s.Found.Errors() && reachedElsewhere(s, svc) {
		return
	}
	for _, port := range svc.Ports {
		key := endpoint{where, port.Advertised, port.Protocol}
		by, ok := t.advertised[key]
		if !ok || port.Advertised == 0 {
			t.advertised[key] = s.claim(svc)
			continue
		}
		if !s.Found.Reported(source.PortClash, s.Found.Where(svc.Levels, plan.Setting("gateway", "port"))) &&
			!s.Found.Reported(source.AddressClash, svc.PortPath(s.Found.Written, port.Name, "port")) &&
			!s.Found.Reported(source.NodePortClash, svc.PortPath(s.Found.Written, port.Name, "nodePort")) {
			s.Found.ErrorOnce(source.AdvertisedClash, svc.PortPath(s.Found.Written, port.Name, "advertisedPort"), "use $(pod) in the host; or, if it forwards a port for each pod, write the first of them in advertisedPort, with steps: {advertisedPort: 1}",
				"%s and %s would advertise the same address %s:%d", svc.Title(), by, where, port.Advertised)
		}
	}
}

// advertisedApart checks that the ports of a Service are advertised with different numbers, also if
// its host is not known. It reports whether they are.
func advertisedApart(s claimant, svc *plan.Service) bool {
	for i, port := range svc.Ports {
		for _, other := range svc.Ports[:i] {
			if port.Advertised == 0 || port.Advertised != other.Advertised || port.Protocol != other.Protocol {
				continue
			}
			if at := svc.PortPath(s.Found.Written, port.Name, "advertisedPort"); s.Found.Wrote(at) || s.Found.Wrote(svc.PortPath(s.Found.Written, other.Name, "advertisedPort")) {
				s.Found.ErrorOnce(source.AdvertisedClash, at, "write another advertisedPort for one of them",
					"ports %s and %s of %s would both be advertised as %d/%s", other.Name, port.Name, svc.Display(), port.Advertised, port.Protocol)
			}
			return false // without a number of its own, the port that it opens is reported
		}
	}
	return true
}

// reachedElsewhere reports whether an error may hide where clients reach a Service.
func reachedElsewhere(s claimant, svc *plan.Service) bool {
	return s.Found.Wrong(s.Found.Where(svc.Levels.Own(), plan.Setting("host"))) || addressWrong(s, svc) || s.Found.WrongIn(svc.Levels.Entry().Field("pods")) || typeUnknown(s, svc)
}

// typeUnknown reports whether the type of a Service could not be decoded. What it opens is then
// not known either.
func typeUnknown(s claimant, svc *plan.Service) bool {
	return s.Found.Doubtful() && slices.ContainsFunc(svc.Levels, func(level source.Path) bool { return s.Found.DecodeFailedAt(level.Field("type")) })
}
