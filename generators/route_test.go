package generators_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators"
	"sallyport.dev/generators/gateway"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// The listeners and Services of a run, by kind, name and section, or by name.
type frontDoors struct {
	listeners map[string]gatewayv1.Listener
	services  map[string]*corev1.Service
	routes    map[string][]gatewayv1.ParentReference // by name
	hostnames map[string][]gatewayv1.Hostname
	backends  map[string][]gatewayv1.BackendRef
}

func frontDoorsOf(made generators.Result) frontDoors {
	out := frontDoors{map[string]gatewayv1.Listener{}, map[string]*corev1.Service{}, map[string][]gatewayv1.ParentReference{}, map[string][]gatewayv1.Hostname{}, map[string][]gatewayv1.BackendRef{}}
	for _, o := range made.AllObjects() {
		switch o := o.(type) {
		case *corev1.Service:
			copied := o.DeepCopy()
			out.services[o.Name] = copied
		case *gatewayv1.Gateway:
			for _, l := range o.Spec.Listeners {
				out.listeners["Gateway "+o.Name+" "+string(l.Name)] = l
			}
		case *gatewayv1.ListenerSet:
			for _, l := range o.Spec.Listeners {
				out.listeners["ListenerSet "+o.Name+" "+string(l.Name)] = gatewayv1.Listener(l)
			}
		case *gatewayv1.TLSRoute:
			out.routes[o.Name], out.hostnames[o.Name], out.backends[o.Name] = o.Spec.ParentRefs, o.Spec.Hostnames, o.Spec.Rules[0].BackendRefs
		case *gatewayv1.TCPRoute:
			out.routes[o.Name], out.backends[o.Name] = o.Spec.ParentRefs, o.Spec.Rules[0].BackendRefs
		case *gatewayv1.UDPRoute:
			out.routes[o.Name], out.backends[o.Name] = o.Spec.ParentRefs, o.Spec.Rules[0].BackendRefs
		}
	}
	return out
}

// Promise 6 for routes: what is advertised is what the listener opens, and it leads to the pod.
func TestRoutesLeadToPods(t *testing.T) {
	seen := 0
	for seed := range randspec.Seeds() {
		docs, _ := source.Parse("", []byte(randspec.New(seed)))
		specs, others, _ := generators.Read(docs)
		made := generators.Run(specs, others)
		doors := frontDoorsOf(made)
		for _, table := range made.Tables() {
			for _, row := range table.Rows {
				parents, ok := doors.routes[row.Service]
				if !ok {
					continue
				}
				seen++
				backend := doors.backends[row.Service][0]
				if svc := doors.services[string(backend.Name)]; svc == nil || svc.Spec.Ports[0].Port != *backend.Port {
					t.Fatalf("seed %d: the route %s leads to no port of a Service", seed, row.Service)
				}
				if !strings.HasSuffix(row.Address, fmt.Sprintf(":%d", row.ListenerPort)) {
					t.Fatalf("seed %d: %s is advertised as %s, and the listener has port %d", seed, row.Service, row.Address, row.ListenerPort)
				}
				checkListeners(t, doors, parents, row.Service, row.ListenerPort)
			}
		}
	}
	if seen < int(randspec.Seeds())/10 {
		t.Errorf("only %d routes", seen)
	}
}

// checkListeners checks the listeners of a route that are made, or that it names one of another's.
func checkListeners(t *testing.T, doors frontDoors, parents []gatewayv1.ParentReference, route string, port int32) {
	t.Helper()
	for _, name := range doors.hostnames[route] {
		fits := false
		for _, p := range parents {
			l, ok := doors.listener(p)
			fits = fits || !ok || gateway.Under(string(name), string(*l.Hostname))
		}
		if !fits {
			t.Fatalf("no listener of %s takes %s", route, name)
		}
	}
	for _, p := range parents {
		if l, ok := doors.listener(p); ok && l.Port != port {
			t.Fatalf("listener %s of %s has port %d, and not %d", l.Name, route, l.Port, port)
		}
	}
}

func (d frontDoors) listener(p gatewayv1.ParentReference) (gatewayv1.Listener, bool) {
	kind := "Gateway"
	if p.Kind != nil {
		kind = string(*p.Kind)
	}
	l, ok := d.listeners[kind+" "+string(p.Name)+" "+string(*p.SectionName)]
	return l, ok
}

// A Gateway and a ListenerSet have 64 listeners at most. More pods add objects, and do not move the
// listeners of those that are there.
func TestListenersAreSplit(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  type: TCPRoute
  gateway: {%s, address: 192.0.2.1, port: 7000}
  components:
  - {name: node, workload: db, replicas: %d, selector: {app: db}, ports: [{name: sql, containerPort: 5432}], services: [{name: each, mode: PerPod}, {name: all, mode: Shared, gateway: {port: 6999}}]}
`
	for form, want := range map[string][]string{
		"className: edge": {"Gateway db db-0-each", "Gateway db db-62-each", "ListenerSet db-2 db-63-each", "ListenerSet db-2 db-126-each", "ListenerSet db-3 db-127-each", "Gateway db db-node-all"},
		"listenerSet: {name: own, parentRef: {name: edge}}": {"ListenerSet own db-62-each", "ListenerSet own-2 db-63-each", "ListenerSet own-3 db-129-each"},
	} {
		docs, _ := source.Parse("", fmt.Appendf(nil, spec, form, 130))
		specs, others, _ := generators.Read(docs)
		made := generators.Run(specs, others)
		if made.Diagnostics.Failed() {
			t.Fatal(made.Diagnostics)
		}
		doors := frontDoorsOf(made)
		for _, name := range want {
			if _, ok := doors.listeners[name]; !ok {
				t.Errorf("%s: there is no %s", form, name)
			}
		}
		if len(doors.listeners) != 131 || len(doors.routes) != 131 {
			t.Errorf("%s: %d listeners and %d routes", form, len(doors.listeners), len(doors.routes))
		}
		for route, parents := range doors.routes {
			if _, ok := doors.listener(parents[0]); !ok || len(parents) != 1 {
				t.Errorf("%s: the parents of %s are %v", form, route, parents)
			}
		}
		for _, o := range made.AllObjects() {
			if g, ok := o.(*gatewayv1.Gateway); ok && (g.Spec.AllowedListeners == nil || *g.Spec.AllowedListeners.Namespaces.From != gatewayv1.NamespacesFromSame) {
				t.Errorf("the Gateway does not allow its ListenerSets: %v", g.Spec.AllowedListeners)
			}
		}
	}
}
