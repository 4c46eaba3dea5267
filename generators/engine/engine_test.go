package engine_test

import (
	"strings"
	"testing"

	"sallyport.dev/generators/engine"
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// component returns a component of one pod with a Service of its own, which keeps all rules
// but those of Kafka.
func component() (*plan.Component, *plan.Service) {
	access := v1alpha1.Access{}.Complete()
	c := &plan.Component{Path: source.Path{}.Field("spec", "components").Item("name", "node"), Pods: []plan.Pod{{Name: "db-0"}}}
	s := &plan.Service{
		Target: v1alpha1.Target{Mode: v1alpha1.PerPod, Type: v1alpha1.LoadBalancer, Access: &access, HasPods: true},
		Name:   "db-0", Component: c, Entry: "each", Pod: &c.Pods[0], Levels: v1alpha1.LevelsOf("node", "each", ""),
		Ports: []plan.Port{{Name: "sql", Number: 5432, Target: 5432, Advertised: 5432}},
	}
	c.Spec.Name = "node"
	c.Singles, c.PerPod = []*plan.Service{s}, map[string][]*plan.Service{"sql": {s}}
	return c, s
}

// check returns what is reported about a component.
func check(t *testing.T, c *plan.Component, rule v1alpha1.Requirement) source.Diagnostics {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte("spec: {}\n"))
	if ds.Failed() {
		t.Fatal(ds)
	}
	found := finding.New(docs[0])
	c.Spec.Requires = []v1alpha1.Requirement{rule}
	engine.Check(&plan.Plan{Components: []*plan.Component{c}}, found)
	return found.Diagnostics()
}

// Every rule accepts a component that keeps it and reports one that does not, at the setting
// that breaks it.
func TestRules(t *testing.T) {
	node := func(address v1alpha1.NodeAddressType) plan.Value {
		return plan.Value{Source: plan.Node, Address: address}
	}
	for _, test := range []struct {
		rule v1alpha1.Requirement
		edit func(*plan.Component, *plan.Service)
		at   string // "": the rule is kept
		want string
	}{
		{v1alpha1.SamePort, func(_ *plan.Component, _ *plan.Service) {}, "", ""},
		{v1alpha1.SamePort, func(_ *plan.Component, s *plan.Service) { s.Ports[0].Advertised = 9 }, "ports[sql].advertisedPort", "advertised port of pod db-0 is 9"},
		{v1alpha1.SamePort, func(_ *plan.Component, s *plan.Service) { s.Ports[0].Advertised = 0 }, "ports[sql].advertisedPort", "chosen by the cluster"},

		{v1alpha1.DNSName, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("db.example.com") }, "", ""},
		{v1alpha1.DNSName, func(_ *plan.Component, s *plan.Service) { s.Host = node("Hostname") }, "", ""},
		{v1alpha1.DNSName, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("192.0.2.1") }, "services[each].host", "192.0.2.1"},
		{v1alpha1.DNSName, func(_ *plan.Component, s *plan.Service) { s.Host = node(v1alpha1.InternalIP) }, "nodeAddressType", "InternalIP of its node"},
		{v1alpha1.DNSName, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Value{Source: plan.Ingress} }, "services[each].host", "may be an IP address"},

		{v1alpha1.IPAddress, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("192.0.2.1") }, "", ""},
		{v1alpha1.IPAddress, func(_ *plan.Component, s *plan.Service) { s.Host = node(v1alpha1.ExternalIP) }, "", ""},
		{v1alpha1.IPAddress, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Value{Source: plan.Ingress} }, "", ""}, // discovery takes an IP
		{v1alpha1.IPAddress, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("db.example.com") }, "services[each].host", "db.example.com"},
		{v1alpha1.IPAddress, func(_ *plan.Component, s *plan.Service) { s.Host = node("Hostname") }, "nodeAddressType", "Hostname of its node"},

		{v1alpha1.IPv4Address, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("192.0.2.1") }, "", ""},
		{v1alpha1.IPv4Address, func(_ *plan.Component, s *plan.Service) { s.Host = node(v1alpha1.InternalIP) }, "", ""},
		{v1alpha1.IPv4Address, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("2001:db8::1") }, "services[each].host", "an IPv4 address is required: the advertised host of pod db-0 is 2001:db8::1"},
		{v1alpha1.IPv4Address, func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("db.example.com") }, "services[each].host", "db.example.com"},

		{v1alpha1.ServiceNamedAsPod, func(_ *plan.Component, _ *plan.Service) {}, "", ""},
		{v1alpha1.ServiceNamedAsPod, func(_ *plan.Component, s *plan.Service) { s.Name = "db-0-each" }, "serviceName", "db-0-each"},
		{v1alpha1.ServiceNamedAsPod, func(_ *plan.Component, s *plan.Service) { s.Type = v1alpha1.HostPort }, "type", "HostPort"},

		{v1alpha1.NoHostnameOnNodePort, func(_ *plan.Component, s *plan.Service) { s.Announced = []string{"db.example.com"} }, "", ""},
		{v1alpha1.NoHostnameOnNodePort, func(_ *plan.Component, s *plan.Service) { s.Type = v1alpha1.NodePort }, "", ""},
		{v1alpha1.NoHostnameOnNodePort, func(_ *plan.Component, s *plan.Service) {
			s.Type, s.Announced = v1alpha1.NodePort, []string{"db.example.com"}
		}, "domain", "wait forever"},
		{v1alpha1.NoHostnameOnNodePort, func(_ *plan.Component, s *plan.Service) {
			s.Type, s.Annotations = v1alpha1.NodePort, map[string]string{"external-dns.x.io/hostname": "h"}
		}, "annotations[external-dns.x.io/hostname]", "wait forever"},
	} {
		c, s := component()
		test.edit(c, s)
		checkReport(t, string(test.rule), check(t, c, test.rule), test.at, test.want)
	}
}

