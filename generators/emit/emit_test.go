package emit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// complete returns access settings without nil.
func complete(a v1alpha1.Access) *v1alpha1.Access {
	a = a.Complete()
	return &a
}

// service returns the Service of a pod, or of all pods if pod is nil.
func service(name string, typ v1alpha1.ServiceType, pod *plan.Pod) plan.Service {
	mode := v1alpha1.Shared
	if pod != nil {
		mode = v1alpha1.PerPod
	}
	return plan.Service{
		Target: v1alpha1.Target{Mode: mode, Type: typ, Access: complete(v1alpha1.Access{}), HasPods: true},
		Name:   name, Pod: pod, Emit: true, Levels: v1alpha1.LevelsOf("node", "each", ""),
		Ports: []plan.Port{{Name: "db", PortName: "sql", Protocol: v1alpha1.TCP, Number: 5432, Target: 5433}},
	}
}

// full returns a plan with an object of each kind.
func full() *plan.Plan {
	c := &plan.Component{Path: source.Path{}.Field("spec", "components").Item("name", "node")}
	s := service("db", "", nil)
	s.HasPods = false
	return &plan.Plan{
		Owner: "ExternalAccess/data/db", Namespace: "data",
		Services:   []plan.Service{s},
		ConfigMaps: []*plan.ConfigMap{{Component: c, Name: "db-config", Data: map[string]string{"f": "text"}}},
		Certificates: []*plan.Certificate{{Component: c, Spec: v1alpha1.Certificate{IssuerRef: &v1alpha1.IssuerRef{Name: "ca"}}.Complete(),
			Name: "db-cert", Secret: "db-tls", Names: plan.Names{DNS: []string{"db.example.com"}, IPs: []string{"192.0.2.1"}}}},
		RBAC: &plan.RBAC{ServiceAccount: "db", Role: "db", ClusterRole: "data-db",
			Rules:        []v1alpha1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: []string{"db"}, Verbs: []string{"get"}}},
			ClusterRules: []v1alpha1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}}}},
		DNS: &plan.DNSEndpoint{Name: "db", Records: []plan.Record{{Name: "db.example.com", Type: plan.RecordA, TTL: 60, Targets: []string{"192.0.2.1", "192.0.2.2"}},
			{Name: "b.example.com", Type: plan.RecordCNAME, Targets: []string{"db.example.org"}}}},
		Backends: &plan.Backends{Service: "db", Emit: []v1alpha1.EndpointsKind{v1alpha1.EmitEndpoints, v1alpha1.EmitEndpointSlice},
			Groups: []plan.Group{{Family: v1alpha1.IPv4, Ports: []plan.Port{{Name: "sql", Protocol: v1alpha1.TCP, Target: 5432}},
				Addresses: []plan.Backend{{IP: "10.0.0.1", Traits: &plan.Traits{Ready: true, Zone: "a"}}, {IP: "10.0.0.2", Traits: &plan.Traits{}}}}}},
		Gateways: []*plan.Gateway{
			{Kind: v1alpha1.KindGateway, Name: "db", Class: "edge", At: c.Path, Listeners: []*plan.Listener{{Name: "db", Port: 1, Protocol: "TCP"}}},
			{Kind: v1alpha1.KindListenerSet, Name: "db-2", Parent: plan.Parent{Name: "db"}, At: c.Path},
		},
		NetworkPolicies: []*plan.NetworkPolicy{{Name: "db", At: c.Path.Field("networkPolicy"), Pods: map[string]string{"app": "db"}, Rules: []plan.Passage{
			{Ports: []plan.PortRange{{Protocol: v1alpha1.TCP, First: 5432, Last: 5432}}},
			{Ports: []plan.PortRange{{Protocol: v1alpha1.UDP, First: 7000, Last: 7002}},
				Peers: []plan.Peer{{CIDR: "10.0.0.0/8"}, {Pods: map[string]string{"app": "a"}}, {Namespaces: map[string]string{}}}},
		}}},
	}
}

