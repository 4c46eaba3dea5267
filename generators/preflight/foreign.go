package preflight

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A foreignService holds what another tool's Service claims.
type foreignService struct {
	Metadata struct{ Annotations map[string]string }
	Spec     struct {
		LoadBalancerIP string                 `yaml:"loadBalancerIP"`
		ExternalIPs    []string               `yaml:"externalIPs"`
		Policy         v1alpha1.TrafficPolicy `yaml:"externalTrafficPolicy"`
		Ports          []struct {
			Port     int32
			NodePort int32 `yaml:"nodePort"`
			Protocol v1alpha1.Protocol
		}
	}
}

// addForeign records what a document of another tool claims.
func (t *claims) addForeign(doc *source.Document) {
	o := doc.Object()
	where := " of the package"
	if doc.File != "" {
		where = " in " + doc.File
	}
	by := ", which Sallyport did not generate"
	if owner := doc.Scalar("metadata", "annotations", plan.OwnerAnnotation); owner != "" {
		by = ", generated for " + owner
	}
	kind := o.Unversioned()
	kind.Name = ""
	t.names.ofKind(kind, 1)[o.Name] = nameOwner{where: where + by}
	var svc foreignService
	if o.APIVersion != "v1" || o.Kind != "Service" || doc.Node().Decode(&svc) != nil {
		return // the API server reports the error
	}
	t.addForeignService(svc, claim{title: o.String() + where})
}

func (t *claims) addForeignService(svc foreignService, by claim) {
	var ports []int32
	for _, p := range svc.Spec.Ports {
		ports = append(ports, p.Port)
	}
	addresses, key := []string{svc.Spec.LoadBalancerIP}, ""
	for _, p := range provider.All {
		if p.ReadForeign == nil {
			continue
		}
		request := p.ReadForeign(svc.Metadata.Annotations, ports)
		addresses, key = append(addresses, request.Addresses...), cmp.Or(key, request.Key)
		if request.Pool != nil {
			pool := t.pool(p.Name, *request.Pool, by)
			for _, port := range request.Pool.Frontends {
				pool.frontends[port] = by
			}
		}
	}
	addresses = slices.DeleteFunc(addresses, func(a string) bool { return strings.TrimSpace(a) == "" })
	for _, a := range addresses {
		if a = v1alpha1.Canonical(a); t.sharing[a].title == "" {
			t.sharing[a] = sharer{by, key, svc.Spec.Policy == v1alpha1.PolicyLocal}
		}
	}
	for _, p := range svc.Spec.Ports {
		if _, ok := t.nodePorts[p.NodePort]; !ok && p.NodePort != 0 {
			t.nodePorts[p.NodePort] = by
		}
		for _, a := range append(addresses, svc.Spec.ExternalIPs...) {
			t.addresses[endpoint{v1alpha1.Canonical(a), p.Port, cmp.Or(p.Protocol, v1alpha1.TCP)}] = by
		}
	}
}