// A StatefulSet of several can start its pods one by one, if most pods run all the same.
func TestStartTogether(t *testing.T) {
	c, _ := component()
	c.Pods, c.OneByOne = make([]plan.Pod, 3), []plan.OneByOne{{Set: "db", Replicas: 2}}
	checkReport(t, "StartTogether", check(t, c, v1alpha1.StartTogether), "", "")
	c.Pods, c.OneByOne = make([]plan.Pod, 4), []plan.OneByOne{{Set: "a", Replicas: 2}, {Set: "b", Replicas: 2}}
	checkReport(t, "StartTogether", check(t, c, v1alpha1.StartTogether), "workload", "most of the 4 pods")
}

// checkReport checks that there is one error, or none without a path.
func checkReport(t *testing.T, rule string, ds source.Diagnostics, at, want string) {
	t.Helper()
	switch {
	case want == "" && len(ds) > 0:
		t.Errorf("%s is kept, but: %v", rule, ds)
	case want == "":
	case len(ds) != 1 || ds[0].Code != source.EngineRule || ds[0].WayOut == "" || !strings.HasSuffix(ds[0].Path, at) || !strings.Contains(ds[0].Message, want):
		t.Errorf("%s: %v, want one at %q with %q", rule, ds, at, want)
	}
}

// The hosts of a node port with policy Local are advertised as well, so rules apply to them.
func TestRulesOfLocalNodePorts(t *testing.T) {
	c, s := component()
	s.Pod, s.Mode, s.Host = nil, v1alpha1.Shared, plan.Value{Source: plan.Node, Address: v1alpha1.InternalIP}
	c.Singles, c.PerPod = nil, nil
	if ds := check(t, c, v1alpha1.DNSName); len(ds) > 0 {
		t.Errorf("nothing is advertised, but: %v", ds)
	}
	c.Local = map[string]plan.Address{"sql": {Service: s, Host: s.Host}}
	checkReport(t, "DNSName", check(t, c, v1alpha1.DNSName), "nodeAddressType", "each pod")
}

// An engine rule that the table lacks would be accepted in specs and never be checked.
func TestEveryRequirementHasARule(t *testing.T) {
	tested := map[v1alpha1.Requirement]func(*plan.Component, *plan.Service){
		v1alpha1.SamePort:          func(_ *plan.Component, s *plan.Service) { s.Ports[0].Advertised = 1 },
		v1alpha1.DNSName:           func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("192.0.2.1") },
		v1alpha1.IPAddress:         func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("name") },
		v1alpha1.IPv4Address:       func(_ *plan.Component, s *plan.Service) { s.Host = plan.Text("2001:db8::1") },
		v1alpha1.ServiceNamedAsPod: func(_ *plan.Component, s *plan.Service) { s.Name = "other" },
		v1alpha1.NoHostnameOnNodePort: func(_ *plan.Component, s *plan.Service) {
			s.Type, s.Announced = v1alpha1.NodePort, []string{"db.example.com"}
		},
		v1alpha1.NoTLSRoute: func(_ *plan.Component, s *plan.Service) {
			s.Type, s.Route = v1alpha1.TLSRoute, &plan.Route{}
		},
		v1alpha1.StartTogether: func(c *plan.Component, _ *plan.Service) {
			c.Pods, c.OneByOne = make([]plan.Pod, 3), []plan.OneByOne{{Set: "db", Replicas: 3}}
		},
		v1alpha1.BitnamiKafka: func(c *plan.Component, _ *plan.Service) { c.Workloads = []string{"kafka"} },
		v1alpha1.KafkaListeners: func(c *plan.Component, _ *plan.Service) {
			c.Spec.Ports = []v1alpha1.Port{listener("sql", "SQL", "none")}
		},
	}
	for _, text := range v1alpha1.SamePort.Values() {
		c, s := component()
		edit, ok := tested[v1alpha1.Requirement(text)]
		if !ok {
			t.Errorf("no test for %s", text)
			continue
		}
		if edit(c, s); len(check(t, c, v1alpha1.Requirement(text))) != 1 {
			t.Errorf("%s is not checked", text)
		}
	}
}

