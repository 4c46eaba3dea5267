package engine

import "sallyport.dev/schemas/source"

// startTogether is for engines whose pods vote: none of them serves clients before most of them run. Where a pod is
// only made when the one before is ready, that is never so.
func startTogether(c checker) {
	running, one := len(c.component.Pods), c.component.OneByOne
	for _, s := range one {
		running -= s.Replicas - 1
	}
	if len(one) == 0 || running > len(c.component.Pods)/2 {
		return
	}
	c.found.WarnOnce(source.EngineRule, c.component.Path.Field("workload"), "write podManagementPolicy: Parallel into it, and make it anew if it exists: the field cannot be changed; or accept the warning if the probe passes before",
		"StatefulSet %s makes each pod when the one before is ready, and its probe, at %s, asks a port that a pod opens when most of the %d pods run: the first pod would wait forever", one[0].Set, one[0].Place, len(c.component.Pods))
}
