package decide

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A laterPlan is a second plan of a spec, for pods that do not depend on replicas: see hashedPods.
// What pods read when they start, and what discovers it, follows from this plan too, because more
// replicas must restart none.
type laterPlan struct {
	*decider          // nil: no pod reads anything
	first    *decider // the plan of the pods that there are
}

func newLaterPlan(d *decider, e v1alpha1.ExternalAccess) laterPlan {
	if d.found.Errors() || !slices.ContainsFunc(d.components, (*component).readsAnswers) {
		return laterPlan{first: d}
	}
	out := newDecider(Decision{Plan: &plan.Plan{Object: d.plan.Object, Owner: d.plan.Owner, Namespace: d.plan.Namespace}, Found: d.found.Clone()})
	out.seen, out.podsOf = d.seen, hashedPods
	if out.access(e) {
		out.conclude(e)
	}
	return laterPlan{out, d}
}

// addNeeds adds what pods to come discover to what the files need: what discovers it is in the
// template of the pods. Without an image, or with another key, more replicas are an error.
func (l laterPlan) addNeeds() {
	if l.decider == nil {
		return
	}
	for i, c := range l.first.components {
		second := l.components[i]
		if len(c.Pods) == 0 || c.ConfigMap == nil || second.ConfigMap == nil {
			continue
		}
		discovery, need := c.Spec.Config.Discovery, second.ConfigMap.Need
		need.Services = notListed(l.plan.Services, need.Services)
		if *discovery.By == v1alpha1.ByScript && *discovery.Image != "" && c.ConfigMap.PodKey == v1alpha1.DefaultKey && c.ConfigMap.Need.Union(need) {
			f := &fileWriter{d: l.first, c: c, cm: c.ConfigMap}
			f.checkKeys()
			f.set(plan.ScriptKey, discoverSh(*discovery.Timeout))
		}
	}
}

// addHashes decides, for each StatefulSet, a hash of the answers that its pods read when they
// start. If an answer changes, the pods must restart.
func (l laterPlan) addHashes(e v1alpha1.ExternalAccess) {
	if l.decider == nil || l.first.found.Errors() {
		return
	}
	for i, c := range l.first.components {
		if !c.readsAnswers() {
			continue
		}
		c.ConfigHash = map[string]string{}
		for _, workload := range c.Workloads {
			h := sha256.New()
			if second := l.components[i]; second.incomplete(c, l.found) {
				writeSpec(h, c.Spec)
			} else {
				second.writeAnswers(h, workload, e.Spec.ReservedPorts)
			}
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

// hashedPods returns the pods of a component whose answers are hashed: of each StatefulSet those
// that the spec names, and the first two others, which show how names and numbers go on from
// pod to pod.
func hashedPods(c v1alpha1.Component, workload func(string) string) []plan.Pod {
	const others = 2
	var out []plan.Pod
	add := func(name string, start, offset int32) {
		if name = workload(name); name == "" {
			return
		}
		own := ownOrdinals(c, name, start)
		for o, plain := start, 0; plain < others; o++ {
			if !own[o] {
				own[o], plain = true, plain+1
			}
		}
		for _, o := range slices.Sorted(maps.Keys(own)) {
			out = append(out, plan.Pod{Name: podName(name, o), Workload: name, Ordinal: o, ID: o + offset})
		}
	}
	add(c.Workload, *c.Ordinals.Start, *c.IDOffset)
	for _, p := range c.Pools {
		add(p.Workload, *p.Ordinals.Start, *p.IDOffset)
	}
	slices.SortStableFunc(out, func(a, b plan.Pod) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name)) })
	for i := range out {
		out[i].Position = i
	}
	return out
}

