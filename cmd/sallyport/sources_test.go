package main

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// A rendered has the objects of an example, by kind and name.
type rendered struct {
	order     []string // "Kind name", as printed
	services  map[string]*corev1.Service
	configs   map[string]*corev1.ConfigMap
	accounts  map[string]*corev1.ServiceAccount
	roles     map[string]*rbacv1.Role
	clusters  map[string]*rbacv1.ClusterRole
	bindings  map[string]*rbacv1.RoleBinding
	cbindings map[string]*rbacv1.ClusterRoleBinding
	endpoints map[string]*corev1.Endpoints //nolint:staticcheck // SA1019: one example is about the deprecated kind
	slices    map[string]*discoveryv1.EndpointSlice
}

// example renders an example and decodes its objects strictly.
func example(t *testing.T, name string) rendered {
	t.Helper()
	out, stderr, status := sallyport("", "render", root("examples", name, "spec.yaml"))
	if status != 0 {
		t.Fatal(stderr)
	}
	r := rendered{services: map[string]*corev1.Service{}, configs: map[string]*corev1.ConfigMap{}, accounts: map[string]*corev1.ServiceAccount{},
		roles: map[string]*rbacv1.Role{}, clusters: map[string]*rbacv1.ClusterRole{}, bindings: map[string]*rbacv1.RoleBinding{},
		cbindings: map[string]*rbacv1.ClusterRoleBinding{}, slices: map[string]*discoveryv1.EndpointSlice{}}
	r.endpoints = map[string]*corev1.Endpoints{} //nolint:staticcheck // SA1019: as above
	for _, doc := range strings.Split(out, "\n---\n") {
		var head struct {
			APIVersion, Kind string
			Metadata         struct{ Name string }
		}
		if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
			t.Fatal(err)
		}
		r.order = append(r.order, head.Kind+" "+head.Metadata.Name)
		switch head.APIVersion + " " + head.Kind {
		case "v1 Service":
			enter(t, r.services, doc)
		case "v1 ConfigMap":
			enter(t, r.configs, doc)
		case "v1 ServiceAccount":
			enter(t, r.accounts, doc)
		case "rbac.authorization.k8s.io/v1 Role":
			enter(t, r.roles, doc)
		case "rbac.authorization.k8s.io/v1 ClusterRole":
			enter(t, r.clusters, doc)
		case "rbac.authorization.k8s.io/v1 RoleBinding":
			enter(t, r.bindings, doc)
		case "rbac.authorization.k8s.io/v1 ClusterRoleBinding":
			enter(t, r.cbindings, doc)
		case "v1 Endpoints":
			enter(t, r.endpoints, doc)
		case "discovery.k8s.io/v1 EndpointSlice":
			enter(t, r.slices, doc)
		default:
			t.Errorf("unexpected %s %s", head.APIVersion, head.Kind)
		}
	}
	return r
}

func enter[T any, P interface {
	*T
	GetName() string
}](t *testing.T, into map[string]P, doc string) {
	t.Helper()
	var o T
	if err := yaml.UnmarshalStrict([]byte(doc), &o); err != nil {
		t.Fatal(err)
	}
	into[P(&o).GetName()] = &o
}

