package generators

import (
	"cmp"
	"math"
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// Node ports as kube-apiserver has them by default; the numbers from staticEnd on are
// those that it gives away first (KEP-3668).
const (
	nodePortMin = 30000
	nodePortMax = 32767
	staticEnd   = 30086
)

// nth is the number of the pod with an id: the id-th of base, base+step, base+2·step,
// ... that is not reserved. Without a step it is base.
func nth(base, step, id int32, reserved []int32) int64 {
	if step <= 0 {
		return int64(base)
	}
	n := int64(base) + int64(step)*int64(id)
	for _, r := range reserved {
		if n > math.MaxUint16 {
			break // no port any more
		}
		if r := int64(r); r >= int64(base) && r <= n && (r-int64(base))%int64(step) == 0 {
			n += int64(step)
		}
	}
	return n
}

// sortedSet returns the numbers in ascending order, each once, as nth wants them.
func sortedSet(in []int32) []int32 {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// podsOf lists a component's pods by id.
func podsOf(c v1alpha1.Component, workload func(string) string) []pod {
	total := c.TotalPods()
	if total > v1alpha1.MaxReplicas {
		total = 0 // Validate has told
	}
	out := make([]pod, 0, total)
	add := func(name string, replicas, start, offset int32) {
		name = workload(name)
		if total == 0 || start < 0 || start > v1alpha1.MaxReplicas || replicas > v1alpha1.MaxReplicas || offset > v1alpha1.MaxOffset || offset < -v1alpha1.MaxOffset {
			return // Validate has told
		}
		for o := start; o < start+replicas; o++ {
			out = append(out, pod{name: podName(name, o), workload: name, ordinal: o, id: o + offset})
		}
	}
	if c.Workload != "" {
		add(c.Workload, *c.Replicas, *c.Ordinals.Start, *c.IDOffset)
	}
	for _, p := range c.Pools {
		if p.Workload == "" || p.Workload == c.Workload {
			continue // Validate has told
		}
		add(p.Workload, *p.Replicas, *p.Ordinals.Start, *p.IDOffset)
	}
	slices.SortStableFunc(out, func(a, b pod) int { return cmp.Compare(a.id, b.id) })
	for i := range out {
		out[i].position = i
	}
	return out
}
