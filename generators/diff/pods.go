package diff

import (
	"fmt"
	"strings"

	"sallyport.dev/generators/plan"
)

// A podName is a pod of a namespace.
type podName struct{ namespace, name string }

// gonePods returns the pods that only OLD has.
func gonePods(was, is []*object) map[podName]bool {
	out := map[podName]bool{}
	for _, o := range was {
		for _, pod := range podsOf(o) {
			out[pod] = true
		}
	}
	for _, o := range is {
		for _, pod := range podsOf(o) {
			delete(out, pod)
		}
	}
	return out
}

// podsOf returns the pods of which an object says that they exist: that of the selector of a Service, or those of
// a StatefulSet.
func podsOf(o *object) []podName {
	var out []podName
	switch {
	case o.Kind == "Service":
		if pod := str(at(o.tree, "spec", "selector", plan.PodNameLabel)); pod != "" {
			out = append(out, podName{o.Namespace, pod})
		}
	case o.Kind == "StatefulSet" && !o.patch:
		first, replicas := podRange(o)
		for i := range replicas {
			out = append(out, podName{o.Namespace, fmt.Sprintf("%s-%d", o.Name, first+i)})
		}
	}
	return out
}

// podRange returns the ordinal of the first pod of a StatefulSet, and how many there are.
func podRange(o *object) (first, replicas int) {
	first, replicas = number(at(o.tree, "spec", "ordinals", "start")), 1
	if n := at(o.tree, "spec", "replicas"); n != nil {
		replicas = number(n)
	}
	return first, replicas
}

// keyOfGonePod reports whether the name of a key begins with that of a pod that NEW does not have, as the files of
// single pods do.
func (w *world) keyOfGonePod(c *change) bool {
	pod, _, _ := strings.Cut(c.key, ".")
	return w.gone[podName{c.subject().Namespace, pod}]
}
