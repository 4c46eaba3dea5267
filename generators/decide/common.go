package decide

import (
	"slices"

	discoveryv1 "k8s.io/api/discovery/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A commonDecider decides the labels and annotations of all objects.
type commonDecider struct{ *decider }

// decide plans them. Placeholders have a value only if it is the same for all objects.
func (d commonDecider) decide(c v1alpha1.Common, s scope) {
	d.plan.CommonLabels = d.expanded("labels", c.CommonLabels, s)
	d.plan.CommonAnnotations = d.expanded("annotations", c.CommonAnnotations, s)
}

func (d commonDecider) expanded(field string, m v1alpha1.StringMap, s scope) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		at := v1alpha1.CommonPath(field, k)
		value, _ := d.names.expand(*v, s, at)
		d.names.checkMetadata(field, k, value, at)
		if field == "labels" && slices.Contains(sliceLabels, k) {
			d.names.reserved(k, at)
		}
		out[k] = value
	}
	if size := mapSize(out) + len(plan.OwnerAnnotation) + len(d.plan.Owner); size > maxAnnotations {
		sizeError(d.found, field, size, v1alpha1.CommonPath(field))
		return nil
	}
	return out
}

// sliceLabels are the labels that connect EndpointSlices and Endpoints with their Service and with
// who manages them.
var sliceLabels = []string{discoveryv1.LabelServiceName, discoveryv1.LabelManagedBy, discoveryv1.LabelSkipMirror}

// inherited returns the levels from which a Service has labels or annotations. A headless Service,
// and one of a component whose access is disabled, inherits labels only.
func inherited(s *plan.Service, field string) v1alpha1.Levels {
	switch {
	case field == "labels":
		return s.Levels
	case s.Component != nil && !s.Component.Enabled:
		return nil
	case s.Mode == v1alpha1.Headless:
		return s.Levels[:1]
	}
	return s.Levels
}
