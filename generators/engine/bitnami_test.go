package engine_test

import (
	"testing"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// The chart bitnami/kafka has listeners and names of its own, and what is exposed is beside them.
func TestBitnamiKafka(t *testing.T) {
	for _, test := range []struct {
		edit     func(*plan.Component)
		at, want string
	}{
		{func(c *plan.Component) {
			c.Workloads, c.Spec.Ports = []string{"kafka-controller", "kafka-broker"}, []v1alpha1.Port{{Name: "sql", ContainerPort: 9095}}
		}, "", ""},
		{func(c *plan.Component) { c.Workloads = []string{"kafka"} }, "spec.components[node].workload", "-controller or -broker"},
		{func(c *plan.Component) {
			c.Spec.Ports = []v1alpha1.Port{{Name: "sql", ContainerPort: 9094}}
		}, "ports[sql].containerPort", "9094"},
		{func(c *plan.Component) {
			c.Spec.Ports = []v1alpha1.Port{{Name: "sql", ContainerPort: 9095, Listener: &v1alpha1.Listener{Name: new("INTERNAL")}}}
		}, "ports[sql].listener.name", "INTERNAL"},
	} {
		c, _ := component()
		test.edit(c)
		ds := check(t, c, v1alpha1.BitnamiKafka)
		if test.want == "" && len(ds) > 0 {
			t.Error(ds)
		} else if test.want != "" {
			checkReport(t, "BitnamiKafka", ds, test.at, test.want)
		}
	}
}