// kindOf returns the documents of a kind in YAML.
func kindOf(t *testing.T, p *plan.Plan, kind string) string {
	t.Helper()
	var b strings.Builder
	err := encode.YAML(&b, func(yield func(encode.Object) bool) {
		for o := range emit.Objects([]*plan.Plan{p}) {
			if o.GetObjectKind().GroupVersionKind().Kind == kind && !yield(o) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const ours = `metadata:
  annotations:
    sallyport.dev/owner: ExternalAccess/data/db
  labels:
    app.kubernetes.io/managed-by: sallyport
`

// manifests are the objects of full, but for the Service.
var manifests = map[string]string{
	"ServiceAccount": "apiVersion: v1\nkind: ServiceAccount\n" + ours + "  name: db\n  namespace: data\n",
	"Role": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + ours + `  name: db
  namespace: data
rules:
- apiGroups:
  - ""
  resourceNames:
  - db
  resources:
  - services
  verbs:
  - get
`,
	"ClusterRole": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n" + ours + `  name: data-db
rules:
- apiGroups:
  - ""
  resources:
  - nodes
  verbs:
  - get
`,
	"RoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n" + ours + `  name: db
  namespace: data
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: db
subjects:
- kind: ServiceAccount
  name: db
  namespace: data
`,
	"ClusterRoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\n" + ours + `  name: data-db
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: data-db
subjects:
- kind: ServiceAccount
  name: db
  namespace: data
`,
	"ConfigMap": "apiVersion: v1\ndata:\n  f: text\nkind: ConfigMap\n" + ours + "  name: db-config\n  namespace: data\n",
	"Certificate": "apiVersion: cert-manager.io/v1\nkind: Certificate\n" + ours + `  name: db-cert
  namespace: data
spec:
  dnsNames:
  - db.example.com
  ipAddresses:
  - 192.0.2.1
  issuerRef:
    name: ca
  secretName: db-tls
`,
	"Endpoints": "apiVersion: v1\nkind: Endpoints\n" + strings.Replace(ours, "sallyport\n", "sallyport\n    endpointslice.kubernetes.io/skip-mirror: \"true\"\n", 1) + `  name: db
  namespace: data
subsets:
- addresses:
  - ip: 10.0.0.1
  notReadyAddresses:
  - ip: 10.0.0.2
  ports:
  - name: sql
    port: 5432
    protocol: TCP
`,
	"DNSEndpoint": "apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\n" + ours + `  name: db
  namespace: data
spec:
  endpoints:
  - dnsName: db.example.com
    recordTTL: 60
    recordType: A
    targets:
    - 192.0.2.1
    - 192.0.2.2
  - dnsName: b.example.com
    recordType: CNAME
    targets:
    - db.example.org
`,
	"EndpointSlice": "addressType: IPv4\napiVersion: discovery.k8s.io/v1\n" + `endpoints:
- addresses:
  - 10.0.0.1
  conditions:
    ready: true
  zone: a
- addresses:
  - 10.0.0.2
  conditions:
    ready: false
kind: EndpointSlice
` + strings.Replace(ours, "sallyport\n", "sallyport\n    endpointslice.kubernetes.io/managed-by: sallyport\n    kubernetes.io/service-name: db\n", 1) + `  name: db-ipv4-5432-1
  namespace: data
ports:
- name: sql
  port: 5432
  protocol: TCP
`,
	"NetworkPolicy": "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n" + ours + `  name: db
  namespace: data
spec:
  ingress:
  - ports:
    - port: 5432
      protocol: TCP
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
    - podSelector:
        matchLabels:
          app: a
    - namespaceSelector: {}
    ports:
    - endPort: 7002
      port: 7000
      protocol: UDP
  podSelector:
    matchLabels:
      app: db
  policyTypes:
  - Ingress
`,
}

// A policy for what leaves pods has the same ports and peers.
func TestEgress(t *testing.T) {
	p := full()
	p.NetworkPolicies[0].Egress = true
	got := kindOf(t, p, "NetworkPolicy")
	want := strings.NewReplacer("ingress:", "egress:", "  - from:", "  - to:", "- Ingress", "- Egress").Replace(manifests["NetworkPolicy"])
	want = strings.Replace(want, "  - to:\n    - ipBlock:\n        cidr: 10.0.0.0/8\n    - podSelector:\n        matchLabels:\n          app: a\n    - namespaceSelector: {}\n    ports:\n    - endPort: 7002\n      port: 7000\n      protocol: UDP\n",
		"  - ports:\n    - endPort: 7002\n      port: 7000\n      protocol: UDP\n    to:\n    - ipBlock:\n        cidr: 10.0.0.0/8\n    - podSelector:\n        matchLabels:\n          app: a\n    - namespaceSelector: {}\n", 1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The objects of each kind follow from the plan alone.
func TestKinds(t *testing.T) {
	for kind, want := range manifests {
		if diff := cmp.Diff(want, kindOf(t, full(), kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

var pod = &plan.Pod{Name: "db-0"}

// settings are edits of a Service, with what they make of it and what they do not.
var settings = map[string]struct {
	typ  v1alpha1.ServiceType
	pod  *plan.Pod
	edit func(*plan.Service)
	want []string
	not  []string
}{
	"of a pod":           {v1alpha1.ClusterIP, pod, nil, []string{"statefulset.kubernetes.io/pod-name: db-0", "targetPort: 5433", "type: ClusterIP"}, []string{"nodePort"}},
	"node port":          {v1alpha1.NodePort, pod, func(s *plan.Service) { s.Ports[0].NodePort = 30000 }, []string{"nodePort: 30000", "externalTrafficPolicy: Local"}, []string{"loadBalancerIP"}},
	"with a selector":    {v1alpha1.ClusterIP, pod, func(s *plan.Service) { s.Selector = map[string]string{"app": "db"} }, []string{"app: db"}, []string{"pod-name"}},
	"of all pods":        {v1alpha1.ClusterIP, nil, func(s *plan.Service) { s.Selector = map[string]string{"app": "db"} }, []string{"app: db"}, []string{"pod-name"}},
	"headless":           {"", nil, func(s *plan.Service) { s.Mode = v1alpha1.Headless }, []string{"clusterIP: None"}, []string{"internalTrafficPolicy: Local"}},
	"alias":              {"", nil, func(s *plan.Service) { s.IsAlias, s.ExternalName = true, "db.example.com" }, []string{"type: ExternalName", "externalName: db.example.com"}, []string{"clusterIP"}},
	"address in a field": {v1alpha1.LoadBalancer, pod, func(s *plan.Service) { s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1"}, InField: true} }, []string{"loadBalancerIP: 192.0.2.1"}, nil},
	"address not in it":  {v1alpha1.LoadBalancer, pod, func(s *plan.Service) { s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1"}} }, []string{"type: LoadBalancer"}, []string{"192.0.2.1"}},
	"without node ports": {v1alpha1.LoadBalancer, pod, func(s *plan.Service) { s.Access.LoadBalancer.AllocateNodePorts = new(false) }, []string{"allocateLoadBalancerNodePorts: false"}, nil},
	"ranges and class": {v1alpha1.LoadBalancer, pod, func(s *plan.Service) {
		s.Access.LoadBalancer.SourceRanges, s.Access.LoadBalancer.Class = []string{"10.0.0.0/8"}, new("x.io/y")
	}, []string{"- 10.0.0.0/8", "loadBalancerClass: x.io/y"}, nil},
	"families": {v1alpha1.ClusterIP, pod, func(s *plan.Service) {
		s.Families, s.FamilyPolicy = []v1alpha1.IPFamily{v1alpha1.IPv6}, v1alpha1.PreferDualStack
	}, []string{"- IPv6", "ipFamilyPolicy: PreferDualStack"}, nil},
	"known to DNS":        {v1alpha1.LoadBalancer, pod, func(s *plan.Service) { s.Hostname, s.Announced = "db.example.com", []string{"db.example.com"} }, []string{"external-dns.kubernetes.io/hostname: db.example.com."}, nil},
	"unknown to DNS":      {v1alpha1.LoadBalancer, pod, func(s *plan.Service) { s.Hostname = "db.example.com" }, nil, []string{"external-dns"}},
	"protocol of a mesh":  {v1alpha1.ClusterIP, pod, func(s *plan.Service) { s.Ports[0].AppProtocol = "kubernetes.io/h2c" }, []string{"appProtocol: kubernetes.io/h2c"}, nil},
	"of another tool":     {v1alpha1.ClusterIP, pod, func(s *plan.Service) { s.Emit = false }, nil, []string{"kind: Service"}},
	"with external IPs":   {v1alpha1.ClusterIP, pod, func(s *plan.Service) { s.Access.ExternalIPs = []string{"192.0.2.7"} }, []string{"- 192.0.2.7", "externalTrafficPolicy"}, nil},
	"not only ready pods": {v1alpha1.ClusterIP, pod, func(s *plan.Service) { s.Access.PublishNotReadyAddresses = new(true) }, []string{"publishNotReadyAddresses: true"}, nil},
}

// Each setting of a Service is emitted. Which Services have it is decided before: TestUsable.
func TestServices(t *testing.T) {
	for name, test := range settings {
		s := service("db-0", test.typ, test.pod)
		s.Access.ExternalTrafficPolicy = new(v1alpha1.PolicyLocal)
		if test.edit != nil {
			test.edit(&s)
		}
		got := kindOf(t, &plan.Plan{Namespace: "data", Services: []plan.Service{s}}, "Service")
		for _, text := range test.want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: no %q in\n%s", name, text, got)
			}
		}
		for _, text := range test.not {
			if strings.Contains(got, text) {
				t.Errorf("%s: %q in\n%s", name, text, got)
			}
		}
	}
}

// A Service must not inherit annotations, selectors or ports of the one before it, in whose
// memory it is made.
func TestServicesShareNothing(t *testing.T) {
	first := service("db-0", v1alpha1.LoadBalancer, &plan.Pod{Name: "db-0"})
	first.Hostname, first.Announced, first.Annotations = "db.example.com", []string{"db.example.com"}, map[string]string{"a": "b"}
	first.Ports = append(first.Ports, plan.Port{Name: "web", PortName: "web", Protocol: v1alpha1.TCP, Number: 80, Target: 80})
	announced := service("db-1", v1alpha1.LoadBalancer, &plan.Pod{Name: "db-1"})
	announced.Hostname, announced.Announced = "other.example.com", []string{"other.example.com"}
	for _, second := range []plan.Service{service("db", v1alpha1.ClusterIP, nil), announced} {
		_, got, _ := strings.Cut(kindOf(t, &plan.Plan{Services: []plan.Service{first, second}}, "Service"), "---\n")
		want := kindOf(t, &plan.Plan{Services: []plan.Service{second}}, "Service")
		if diff := cmp.Diff(want, got); diff != "" || want == "" {
			t.Errorf("%s (-alone +after another):\n%s", second.Name, diff)
		}
	}
}

// Preflight sees names through Names. An object with another name would escape it.
func TestNamesAreThoseOfObjects(t *testing.T) {
	p := full()
	p.Services = append(p.Services, service("not-emitted", v1alpha1.ClusterIP, nil), service("db-0", v1alpha1.ClusterIP, &plan.Pod{Name: "db-0"}))
	p.Services[1].Emit = false
	for _, kind := range []v1alpha1.ServiceType{v1alpha1.TLSRoute, v1alpha1.TCPRoute, v1alpha1.UDPRoute} {
		routed := service("routed-"+strings.ToLower(string(kind)), kind, nil)
		routed.Route = &plan.Route{Parents: []plan.Parent{{Kind: v1alpha1.KindGateway, Name: "db"}}}
		p.Services = append(p.Services, routed)
	}
	group := p.Backends.Groups[0]
	group.Family, group.Addresses = v1alpha1.IPv6, slices.Repeat([]plan.Backend{{Traits: &plan.Traits{}}}, plan.MaxEndpoints+1)
	p.Backends.Groups = append(p.Backends.Groups, group)
	made := map[string][]string{}
	for o := range emit.Objects([]*plan.Plan{p}) {
		kind := o.GetObjectKind().GroupVersionKind().Kind
		made[kind] = append(made[kind], o.GetName())
	}
	for _, k := range emit.Kinds {
		var names []string
		for i, name := range k.Names(p) {
			if at, wayOut := k.Written(p, i); len(at) == 0 || wayOut == "" {
				t.Errorf("%s %s: no path, or no way out", k.Kind, name)
			}
			names = append(names, name)
		}
		if diff := cmp.Diff(made[k.Kind], names); diff != "" || len(names) == 0 {
			t.Errorf("%s (-objects +Names): %s", k.Kind, diff)
		}
	}
	if len(made) != len(emit.Kinds) {
		t.Errorf("%d kinds of objects, and %d rows", len(made), len(emit.Kinds))
	}
}

// kubectl applies objects in order, so they have the order of kustomize.
func TestOrder(t *testing.T) {
	if !slices.IsSortedFunc(emit.Kinds, func(a, b emit.Kind) int {
		x, y := resid.Gvk{Group: a.Group, Version: a.Version, Kind: a.Kind}, resid.Gvk{Group: b.Group, Version: b.Version, Kind: b.Kind}
		switch {
		case x.IsLessThan(y):
			return -1
		case y.IsLessThan(x):
			return 1
		}
		return 0
	}) {
		t.Error("Kinds are not in the order of kustomize")
	}
	var got []string
	one, other := full(), full()
	one.Namespace, other.Namespace = "b", "a"
	for o := range emit.Objects([]*plan.Plan{one, other}) {
		if kind := o.GetObjectKind().GroupVersionKind().Kind; kind == "Service" || kind == "ClusterRole" {
			got = append(got, kind+"/"+o.GetNamespace())
		}
	}
	if diff := cmp.Diff([]string{"ClusterRole/", "ClusterRole/", "Service/a", "Service/b"}, got); diff != "" {
		t.Error(diff)
	}
}

// A plan without permissions and backends has no objects of those kinds, and of a group name
// that occurs twice only the first counts.
func TestNothingToEmit(t *testing.T) {
	for o := range emit.Objects([]*plan.Plan{{RBAC: &plan.RBAC{ServiceAccount: "db"}}}) {
		if kind := o.GetObjectKind().GroupVersionKind().Kind; kind != "ServiceAccount" {
			t.Errorf("%s from an empty plan", kind)
		}
	}
	p := full()
	p.Backends.Groups = append(p.Backends.Groups, p.Backends.Groups[0])
	if got := strings.Count(kindOf(t, p, "EndpointSlice"), "kind: EndpointSlice"); got != 1 {
		t.Errorf("%d slices of one name", got)
	}
	p.Backends.Emit = []v1alpha1.EndpointsKind{v1alpha1.EmitEndpoints}
	if got := kindOf(t, p, "Endpoints"); strings.Contains(got, "skip-mirror") {
		t.Errorf("Endpoints alone must be mirrored:\n%s", got)
	}
}

// A caller may stop after any object.
func TestStop(t *testing.T) {
	all := 0
	for range emit.Objects([]*plan.Plan{full()}) {
		all++
	}
	for stop := range all {
		n := 0
		for range emit.Objects([]*plan.Plan{full()}) {
			if n == stop {
				break
			}
			n++
		}
		if n != stop {
			t.Errorf("stopped at %d, not at %d", n, stop)
		}
	}
}
