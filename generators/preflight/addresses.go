package preflight

import (
	"fmt"
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A sharer is the first Service at an address.
type sharer struct {
	claim
	key   string
	local bool
	pods  string // its selector

	namespace string // "": not known
	count     int    // how many Services have the address
}

// claimAddresses checks that an address, port and protocol lead to one Service, and that the
// provider lets Services share the address.
func (t *claims) claimAddresses(s claimant, svc *plan.Service) {
	for _, a := range svc.Access.ExternalIPs {
		t.claimAddress(s, svc, a)
	}
	if addressWrong(s, svc) {
		return
	}
	for _, a := range svc.RequestedAddresses() {
		free := t.claimAddress(s, svc, a)
		by, ok := t.sharing[a]
		if !ok {
			by = sharer{claim: s.claim(svc), key: svc.Balancer.SharingKey, local: *svc.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal, pods: svc.Pods(), namespace: s.Plan.Namespace}
		} else if check := provider.Of(svc).CheckSharing; check != nil && free {
			check(s.Found, svc, provider.Sharer{Name: by.String(), Key: by.key, Local: by.local, Pods: by.pods, IsOurs: by.svc != nil,
				Elsewhere: by.namespace != "" && by.namespace != s.Plan.Namespace, Count: by.count})
		}
		by.count++
		t.sharing[a] = by
	}
	if svc.Balanced() && svc.Access.LoadBalancer.Provider.Row().OnNodes {
		t.onNodes.claim(s, svc, t.hostPorts)
	}
}

// addressWrong reports whether the list of addresses has an error, such as one that is written twice.
func addressWrong(s claimant, svc *plan.Service) bool {
	return s.Found.Errors() && s.Found.WrongIn(s.Found.Where(svc.Levels, plan.Setting("loadBalancer", "addresses")))
}

// claimAddress claims the Service's ports at an address. It reports whether all of them were
// free.
func (t *claims) claimAddress(s claimant, svc *plan.Service, address string) bool {
	free := true
	for _, port := range svc.Ports {
		if port.Number == 0 {
			continue // the number is invalid, which has been reported
		}
		key := endpoint{address, port.Number, port.Protocol}
		if by, ok := t.addresses[key]; !ok || by.svc == svc {
			t.addresses[key] = s.claim(svc)
		} else if free = false; bothModes(svc, by) && slices.Contains(svc.RequestedAddresses(), address) {
			t.bootstrapPort(s, svc, by, port, address)
		} else {
			s.Found.ErrorOnce(source.AddressClash, svc.PortPath(s.Found.Written, port.Name, "port"), addressWayOut(svc, by),
				"%s port %d/%s of Service %s is already used by %s", address, port.Number, port.Protocol, svc.Name, by)
		}
	}
	return free
}

// onNodes are the ports that load balancers open on all nodes, or on those of a pool.
type onNodes map[workload.HostPort][]nodeClaim

type nodeClaim struct {
	claim
	pool string // "": all nodes
}

func (t onNodes) addForeign(key workload.HostPort, c nodeClaim) { t[key] = append(t[key], c) }

// claim checks that no two Services have a port of one node, and that no pod has it there.
func (t onNodes) claim(s claimant, svc *plan.Service, hostPorts map[workload.HostPort]string) {
	pool := *svc.Access.LoadBalancer.AddressPool
	for _, port := range svc.Ports {
		key, at := workload.HostPort{Number: port.Number, Protocol: port.Protocol}, svc.PortPath(s.Found.Written, port.Name, "port")
		i := slices.IndexFunc(t[key], func(c nodeClaim) bool { return c.svc != svc && (pool == "" || c.pool == "" || c.pool == pool) })
		switch by, taken := hostPorts[key]; {
		case port.Number == 0: // the number is invalid, which has been reported
		case i >= 0:
			s.Found.ErrorOnce(source.AddressClash, at, addressWayOut(svc, t[key][i].claim), "the nodes' port %d/%s of Service %s is already used by %s", port.Number, port.Protocol, svc.Name, t[key][i])
		case taken && pool == "":
			s.Found.ErrorOnce(source.AddressClash, at, "set another port",
				"%s opens port %d/%s of Service %s on all nodes, and %s opens it on its nodes", provider.Of(svc).Name, port.Number, port.Protocol, svc.Name, by)
		}
		t[key] = append(t[key], nodeClaim{s.claim(svc), pool})
	}
}

// addressWayOut returns the way out of a collision at an address. Pods of one entry can only
// differ in what is counted up.
func addressWayOut(s *plan.Service, by claim) string {
	if s.Pod != nil && by.svc != nil && by.svc.Component == s.Component && by.svc.Entry == s.Entry {
		return "count the port up with steps: {port: 1}, or give each pod an address of its own"
	}
	return "set another port or another address"
}

// bothModes reports whether one of two Services of a component leads to a single pod, and the
// other one to all pods.
func bothModes(s *plan.Service, by claim) bool {
	return by.svc != nil && s.HasPods && by.svc.Component == s.Component && (s.Pod == nil) != (by.svc.Pod == nil)
}

// freeBelow returns the highest number below a port that nobody has at an address; 0: there is none.
func (t *claims) freeBelow(s claimant, svc *plan.Service, port plan.Port, address string) int32 {
	taken := map[int32]bool{}
	for _, p := range svc.Component.Spec.Ports {
		taken[p.ContainerPort] = true // which would confuse people
	}
	for i := range s.Plan.Services {
		if other := &s.Plan.Services[i]; slices.Contains(other.RequestedAddresses(), address) {
			for _, p := range other.Ports {
				taken[p.Number] = true
			}
		}
	}
	free := port.Number - 1
	for ; free > 0; free-- {
		if _, ok := t.addresses[endpoint{address, free, port.Protocol}]; !ok && !taken[free] {
			break
		}
	}
	return free
}

// bootstrapPort reports that the Service of all pods has the port of a pod at the address that
// they share. A lower number stays free, because the ports of pods count up.
func (t *claims) bootstrapPort(s claimant, svc *plan.Service, by claim, port plan.Port, address string) {
	all := svc
	if all.Pod != nil {
		all = by.svc
	}
	wayOut := fmt.Sprintf("set another port for entry %s", all.Entry)
	if free := t.freeBelow(s, svc, port, address); free > 0 {
		wayOut += fmt.Sprintf(": services: [{name: %s, ports: [{name: %s, port: %d}]}]", all.Entry, port.Name, free)
	}
	s.Found.ErrorOnce(source.AddressClash, s.Found.Where(svc.Levels, plan.Setting("loadBalancer", "address")), wayOut,
		"entry %s, for all pods, and a single pod both have port %d/%s of %s", all.Entry, port.Number, port.Protocol, address)
}
