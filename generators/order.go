package generators

import (
	"cmp"
	"iter"
	"slices"
)

// ordered returns the objects of all plans by kind, then by namespace. Within these they
// stay in the order of the plans: spec, component, entry, pod by id, so that p-2 comes
// before p-10.
func ordered(planners []*planner) iter.Seq[Object] {
	byNamespace := slices.Clone(planners)
	slices.SortStableFunc(byNamespace, func(a, b *planner) int { return cmp.Compare(a.namespace, b.namespace) })
	return func(yield func(Object) bool) {
		for _, e := range emitters {
			ps := byNamespace
			if e.cluster {
				ps = planners
			}
			for _, p := range ps {
				for o := range e.objects(&p.plan) {
					if !yield(o) {
						return
					}
				}
			}
		}
	}
}
