package diff

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
)

// sameTarget reports whether the target port of a Service is still the same number.
func sameTarget(c *change) bool {
	before, ok := targetOf(c, 0)
	after, okToo := targetOf(c, 1)
	return ok && okToo && before == after
}

// unknownTarget reports whether the number of a target port, before or after, is not known.
func unknownTarget(c *change) bool {
	_, ok := targetOf(c, 0)
	_, okToo := targetOf(c, 1)
	return !ok || !okToo
}

// targetOf returns the number of the target port that changes, on one side. It reports whether the
// number is known: a name is resolved by the containers of the pods, which must agree.
func targetOf(c *change, side int) (int, bool) {
	port, service, all := c.entry[side], c.was, c.w.was
	if side == 1 {
		service, all = c.is, c.w.is
	}
	name, ok := port["targetPort"].(string)
	if !ok {
		return number(port["targetPort"]), true
	}
	out := 0
	for _, o := range all {
		if !selects(service, o) {
			continue
		}
		n := containerPort(child(o.tree, "spec", "template", "spec"), name, port["protocol"])
		if n == 0 || out != 0 && n != out {
			return 0, false
		}
		out = n
	}
	return out, out != 0
}

// selects reports whether a Service selects pods of a workload, by labels of the template or by the name
// of a pod.
func selects(service, o *object) bool {
	selector := child(service.tree, "spec", "selector")
	if !slices.Contains(workloads, o.Kind) || o.patch || len(selector) == 0 || !service.sameNamespace(o) {
		return false
	}
	labels := child(o.tree, "spec", "template", "metadata", "labels")
	for key, value := range selector {
		if labels[key] != value && (o.Kind != "StatefulSet" || !ofPod(o, key, str(value))) {
			return false
		}
	}
	return true
}

// ofPod reports whether the controller gives a pod of a StatefulSet the label.
func ofPod(o *object, key, value string) bool {
	if key == plan.PodNameLabel {
		ordinal, ok := strings.CutPrefix(value, o.Name+"-")
		value = ordinal
		if !ok {
			return false
		}
	} else if key != podIndexLabel {
		return false
	}
	_, err := strconv.ParseUint(value, 10, 31)
	return err == nil
}

const podIndexLabel = "apps.kubernetes.io/pod-index"

// containerPort returns the number of a named port of a pod, or 0: that of a container, or of a sidecar.
func containerPort(pod map[string]any, name string, protocol any) int {
	out := 0
	find := func(container map[string]any) {
		each(container["ports"], func(p map[string]any) {
			is := p["protocol"]
			if is == nil {
				is = "TCP"
			}
			if out == 0 && p["name"] == name && is == protocol {
				out = number(p["containerPort"])
			}
		})
	}
	each(pod["containers"], find)
	each(pod["initContainers"], func(container map[string]any) {
		if container["restartPolicy"] == "Always" {
			find(container)
		}
	})
	return out
}
