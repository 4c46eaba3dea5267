package generators

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A foreignService is what a Service that is not ours takes.
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

// inOrder sorts documents by what they hold, so that it does not matter in which order
// they came.
func inOrder(docs []*source.Document) []*source.Document {
	return slices.SortedStableFunc(slices.Values(docs), func(a, b *source.Document) int {
		return cmp.Or(cmp.Compare(a.Object().String(), b.Object().String()), cmp.Compare(a.File, b.File), cmp.Compare(a.Index, b.Index))
	})
}

// foreign enters what a document that is not ours has taken.
func (c *clashes) foreign(doc *source.Document) {
	o := doc.Object()
	where := " of the package"
	if doc.File != "" {
		where = " in " + doc.File
	}
	by := ", which Sallyport did not make"
	if owner := doc.Scalar("metadata", "annotations", OwnerAnnotation); owner != "" {
		by = ", made for " + owner
	}
	c.holders(o.APIVersion, o.Kind, o.Namespace, 1).of[o.Name] = holder{said: where + by}
	what := o.String() + where
	var svc foreignService
	if o.APIVersion != "v1" || o.Kind != "Service" || doc.Node().Decode(&svc) != nil {
		return // whoever applies it will be told of what is wrong
	}
	c.foreignPool(svc, what)
	addresses := append(c.foreignSharing(svc, what), svc.Spec.ExternalIPs...)
	for _, p := range svc.Spec.Ports {
		if _, ok := c.nodePorts[p.NodePort]; !ok && p.NodePort != 0 {
			c.nodePorts[p.NodePort] = claim{of: what}
		}
		for _, a := range addresses {
			c.addresses[endpoint{v1alpha1.Canonical(a), p.Port, cmp.Or(p.Protocol, v1alpha1.TCP)}] = claim{of: what}
		}
	}
}

// foreignSharing enters the load balancer's addresses of a Service that is not ours, and
// returns them.
func (c *clashes) foreignSharing(svc foreignService, what string) []string {
	text, key := svc.Spec.LoadBalancerIP, ""
	for _, prefix := range metalLBPrefixes {
		text += "," + svc.Metadata.Annotations[prefix+"loadBalancerIPs"]
		key = cmp.Or(key, svc.Metadata.Annotations[prefix+"allow-shared-ip"])
	}
	addresses := slices.DeleteFunc(strings.Split(text, ","), func(a string) bool { return strings.TrimSpace(a) == "" })
	for _, a := range addresses {
		if a = v1alpha1.Canonical(a); c.sharing[a].of == "" {
			c.sharing[a] = sharer{claim{of: what}, key, svc.Spec.Policy == v1alpha1.PolicyLocal}
		}
	}
	return addresses
}

// foreignPool enters the pool of a Service that is not ours.
func (c *clashes) foreignPool(svc foreignService, what string) {
	var o dklbObject
	if yaml.Unmarshal([]byte(svc.Metadata.Annotations[dklbAnnotation]), &o) != nil || o.Name == "" {
		return // dklb would make up a name
	}
	in := c.pool(o, claim{of: what})
	var ports []int32
	for _, p := range svc.Spec.Ports {
		ports = append(ports, p.Port)
	}
	for _, port := range o.frontends(ports) {
		in.frontends[port] = claim{of: what}
	}
}
