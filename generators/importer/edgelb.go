package importer

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// readDklb reads the configuration object of dklb, whose frontends are what clients connect to.
func (r *reading) readDklb(annotations map[string]string) *v1alpha1.LoadBalancerSettings {
	text, ok := annotations[provider.DklbAnnotation]
	if !ok {
		return nil
	}
	settings, frontends, err := provider.ReadDklb(text)
	if err != nil {
		return nil // dklbRemark says so
	}
	delete(annotations, provider.DklbAnnotation)
	delete(annotations, dklbHash)
	r.advertised = frontends
	return &v1alpha1.LoadBalancerSettings{Provider: new(v1alpha1.Provider("EdgeLB")), EdgeLB: settings}
}

// dklbHash is an annotation in which dklb keeps a hash of its configuration object.
const dklbHash = "kubernetes.dcos.io/dklb-hash"

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

// frontends writes the ports of frontends, which clients connect to.
func frontends(e *v1alpha1.Service, sp *v1alpha1.ServicePort, all []reading, ports, nth []int32, exact []v1alpha1.PodPort) {
	numbers := make([]int32, len(all))
	for i, r := range all {
		numbers[i] = r.advertised[ports[i]]
	}
	if slices.Equal(numbers, ports) && (len(numbers) == 1 || advertisedStep(e, sp) == 0) {
		return
	}
	advertisedNumbers(e, sp, numbers, nth, exact)
}

// sameDklb reports whether the configuration object of dklb means the same.
func sameDklb(d Difference, came, made *object) bool {
	if annotation(d) != provider.DklbAnnotation {
		return false
	}
	var ports []int32
	for _, p := range list(at(came.tree, "spec", "ports")) {
		if p, ok := p.(map[string]any); ok {
			n, _ := p["port"].(int64)
			ports = append(ports, int32(n))
		}
	}
	key := provider.DklbAnnotation
	return provider.SameDklb(str(at(came.tree, "metadata", "annotations", key)), str(at(made.tree, "metadata", "annotations", key)), ports)
}
