package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// complete returns access settings without nil.
func complete(a v1alpha1.Access) *v1alpha1.Access {
	a = a.Complete()
	return &a
}

// Every kind of value has a text for people and a token for files. discover.sh reads the
// tokens, so that their form must not change.
func TestValue(t *testing.T) {
	for _, test := range []struct {
		value                plan.Value
		text, token, address string
	}{
		{plan.Value{Source: plan.Ingress, Service: "db-0"}, "<address of db-0>", "@sallyport:ingress:db-0@", "@sallyport:ingressIP:db-0@"},
		{plan.Value{Source: plan.NodePort, Service: "db-0", Port: "sql"}, "<node port>", "@sallyport:nodePort:db-0/sql@", "@sallyport:nodePortIP:db-0/sql@"},
		{plan.Value{Source: plan.Node, Address: v1alpha1.ExternalIP}, "<ExternalIP of the node>", "@sallyport:node:ExternalIP@", "@sallyport:nodeIP:ExternalIP@"},
		{plan.Value{Source: plan.Node, Address: v1alpha1.InternalIP}, "<InternalIP of the node>", "@sallyport:host:@", "@sallyport:hostIP:@"},
		{plan.Value{Source: plan.PodIP}, "<IP of the pod>", "@sallyport:pod:@", "@sallyport:podIP:@"},
	} {
		if got := []string{test.value.String(), test.value.Token(), test.value.AddressToken()}; !cmp.Equal(got, []string{test.text, test.token, test.address}) {
			t.Errorf("%+v: %q", test.value, got)
		}
		if !strings.HasPrefix(test.value.Token(), plan.TokenStart) || !strings.HasPrefix(test.value.AddressToken(), plan.TokenStart) {
			t.Errorf("%+v: the token does not begin with %s", test.value, plan.TokenStart)
		}
	}
	if got := plan.Text("a").String() + plan.Number(1).String(); got != "a1" {
		t.Errorf("known values are %q", got)
	}
}

// Discovery asks for a node port by the name that the port has in the Service.
func TestNodePortByName(t *testing.T) {
	s := plan.Service{Name: "db-0"}
	if got := s.Advertised(&plan.Port{Name: "sql", PortName: "tls-sql"}).Token(); got != "@sallyport:nodePort:db-0/tls-sql@" {
		t.Error(got)
	}
}