// ownOrdinals returns the ordinals of the pods of a StatefulSet that the spec names: they have
// settings or Services of their own.
func ownOrdinals(c v1alpha1.Component, workload string, start int32) map[int32]bool {
	out := map[int32]bool{}
	for _, e := range c.Services {
		for _, pod := range append(namesOf(e.Pods, func(p v1alpha1.Pod) string { return p.Pod }), e.Only...) {
			text, ok := strings.CutPrefix(pod, workload+"-")
			n, err := strconv.ParseInt(text, 10, 32)
			if ordinal := int32(n); ok && err == nil && ordinal >= start && ordinal <= v1alpha1.MaxReplicas {
				out[ordinal] = true
			}
		}
	}
	return out
}

// incomplete reports whether the second plan of a component lacks answers: it has other pods than
// the first one, so that its files may have errors that those of the first one do not have.
func (c *component) incomplete(first *component, found *finding.Findings) bool {
	config := c.Path.Field("config")
	return first.ConfigMap != nil && c.ConfigMap == nil || found.Wrong(specField("components")) ||
		found.WrongIn(config.Field("files")) || found.WrongIn(config.Field("lists"))
}

// writeSpec writes all settings of a component, except for the number of its pods.
func writeSpec(w io.Writer, c v1alpha1.Component) {
	c.Replicas, c.Pools = nil, slices.Clone(c.Pools)
	for i := range c.Pools {
		c.Pools[i].Replicas = nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic("decide: " + err.Error()) // it has been decoded from JSON's types
	}
	_, _ = w.Write(text) // a hash has no errors
}

// writeAnswers writes the answers that the pods of a StatefulSet read.
func (c *component) writeAnswers(w io.Writer, workload string, reserved []int32) {
	if c.ConfigMap != nil {
		data := maps.Clone(c.ConfigMap.Data)
		delete(data, plan.ScriptKey) // its questions are in the files
		for _, pod := range c.Pods {
			for _, file := range c.ConfigMap.PerPod {
				if pod.Workload != workload {
					delete(data, c.ConfigMap.Key(pod.Name, file))
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(data)) {
			fmt.Fprintf(w, "%q: %q\n", key, data[key])
		}
		if len(c.Spec.Config.Files) > 0 {
			c.writeSeries(w, reserved)
		}
	}
	if !c.engineDiscovers() {
		return
	}
	c.writeSeries(w, reserved)
	for _, s := range c.Singles {
		if s.Pod.Workload == workload {
			writeService(w, s)
		}
	}
}

// writeSeries writes what decides the numbers and addresses of pods that are not hashed. A reserved
// port moves the numbers behind it.
func (c *component) writeSeries(w io.Writer, reserved []int32) {
	numbers := slices.Clone(reserved)
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		fmt.Fprintf(w, "reserved %d\n", n)
	}
	var lines []string
	for _, e := range c.Spec.Services {
		addresses, _ := v1alpha1.ExpandAddresses(e.LoadBalancer.Addresses) // validation reports the error
		if e.Mode == v1alpha1.PerPod && *e.Host == "" && len(e.ExternalIPs) == 0 && len(addresses) > 0 {
			lines = append(lines, fmt.Sprintf("%s %s\n", e.Name, addresses))
		}
	}
	slices.Sort(lines)
	fmt.Fprint(w, strings.Join(lines, ""))
}

// writeService writes what an engine can read of a Service: its addresses and the names that it is
// published under.
func writeService(w io.Writer, s *plan.Service) {
	for i := range s.Ports {
		port := &s.Ports[i]
		fmt.Fprintf(w, "%s %s %s\n", s.Name, s.Host, s.Advertised(port))
		if port.PortName != port.Name {
			fmt.Fprintf(w, "%s is %s\n", port.Name, port.PortName)
		}
	}
	published := map[string]string{}
	for key, value := range s.Annotations {
		if strings.HasSuffix(key, "/hostname") {
			published[key] = value
		}
	}
	if s.Annotates() {
		maps.Insert(published, s.Announcement(&plan.DNSKeys{}))
	}
	for _, key := range slices.Sorted(maps.Keys(published)) {
		fmt.Fprintf(w, "%s: %s\n", key, published[key])
	}
}
