package preflight

import (
	"maps"
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// A pool is one that makes load balancers: what all of its Services must say alike, and the
// frontends that each has taken.
type pool struct {
	claim
	terms     map[string]string
	isDefault bool
	frontends map[int32]claim
}

// pool returns that of a name, which may be the first of it.
func (t *taken) pool(p provider.Pool, by claim) pool {
	in, ok := t.pools[p.Name]
	if !ok {
		in = pool{by, p.Terms, p.IsDefault, map[int32]claim{}}
		t.pools[p.Name] = in
	}
	return in
}

// claimPool holds that a frontend of a pool belongs to one Service, and that all Services of
// a pool say the same of it: the provider checks neither, and the last one written wins.
func (t *taken) claimPool(s claimant, svc *plan.Service) {
	if svc.Balancer.Pool == "" {
		return
	}
	by := provider.Of(svc)
	asked, field := by.Pool(svc), by.PoolField.Name()
	in := t.pool(asked, s.claim(svc))
	if in.svc != nil && in.svc.Name != svc.Name && in.isDefault && asked.IsDefault {
		s.Found.Errorf(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field("name")), "write "+field+".name for one of them, or the same for both to share it",
			"the pool of Service %s is called %s by default, and so is that of %s", svc.Name, asked.Name, in.claim)
		return
	}
	for _, term := range slices.Sorted(maps.Keys(asked.Terms)) {
		if asked.Terms[term] != in.terms[term] {
			s.Found.ErrorOnce(source.PoolConflict, s.Found.Where(svc.Levels, by.PoolField.Field(term)), "say the same for both, or give one another "+field+".name",
				"pool %s has %s %q by %s, and %q by Service %s", asked.Name, term, in.terms[term], in.claim, asked.Terms[term], svc.Name)
		}
	}
	for i, number := range asked.Frontends {
		if by, ok := in.frontends[number]; ok {
			s.Found.ErrorOnce(source.PortClash, svc.PortPath(s.Found.Written, svc.Ports[i].Name, "advertisedPort"), "write another advertisedPort, or let it count",
				"frontend %d of pool %s, for Service %s, is taken by %s", number, asked.Name, svc.Name, by)
		}
		in.frontends[number] = s.claim(svc)
	}
}
