package preflight

import (
	"maps"
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A poolKey identifies a pool. Pools of different providers can have the same name.
type poolKey struct {
	provider v1alpha1.Provider
	name     string
}

// A pool provides load balancers. It has the terms that are equal for all of its Services, and
// the owner of each frontend.
type pool struct {
	claim
	terms     map[string]string
	isDefault bool
	frontends map[int32]claim
}

// pool returns the pool of a provider that has the name of the request. It adds the pool if it
// is new.
func (t *claims) pool(of v1alpha1.Provider, request provider.Pool, by claim) pool {
	key := poolKey{of, request.Name}
	known, ok := t.pools[key]
	if !ok {
		known = pool{by, request.Terms, request.IsDefault, map[int32]claim{}}
		t.pools[key] = known
	}
	return known
}

// claimPool checks that a frontend of a pool belongs to one Service, and that all Services of a
// pool have the same terms. The provider checks neither: the last Service overrides the others.
func (t *claims) claimPool(s claimant, svc *plan.Service) {
	if svc.Balancer == nil || svc.Balancer.Pool == "" {
		return
	}
	by := provider.Of(svc)
	request, field := by.Pool(svc), by.PoolField.Name()
	owner := t.pool(by.Name, request, s.claim(svc))
	if owner.svc != nil && owner.svc.Name != svc.Name && owner.isDefault && request.IsDefault {
		s.Found.Errorf(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field("name")), "set "+field+".name for one of them, or set the same name for both to share the pool",
			"the pool of Service %s has the default name %s, which is also that of %s", svc.Name, request.Name, owner.claim)
		return
	}
	for _, term := range slices.Sorted(maps.Keys(request.Terms)) {
		if request.Terms[term] != owner.terms[term] {
			s.Found.ErrorOnce(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field(term)), "set the same value for both, or set another "+field+".name for one",
				"pool %s has one %s: it is %q for %s, and %q for Service %s", request.Name, term, owner.terms[term], owner.claim, request.Terms[term], svc.Name)
		}
	}
	for i, number := range request.Frontends {
		if by, ok := owner.frontends[number]; ok {
			s.Found.ErrorOnce(source.PortClash, svc.PortPath(s.Found.Written, svc.Ports[i].Name, "advertisedPort"), "set another advertisedPort, or count it up",
				"frontend %d of pool %s, for Service %s, is already used by %s", number, request.Name, svc.Name, by)
		}
		owner.frontends[number] = s.claim(svc)
	}
}

// commons count the ports of the load balancers that all Services of a provider have by default.
type commons map[common]int

type common struct {
	provider v1alpha1.Provider
	inside   bool
}

// claim warns about more ports than a load balancer can have. That there are several is up to the
// configuration of the provider.
func (c commons) claim(s claimant, svc *plan.Service) {
	p := provider.Of(svc)
	if p == nil || !p.IsCommon {
		return
	}
	key := common{p.Name, svc.Access.LoadBalancer.Inside()}
	if c[key] += len(svc.Ports); c[key] > p.MaxPorts && len(svc.Ports) <= p.MaxPorts {
		s.Found.WarnOnce(source.ProviderRule, s.Found.Where(svc.Levels, plan.Setting("loadBalancer", "provider")), "configure several load balancers, or use fewer ports",
			"from Service %s on, the package has more than %d ports, and by default %s gives all Services one load balancer, which can have %d", svc.Name, p.MaxPorts, p.Name, p.MaxPorts)
	}
}

// balancers are load balancers by their names, with the first Service of each.
type balancers map[poolKey]claim

// claim checks that a load balancer with a name belongs to one Service: providers adopt the
// one that is there, and two Services would change it in turns.
func (b balancers) claim(s claimant, svc *plan.Service, together commons) {
	together.claim(s, svc)
	if svc.Balancer == nil || svc.Balancer.Name == "" {
		return
	}
	key := poolKey{provider.Of(svc).Name, svc.Balancer.Name}
	if by, ok := b[key]; ok && by.svc != svc {
		s.Found.ErrorOnce(source.NameClash, s.Found.Where(svc.Levels, plan.Setting("loadBalancer", "name")), "use $(serviceName) in the name, and $(namespace) if there are several",
			"load balancer %s of Service %s is already that of %s", svc.Balancer.Name, svc.Name, by)
		return
	}
	b[key] = s.claim(svc)
}