// expect fails if two values differ.
func expect[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// ports returns the ports of a Service as kubectl prints them, with the target port.
func ports(s *corev1.Service) string {
	var out []string
	for _, p := range s.Spec.Ports {
		out = append(out, fmt.Sprintf("%s:%d>%s/%s", p.Name, p.Port, p.TargetPort.String(), p.Protocol))
	}
	return strings.Join(out, " ")
}

func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// TestSources checks the examples clause by clause against the requirements of their source
// pages. The expectations are written by hand, so that -update cannot hide an error.
func TestSources(t *testing.T) {
	t.Run("pravega-loadbalancer", pravegaLoadBalancer)
	t.Run("pravega-rbac", pravegaRBAC)
	t.Run("pravega-dns", pravegaDNS)
	t.Run("pravega-type-override", pravegaTypeOverride)
	t.Run("pravega-annotations", pravegaAnnotations)
	t.Run("pravega-shared-ip", pravegaSharedIP)
	t.Run("pravega-inside-only", pravegaInsideOnly)
	t.Run("ceph-rgw", cephSlices)
	t.Run("ceph-rgw-endpoints", cephEndpoints)
	t.Run("external-database", externalDatabase)
	t.Run("dual-stack", dualStack)
	t.Run("thousand-addresses", thousandAddresses)
}

// "kubectl get svc -lapp=pravega-cluster" prints these Services, types and ports.
func pravegaLoadBalancer(t *testing.T) {
	r := example(t, "pravega-loadbalancer")
	expect(t, "Services", []string{"example-bookie-headless", "example-pravega-controller", "example-pravega-segmentstore-0",
		"example-pravega-segmentstore-1", "example-pravega-segmentstore-2", "example-pravega-segmentstore-headless"}, names(r.services))
	for name, s := range r.services {
		expect(t, name+" label", "pravega-cluster", s.Labels["app"])
		headless := strings.HasSuffix(name, "headless")
		expect(t, name+" headless", headless, s.Spec.ClusterIP == "None")
		expect(t, name+" type", !headless, s.Spec.Type == "LoadBalancer")
	}
	expect(t, "controller", "rest:10080>10080/TCP grpc:9090>9090/TCP", ports(r.services["example-pravega-controller"]))
	expect(t, "bookie", "bookie:3181>3181/TCP", ports(r.services["example-bookie-headless"]))
	for i := range 3 {
		name := fmt.Sprintf("example-pravega-segmentstore-%d", i)
		s := r.services[name]
		expect(t, name+" selects its pod alone", map[string]string{"statefulset.kubernetes.io/pod-name": name}, s.Spec.Selector)
		expect(t, name+" first port", "server:12345>12345/TCP", strings.Fields(ports(s))[0])
		expect(t, name+" policy", corev1.ServiceExternalTrafficPolicyLocal, s.Spec.ExternalTrafficPolicy)
		expect(t, name+" has no DNS annotation", []string{"sallyport.dev/owner"}, names(s.Annotations))
	}
	expect(t, "one Service for all controllers", map[string]string{"app": "pravega-cluster", "component": "pravega-controller", "pravega_cluster": "example"},
		r.services["example-pravega-controller"].Spec.Selector)
	expect(t, "ConfigMap", map[string]string{"K8_EXTERNAL_ACCESS": "true", "CONTROLLER_URL": "tcp://example-pravega-controller.default:9090"},
		r.configs["example-pravega-segmentstore"].Data)
}

// The page's ServiceAccount, Role, ClusterRole and bindings, with its rules, in rbac v1,
// wherever access is enabled.
func pravegaRBAC(t *testing.T) {
	for _, name := range []string{"pravega-loadbalancer", "pravega-dns", "pravega-type-override", "pravega-annotations", "pravega-shared-ip"} {
		r := example(t, name)
		expect(t, "accounts", []string{"pravega-components"}, names(r.accounts))
		expect(t, "Role", []rbacv1.PolicyRule{
			{APIGroups: []string{"pravega.pravega.io"}, Resources: []string{"*"}, Verbs: []string{"get"}},
			{APIGroups: []string{""}, Resources: []string{"pods", "services"}, Verbs: []string{"get"}},
		}, r.roles["pravega-components"].Rules)
		expect(t, "ClusterRole", []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}}},
			r.clusters["default-pravega-components"].Rules)
		subject := []rbacv1.Subject{{Kind: "ServiceAccount", Name: "pravega-components", Namespace: "default"}}
		rb, crb := r.bindings["pravega-components"], r.cbindings["default-pravega-components"]
		expect(t, "RoleBinding", rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: "pravega-components"}, rb.RoleRef)
		expect(t, "ClusterRoleBinding", rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: "default-pravega-components"}, crb.RoleRef)
		expect(t, "subjects", subject, rb.Subjects)
		expect(t, "subjects", subject, crb.Subjects)
		expect(t, "namespace", "default", rb.Namespace)
		expect(t, "cluster-scoped", "", crb.Namespace+r.clusters["default-pravega-components"].Namespace)
	}
}

// "Each segmentstore external service is assigned a DNS name": pod name, domain, a
// trailing dot, under both of external-dns's prefixes; the controller has none.
func pravegaDNS(t *testing.T) {
	r := example(t, "pravega-dns")
	for name, s := range r.services {
		want := ""
		if strings.HasPrefix(name, "pravega-pravega-segmentstore-") && !strings.HasSuffix(name, "headless") {
			want = name + ".example.com."
		}
		expect(t, name, want, s.Annotations["external-dns.alpha.kubernetes.io/hostname"])
		expect(t, name, want, s.Annotations["external-dns.kubernetes.io/hostname"])
	}
}

