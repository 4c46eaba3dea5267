package preflight_test

import (
	"fmt"
	"strings"
	"testing"

	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/preflight"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// documents parses documents of other tools.
func documents(t *testing.T, text string) []*source.Document {
	t.Helper()
	docs, ds := source.Parse("others.yaml", []byte(text))
	if ds.Failed() {
		t.Fatal(ds)
	}
	return docs
}

// spec returns a planned spec with no findings yet.
func spec(t *testing.T, p *plan.Plan) preflight.Spec {
	t.Helper()
	return preflight.Spec{Plan: p, Found: finding.New(documents(t, "spec: {}\n")[0])}
}

// planned returns the plan of a component with one Service for each pod.
func planned(name string, pods ...string) *plan.Plan {
	p := &plan.Plan{Object: source.Object{Kind: "ExternalAccess", Namespace: "data", Name: name}, Owner: "ExternalAccess/data/" + name, Namespace: "data"}
	c := &plan.Component{Spec: v1alpha1.Component{Name: "node"}, Path: source.Path{}.Field("spec", "components").Item("name", "node")}
	p.Components = []*plan.Component{c}
	for i, pod := range pods {
		access := v1alpha1.Access{}.Complete()
		p.Services = append(p.Services, plan.Service{
			Target: v1alpha1.Target{Mode: v1alpha1.PerPod, Type: v1alpha1.LoadBalancer, Access: &access, HasPods: true},
			Name:   pod, Component: c, Entry: "each", Balancer: &plan.Balancer{}, Pod: &plan.Pod{Name: pod, Position: i}, Emit: true, Levels: v1alpha1.LevelsOf("node", "each", ""),
			Ports: []plan.Port{{Name: "sql", Protocol: v1alpha1.TCP, Number: 5432, Target: 5432, Advertised: 5432}},
		})
	}
	return p
}

// full returns a plan with an object of each kind.
func full() *plan.Plan {
	p := planned("full", "db-0")
	p.ConfigMaps = []*plan.ConfigMap{{Component: p.Components[0], Name: "db-config", Data: map[string]string{"f": "text"}}}
	p.Certificates = []*plan.Certificate{{Component: p.Components[0], Spec: v1alpha1.Certificate{}.Complete(), Name: "db-cert", Secret: "db-tls"}}
	rules := []v1alpha1.PolicyRule{{Resources: []string{"nodes"}}}
	p.RBAC = &plan.RBAC{ServiceAccount: "db", Role: "db", ClusterRole: "data-db", Rules: rules, ClusterRules: rules}
	p.DNS = &plan.DNSEndpoint{Name: "db"}
	p.Backends = &plan.Backends{Service: "db", Emit: []v1alpha1.EndpointsKind{v1alpha1.EmitEndpoints, v1alpha1.EmitEndpointSlice},
		Groups: []plan.Group{{Family: v1alpha1.IPv4, Addresses: []plan.Backend{{IP: "10.0.0.1", Traits: &plan.Traits{}}}}}}
	p.Gateways = []*plan.Gateway{
		{Kind: v1alpha1.KindGateway, Name: "edge"},
		{Kind: v1alpha1.KindListenerSet, Name: "more", At: p.Components[0].Path},
	}
	for _, kind := range []v1alpha1.ServiceType{v1alpha1.TLSRoute, v1alpha1.TCPRoute, v1alpha1.UDPRoute} {
		s := planned("full", "db-"+strings.ToLower(string(kind))).Services[0]
		s.Type, s.Route, s.Emit, s.Component = kind, &plan.Route{}, false, p.Components[0]
		p.Services = append(p.Services, s)
	}
	p.NetworkPolicies = []*plan.NetworkPolicy{{Name: "db", At: p.Components[0].Path.Field("networkPolicy")}}
	return p
}

// Applying an object over one of another tool destroys that. So every kind that can be
// emitted is checked, whatever kinds are added.
func TestNamesOfAllKinds(t *testing.T) {
	kinds := map[string]bool{}
	for o := range emit.Objects([]*plan.Plan{full()}) {
		gvk := o.GetObjectKind().GroupVersionKind()
		kinds[gvk.Kind] = true
		s := spec(t, full())
		preflight.Check([]preflight.Spec{s}, documents(t, fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: %q}\n", gvk.GroupVersion(), gvk.Kind, o.GetName(), o.GetNamespace())))
		ds := s.Found.Diagnostics()
		if len(ds) != 1 || ds[0].Code != source.NameClash || ds[0].Severity != source.Error || ds[0].Path == "" || !strings.Contains(ds[0].Message, o.GetName()) ||
			!strings.Contains(ds[0].WayOut, "sallyport.dev/owner: ExternalAccess/data/full") {
			t.Errorf("%s %s: %v", gvk.Kind, o.GetName(), ds)
		}
	}
	for _, k := range emit.Kinds {
		if !kinds[k.Kind] {
			t.Errorf("the plan has no %s: add one", k.Kind)
		}
	}
}

// Two specs that make one object would overwrite each other in turn.
func TestNamesOfTwoSpecs(t *testing.T) {
	one, other := full(), full()
	other.Owner, other.Object.Name = "ExternalAccess/data/other", "other"
	a, b := spec(t, one), spec(t, other)
	preflight.Check([]preflight.Spec{a, b}, nil)
	clashes := map[string]bool{}
	for _, d := range b.Found.Diagnostics() {
		if d.Code == source.NameClash && strings.Contains(d.Message, "of ExternalAccess data/full") && !strings.Contains(d.WayOut, "annotation") {
			clashes[strings.Fields(d.Message)[3]] = true // the name of KIND ...
		}
	}
	// Objects whose names are written at one path are one error.
	for _, kind := range []string{"Service", "ConfigMap", "ServiceAccount"} {
		if !clashes[kind] {
			t.Errorf("the names of %s are not checked: %v", kind, b.Found.Diagnostics())
		}
	}
	if a.Found.Diagnostics().Failed() {
		t.Errorf("the first spec keeps its names: %v", a.Found.Diagnostics())
	}
}

// The same name in another namespace, or of another kind, is no collision. Objects of an
// owner that is planned are replaced.
func TestOtherNames(t *testing.T) {
	s := spec(t, full())
	preflight.Check([]preflight.Spec{s}, documents(t, `{apiVersion: v1, kind: Service, metadata: {name: db-0, namespace: other}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db-config, namespace: data}}
---
{apiVersion: v1, kind: Service, metadata: {name: db-0, namespace: data, annotations: {sallyport.dev/owner: ExternalAccess/data/full}}, spec: {ports: [{port: 1, nodePort: 30000}]}}
`))
	if ds := s.Found.Diagnostics(); len(ds) > 0 {
		t.Errorf("no collision, but: %v", ds)
	}
}

// Settings of Services that can collide.
func address(s *plan.Service) { s.Balancer.Addresses = []string{"192.0.2.1"} }
func host(s *plan.Service)    { s.Hostname, s.Announced = "db.example.com", []string{"db.example.com"} }
func pool(s *plan.Service) {
	s.Access.LoadBalancer.Provider = new(v1alpha1.Provider("EdgeLB"))
	s.Access.LoadBalancer.EdgeLB.Name = new("p")
	s.Balancer.Pool = "p"
}
func port(s *plan.Service) { s.Ports[0].Number, s.Ports[0].Advertised = 5433, 5433 }

// collisions are settings of two Services, or of one with a Service of another tool.
var collisions = map[string]struct {
	one, other func(*plan.Service)
	foreign    string // instead of one
	code       source.Code
	at         string
}{
	"nothing":                {func(*plan.Service) {}, func(*plan.Service) {}, "", "", ""},
	"node port":              {func(s *plan.Service) { s.Ports[0].NodePort = 30000 }, func(s *plan.Service) { s.Ports[0].NodePort = 30000 }, "", source.NodePortClash, "ports[sql].nodePort"},
	"foreign node port":      {nil, func(s *plan.Service) { s.Ports[0].NodePort = 30000 }, "spec: {ports: [{port: 1, nodePort: 30000}]}", source.NodePortClash, "ports[sql].nodePort"},
	"address":                {address, address, "", source.AddressClash, "ports[sql].port"},
	"address, other ports":   {address, func(s *plan.Service) { address(s); port(s) }, "", source.SharedAddress, "loadBalancer.address"},
	"external IP":            {func(s *plan.Service) { s.Access.ExternalIPs = []string{"192.0.2.1"} }, func(s *plan.Service) { s.Access.ExternalIPs = []string{"192.0.2.1"} }, "", source.AddressClash, "ports[sql].port"},
	"foreign address":        {nil, address, "spec: {loadBalancerIP: 192.0.2.1, ports: [{port: 5432}]}", source.AddressClash, "ports[sql].port"},
	"foreign external IP":    {nil, address, "spec: {externalIPs: [192.0.2.1], ports: [{port: 5432}]}", source.AddressClash, "ports[sql].port"},
	"foreign annotation":     {nil, address, "spec: {ports: [{port: 5432}]}", source.AddressClash, "ports[sql].port"},
	"foreign, other port":    {nil, address, "spec: {loadBalancerIP: 192.0.2.1, ports: [{port: 1}]}", source.SharedAddress, "loadBalancer.address"},
	"foreign, UDP":           {nil, address, "spec: {loadBalancerIP: 192.0.2.1, ports: [{port: 5432, protocol: UDP}]}", source.SharedAddress, "loadBalancer.address"},
	"host":                   {func(s *plan.Service) { host(s); port(s) }, host, "", source.HostClash, "services[each].host"},
	"host of one address":    {func(s *plan.Service) { host(s); address(s); port(s) }, func(s *plan.Service) { host(s); address(s) }, "", source.SharedAddress, "loadBalancer.address"},
	"host, not in DNS":       {func(s *plan.Service) { host(s); s.Announced = nil; port(s) }, host, "", "", ""},
	"advertised":             {func(s *plan.Service) { s.Hostname = "h" }, func(s *plan.Service) { s.Hostname = "h" }, "", source.AdvertisedClash, "ports[sql].advertisedPort"},
	"advertised differently": {func(s *plan.Service) { s.Hostname = "h"; port(s) }, func(s *plan.Service) { s.Hostname = "h" }, "", "", ""},
	"frontend":               {pool, pool, "", source.PortClash, "ports[sql].advertisedPort"},
	"pool, other frontends":  {func(s *plan.Service) { pool(s); port(s) }, pool, "", "", ""},
	"terms of a pool":        {func(s *plan.Service) { pool(s); port(s); s.Access.LoadBalancer.EdgeLB.Size = new(int32(9)) }, pool, "", source.PoolConflict, "loadBalancer.edgeLB.size"},
	"default pool":           {func(s *plan.Service) { pool(s); port(s); s.Access.LoadBalancer.EdgeLB.Name = new("") }, func(s *plan.Service) { pool(s); s.Access.LoadBalancer.EdgeLB.Name = new("") }, "", source.PoolConflict, "loadBalancer.edgeLB.name"},
	"foreign frontend":       {nil, pool, "spec: {ports: [{port: 5432}]}", source.PortClash, "ports[sql].advertisedPort"},
}

// The second Service of two that claim one thing is reported, at the setting to change.
func TestCollisions(t *testing.T) {
	for name, test := range collisions {
		annotations := `{metallb.io/loadBalancerIPs: 192.0.2.1}`
		if strings.Contains(name, "frontend") {
			annotations = `{kubernetes.dcos.io/dklb-config: "name: p"}`
		} else if name != "foreign annotation" {
			annotations = "{}"
		}
		a, b := planned("a", "a-0"), planned("b", "b-0")
		specs, others := []preflight.Spec{spec(t, b)}, []*source.Document(nil)
		if test.foreign == "" {
			test.one(&a.Services[0])
			specs = []preflight.Spec{spec(t, a), specs[0]}
		} else {
			others = documents(t, "apiVersion: v1\nkind: Service\nmetadata: {name: theirs, namespace: data, annotations: "+annotations+"}\n"+test.foreign+"\n")
		}
		test.other(&b.Services[0])
		preflight.Check(specs, others)
		ds := specs[len(specs)-1].Found.Diagnostics()
		switch {
		case test.code == "" && len(ds) > 0:
			t.Errorf("%s: no collision, but: %v", name, ds)
		case test.code != "" && (len(ds) != 1 || ds[0].Code != test.code || !strings.HasSuffix(ds[0].Path, test.at) || ds[0].WayOut == ""):
			t.Errorf("%s: %v, want %s at %s", name, ds, test.code, test.at)
		}
		if len(specs) > 1 && len(specs[0].Found.Diagnostics()) > 0 {
			t.Errorf("%s: reported at the first of the two: %v", name, specs[0].Found.Diagnostics())
		}
	}
}

// Pods of one entry collide in the same way, and only counting up can make them different.
func TestPodsOfOneEntry(t *testing.T) {
	p := planned("a", "a-0", "a-1", "a-2")
	for i := range p.Services {
		p.Services[i].Balancer.Addresses = []string{"192.0.2.1"}
	}
	s := spec(t, p)
	preflight.Check([]preflight.Spec{s}, nil)
	ds := s.Found.Diagnostics()
	if len(ds) != 1 || ds[0].Code != source.AddressClash || !strings.Contains(ds[0].WayOut, "steps: {port: 1}") {
		t.Errorf("%v, want one AddressClash for all pods", ds)
	}
}

// Pods of a StatefulSet share a template: a host port has one container port, and the other
// way round.
func TestHostPorts(t *testing.T) {
	opening := func(name string, port, host int32) plan.Opening {
		return plan.Opening{Port: &v1alpha1.Port{Name: name, ContainerPort: port, Protocol: v1alpha1.TCP},
			At: plan.PortPath(source.Path{}.Field("spec", "components").Item("name", "node").Field("services").Item("name", "each"), name), Host: host}
	}
	for name, test := range map[string]struct {
		workload string
		openings []plan.Opening
		want     string
	}{
		"one":                    {"db", []plan.Opening{opening("a", 1, 11)}, ""},
		"the same again":         {"db", []plan.Opening{opening("a", 1, 11), opening("a", 1, 11)}, ""},
		"two of one number":      {"db", []plan.Opening{opening("a", 1, 11), opening("b", 2, 11)}, "already use host port 11/TCP"},
		"two for one port":       {"db", []plan.Opening{opening("a", 1, 11), opening("b", 1, 12)}, "already have the host port of their port 1/TCP: it is 11"},
		"of another component":   {"db", []plan.Opening{opening("b", 3, 99)}, "already use host port 99/TCP for port z of component node of ExternalAccess data/first"},
		"of another StatefulSet": {"web", []plan.Opening{opening("b", 3, 99)}, ""},
		"two ports":              {"web", []plan.Opening{opening("a", 1, 11), opening("b", 2, 12)}, ""},
	} {
		first, second := planned("first"), planned("second")
		first.Components[0].Workloads, first.Components[0].Openings = []string{"db"}, []plan.Opening{opening("z", 90, 99)}
		second.Components[0].Workloads, second.Components[0].Openings = []string{test.workload}, test.openings
		a, b := spec(t, first), spec(t, second)
		preflight.Check([]preflight.Spec{a, b}, nil)
		ds := b.Found.Diagnostics()
		if test.want == "" && len(ds) > 0 || test.want != "" && (len(ds) != 1 || ds[0].Code != source.PortClash || !strings.Contains(ds[0].Message, test.want)) {
			t.Errorf("%s: %v, want %q", name, ds, test.want)
		}
	}
}

// A Service that does not decode is the API server's to report. It still has its name.
func TestUnreadableService(t *testing.T) {
	s := spec(t, full())
	preflight.Check([]preflight.Spec{s}, documents(t, "{apiVersion: v1, kind: Service, metadata: {name: db-0, namespace: data}, spec: {ports: {port: x}}}"))
	if ds := s.Found.Diagnostics(); len(ds) != 1 || ds[0].Code != source.NameClash {
		t.Errorf("%v, want NameClash", ds)
	}
}
