package decide

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// hashedPods is how many pods of each StatefulSet are hashed at least: two show how names and
// numbers go on from pod to pod.
const hashedPods = 2

// configHashes decides, for each StatefulSet, a hash of the answers that its pods read when they
// start. If an answer changes, the pods must restart, but more replicas must restart none. So the
// hash is that of a second plan of the spec: there, the number of pods does not depend on replicas.
func (d *decider) configHashes(e v1alpha1.ExternalAccess) {
	if d.found.Errors() || !slices.ContainsFunc(d.components, (*component).readsAnswers) {
		return
	}
	e.Spec.Components = slices.Clone(e.Spec.Components)
	for i, c := range d.components {
		e.Spec.Components[i] = c.hashed(e.Spec.Components[i])
	}
	forHash := newDecider(Decision{Plan: &plan.Plan{Object: d.plan.Object, Owner: d.plan.Owner, Namespace: d.plan.Namespace}, Found: d.found.Clone()})
	forHash.seen = d.seen
	forHash.access(e)
	for i, c := range d.components {
		if !c.readsAnswers() {
			continue
		}
		c.ConfigHash = map[string]string{}
		for _, workload := range c.Workloads {
			h := sha256.New()
			forHash.components[i].writeAnswers(h, workload, e.Spec.ReservedPorts)
			c.ConfigHash[workload] = fmt.Sprintf("%x", h.Sum(nil)[:8])
		}
	}
}

// readsAnswers reports whether pods of the component read their addresses when they start, from a
// ConfigMap or by discovery of the engine.
func (c *component) readsAnswers() bool { return c.ConfigMap != nil || c.engineDiscovers() }

func (c *component) engineDiscovers() bool {
	return c.Spec.Config != nil && *c.Spec.Config.Discovery.By == v1alpha1.ByEngine
}

// hashed returns the component with at least two pods of each StatefulSet, and with all pods that
// the spec names. A StatefulSet whose ids end where those of another begin has no more than that.
func (c *component) hashed(spec v1alpha1.Component) v1alpha1.Component {
	type set struct{ replicas, first *int32 }
	spec.Pools = slices.Clone(spec.Pools)
	sets := []set{{new(int32(0)), new(*spec.Ordinals.Start + *spec.IDOffset)}}
	spec.Replicas = sets[0].replicas
	for i := range spec.Pools {
		p := &spec.Pools[i]
		p.Replicas = new(int32(0))
		sets = append(sets, set{p.Replicas, new(*p.Ordinals.Start + *p.IDOffset)})
	}
	for _, s := range sets {
		*s.replicas = max(hashedPods, c.highestNamed(spec))
		for _, other := range sets {
			if distance := *other.first - *s.first; distance > 0 {
				*s.replicas = min(*s.replicas, distance)
			}
		}
	}
	return spec
}

// highestNamed returns how many pods a StatefulSet has if it has all that have settings of their own.
func (c *component) highestNamed(spec v1alpha1.Component) int32 {
	most := 0
	for _, e := range spec.Services {
		for _, own := range e.Pods {
			i := strings.LastIndexByte(own.Pod, '-') + 1
			n, err := strconv.Atoi(own.Pod[i:])
			if err == nil && i > 0 && slices.Contains(c.Workloads, own.Pod[:i-1]) && n < max(len(c.Pods), 1000) {
				most = max(most, n+1)
			}
		}
	}
	return int32(most)
}

// writeAnswers writes the answers that the pods of a StatefulSet read.
func (c *component) writeAnswers(h hash.Hash, workload string, reserved []int32) {
	if c.ConfigMap != nil {
		data := maps.Clone(c.ConfigMap.Data)
		delete(data, plan.ScriptKey) // its questions are in the files
		for _, pod := range c.Pods {
			for _, file := range c.ConfigMap.PerPod {
				if pod.Workload != workload {
					delete(data, plan.PodKey(pod.Name, file))
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(data)) {
			fmt.Fprintf(h, "%q: %q\n", key, data[key])
		}
	}
	if c.ConfigMap != nil && len(c.ConfigMap.PerPod) == 0 && !c.engineDiscovers() {
		return
	}
	fmt.Fprintln(h, reserved)
	for _, e := range c.Spec.Services {
		if *e.Host == "" && len(e.ExternalIPs) == 0 {
			addresses, _ := v1alpha1.ExpandAddresses(e.LoadBalancer.Addresses) // validation reports the error
			fmt.Fprintln(h, addresses)
		}
	}
	for _, s := range c.Singles {
		if c.engineDiscovers() && s.Pod.Workload == workload {
			for i := range s.Ports {
				fmt.Fprintf(h, "%s %s %s\n", s.Name, s.Host, s.Advertised(&s.Ports[i]))
			}
		}
	}
}