// "controllerExtServiceType: ClusterIP, segmentStoreExtServiceType: NodePort", over
// "type: LoadBalancer".
func pravegaTypeOverride(t *testing.T) {
	spec := string(read(t, root("examples", "pravega-type-override", "spec.yaml")))
	if !strings.Contains(spec, "\n  type: LoadBalancer") {
		t.Error("the spec has no type to override")
	}
	out, _, _ := sallyport(strings.Replace(spec, "\n  type:", "\n  externalTrafficPolicy: Local\n  type:", 1), "render")
	expect(t, "the segment stores' policies, and none of the controller's, which is inside", 2, strings.Count(out, "  externalTrafficPolicy: Local\n"))
	r := example(t, "pravega-type-override")
	controller := r.services["example-pravega-controller"]
	expect(t, "controller", corev1.ServiceTypeClusterIP, controller.Spec.Type)
	expect(t, "no policy on ClusterIP", "", controller.Spec.ExternalTrafficPolicy)
	for i := range 2 {
		expect(t, "segment store", corev1.ServiceTypeNodePort, r.services[fmt.Sprintf("example-pravega-segmentstore-%d", i)].Spec.Type)
	}
}

// The controller's annotations and the segment stores' are each on their own Services.
func pravegaAnnotations(t *testing.T) {
	const enabled, prefix = "service.beta.kubernetes.io/aws-load-balancer-access-log-enabled", "service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-prefix"
	for name, s := range example(t, "pravega-annotations").services {
		pod := strings.HasSuffix(name, "-0") || strings.HasSuffix(name, "-1")
		expect(t, name, map[bool]string{name == "pravega-pravega-controller": "true"}[true], s.Annotations[enabled])
		expect(t, name, map[bool]string{pod: "abc"}[true], s.Annotations[prefix])
		expect(t, name, map[bool]string{pod: name + ".example.com."}[true], s.Annotations["external-dns.alpha.kubernetes.io/hostname"])
		if pod {
			expect(t, name, map[string]string{"statefulset.kubernetes.io/pod-name": name}, s.Spec.Selector)
		}
	}
}

// "The port for all the services should be different", one address, one key, policy
// Cluster, and the operator's reserved ports are skipped.
func pravegaSharedIP(t *testing.T) {
	r := example(t, "pravega-shared-ip")
	for i, want := range []string{
		"server:12345>12345/TCP cli:9999>9999/TCP",
		"server:12347>12345/TCP cli:10000>9999/TCP",
		"server:12348>12345/TCP cli:10001>9999/TCP",
	} {
		s := r.services[fmt.Sprintf("pravega-pravega-segmentstore-%d", i)]
		expect(t, s.Name, want, ports(s))
		expect(t, s.Name, corev1.ServiceExternalTrafficPolicyCluster, s.Spec.ExternalTrafficPolicy)
		expect(t, s.Name+" has the address in one place", "", s.Spec.LoadBalancerIP)
		for _, prefix := range []string{"metallb.universe.tf/", "metallb.io/"} {
			expect(t, s.Name, "shared-ss-ip", s.Annotations[prefix+"allow-shared-ip"])
			expect(t, s.Name, "10.243.39.103", s.Annotations[prefix+"loadBalancerIPs"])
		}
	}
	expect(t, "the controller is not on that address", []string{"sallyport.dev/owner"}, names(r.services["pravega-pravega-controller"].Annotations))
}

// "By default, a Pravega cluster uses ClusterIP services".
func pravegaInsideOnly(t *testing.T) {
	r := example(t, "pravega-inside-only")
	expect(t, "all objects", []string{"ConfigMap example-pravega-segmentstore", "Service example-pravega-controller",
		"Service example-pravega-segmentstore-headless", "Service example-bookie-headless"}, r.order)
	for name, s := range r.services {
		expect(t, name, corev1.ServiceTypeClusterIP, s.Spec.Type)
	}
	expect(t, "ConfigMap", map[string]string{"CONTROLLER_URL": "tcp://example-pravega-controller.default:9090"}, r.configs["example-pravega-segmentstore"].Data)
}

// twelve are the backends in the order of the page.
var twelve = []string{"192.168.7.50:8080", "192.168.7.50:8081", "192.168.7.51:8080", "192.168.7.51:8081", "192.168.7.52:8080", "192.168.7.52:8081",
	"192.168.7.53:8080", "192.168.7.53:8081", "192.168.7.54:8080", "192.168.7.54:8081", "192.168.7.55:8080", "192.168.7.55:8081"}

// service is the page's: port 80, no selector.
func cephService(t *testing.T, s *corev1.Service) {
	t.Helper()
	expect(t, "Service", "http:80>80/TCP", ports(s))
	expect(t, "selector", nil, s.Spec.Selector)
	expect(t, "name", "ocs-external-rgw-lb", s.Name)
}

