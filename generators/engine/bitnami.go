package engine

import (
	"slices"
	"strings"
)

// What the chart bitnami/kafka has by default: the names and ports of its own listeners, and how the
// names of its StatefulSets end. Source: values.yaml and templates/_helpers.tpl of 32.4.4.
var (
	bitnamiListeners = []string{"CLIENT", "CONTROLLER", "INTERNAL"}
	bitnamiPorts     = []int32{9092, 9093, 9094}
	bitnamiWorkloads = []string{"-controller", "-broker"}
)

// bitnamiKafka is for the pods of the chart bitnami/kafka: each exposed port is one more listener
// beside those of the chart.
func bitnamiKafka(c checker) {
	const example = "begin with the spec of examples/export-bitnami-kafka"
	for _, name := range c.component.Workloads {
		if !slices.ContainsFunc(bitnamiWorkloads, func(end string) bool { return strings.HasSuffix(name, end) }) {
			c.ruleBroken(c.component.Path.Field("workload"), "write FULLNAME-controller or FULLNAME-broker; "+example,
				"the chart's StatefulSets have names that end in %s, and this one is %s", strings.Join(bitnamiWorkloads, " or "), name)
		}
	}
	for i := range c.component.Spec.Ports {
		port := &c.component.Spec.Ports[i]
		if len(c.component.PerPod[port.Name]) == 0 {
			continue
		}
		at := c.component.Path.Field("ports").Item("name", port.Name)
		if slices.Contains(bitnamiPorts, port.ContainerPort) {
			c.ruleBroken(at.Field("containerPort"), "write another number, such as 9095; "+example,
				"port %d is that of one of the chart's own listeners", port.ContainerPort)
		}
		if port.Listener != nil && slices.Contains(bitnamiListeners, *port.Listener.Name) {
			c.ruleBroken(at.Field("listener", "name"), "write another name, such as EXTERNAL", "%s is the name of one of the chart's own listeners", *port.Listener.Name)
		}
	}
}
