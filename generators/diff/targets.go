package diff

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
)

// A target is the port of the pods that a port of a Service leads to.
type target struct {
	number   int  // 0: it is not known
	borrowed bool // a name was resolved by the workloads of the other input: this one has none that the Service selects
}

// sameTarget returns a condition of a rule: the target port of a Service is still the same number, as far as it is
// known, and a name was resolved by the workloads of the other input or not.
func sameTarget(borrowed bool) func(*change) bool {
	return func(c *change) bool {
		before, after := targetOf(c, 0), targetOf(c, 1)
		return before.number != 0 && before.number == after.number && (before.borrowed || after.borrowed) == borrowed
	}
}

// unknownTarget reports whether the number of a target port, before or after, is not known.
func unknownTarget(c *change) bool { return targetOf(c, 0).number == 0 || targetOf(c, 1).number == 0 }

// targetOf returns the target port that changes, on one side. A name is resolved by the containers of the pods,
// which must agree.
func targetOf(c *change, side int) target {
	port, service, all, others := c.entry[side], c.was, c.w.was, c.w.is
	if side == 1 {
		service, all, others = c.is, c.w.is, c.w.was
	}
	name, ok := port["targetPort"].(string)
	if !ok {
		return target{number: number(port["targetPort"])}
	}
	n, selected := resolve(service, all, name, port["protocol"])
	if selected {
		return target{number: n}
	}
	n, _ = resolve(service, others, name, port["protocol"])
	return target{n, true}
}

// resolve returns the number of a named port of the pods that a Service selects; 0: it is not known. It reports whether the
// Service selects any.
func resolve(service *object, all []*object, name string, protocol any) (out int, selected bool) {
	known := true
	for _, o := range all {
		if !selects(service, o) {
			continue
		}
		n := containerPort(child(o.tree, "spec", "template", "spec"), name, protocol)
		known = known && n != 0 && (!selected || n == out)
		out, selected = n, true
	}
	if !known {
		return 0, selected
	}
	return out, selected
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
