package preflight

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/provider"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A foreignService holds what another tool's Service claims.
type foreignService struct {
	Metadata struct {
		Namespace   string
		Annotations map[string]string
		Labels      map[string]string
	}
	Spec struct {
		Type           v1alpha1.ServiceType
		Class          string                 `yaml:"loadBalancerClass"`
		LoadBalancerIP string                 `yaml:"loadBalancerIP"`
		ExternalIPs    []string               `yaml:"externalIPs"`
		Policy         v1alpha1.TrafficPolicy `yaml:"externalTrafficPolicy"`
		ExternalName   string                 `yaml:"externalName"`
		HealthCheck    int32                  `yaml:"healthCheckNodePort"`
		Selector       map[string]string
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
	t.names[kindOf(o)][o.Name] = nameOwner{doc: doc}
	title := o.String() + placeOf(doc)
	t.addForeignPods(doc, title)
	t.addForeignRoute(doc, title)
	t.addForeignNames(doc, claim{title: title})
	t.secrets.add(doc, title)
	if o.APIVersion == "v1" && o.Kind == "Service" && mayClaim(doc) {
		t.addForeignService(o, doc, claim{title: title})
	}
}

// mayClaim reports whether a Service has a field that claims something. Most have none.
func mayClaim(doc *source.Document) bool {
	kind := v1alpha1.ServiceType(doc.Scalar("spec", "type"))
	return kind != "" && kind != v1alpha1.ClusterIP || slices.ContainsFunc([]string{"annotations", "nodePort", "externalIPs", "externalName", "loadBalancerIP", "healthCheckNodePort"}, doc.Mentions)
}

func (t *claims) addForeignService(o source.Object, doc *source.Document, by claim) {
	var svc foreignService
	if doc.ReadInto(&svc) != nil {
		return // the API server reports the error
	}
	t.aliases.add(o.Name, o.Namespace, svc.Spec.ExternalName)
	addresses := t.addRequests(svc, by)
	target := strings.Join(addresses, ",")
	if svc.Spec.Type == v1alpha1.NodePort {
		target = nodes
	}
	for _, host := range published(svc.Metadata.Annotations) {
		if _, ok := t.hosts[host]; !ok {
			t.hosts[host] = hostClaim{by, target, false}
		}
	}
	t.nodePorts.addForeign(doc, svc)
	for _, p := range svc.Spec.Ports {
		if svc.Spec.Type == v1alpha1.LoadBalancer && svc.Spec.Class == "" {
			t.onNodes.addForeign(workload.HostPort{Number: p.Port, Protocol: cmp.Or(p.Protocol, v1alpha1.TCP)}, nodeClaim{by, provider.NodePool(svc.Metadata.Labels)})
		}
		for _, a := range append(addresses, svc.Spec.ExternalIPs...) {
			t.addresses[endpoint{v1alpha1.Canonical(a), p.Port, cmp.Or(p.Protocol, v1alpha1.TCP)}] = by
		}
	}
}

// addForeign records the node ports of a Service.
func (n nodePorts) addForeign(doc *source.Document, svc foreignService) {
	title := doc.Object().String()
	if doc.File == "" || !doc.Numbers { // else the message has the line
		title += placeOf(doc)
	}
	add := func(number int32, title string, at source.Path) {
		if _, ok := n[number]; !ok && number != 0 {
			n[number] = nodePortClaim{claim: claim{title: title}, doc: doc, at: at}
		}
	}
	spec := source.Path{}.Field("spec")
	add(svc.Spec.HealthCheck, "the health check of "+title, spec.Field("healthCheckNodePort"))
	for i, p := range svc.Spec.Ports {
		add(p.NodePort, title, spec.Field("ports").Index(i).Field("nodePort"))
	}
}

// addRequests records what a Service requests of any provider, each with the sharing key of that
// provider, and returns the addresses.
func (t *claims) addRequests(svc foreignService, by claim) []string {
	var ports []int32
	for _, p := range svc.Spec.Ports {
		ports = append(ports, p.Port)
	}
	var addresses []string
	anyKey := ""
	for _, p := range provider.All {
		request := p.Request(svc.Metadata.Annotations, ports)
		anyKey = cmp.Or(anyKey, request.Key)
		addresses = append(addresses, t.addSharer(svc, by, request.Addresses, request.Key)...)
		if _, ok := t.balancers[poolKey{p.Name, request.Name}]; !ok && request.Name != "" {
			t.balancers[poolKey{p.Name, request.Name}] = by
		}
		if request.Pool != nil {
			pool := t.pool(p.Name, *request.Pool, by)
			for _, port := range request.Pool.Frontends {
				pool.frontends[port] = by
			}
		}
	}
	return append(addresses, t.addSharer(svc, by, []string{svc.Spec.LoadBalancerIP}, anyKey)...)
}

// addSharer records who has addresses first, and returns those that are not empty.
func (t *claims) addSharer(svc foreignService, by claim, addresses []string, key string) []string {
	addresses = slices.DeleteFunc(addresses, func(a string) bool { return strings.TrimSpace(a) == "" })
	for _, a := range addresses {
		if a = v1alpha1.Canonical(a); t.sharing[a].title == "" {
			t.sharing[a] = sharer{claim: by, key: key, local: svc.Spec.Policy == v1alpha1.PolicyLocal, pods: labels.Set(svc.Spec.Selector).String(), namespace: svc.Metadata.Namespace, count: 1}
		}
	}
	return addresses
}

// addForeignPods records the host ports of pods of another tool.
func (t *claims) addForeignPods(doc *source.Document, title string) {
	for _, port := range workload.HostPorts(doc) {
		if _, ok := t.hostPorts[port]; !ok {
			t.hostPorts[port] = title
		}
	}
}
