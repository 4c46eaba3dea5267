package emit

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A slice is the part of a group that fits into one EndpointSlice.
type slice struct {
	plan.Group // with the addresses of this slice only
	name       string
}

// endpointSlices are the slices of an ExternalEndpoints. They are filled in the order of the
// spec, so that an address added at the end only changes the last slice.
var endpointSlices = row[*slice]{
	group: discoveryv1.GroupName, version: "v1", kind: "EndpointSlice",
	items:   slicesOf,
	name:    func(_ *plan.Plan, s *slice) string { return s.name },
	written: func(*slice) (source.Path, string) { return renamedSpec() },
	object:  fresh(sliceObject),
}.Kind()

// slicesOf returns the slices of a plan. If two groups have the same name, which is an error,
// it uses the first.
func slicesOf(p *plan.Plan) (out []*slice) {
	if p.Backends == nil || !slices.Contains(p.Backends.Emit, v1alpha1.EmitEndpointSlice) {
		return nil
	}
	seen := map[string]bool{}
	for _, g := range p.Backends.Groups {
		n, all := 0, g.Addresses
		if seen[g.Name(p.Backends.Service)] {
			continue
		}
		seen[g.Name(p.Backends.Service)] = true
		for part := range slices.Chunk(all, plan.MaxEndpoints) {
			n++
			g.Addresses = part
			out = append(out, &slice{g, g.SliceName(p.Backends.Service, n)})
		}
	}
	return out
}

func sliceObject(p *plan.Plan, s *slice) encode.Object {
	out := &discoveryv1.EndpointSlice{ObjectMeta: meta(p), AddressType: discoveryv1.AddressType(s.Family)}
	out.Labels[discoveryv1.LabelServiceName] = p.Backends.Service
	out.Labels[discoveryv1.LabelManagedBy] = plan.ManagedBy
	for _, b := range s.Addresses {
		// kube-proxy only reads the first address of an endpoint.
		out.Endpoints = append(out.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{b.IP},
			Conditions: discoveryv1.EndpointConditions{Ready: new(b.Ready)},
			Hostname:   optional(b.Hostname),
			NodeName:   optional(b.NodeName),
			Zone:       optional(b.Zone),
			Hints:      hints(p.Backends, b),
		})
	}
	for _, port := range s.Ports {
		// The name connects the port with the port of the Service. That of an unnamed port is
		// "".
		out.Ports = append(out.Ports, discoveryv1.EndpointPort{Name: new(port.Name), Port: new(port.Target),
			Protocol: new(corev1.Protocol(port.Protocol)), AppProtocol: optional(port.AppProtocol)})
	}
	return out
}

// hints are for the nodes that use an address. kube-proxy reads the hints and not the zone, and it
// ignores the hints of a Service unless every ready address has some. Nothing in the cluster derives
// them for slices that it does not manage.
func hints(all *plan.Backends, b plan.Backend) *discoveryv1.EndpointHints {
	if len(b.ForZones) == 0 || !all.Hinted {
		return nil
	}
	out := &discoveryv1.EndpointHints{}
	for _, zone := range b.ForZones {
		out.ForZones = append(out.ForZones, discoveryv1.ForZone{Name: zone})
	}
	return out
}