func listener(port, name, protocol string) v1alpha1.Port {
	return v1alpha1.Port{Name: port, ContainerPort: 9092, Protocol: v1alpha1.TCP,
		Listener: &v1alpha1.Listener{Name: new(name), Protocol: new(protocol), Advertised: new(true)}}
}

// Kafka rejects some listeners when it starts.
func TestKafkaListeners(t *testing.T) {
	for name, test := range map[string]struct {
		edit     func(*plan.Component, *plan.Service)
		at, want string
	}{
		"kept":     {func(*plan.Component, *plan.Service) {}, "", ""},
		"name":     {func(c *plan.Component, _ *plan.Service) { c.Spec.Ports[1].Listener.Name = new("sql") }, "ports[web].listener.name", "ports sql and web"},
		"protocol": {func(c *plan.Component, _ *plan.Service) { c.Spec.Ports[1].Listener.Protocol = new("TLS") }, "ports[web].listener.protocol", `"TLS"`},
		"UDP":      {func(c *plan.Component, _ *plan.Service) { c.Spec.Ports[1].Protocol = v1alpha1.UDP }, "ports[web].protocol", "UDP"},
		"not advertised": {func(c *plan.Component, _ *plan.Service) { c.Spec.Ports[0].Listener.Advertised = new(false) },
			"ports[sql].listener.advertised", "not advertised"},
		"no listener": {func(c *plan.Component, _ *plan.Service) { c.Spec.Ports[1].Listener = nil }, "", ""},
	} {
		c, s := component()
		c.Spec.Ports = []v1alpha1.Port{listener("sql", "SQL", "SSL"), listener("web", "WEB", "PLAINTEXT")}
		test.edit(c, s)
		checkReport(t, name, check(t, c, v1alpha1.KafkaListeners), test.at, test.want)
	}
}

// Users write listener files themselves, so the files are checked as they come out.
func TestKafkaFiles(t *testing.T) {
	const kept = "listeners=A://:1,B://:2\nadvertised.listeners=A://h:1\nlistener.security.protocol.map=A:SSL,B:SSL\ninter.broker.listener.name=A\n"
	for name, test := range map[string]struct{ from, to, want string }{
		"kept":         {"", "", ""},
		"twice":        {"B://:2", "A://:2", "occurs twice in listeners"},
		"no protocol":  {"B:SSL", "C:SSL", "listener B has no protocol"},
		"not bound":    {"advertised.listeners=A", "advertised.listeners=B://h:2,C", "C"},
		"none":         {"advertised.listeners=A://h:1\n", "", "no listener is advertised"},
		"inter broker": {"name=A", "name=B", "listener between brokers, B"},
		"controller":   {"listeners=A://:1,B://:2\nadvertised.listeners=A://h:1", "listeners=B://:2\ncontroller.listener.names=B", ""},
		"lower case":   {"listeners=A", "listeners=a", ""},
		"own protocol": {kept, "listeners=SSL://:1\nadvertised.listeners=SSL://h:1", ""},
		"no listeners": {kept, "a=b", ""},
	} {
		c, _ := component()
		text := strings.Replace(kept, test.from, test.to, 1)
		c.Spec.Config = &v1alpha1.Config{Files: v1alpha1.StringMap{"f": new("")}}
		c.ConfigMap = &plan.ConfigMap{Data: map[string]string{"db-0.f": text}, PodKey: v1alpha1.DefaultKey}
		ds := check(t, c, v1alpha1.KafkaListeners)
		switch {
		case test.want == "" && len(ds) > 0 || test.want != "" && len(ds) == 0:
			t.Errorf("%s: %v", name, ds)
		case test.want != "" && (!strings.Contains(ds[0].Message, test.want) || ds[0].Path != "spec.components[node].config.files[f]"):
			t.Errorf("%s: %v, want %q", name, ds, test.want)
		}
	}
}
