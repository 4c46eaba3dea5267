package provider_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// balanced returns a Service with a load balancer of a provider.
func balanced(name v1alpha1.Provider) *plan.Service {
	access := v1alpha1.Access{LoadBalancer: &v1alpha1.LoadBalancerSettings{Provider: &name}}.Complete()
	return &plan.Service{
		Target: v1alpha1.Target{Mode: v1alpha1.PerPod, Type: v1alpha1.LoadBalancer, Access: &access, HasPods: true},
		Name:   "db-0", Balancer: &plan.Balancer{}, Levels: v1alpha1.LevelsOf("node", "each", ""),
		Ports: []plan.Port{{Name: "sql", Protocol: v1alpha1.TCP, Number: 5432, Target: 5432, Advertised: 15432}},
	}
}

func findings(t *testing.T) *finding.Findings {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte("spec: {}\n"))
	if ds.Failed() {
		t.Fatal(ds)
	}
	return finding.New(docs[0])
}

// codes lists what was reported: severities and codes. Everything must have a way out.
func codes(t *testing.T, found *finding.Findings) []string {
	t.Helper()
	var out []string
	for _, d := range found.Diagnostics() {
		if d.WayOut == "" || d.Path == "" {
			t.Errorf("no way out or no path: %v", d)
		}
		out = append(out, string(d.Severity)+" "+string(d.Code))
	}
	return out
}

// Every provider that a spec can name has a row, and only a load balancer has a provider.
func TestOf(t *testing.T) {
	names := v1alpha1.ProviderNone.Values()
	if len(names) != len(provider.All) {
		t.Errorf("specs can name %v, and there are %d rows", names, len(provider.All))
	}
	for _, name := range names {
		if p := provider.Of(balanced(v1alpha1.Provider(name))); p.Name != v1alpha1.Provider(name) {
			t.Errorf("%s has the row of %s", name, p.Name)
		}
	}
	s := balanced("unknown")
	if p := provider.Of(s); p == nil || p.Name != v1alpha1.ProviderNone {
		t.Errorf("an unknown provider has the row %+v", p)
	}
	if s.Type = v1alpha1.NodePort; provider.Of(s) != nil {
		t.Error("a node port has a provider")
	}
	if s.Type, s.Mode = v1alpha1.LoadBalancer, v1alpha1.Headless; provider.Of(s) != nil {
		t.Error("a headless Service has a provider")
	}
}

// The annotations are what a provider reads. MetalLB rejects an address in the field too.
func TestAnnotations(t *testing.T) {
	metal := balanced("MetalLB")
	metal.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1", "2001:db8::1"}, SharingKey: "192.0.2.1"}
	metal.Access.LoadBalancer.AddressPool = new("public")
	edge := balanced("EdgeLB")
	edge.Balancer.Pool = "pool"
	for _, test := range []struct {
		s       *plan.Service
		inField bool
		want    map[string]string
	}{
		{balanced(v1alpha1.ProviderNone), true, nil},
		{balanced("MetalLB"), false, nil},
		{metal, false, map[string]string{
			"metallb.io/loadBalancerIPs": "192.0.2.1,2001:db8::1", "metallb.universe.tf/loadBalancerIPs": "192.0.2.1,2001:db8::1",
			"metallb.io/address-pool": "public", "metallb.universe.tf/address-pool": "public",
			"metallb.io/allow-shared-ip": "192.0.2.1", "metallb.universe.tf/allow-shared-ip": "192.0.2.1"}},
		{edge, false, map[string]string{"kubernetes.dcos.io/dklb-config": "name: pool\nfrontends:\n- port: 15432\n  servicePort: 5432\n"}},
	} {
		p := provider.Of(test.s)
		got, labels := p.Metadata(test.s)
		inField := p.InField != nil && p.InField(test.s)
		if diff := cmp.Diff(test.want, got); diff != "" || inField != test.inField || labels != nil {
			t.Errorf("%s: field %v, labels %v, %s", p.Name, inField, labels, diff)
		}
	}
}