// A zone makes an address unusable on other nodes, so it is not an IP address.
func TestIsIP(t *testing.T) {
	for text, want := range map[string][2]bool{
		"192.0.2.1": {true, false}, "2001:db8::1": {true, true}, "fe80::1%eth0": {}, "db.example.com": {}, "": {}, "a:b": {}, "1": {},
	} {
		if got := [2]bool{plan.IsIP(text), plan.IsIPv6(text)}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := plan.HostPort("2001:db8::1", "80") + " " + plan.HostPort("192.0.2.1", "80") + " " + plan.HostPort("<node port>", "80"); got != "[2001:db8::1]:80 192.0.2.1:80 <node port>:80" {
		t.Error(got)
	}
}

// Discovery asks for each Service once, and only reads nodes from the API server if the
// downward API does not have the address.
func TestNeed(t *testing.T) {
	ingress := func(name string) plan.Value { return plan.Value{Source: plan.Ingress, Service: name} }
	for _, test := range []struct {
		values   []plan.Value
		want     plan.Need
		any, api bool
	}{
		{nil, plan.Need{}, false, false},
		{[]plan.Value{{Source: plan.Node, Address: v1alpha1.InternalIP}}, plan.Need{Host: true}, true, false},
		{[]plan.Value{{Source: plan.PodIP}}, plan.Need{Pod: true}, true, false},
		{[]plan.Value{{Source: plan.Node, Address: v1alpha1.NodeAddressType("Hostname")}}, plan.Need{Node: true}, true, true},
		{[]plan.Value{ingress("b"), ingress("a"), ingress("b")}, plan.Need{Services: []string{"b", "a"}}, true, true},
	} {
		var need plan.Need
		for _, v := range test.values {
			need.Add(v)
		}
		if !cmp.Equal(need, test.want) || need.Any() != test.any || need.API() != test.api {
			t.Errorf("%v: %+v, any %v, API %v", test.values, need, need.Any(), need.API())
		}
	}
}

// A name in DNS is as long as what is known of it.
func TestFQDN(t *testing.T) {
	for want, p := range map[string]plan.Plan{
		"db":                        {ClusterDomain: "cluster.local"},
		"db.data.svc":               {Namespace: "data"},
		"db.data.svc.cluster.local": {Namespace: "data", ClusterDomain: "cluster.local"},
	} {
		if got := p.FQDN("db"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := p.FQDN(""); got != "" {
			t.Errorf("no Service has the name %q", got)
		}
	}
}

// service returns the Service of a pod in a component.
func service(c *plan.Component, name string, typ v1alpha1.ServiceType, pod *plan.Pod, host plan.Value) plan.Service {
	mode := v1alpha1.Shared
	if pod != nil {
		mode = v1alpha1.PerPod
	}
	return plan.Service{
		Target: v1alpha1.Target{Mode: mode, Type: typ, Access: complete(v1alpha1.Access{}), HasPods: c != nil},
		Name:   name, Component: c, Pod: pod, Host: host, Levels: v1alpha1.LevelsOf("node", "each", ""),
		Ports: []plan.Port{{Name: "sql", PortName: "sql", Number: 5432, Target: 5433, Advertised: 5432}},
	}
}

// The address of a pod is that of its own Service, else its own node, else its own name.
func TestAddress(t *testing.T) {
	c := &plan.Component{Pods: []plan.Pod{{Name: "db-0"}, {Name: "db-1", Position: 1}}, PodDomain: "peers.data.svc"}
	first, second := service(c, "db-0-each", v1alpha1.LoadBalancer, &c.Pods[0], plan.Text("a")), service(c, "db-1-each", v1alpha1.LoadBalancer, &c.Pods[1], plan.Text("b"))
	shared := service(c, "db", v1alpha1.NodePort, nil, plan.Text("c"))
	c.PerPod = map[string][]*plan.Service{"sql": {&first, &second}}
	c.Local = map[string]plan.Address{"web": {Service: &shared, Host: plan.Text("node"), Port: plan.Number(30000)}}
	c.Singles = []*plan.Service{&first, &second}
	for port, want := range map[string]string{"sql": "b 5432", "web": "node 30000", "gossip": "db-1.peers.data.svc 7000"} {
		a := c.Address(&c.Pods[1], &v1alpha1.Port{Name: port, ContainerPort: 7000})
		if got := a.Host.Text + " " + a.Port.Text; got != want || (a.Service == nil) != (port == "gossip") {
			t.Errorf("%s: %q, want %q", port, got, want)
		}
	}
	if got := len(c.Advertised()); got != 3 {
		t.Errorf("%d advertised hosts, want those of two pods and of the node", got)
	}
	c.PerPod["web"] = c.PerPod["sql"]
	if got := len(c.Advertised()); got != 2 {
		t.Errorf("%d advertised hosts, but PerPod entries override the node port", got)
	}
	c.PodDomain = ""
	if got := c.FQDN(&c.Pods[0]); got != "" {
		t.Errorf("%q, but the name of the pod is not known", got)
	}
}

// Messages and checks find where a Service can be reached, and which load balancer it has.
func TestService(t *testing.T) {
	c := &plan.Component{Spec: v1alpha1.Component{Name: "node"}}
	s := service(c, "db-0", v1alpha1.LoadBalancer, &plan.Pod{Name: "db-0"}, plan.Text("h"))
	s.Balancer = &plan.Balancer{Addresses: []string{"192.0.2.1", "2001:db8::1"}}
	got := []string{s.Reachable(), s.BalancerID(), s.Clients(), s.ComponentName()}
	s.Access.ExternalIPs, s.Balancer.Pool, s.Pod = []string{"192.0.2.7"}, "pool", nil
	got = append(got, s.Reachable(), s.BalancerID(), s.Clients())
	s.Hostname, s.Component, s.Balancer = "db.example.com", nil, nil
	got = append(got, s.Reachable(), s.ComponentName(), s.BalancerID())
	if diff := cmp.Diff([]string{"192.0.2.1,2001:db8::1", "192.0.2.1,2001:db8::1", "pod db-0", "node", "192.0.2.7", "pool", "each pod", "db.example.com", "", ""}, got); diff != "" {
		t.Error(diff)
	}
	s.Ports[0].Advertised = 0
	if v := s.Advertised(s.Port("sql")); v.Source != plan.NodePort || v.Service != "db-0" || v.Port != "sql" || s.Port("none") != nil {
		t.Errorf("the node port is %+v", v)
	}
}

// external-dns reads a host with a trailing dot under each prefix, and a TTL if there is one.
func TestAnnouncement(t *testing.T) {
	s := plan.Service{Announced: []string{"db.example.com", "old.example.com"}, Target: v1alpha1.Target{Access: complete(v1alpha1.Access{ExternalDNS: &v1alpha1.ExternalDNS{TTL: new(int32(60)), Prefixes: []string{"a/", "b/"}}})}}
	plain := plan.Service{Announced: []string{"x"}, Target: v1alpha1.Target{Access: complete(v1alpha1.Access{ExternalDNS: &v1alpha1.ExternalDNS{Prefixes: []string{"a/"}}})}}
	var keys plan.DNSKeys
	for _, test := range []struct {
		s    *plan.Service
		want map[string]string
	}{
		{&s, map[string]string{"a/hostname": "db.example.com.,old.example.com.", "b/hostname": "db.example.com.,old.example.com.", "a/ttl": "60", "b/ttl": "60"}},
		{&plain, map[string]string{"a/hostname": "x."}}, // the keys of the Service before must not stay
		{&s, map[string]string{"a/hostname": "db.example.com.,old.example.com.", "b/hostname": "db.example.com.,old.example.com.", "a/ttl": "60", "b/ttl": "60"}},
	} {
		got := map[string]string{}
		for k, v := range test.s.Announcement(&keys) {
			got[k] = v
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// The table shows for each port where its address comes from.
func TestTable(t *testing.T) {
	c := &plan.Component{Spec: v1alpha1.Component{Name: "node", Config: &v1alpha1.Config{Discovery: &v1alpha1.Discovery{By: new(v1alpha1.ByScript)}}},
		Pods: []plan.Pod{{Name: "db-0"}}, Headless: "peers", PodDomain: "peers.data.svc", PerPod: map[string][]*plan.Service{}}
	asked := plan.Value{Source: plan.Ingress, Service: "db-0-each"}
	c.Discovered = map[plan.Value]bool{asked: true}
	p := &plan.Plan{Owner: "ExternalAccess/data/db", Namespace: "data", Components: []*plan.Component{c}, Services: []plan.Service{
		service(c, "peers", "", nil, plan.Value{}),
		service(c, "db-0-each", v1alpha1.LoadBalancer, &c.Pods[0], asked),
		service(c, "db", v1alpha1.LoadBalancer, nil, plan.Value{Source: plan.Ingress, Service: "db"}),
		service(c, "known", v1alpha1.ClusterIP, nil, plan.Text("192.0.2.1")),
		service(c, "node", v1alpha1.HostPort, &c.Pods[0], plan.Value{Source: plan.Node, Address: v1alpha1.NodeAddressType("Hostname")}),
	}}
	p.Services[0].Mode = v1alpha1.Headless
	p.Services[4].Ports[0].HostPort = 15432
	var got []string
	for _, r := range p.Table().Rows {
		got = append(got, strings.Join([]string{r.Pod, r.Service, r.Type, r.Address, string(r.How)}, " "))
	}
	if diff := cmp.Diff([]string{
		"db-0 peers Headless db-0.peers.data.svc:5433 known",
		"db-0 db-0-each LoadBalancer <address of db-0-each>:5432 discovered",
		"* db LoadBalancer <address of db>:5432 assigned",
		"* known ClusterIP 192.0.2.1:5432 known",
		"db-0  HostPort <Hostname of the node>:5432 assigned",
	}, got); diff != "" {
		t.Error(diff)
	}
	c.Spec.Config.Discovery.By = new(v1alpha1.ByEngine)
	if rows := p.Table().Rows; rows[1].How != plan.Discovered || rows[2].How != plan.Assigned || rows[4].NodePort != 15432 {
		t.Errorf("an engine only discovers the Services of single pods: %+v", rows)
	}
}

// Clients start from the Service of all pods if its address is known, else from three pods.
func TestBootstrap(t *testing.T) {
	c := &plan.Component{Spec: v1alpha1.Component{Name: "node"}}
	shared := service(c, "db", v1alpha1.LoadBalancer, nil, plan.Text("all"))
	p := &plan.Plan{}
	for _, name := range []string{"a", "b", "c", "d"} {
		p.Services = append(p.Services, service(c, name, v1alpha1.LoadBalancer, &plan.Pod{Name: name}, plan.Text(name)))
	}
	bootstrap := func() string {
		b := p.Table().Bootstrap
		if len(b) != 1 || b[0].Component != "node" || b[0].PortName != "sql" {
			t.Fatalf("bootstrap: %+v", b)
		}
		return b[0].Addresses
	}
	got := []string{bootstrap()}
	p.Services = append(p.Services, shared)
	got = append(got, bootstrap())
	p.Services[4].Host = plan.Value{Source: plan.Ingress, Service: "db"}
	got = append(got, bootstrap())
	p.Services[4].Type, p.Services[4].Host = v1alpha1.ClusterIP, plan.Text("inside") // clients outside cannot reach it
	got = append(got, bootstrap())
	p.Services = p.Services[4:]
	got = append(got, bootstrap())
	if diff := cmp.Diff([]string{"a:5432,b:5432,c:5432", "all:5432", "a:5432,b:5432,c:5432", "a:5432,b:5432,c:5432", "inside:5432"}, got); diff != "" {
		t.Error(diff)
	}
}

// The names of slices differ by the family and the ports of their groups.
func TestSliceName(t *testing.T) {
	g := plan.Group{Family: v1alpha1.IPv6, Ports: []plan.Port{{Target: 80}, {Target: 443}}}
	if got := g.Name("db") + " " + g.SliceName("db", 2); got != "db-ipv6-80-443 db-ipv6-80-443-2" {
		t.Error(got)
	}
}
