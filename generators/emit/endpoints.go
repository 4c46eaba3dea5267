package emit

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// endpoints are the v1 Endpoints of an ExternalEndpoints, with a subset for each set of ports.
// If an address has several sets, the cluster cannot mirror them.
var endpoints = row[*plan.Backends]{
	version: "v1", kind: "Endpoints",
	items: func(p *plan.Plan) []*plan.Backends {
		if p.Backends == nil || !slices.Contains(p.Backends.Emit, v1alpha1.EmitEndpoints) {
			return nil
		}
		return []*plan.Backends{p.Backends}
	},
	name:    func(_ *plan.Plan, b *plan.Backends) string { return b.Service },
	written: func(*plan.Backends) (source.Path, string) { return renamedSpec() },
	object:  fresh(endpointsObject),
}.Kind()

//nolint:staticcheck // SA1019: v1 Endpoints is deprecated since Kubernetes 1.33; a spec must ask for it, and gets a warning.
func endpointsObject(p *plan.Plan, b *plan.Backends) encode.Object {
	out := &corev1.Endpoints{ObjectMeta: meta(p)}
	if slices.Contains(b.Emit, v1alpha1.EmitEndpointSlice) {
		out.Labels["endpointslice.kubernetes.io/skip-mirror"] = "true"
	}
	for _, g := range b.Groups {
		subset := corev1.EndpointSubset{}
		for _, b := range g.Addresses {
			address := corev1.EndpointAddress{IP: b.IP, Hostname: b.Hostname, NodeName: optional(b.NodeName)}
			if b.Ready {
				subset.Addresses = append(subset.Addresses, address)
			} else {
				subset.NotReadyAddresses = append(subset.NotReadyAddresses, address)
			}
		}
		for _, port := range g.Ports {
			subset.Ports = append(subset.Ports, corev1.EndpointPort{Name: port.Name, Port: port.Target,
				Protocol: corev1.Protocol(port.Protocol), AppProtocol: optional(port.AppProtocol)})
		}
		out.Subsets = append(out.Subsets, subset)
	}
	return out
}