// Check reports what a provider would leave pending or ignore, once for each setting.
func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		provider v1alpha1.Provider
		edit     func(*plan.Service)
		want     []string
	}{
		"alone":            {v1alpha1.ProviderNone, func(s *plan.Service) { s.Balancer.Addresses = []string{"192.0.2.1"} }, nil},
		"shared":           {v1alpha1.ProviderNone, func(s *plan.Service) { s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1"}, Shared: true} }, []string{"warning SharedAddress"}},
		"shared key alone": {v1alpha1.ProviderNone, func(s *plan.Service) { s.Balancer.Shared = true }, nil},
		"MetalLB shares":   {"MetalLB", func(s *plan.Service) { s.Balancer.Shared = true }, nil},
		"from the second replica on": {v1alpha1.ProviderNone, func(s *plan.Service) {
			s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1"}, Shared: true, Later: true}
		}, []string{"warning SharedAddress"}},
		"Local, from the second replica on": {"MetalLB", func(s *plan.Service) {
			s.Balancer.Shared, s.Balancer.Later, s.Access.ExternalTrafficPolicy = true, true, new(v1alpha1.PolicyLocal)
		}, []string{"warning SharedLocal"}},
		"Local, by a key": {"MetalLB", func(s *plan.Service) {
			s.Pod = &plan.Pod{Name: "db-0"}
			s.Balancer.Shared, s.Access.ExternalTrafficPolicy = true, new(v1alpha1.PolicyLocal)
		}, []string{"warning SharedLocal"}},
		"Local alone":       {"MetalLB", func(s *plan.Service) { s.Access.ExternalTrafficPolicy = new(v1alpha1.PolicyLocal) }, nil},
		"TCP":               {"EdgeLB", func(_ *plan.Service) {}, nil},
		"UDP":               {"EdgeLB", func(s *plan.Service) { s.Ports[0].Protocol = v1alpha1.UDP }, []string{"error EngineRule"}},
		"port of the cloud": {"EdgeLB", func(s *plan.Service) { edgeCloud(s, "cloud-x", 80) }, nil},
		"port of another":   {"EdgeLB", func(s *plan.Service) { edgeCloud(s, "cloud-x", 81) }, []string{"warning EngineRule"}},
		"port not known":    {"EdgeLB", func(s *plan.Service) { edgeCloud(s, "cloud-x", 0) }, nil},
		"name":              {"EdgeLB", func(s *plan.Service) { edgeCloud(s, "x", 80) }, []string{"error Contradiction"}},
		"network": {"EdgeLB", func(s *plan.Service) {
			edgeCloud(s, "cloud", 80)
			edge(s).Role, edge(s).Network = new("r"), new("n")
		}, []string{"warning Contradiction"}},
		"network of the host": {"EdgeLB", func(s *plan.Service) { edgeCloud(s, "cloud", 80); edge(s).Network = new("n") }, nil}, // validation reports it
	} {
		s, found := balanced(test.provider), findings(t)
		test.edit(s)
		if p := provider.Of(s); p.Check != nil {
			p.Check(found, s)
			p.Check(found, s)
		}
		if diff := cmp.Diff(test.want, codes(t, found)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func edge(s *plan.Service) *v1alpha1.EdgeLB { return s.Access.LoadBalancer.EdgeLB }

// edgeListener80 is a load balancer of the cloud that listens on port 80.
const edgeListener80 = `{"aws": {"elbs": [{"listeners": [{"port": 80}]}]}}`

func edgeCloud(s *plan.Service, pool string, port int32) {
	s.Balancer.Pool, s.Ports[0].Advertised = pool, port
	edge(s).CloudProviderConfiguration = new(edgeListener80)
}

// Services that cannot share an address stay pending, so both must meet the provider's rules.
func TestCheckSharing(t *testing.T) {
	for name, test := range map[string]struct {
		provider v1alpha1.Provider
		key      string
		local    bool
		by       provider.Sharer
		want     []string
	}{
		"none":          {v1alpha1.ProviderNone, "k", false, provider.Sharer{Key: "k"}, []string{"warning SharedAddress"}},
		"one key":       {"MetalLB", "k", false, provider.Sharer{Key: "k"}, nil},
		"another key":   {"MetalLB", "k", false, provider.Sharer{Key: "j"}, []string{"error SharedAddress"}},
		"no key":        {"MetalLB", "", false, provider.Sharer{}, []string{"error SharedAddress"}},
		"its key only":  {"MetalLB", "", false, provider.Sharer{Key: "j"}, []string{"error SharedAddress"}},
		"our key only":  {"MetalLB", "k", false, provider.Sharer{}, []string{"error SharedAddress"}},
		"Local":         {"MetalLB", "k", true, provider.Sharer{Key: "k"}, []string{"error SharedLocal"}},
		"Local of both": {"MetalLB", "k", true, provider.Sharer{Key: "k", Local: true, Pods: "app=other"}, []string{"error SharedLocal"}},
		"the same pods": {"MetalLB", "k", true, provider.Sharer{Key: "k", Local: true, Pods: ""}, nil},
		"its Local":     {"MetalLB", "k", false, provider.Sharer{Key: "k", Local: true}, []string{"error SharedLocal"}},
	} {
		s, found := balanced(test.provider), findings(t)
		s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1"}, SharingKey: test.key}
		if test.local {
			s.Access.ExternalTrafficPolicy = new(v1alpha1.PolicyLocal)
		}
		provider.Of(s).CheckSharing(found, s, test.by)
		if diff := cmp.Diff(test.want, codes(t, found)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if provider.Of(balanced("EdgeLB")).CheckSharing != nil {
		t.Error("EdgeLB has no addresses to share")
	}
}

// The way out of different keys depends on whose Services they are.
func TestSharingKeyWayOut(t *testing.T) {
	for _, test := range []struct {
		key  string
		by   provider.Sharer
		want string
	}{
		{"k", provider.Sharer{Key: "j", IsOurs: true}, "set the same loadBalancer.sharingKey for both"},
		{"", provider.Sharer{Key: "j"}, "set the same loadBalancer.sharingKey for both"},
		{"k", provider.Sharer{}, "give the other one the annotation metallb.io/allow-shared-ip: k"},
		{"k", provider.Sharer{Key: "j"}, "set loadBalancer.sharingKey to that of the other"},
	} {
		s, found := balanced("MetalLB"), findings(t)
		s.Balancer.SharingKey = test.key
		provider.Of(s).CheckSharing(found, s, test.by)
		if ds := found.Diagnostics(); len(ds) != 1 || ds[0].WayOut != test.want {
			t.Errorf("%q and %+v: %v", test.key, test.by, ds)
		}
	}
}

// Services of other tools request addresses and pools with annotations, old and new.
func TestReadForeign(t *testing.T) {
	row := map[v1alpha1.Provider]*provider.Provider{}
	for _, p := range provider.All {
		row[p.Name] = p
	}
	if len(row[v1alpha1.ProviderNone].Keys) > 0 {
		t.Error("there are no annotations without a provider")
	}
	for _, prefix := range []string{"metallb.io/", "metallb.universe.tf/"} {
		got := row["MetalLB"].Request(map[string]string{prefix + "loadBalancerIPs": "192.0.2.1,2001:db8::1", prefix + "allow-shared-ip": "k"}, nil)
		addresses := map[string]bool{}
		for _, a := range got.Addresses {
			addresses[a] = true
		}
		if !addresses["192.0.2.1"] || !addresses["2001:db8::1"] || got.Key != "k" || got.Pool != nil {
			t.Errorf("%s: %+v", prefix, got)
		}
	}
	for text, want := range map[string]*provider.Pool{
		"":              nil,
		"name: [":       nil,
		"frontends: []": nil,
		"name: p":       {Name: "p", Frontends: []int32{80, 81}},
		"{name: p, frontends: [{port: 8080, servicePort: 80}, {port: 9, servicePort: 9}]}":        {Name: "p", Frontends: []int32{8080, 81}},
		"{name: p, cloudProviderConfiguration: '{}', frontends: [{port: 8080, servicePort: 80}]}": {Name: "p"},
	} {
		got := row["EdgeLB"].Request(map[string]string{"kubernetes.dcos.io/dklb-config": text}, []int32{80, 81}).Pool
		if got != nil {
			got.Terms = nil // TestPool
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// A pool has the defaults of dklb, so that a setting equals its default.
func TestPool(t *testing.T) {
	s := balanced("EdgeLB")
	s.Balancer.Pool = "p"
	p := provider.Of(s)
	defaults := map[string]string{"role": "slave_public", "network": "", "size": "1", "cpus": "0.1", "memory": "128"}
	if diff := cmp.Diff(provider.Pool{Name: "p", IsDefault: true, Terms: defaults, Frontends: []int32{15432}}, p.Pool(s)); diff != "" {
		t.Error(diff)
	}
	edge(s).Name, edge(s).Role, edge(s).Size, edge(s).CPUs = new("p"), new("*"), new(int32(2)), new(0.5)
	want := map[string]string{"role": "*", "network": "dcos", "size": "2", "cpus": "0.5", "memory": "128"}
	if diff := cmp.Diff(provider.Pool{Name: "p", Terms: want, Frontends: []int32{15432}}, p.Pool(s)); diff != "" {
		t.Error(diff)
	}
	if name, check := p.PoolName(s.Access); name != "p" || check.Passes("a.b") || !check.Passes("a-b") {
		t.Errorf("the name is %q", name)
	}
	if name, _ := p.PoolName(balanced("EdgeLB").Access); name != "$(namespace)-$(serviceName)" {
		t.Errorf("the default name is %q", name)
	}
	if p.PoolField.String() != "loadBalancer.edgeLB" {
		t.Errorf("its setting is %s", p.PoolField)
	}
}
