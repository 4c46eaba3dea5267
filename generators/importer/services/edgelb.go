package services

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// dklbRemark says what the spec cannot say of a configuration object of dklb.
func (b *builder) dklbRemark(s *service) {
	text, ok := s.Annotations[provider.DklbAnnotation]
	if !ok || s.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return
	}
	at := source.Path{}.Field("metadata", "annotations").MapKey(provider.DklbAnnotation)
	_, frontends, err := provider.ReadDklb(text)
	if err != nil {
		b.draft.Remark(s.doc, at, "it stays an annotation: %v", err)
		return
	}
	for _, port := range slices.Sorted(maps.Keys(frontends)) {
		if !slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port }) {
			b.draft.Remark(s.doc, at, "a frontend for port %d, which the Service does not have: dklb ignores it", port)
		}
	}
}