// backendsOf lists the backends that kube-proxy gets from slices, and checks the rules for
// each slice.
func backendsOf(t *testing.T, s *corev1.Service, all map[string]*discoveryv1.EndpointSlice) []string {
	t.Helper()
	var out []string
	for name, slice := range all {
		expect(t, name, s.Name, slice.Labels["kubernetes.io/service-name"])
		expect(t, name, "sallyport", slice.Labels["endpointslice.kubernetes.io/managed-by"])
		if len(slice.Endpoints) > 100 {
			t.Errorf("%s has %d endpoints", name, len(slice.Endpoints))
		}
		for _, p := range slice.Ports {
			if !slices.ContainsFunc(s.Spec.Ports, func(sp corev1.ServicePort) bool { return sp.Name == *p.Name && sp.Protocol == *p.Protocol }) {
				t.Errorf("%s: port %q is none of the Service's", name, *p.Name)
			}
			for _, e := range slice.Endpoints {
				expect(t, name+" addresses of an endpoint", 1, len(e.Addresses))
				ip := netip.MustParseAddr(e.Addresses[0])
				expect(t, name, string(slice.AddressType), map[bool]string{true: "IPv4", false: "IPv6"}[ip.Is4()])
				expect(t, name, ip.String(), e.Addresses[0])
				if *e.Conditions.Ready {
					out = append(out, netip.AddrPortFrom(ip, uint16(*p.Port)).String())
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func cephSlices(t *testing.T) {
	r := example(t, "ceph-rgw")
	cephService(t, r.services["ocs-external-rgw-lb"])
	expect(t, "slices", []string{"ocs-external-rgw-lb-ipv4-8080-1", "ocs-external-rgw-lb-ipv4-8081-1"}, names(r.slices))
	for name, s := range r.slices {
		expect(t, name, 6, len(s.Endpoints))
	}
	expect(t, "backends", twelve, backendsOf(t, r.services["ocs-external-rgw-lb"], r.slices))
	expect(t, "no Endpoints", 0, len(r.endpoints))
}

func cephEndpoints(t *testing.T) {
	r := example(t, "ceph-rgw-endpoints")
	cephService(t, r.services["ocs-external-rgw-lb"])
	expect(t, "backends of slices", twelve, backendsOf(t, r.services["ocs-external-rgw-lb"], r.slices))
	expect(t, "skip-mirror", "true", r.endpoints["ocs-external-rgw-lb"].Labels["endpointslice.kubernetes.io/skip-mirror"])
	var got []string
	for _, subset := range r.endpoints["ocs-external-rgw-lb"].Subsets {
		expect(t, "one port of a name in a subset", 1, len(subset.Ports))
		expect(t, "port name", "http", subset.Ports[0].Name)
		for _, a := range subset.Addresses {
			got = append(got, fmt.Sprintf("%s:%d", a.IP, subset.Ports[0].Port))
		}
	}
	slices.Sort(got)
	expect(t, "backends", twelve, got)
}

func externalDatabase(t *testing.T) {
	r := example(t, "external-database")
	s := r.services["orders-db"]
	expect(t, "objects", []string{"Service orders-db"}, r.order)
	expect(t, "type", corev1.ServiceTypeExternalName, s.Spec.Type)
	expect(t, "name", "mydb.abc.eu-west-1.rds.amazonaws.com", s.Spec.ExternalName)
	expect(t, "no cluster IP", "", s.Spec.ClusterIP)
}

func dualStack(t *testing.T) {
	r := example(t, "dual-stack")
	s := r.services["ldap"]
	expect(t, "policy", corev1.IPFamilyPolicyPreferDualStack, *s.Spec.IPFamilyPolicy)
	expect(t, "families, the first address's first", []corev1.IPFamily{"IPv6", "IPv4"}, s.Spec.IPFamilies)
	expect(t, "ready backends", []string{"192.0.2.50:636", "[2001:db8:7::50]:636", "[2001:db8:7::51]:636"}, backendsOf(t, s, r.slices))
	expect(t, "slices", []string{"ldap-ipv4-636-1", "ldap-ipv6-636-1"}, names(r.slices))
	expect(t, "zone", "eu-west-1a", *r.slices["ldap-ipv6-636-1"].Endpoints[0].Zone)
	expect(t, "out of rotation", false, *r.slices["ldap-ipv4-636-1"].Endpoints[1].Conditions.Ready)
}

func thousandAddresses(t *testing.T) {
	r := example(t, "thousand-addresses")
	expect(t, "slices", 10, len(r.slices))
	for name, s := range r.slices {
		expect(t, name, 100, len(s.Endpoints))
	}
	expect(t, "backends", 1000, len(slices.Compact(backendsOf(t, r.services["sensors"], r.slices))))
	expect(t, "first slice", "10.20.0.1", r.slices["sensors-ipv4-4840-1"].Endpoints[0].Addresses[0])
	expect(t, "last slice", "10.20.3.232", r.slices["sensors-ipv4-4840-10"].Endpoints[99].Addresses[0])
}
