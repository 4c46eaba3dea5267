package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// A podsValidator checks which pods a component has.
type podsValidator struct{ *validator }

// pods checks the fields that determine which pods there are.
func (v podsValidator) pods(c Component, enabled bool, p source.Path) {
	v.count(p, *c.Replicas, *c.Ordinals.Start, *c.IDOffset)
	for _, pool := range c.Pools {
		at := p.Field("pools").Item("workload", pool.Workload)
		if pool.Workload == "" {
			v.Errorf(source.Required, at.Field("workload"), "name the StatefulSet", "a pool of component %s has no workload", c.Name)
		}
		if pool.Workload == c.Workload && c.Workload != "" {
			v.Errorf(source.Duplicate, at.Field("workload"), "name another StatefulSet, or raise the component's replicas",
				"%s is the component's own StatefulSet", c.Workload)
		}
		v.count(at, *pool.Replicas, *pool.Ordinals.Start, *pool.IDOffset)
	}
	if total := c.TotalPods(); len(c.Pools) > 0 && total > MaxReplicas {
		v.Errorf(source.NumberRange, p.Field("pools"), "use fewer pods, or split them into several components",
			"all pools together have %d pods, and %d is the limit", total, MaxReplicas)
	}
	perPod := slices.ContainsFunc(c.Services, func(e Service) bool { return e.Mode == PerPod })
	if perPod && c.Workload == "" {
		v.Errorf(source.Required, p.Field("workload"), "name the StatefulSet: its pods are WORKLOAD-0, WORKLOAD-1, ...",
			"workload is required: component %s has a PerPod entry", c.Name)
	}
	if files := c.Config != nil && len(c.Config.Files) > 0; !c.CertifiesPods() && (!perPod || !enabled && !files) {
		return
	}
	v.replicas(p.Field("replicas"), "component "+c.Name)
	for _, pool := range c.Pools {
		v.replicas(p.Field("pools").Item("workload", pool.Workload).Field("replicas"), "pool "+pool.Workload)
	}
}

// CertifiesPods reports whether the component has a certificate that lists the names of its pods.
func (c Component) CertifiesPods() bool {
	cert := c.Certificate
	if cert == nil || c.Workload == "" || !slices.ContainsFunc(c.Services, func(e Service) bool { return e.Mode == Headless }) {
		return false
	}
	return *or(cert.By, ByCertificate) != ByCSI && *or(cert.Names, AllNames) != OutsideNames && !*or(cert.Wildcard, false)
}

// count checks the numbers of a StatefulSet's pods.
func (v podsValidator) count(p source.Path, replicas, start, offset int32) {
	between := func(p source.Path, n, lowest, highest int32) {
		if (n < lowest || n > highest) && !v.Wrong(p) { // it may differ from the StatefulSet
			v.Errorf(source.NumberRange, p, "stay within that range", "%d is not between %d and %d", n, lowest, highest)
		}
	}
	between(p.Field("replicas"), replicas, 0, MaxReplicas)
	between(p.Field("ordinals", "start"), start, 0, MaxReplicas)
	between(p.Field("idOffset"), offset, -MaxOffset, MaxOffset)
}

// replicas checks that the number of pods is known where something is generated for each of
// them. Zero is a number of pods; an absent field is not.
func (v podsValidator) replicas(p source.Path, what string) {
	if !v.Wrote(p) {
		wayOut := "write how many pods the StatefulSet has"
		if v.Alone {
			wayOut += ", and their labels under selector; or add the StatefulSet to the input, from which both are read; kustomize: list the spec under transformers"
		}
		if other := v.Others[p[:len(p)-1].String()]; other != "" {
			wayOut = "make a StatefulSet of " + other + ": its pods have no names that stay; or write how many pods the StatefulSet has, and their labels under selector"
		}
		v.Errorf(source.Required, p, wayOut,
			"replicas is required: there is something to generate for each pod of %s", what)
	}
}
