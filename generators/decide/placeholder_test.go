package decide

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// fileScopes returns a scope of each place. Every placeholder has a value, or every one that
// needs no pod if single is false.
func fileScopes(t *testing.T, single bool) map[position]scope {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte("spec: {}\n"))
	if ds.Failed() {
		t.Fatal(ds)
	}
	port := v1alpha1.Port{Name: "sql", ContainerPort: 5432, Step: new(int32(0)), Protocol: v1alpha1.TCP,
		Listener: &v1alpha1.Listener{Name: new("SQL"), Protocol: new("SSL"), Advertised: new(true)}}
	pod := plan.Pod{Name: "db-0", Workload: "db", ID: 7}
	access := v1alpha1.Access{}.Complete()
	c := &component{Component: &plan.Component{Pods: []plan.Pod{pod}, Headless: "peers", PodDomain: "peers.data.svc",
		Spec: v1alpha1.Component{Name: "node", Ports: []v1alpha1.Port{port}, Config: &v1alpha1.Config{
			Lists: map[string]*v1alpha1.List{"all": {Over: v1alpha1.OverPods, Item: "$(pod)", Separator: new(","), Limit: new(int32(0))}}}}}}
	svc := &plan.Service{Target: v1alpha1.Target{Mode: v1alpha1.PerPod, Type: v1alpha1.LoadBalancer, Access: &access, HasPods: true}, Component: c.Component,
		Pod: &pod, Host: plan.Text("192.0.2.1"), Ports: []plan.Port{{Name: "sql", Advertised: 5432}}}
	c.PerPod, c.Shared = map[string][]*plan.Service{"sql": {svc}}, []*plan.Service{svc}
	one := &pod
	if !single {
		one = nil
	}
	c.scope = scope{pod: one, serviceName: "db-0-each", domain: "example.com", vars: map[string]string{
		"name": "db", "namespace": "data", "component": "node", "service": "each", "enabled": "", "workload": "db", "replicas": "1"}}
	d := newDecider(Decision{Plan: &plan.Plan{Namespace: "data"}, Found: finding.New(docs[0])})
	d.components = []*component{c}
	config := c.scope
	config.position, config.services, config.paths = inConfig, map[string]string{"node.peers": "peers"}, map[string]string{"a.conf": "/etc/a.conf"}
	f := &fileValues{d: d, c: c, scope: config, overPods: map[string]text{}}
	return map[position]scope{anywhere: c.scope, inConfig: config, inFile: f.scopeOf(c, one), inListeners: f.scopeOfListener(c, port, one)}
}

// example returns a placeholder of a row, with an argument that exists.
func (p placeholder) example() string {
	if p.arg == "" {
		return p.name
	}
	return p.name + ":" + map[string]string{"PORT": "sql", "COMPONENT.ENTRY": "node.peers", "NAME": "all", "FILE": "a.conf", ofComponent: "node.sql"}[p.arg]
}

// Messages list the rows of the table, so lookup must agree with it: every row has a value at
// its place and the places after it, but not before, and not without the pod that it needs.
func TestPlaceholders(t *testing.T) {
	for _, single := range []bool{true, false} {
		for at, s := range fileScopes(t, single) {
			listed := strings.Fields(s.usable())
			for _, p := range placeholders {
				can := at >= p.position && (single || !p.ofPod)
				if _, err := s.lookup(p.example()); can != (err == nil) {
					t.Errorf("$(%s) at position %d, single pod %v: can be used %v, lookup: %v", p.example(), at, single, can, err)
				}
				if slices.Contains(listed, p.String()) != can {
					t.Errorf("$(%s) at position %d, single pod %v: can be used %v, listed: %v", p, at, single, can, listed)
				}
			}
		}
	}
}

// A row is there once, or a second one with another place would be dead.
func TestPlaceholdersAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range placeholders {
		if seen[p.String()] {
			t.Errorf("$(%s) is there twice", p)
		}
		seen[p.String()] = true
	}
}

// A misspelt placeholder has another message than one that exists elsewhere. Both have a way
// out.
func TestUnknownPlaceholders(t *testing.T) {
	scopes := fileScopes(t, true)
	noNamespace := scope{vars: map[string]string{"name": "db", "namespace": ""}}
	inList := scopes[inFile]
	inList.inList = true
	for _, test := range []struct {
		s            scope
		name         string
		want, wayOut string
	}{
		{scopes[anywhere], "Pod", "is not a placeholder", "use one of: name namespace component service enabled workload serviceName domain replicas pod ordinal id"},
		{scopes[anywhere], "", "is not a placeholder", "use one of"},
		{scopes[anywhere], "host:sql", "is not a placeholder that can be used here", "use one of"},
		{scopes[inFile], "host", "is not a placeholder that can be used here", "host:PORT"},
		{scopes[inFile], "pod:x", "is not a placeholder that can be used here", "use one of"},
		{scopes[inFile], "host:none", "has no port", "use one of: sql"},
		{scopes[inFile], "host:other.sql", "there is no component", "use one of: node"},
		{scopes[inConfig], "service:node.none", "there is no Shared or Headless entry node.none", "use one of: node.peers"},
		{inList, "list:all", "lists do not nest", "use both lists"},
		{noNamespace, "namespace", "is not a placeholder that can be used here", "set metadata.namespace"},
		{noNamespace, "pod", "has a value for a single pod only", "mode PerPod, or use one of: name"},
		{inList, "host", "is not a placeholder that can be used here", "write $(host:PORT)"},
	} {
		_, err := test.s.lookup(test.name)
		var got placeholderError
		if !errors.As(err, &got) || !strings.Contains(got.message, test.want) || !strings.Contains(got.wayOut, test.wayOut) {
			t.Errorf("$(%s): %+v, want %q and %q", test.name, err, test.want, test.wayOut)
		}
	}
}

// All wrong placeholders of a template are reported, those of a list in it as well.
func TestExpandReportsAll(t *testing.T) {
	s := fileScopes(t, true)[inFile]
	_, err := s.expand("$(a) $(pod) $(b) $(c")
	var bad badPlaceholders
	if !errors.As(err, &bad) || len(bad) != 3 || bad[0].placeholder != "a" || bad[1].placeholder != "b" || bad[2].placeholder != "$(c" {
		t.Errorf("%+v", bad)
	}
	if got, err := s.expand("$(host:sql):$(port:sql) $$(pod) $(list:all)"); err != nil || got.string != "192.0.2.1:5432 $(pod) db-0" {
		t.Errorf("%q, %v", got.string, err)
	}
	s.vars["name"] = strings.Repeat("x", maxConfigMap)
	if _, err := s.expand("$(name)$(name)"); !errors.As(err, &bad) || bad[len(bad)-1].placeholderError != tooLong {
		t.Errorf("too long: %v", err)
	}
}
