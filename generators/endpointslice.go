package generators

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sallyport.dev/schemas/v1alpha1"
)

// endpointSlices makes the slices of an ExternalEndpoints, filled in the order written:
// an address added at the end changes the last slice only.
func endpointSlices(p *plan) []Object {
	if p.backends == nil || !slices.Contains(p.backends.emit, v1alpha1.EmitEndpointSlice) {
		return nil
	}
	var out []Object
	for _, g := range p.backends.groups {
		n := 0
		for part := range slices.Chunk(g.addresses, maxEndpoints) {
			n++
			out = append(out, p.endpointSlice(g, part, n))
		}
	}
	return out
}

func (p *plan) endpointSlice(g group, part []backend, n int) *discoveryv1.EndpointSlice {
	out := &discoveryv1.EndpointSlice{
		TypeMeta:    metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta:  p.meta(g.sliceName(p.backends.service, n)),
		AddressType: discoveryv1.AddressType(g.family),
	}
	out.Labels[discoveryv1.LabelServiceName] = p.backends.service
	out.Labels[discoveryv1.LabelManagedBy] = ManagedBy
	for _, b := range part {
		// kube-proxy reads the first address of an endpoint only.
		out.Endpoints = append(out.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{b.ip},
			Conditions: discoveryv1.EndpointConditions{Ready: new(b.ready)},
			Zone:       optional(b.zone, true),
		})
	}
	for _, port := range g.ports {
		// The name ties the port to the Service's; an unnamed one is "".
		out.Ports = append(out.Ports, discoveryv1.EndpointPort{Name: new(port.name), Port: new(port.target),
			Protocol: new(corev1.Protocol(port.protocol)), AppProtocol: optional(port.appProtocol, true)})
	}
	return out
}
