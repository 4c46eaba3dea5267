package decide

import (
	"cmp"
	"slices"
	"strconv"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

func podName(workload string, ordinal int32) string {
	return workload + "-" + strconv.Itoa(int(ordinal))
}

// podsOf returns the pods of a component by id. Numbers that validation rejects make no pods.
func podsOf(c v1alpha1.Component, workload func(string) string) []plan.Pod {
	total := c.TotalPods()
	if total > v1alpha1.MaxReplicas {
		total = 0
	}
	out := make([]plan.Pod, 0, total)
	add := func(name string, replicas, start, offset int32) {
		name = workload(name)
		if total == 0 || start < 0 || start > v1alpha1.MaxReplicas || replicas > v1alpha1.MaxReplicas || offset > v1alpha1.MaxOffset || offset < -v1alpha1.MaxOffset {
			return
		}
		for o := start; o < start+replicas; o++ {
			out = append(out, plan.Pod{Name: podName(name, o), Workload: name, Ordinal: o, ID: o + offset})
		}
	}
	if c.Workload != "" {
		add(c.Workload, *c.Replicas, *c.Ordinals.Start, *c.IDOffset)
	}
	for _, p := range c.Pools {
		if p.Workload != "" && p.Workload != c.Workload {
			add(p.Workload, *p.Replicas, *p.Ordinals.Start, *p.IDOffset)
		}
	}
	slices.SortStableFunc(out, func(a, b plan.Pod) int { return cmp.Compare(a.ID, b.ID) })
	for i := range out {
		out[i].Position = i
	}
	return out
}
