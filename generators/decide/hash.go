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
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// configHashes decides, for each StatefulSet, a hash of the answers that its pods read when they
// start. If an answer changes, the pods must restart, but more replicas must restart none. So the
// hash is that of a second plan of the spec. Its pods do not depend on replicas: see hashedPods.
func (d *decider) configHashes(e v1alpha1.ExternalAccess) {
	if d.found.Errors() || !slices.ContainsFunc(d.components, (*component).readsAnswers) {
		return
	}
	forHash := newDecider(Decision{Plan: &plan.Plan{Object: d.plan.Object, Owner: d.plan.Owner, Namespace: d.plan.Namespace}, Found: d.found.Clone()})
	forHash.seen, forHash.podsOf = d.seen, hashedPods
	forHash.access(e)
	for i, c := range d.components {
		if !c.readsAnswers() {
			continue
		}
		c.warnOfDiscovery(forHash.components[i], d.found)
		c.ConfigHash = map[string]string{}
		for _, workload := range c.Workloads {
			h := sha256.New()
			if second := forHash.components[i]; second.incomplete(c, forHash.found) {
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

// warnOfDiscovery warns if only pods to come discover other kinds of things than those that are
// there: what discovers them is in the template. later is the component of the second plan.
func (c *component) warnOfDiscovery(later *component, found *finding.Findings) {
	if len(c.Pods) == 0 || c.ConfigMap == nil || later.ConfigMap == nil {
		return
	}
	now, then := &c.ConfigMap.Need, &later.ConfigMap.Need
	if then.API() && !now.API() || then.Host && !now.Host || then.Pod && !now.Pod {
		found.WarnOnce(source.Undetermined, c.Path.Field("config", "discovery"), "give all pods hosts or addresses; or generate with the replicas that there will be, before the pods run",
			"more replicas would restart the pods: the files of pods to come contain addresses that are not known offline, and discovery of them is not in the template yet")
	}
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
