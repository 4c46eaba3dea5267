package decide

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// serves reports whether the entry makes a Service for a pod.
func (e *entry) serves(pod *plan.Pod) bool { return e.only == nil || e.only[pod.Name] }

// checkPodNames reports pods that the entry names and that do not exist.
func (e *entry) checkPodNames() {
	if len(e.spec.Pods)+len(e.only) == 0 {
		return
	}
	exists := map[string]bool{}
	for _, pod := range e.c.Pods {
		exists[pod.Name] = true
	}
	at := v1alpha1.LevelsOf(e.c.Spec.Name, e.spec.Name, "").Entry()
	for i, name := range e.spec.Only {
		if !exists[name] {
			e.notThere(name, at.Field("only").Index(i))
			exists[name] = true // one message is enough
		}
	}
	for _, own := range e.spec.Pods {
		if !exists[own.Pod] {
			e.notThere(own.Pod, at.Field("pods").Item("pod", own.Pod).Field("pod"))
		}
	}
}

// notThere reports a pod that does not exist. More replicas may make it, or a lower first ordinal.
func (e *entry) notThere(pod string, at source.Path) {
	if e.scaledAway(pod) {
		if first := firstBehind(e.c, pod); first != "" {
			e.d.found.Warnf(source.PodNotThere, at, "take it out, or lower ordinals.start", "pod %s does not exist: %s is the first one of its StatefulSet (ordinals.start)", pod, first)
			return
		}
		e.d.found.Warnf(source.PodNotThere, at, "take it out, or increase replicas", "pod %s does not exist with this number of replicas", pod)
		return
	}
	some := namesOf(e.c.Pods[:min(len(e.c.Pods), 10)], func(pod plan.Pod) string { return pod.Name })
	e.d.found.Errorf(source.UnknownName, at, cmp.Or(source.Suggest(pod, some), "take it out"), "there is no pod %q in component %s", pod, e.c.Spec.Name)
}

// scaledAway reports whether a StatefulSet of the component would have a pod of that name with
// more replicas. An ordinal has no leading zeros.
func (e *entry) scaledAway(pod string) bool {
	i := strings.LastIndexByte(pod, '-') + 1
	n, err := strconv.ParseUint(pod[i:], 10, 31)
	return err == nil && i > 0 && strconv.FormatUint(n, 10) == pod[i:] && slices.Contains(e.c.Workloads, pod[:i-1])
}

// firstBehind returns the first pod of the StatefulSet of a pod that would come before it, or "".
func firstBehind(c *component, pod string) string {
	firsts := c.firstPods()
	if _, ok := podNamed(pod, firsts); ok {
		return ""
	}
	workload := pod[:strings.LastIndexByte(pod, '-')]
	for _, first := range firsts {
		if first.Workload == workload {
			return first.Name
		}
	}
	return ""
}

// nth is a pod's place in the list of addresses.
func (e *entry) nth(pod *plan.Pod) int { return int(e.c.nth(pod)) }

// enoughAddresses checks that each pod without an address of its own has one of the list: the
// list goes by ids, so that scaling moves no pod to another address.
func (e *entry) enoughAddresses() {
	if len(e.list) == 0 {
		return
	}
	at := e.d.found.Where(v1alpha1.LevelsOf(e.c.Spec.Name, e.spec.Name, ""), plan.Setting("loadBalancer", "addresses"))
	for i := range e.c.Pods {
		pod := &e.c.Pods[i]
		if own := e.ownOf(pod); !e.serves(pod) || e.nth(pod) < len(e.list) || own != nil && *own.LoadBalancer.Address != "" {
			continue
		}
		if e.nth(pod) == i && e.only == nil {
			e.d.found.Errorf(source.Required, at, "add the missing ones, in the order of the pods' ids", "the list has %d of the addresses of %d pods", len(e.list), len(e.c.Pods))
		} else {
			e.d.found.Errorf(source.Required, at, "write addresses for all ids, or give the pods behind the list an address under pods",
				"the list goes by ids: pod %s, id %d, would have address %d, and there are %d", pod.Name, pod.ID, e.nth(pod)+1, len(e.list))
		}
		return
	}
}

// planLater plans the names of pods that the entry can have with more replicas: of the first one without
// settings of its own, and of those that the entry names. The wildcards of a certificate must stand for
// them, so that it does not change with the number of pods.
func (e *entry) planLater() {
	if cert := e.c.Spec.Certificate; cert == nil || !*cert.Wildcard || !e.c.Enabled || e.spec.Mode != v1alpha1.PerPod {
		return
	}
	wanted := slices.Clone(e.spec.Only)
	for i := range e.spec.Pods {
		wanted = append(wanted, e.spec.Pods[i].Pod)
	}
	firsts := e.c.firstPods()
	if e.only == nil && len(firsts) > 0 {
		first := firsts[0]
		for e.own[first.Name] != nil {
			first = after(first, 1)
		}
		wanted = append(wanted, first.Name)
	}
	for _, name := range wanted {
		if pod, ok := podNamed(name, firsts); ok && e.serves(&pod) {
			s := e.named(&plan.Service{}, &pod).Service
			s.Host = e.d.hostOf(s)
			e.c.Later = append(e.c.Later, s)
		}
	}
}

// podNamed returns the pod of a name that one of the StatefulSets can have, of which it knows the first pods.
func podNamed(name string, firsts []plan.Pod) (plan.Pod, bool) {
	for _, first := range firsts {
		ordinal, ok := strings.CutPrefix(name, first.Workload+"-")
		n, err := strconv.ParseInt(ordinal, 10, 32)
		if pod := after(first, int32(n)-first.Ordinal); ok && err == nil && pod.Ordinal >= first.Ordinal && pod.Name == name {
			return pod, true
		}
	}
	return plan.Pod{}, false
}

// after returns the pod that comes some ordinals after another one of its StatefulSet.
func after(pod plan.Pod, n int32) plan.Pod {
	pod.Ordinal, pod.ID = pod.Ordinal+n, pod.ID+n
	pod.Name = podName(pod.Workload, pod.Ordinal)
	return pod
}
