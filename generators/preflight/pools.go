package preflight

import (
	"maps"
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// A pool provides load balancers. It has the terms that are equal for all of its Services, and
// the owner of each frontend.
type pool struct {
	claim
	terms     map[string]string
	isDefault bool
	frontends map[int32]claim
}

// pool returns the pool of a name, and adds it if it is new.
func (t *taken) pool(p provider.Pool, by claim) pool {
	in, ok := t.pools[p.Name]
	if !ok {
		in = pool{by, p.Terms, p.IsDefault, map[int32]claim{}}
		t.pools[p.Name] = in
	}
	return in
}

// claimPool checks that a frontend of a pool belongs to one Service, and that all Services of a
// pool have the same terms. The provider checks neither: the last Service overrides the others.
func (t *taken) claimPool(s claimant, svc *plan.Service) {
	if svc.Balancer.Pool == "" {
		return
	}
	by := provider.Of(svc)
	asked, field := by.Pool(svc), by.PoolField.Name()
	in := t.pool(asked, s.claim(svc))
	if in.svc != nil && in.svc.Name != svc.Name && in.isDefault && asked.IsDefault {
		s.Found.Errorf(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field("name")), "set "+field+".name for one of them, or set the same name for both to share the pool",
			"the pool of Service %s has the default name %s, which is also that of %s", svc.Name, asked.Name, in.claim)
		return
	}
	for _, term := range slices.Sorted(maps.Keys(asked.Terms)) {
		if asked.Terms[term] != in.terms[term] {
			s.Found.ErrorOnce(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field(term)), "set the same value for both, or set another "+field+".name for one",
				"pool %s has one %s: it is %q for %s, and %q for Service %s", asked.Name, term, in.terms[term], in.claim, asked.Terms[term], svc.Name)
		}
	}
	for i, number := range asked.Frontends {
		if by, ok := in.frontends[number]; ok {
			s.Found.ErrorOnce(source.PortClash, svc.PortPath(s.Found.Written, svc.Ports[i].Name, "advertisedPort"), "set another advertisedPort, or count it up",
				"frontend %d of pool %s, for Service %s, is already used by %s", number, asked.Name, svc.Name, by)
		}
		in.frontends[number] = s.claim(svc)
	}
}
