package decide

import (
	"maps"
	"runtime"
	"slices"
	"sync"

	"sallyport.dev/generators/plan"
)

// runOfPods is how many pods of an entry are planned on a processor at least. With fewer, what each run
// needs for itself takes longer than is gained.
const runOfPods = 128

// podRuns plans the Services of an entry for its pods.
type podRuns struct{ *entry }

// decide plans the Services of single pods, in the order of the pods. Contiguous runs are planned in
// parallel. What they find to report is only known in order, so that the pods are then planned again,
// one after the other: nearly always there is nothing that the first pod does not have as well.
func (e podRuns) decide() {
	pods, services := e.served(), &e.d.plan.Services
	before, done := len(*services), 0
	*services = slices.Grow(*services, len(pods))[:before+len(pods)]
	out := (*services)[before:]
	if runs := min(runtime.GOMAXPROCS(0), len(pods)/runOfPods); runs > 1 && !e.spec.Type.IsRoute() {
		e.plan(&out[0], pods[0]) // fills the caches, and reports what all pods have
		if done = 1; e.inRuns(runs, pods[done:], out[done:]) {
			return
		}
	}
	for i := done; i < len(pods); i++ {
		e.plan(&out[i], pods[i])
	}
}

// served returns the pods for which the entry makes a Service.
func (e podRuns) served() []*plan.Pod {
	out := make([]*plan.Pod, 0, len(e.c.Pods))
	for i := range e.c.Pods {
		if pod := &e.c.Pods[i]; e.serves(pod) {
			out = append(out, pod)
		}
	}
	return out
}

// inRuns plans the Services of pods in so many runs at the same time. It reports whether they have
// nothing to report.
func (e podRuns) inRuns(runs int, pods []*plan.Pod, out []plan.Service) bool {
	forks := make([]*entry, runs)
	var all sync.WaitGroup
	for n := range forks {
		fork, from, to := e.fork(), n*len(pods)/runs, (n+1)*len(pods)/runs
		forks[n] = fork
		all.Go(func() {
			for i := from; i < to && fork.d.found.Quiet(e.d.found); i++ {
				fork.plan(&out[i], pods[i])
			}
		})
	}
	all.Wait()
	for _, fork := range forks {
		if !fork.d.found.Quiet(e.d.found) {
			return false
		}
	}
	for _, fork := range forks {
		e.join(fork)
	}
	return true
}

// fork returns an entry that goes on from e, and changes nothing that e has.
func (e podRuns) fork() *entry {
	d, c, cache, out := *e.d, *e.c, *e.cache, *e.entry
	d.found = e.d.found.Clone()
	d.names.found, d.budget.found = d.found, d.found
	d.domains = make(map[string]*domainUse, len(e.d.domains))
	for at, use := range e.d.domains {
		d.domains[at] = &domainUse{use.at, use.used}
	}
	d.ports, d.nodePorts = nil, nil
	c.reserved = &reservedPorts{c.reserved.numbers, maps.Clone(c.reserved.skips)}
	cache.maps = maps.Clone(cache.maps)
	out.d, out.c, out.cache, out.announced = &d, &c, &cache, nil
	return &out
}

// join records what a fork that has found nothing has used.
func (e podRuns) join(fork *entry) {
	e.cache.domainUsed = e.cache.domainUsed || fork.cache.domainUsed
	for at, use := range fork.d.domains {
		if known := e.d.domains[at]; known != nil {
			known.used = known.used || use.used
		} else {
			e.d.domains[at] = use
		}
	}
}
