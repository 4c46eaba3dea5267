package generators

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sallyport.dev/schemas/v1alpha1"
)

// endpoints makes the v1 Endpoints of an ExternalEndpoints: one subset for each set of
// ports. Where that is more than one for an address, the cluster does not mirror them.
//
//nolint:staticcheck // SA1019: v1 Endpoints is deprecated since Kubernetes 1.33; a spec must ask for it, and gets a warning.
func endpoints(p *plan) []Object {
	if p.backends == nil || !slices.Contains(p.backends.emit, v1alpha1.EmitEndpoints) {
		return nil
	}
	out := &corev1.Endpoints{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Endpoints"},
		ObjectMeta: p.meta(p.backends.service),
	}
	if slices.Contains(p.backends.emit, v1alpha1.EmitEndpointSlice) {
		out.Labels["endpointslice.kubernetes.io/skip-mirror"] = "true"
	}
	for _, g := range p.backends.groups {
		subset := corev1.EndpointSubset{}
		for _, b := range g.addresses {
			address := corev1.EndpointAddress{IP: b.ip}
			if b.ready {
				subset.Addresses = append(subset.Addresses, address)
			} else {
				subset.NotReadyAddresses = append(subset.NotReadyAddresses, address)
			}
		}
		for _, port := range g.ports {
			subset.Ports = append(subset.Ports, corev1.EndpointPort{Name: port.name, Port: port.target,
				Protocol: corev1.Protocol(port.protocol), AppProtocol: optional(port.appProtocol, true)})
		}
		out.Subsets = append(out.Subsets, subset)
	}
	return []Object{out}
}
