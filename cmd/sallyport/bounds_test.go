package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// bounded are specs that set every field with a bound.
var bounded = map[string]string{v1alpha1.KindExternalAccess: `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: all, namespace: data}
spec:
  profile: ""
  reservedPorts: [1]
  type: LoadBalancer
  domain: example.com
  externalDNS: {ttl: 1, prefixes: [a.example/], target: a.example.org}
  components:
  - name: a
    workload: w
    replicas: 2
    ordinals: {start: 0}
    pools: [{workload: v, replicas: 1, ordinals: {start: 0}, idOffset: 2}]
    loadBalancer: {provider: EdgeLB, edgeLB: {size: 1, cpus: 1, memory: 1}}
    ports: [{name: p, containerPort: 1, step: 0, listener: {name: P, protocol: Q}}, {name: q, containerPort: 2}]
    services:
    - name: s
      mode: PerPod
      externalTrafficPolicy: Local
      healthCheckNodePort: 30020
      ports: [{name: p, portName: x, port: 2, nodePort: 30000, advertisedPort: 2, steps: {port: 0, nodePort: 1, advertisedPort: 1}}]
      pods: [{pod: w-0, healthCheckNodePort: 30030, ports: [{name: p, port: 4, nodePort: 30009, advertisedPort: 9}]}]
    - {name: h, mode: PerPod, type: HostPort, ports: [{name: q, hostPort: 2}]}
    - {name: r, mode: Shared, selector: {a: b}, type: TCPRoute, ports: [{name: q}], gateway: {port: 2, parentRefs: [{name: g, namespace: n}]}}
    - {name: t, mode: Shared, selector: {a: b}, type: TLSRoute, ports: [{name: q}], gateway: {listenerSet: {parentRef: {name: g, namespace: n}}, tls: {mode: Terminate, certificateRefs: [{name: s, namespace: n}]}}}
    config: {env: {A: b}, containerEnv: {B: c}, files: {f: $(list:l)}, lists: {l: {over: Pods, limit: 1, item: $(pod)}}, container: c, mountPath: /m, discovery: {timeout: 1s}}
    exports: {b: {ports: {x: p}, text: $(list:l), lists: {l: {over: Pods, limit: 1, item: $(host:x)}}}}
    certificate:
      issuerRef: {name: ca}
      duration: 2h
      renewBefore: 1h
      privateKey: {size: 4096}
      keystores: {jks: {passwordSecretRef: {name: s, key: k}}, pkcs12: {passwordSecretRef: {name: s, key: k}}}
      container: c
      mountPath: /tls
  - name: b
    workload: x
    replicas: 1
    type: ClusterIP
    ports: [{name: p, containerPort: 1}]
    services: [{name: s, mode: PerPod}]
    certificate: {issuerRef: {name: ca}, by: CSI, fsGroup: 1}
  exports: {a: {ports: {x: p}, text: $(list:l), lists: {l: {over: Pods, limit: 1, item: $(host:x)}}}}
`, v1alpha1.KindExternalEndpoints: `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata: {name: all, namespace: data}
spec:
  type: LoadBalancer
  domain: example.com
  externalDNS: {ttl: 1, prefixes: [a.example/], target: a.example.org}
  ports: [{name: p, port: 1, targetPorts: [2], nodePort: 30000}]
  endpoints: [{addresses: [192.0.2.1], ports: {p: [3]}, hostname: "", nodeName: n}]
`}

// TestSchemaBounds checks that the program rejects, at the same field, each value that a bound
// of the schemas rejects.
func TestSchemaBounds(t *testing.T) {
	v := compiled(t)
	for _, kind := range kinds {
		if out, fine := outcome(bounded[kind]); !fine {
			t.Fatal(out)
		}
		if err := v.validate(bounded[kind]); err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, l := range fieldsOf(kind).leaves("") {
			if path := strings.TrimPrefix(l.path, "."); standsHere(kind, path) {
				found += len(l.beyond())
				v.checkBounds(t, kind, path, l.field)
			}
		}
		if found < 15 {
			t.Errorf("%s: only %d bounds", kind, found)
		}
	}
}

// standsHere picks one level of the access settings.
func standsHere(kind, path string) bool {
	switch {
	case strings.Contains(path, ".edgeLB."):
		return kind == v1alpha1.KindExternalAccess && strings.HasPrefix(path, "spec.components.loadBalancer.")
	case strings.Contains(path, ".gateway."):
		return strings.HasPrefix(path, "spec.components.services.gateway.")
	case strings.Contains(path, ".externalDNS."):
		return strings.HasPrefix(path, "spec.externalDNS.")
	}
	return true
}

func (v validators) checkBounds(t *testing.T, kind, path string, f *field) {
	t.Helper()
	for _, value := range f.beyond() {
		spec, ok := replaced(t, bounded[kind], path, value, f.Keys != nil)
		if !ok {
			t.Errorf("%s %s is not in the spec of this test", kind, path)
			continue
		}
		if v.validate(spec) == nil {
			t.Errorf("%s %s: the schema accepts %v", kind, path, value)
		}
		if reported := refusedAt(spec, path); reported != "" {
			t.Errorf("%s %s: %v is beyond the schema, and the program reports %s", kind, path, value, reported)
		}
	}
}

// beyond returns values just outside the bounds of a field.
func (f *field) beyond() []any {
	if f.Keys != nil {
		return []any{"!"}
	}
	inner := f.inner()
	var out []any
	if n, err := inner.Minimum.Int64(); err == nil {
		out = append(out, n-1)
	}
	if n, err := inner.Maximum.Int64(); err == nil {
		out = append(out, n+1)
	}
	if inner.Pattern != "" {
		out = append(out, "! :")
	}
	if inner.MaxLength > 0 {
		out = append(out, strings.Repeat("a", inner.MaxLength+1))
	}
	return out
}

// replaced puts a value, or a key of a map, at the first node of a path.
func replaced(t *testing.T, spec, path string, value any, isKey bool) (string, bool) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(spec), &doc); err != nil {
		t.Fatal(err)
	}
	n := nodeAt(doc.Content[0], strings.Split(path, "."))
	if n == nil {
		return "", false
	}
	if isKey {
		n = n.Content[0]
	}
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	if err := n.Encode(value); err != nil {
		t.Fatal(err)
	}
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}

// nodeAt returns the first node at a path, or nil.
func nodeAt(n *yaml.Node, names []string) *yaml.Node {
	if len(names) == 0 {
		return n
	}
	for i, c := range n.Content {
		var found *yaml.Node
		switch {
		case n.Kind == yaml.SequenceNode:
			found = nodeAt(c, names)
		case i%2 == 0 || n.Content[i-1].Value != names[0]:
		case slices.Contains([]string{"lists", "exports"}, names[0]) && len(names) > 1: // their keys are data
			found = nodeAt(c.Content[1], names[1:])
		default:
			found = nodeAt(c, names[1:])
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// refusedAt returns "" if there is an error at a path, else all messages.
func refusedAt(spec, path string) string {
	docs, ds := source.Parse("", []byte(spec))
	specs, others, more := generators.Read(docs)
	again := generators.Run(specs, others).Diagnostics
	reported := "nothing"
	for _, d := range append(append(ds, more...), again...).AtLeast(source.Error) {
		if plainPath(d.Path) == path {
			return ""
		}
		reported += "\n" + d.String()
	}
	return reported
}

// bare are specs that contain every struct, but no field that has a default.
var bare = map[string]any{
	v1alpha1.KindExternalAccess: v1alpha1.ExternalAccess{Spec: v1alpha1.ExternalAccessSpec{
		RBAC: &v1alpha1.RBAC{},
		Components: []v1alpha1.Component{{
			Pools: []v1alpha1.Pool{{}},
			Ports: []v1alpha1.Port{{Name: "p", ContainerPort: 1, Listener: &v1alpha1.Listener{}}},
			Services: []v1alpha1.Service{{Mode: v1alpha1.PerPod, Type: new(v1alpha1.LoadBalancer),
				Access: v1alpha1.Access{Gateway: &v1alpha1.GatewaySettings{ParentRefs: []v1alpha1.ParentRef{{}}}},
				Ports:  []v1alpha1.ServicePort{{Name: "p"}}, Pods: []v1alpha1.Pod{{Ports: []v1alpha1.PodPort{{}}}}}},
			Config:        &v1alpha1.Config{Lists: map[string]*v1alpha1.List{"l": {}}},
			NetworkPolicy: &v1alpha1.NetworkPolicy{},
			Certificate:   &v1alpha1.Certificate{Keystores: &v1alpha1.Keystores{PKCS12: &v1alpha1.PKCS12{}}},
		}},
	}}.Default(),
	v1alpha1.KindExternalEndpoints: v1alpha1.ExternalEndpoints{Spec: v1alpha1.ExternalEndpointsSpec{
		Access: v1alpha1.Access{Gateway: &v1alpha1.GatewaySettings{ParentRefs: []v1alpha1.ParentRef{{}}}},
		Ports:  []v1alpha1.EndpointPort{{Port: 1}}, Endpoints: []v1alpha1.Endpoint{{}},
		NetworkPolicy: &v1alpha1.EgressPolicy{},
	}}.Default(),
}

// written are the fields that the bare specs set.
var written = []string{"spec.components.ports.name", "spec.components.ports.containerPort", "spec.components.services.mode",
	"spec.components.services.type", "spec.components.services.ports.name", "spec.ports.port"}

// TestDefaults checks that Default sets exactly the defaults that the comments describe.
func TestDefaults(t *testing.T) {
	for _, kind := range kinds {
		data, err := json.Marshal(bare[kind])
		if err != nil {
			t.Fatal(err)
		}
		var complete any
		if err := json.Unmarshal(data, &complete); err != nil {
			t.Fatal(err)
		}
		tree, set := fieldsOf(kind), map[string]bool{}
		tree.each("", complete, func(path string, f *field, value any) {
			set[f.Description] = true
			switch path = strings.TrimPrefix(path, "."); {
			case slices.Contains(written, path):
			case f.Default != nil && !cmp.Equal(f.Default, value):
				t.Errorf("%s %s is documented to be %v, and is %v", kind, path, f.Default, value)
			case f.Default == nil && !isZero(value) && !strings.Contains(f.Description, "efault"):
				t.Errorf("%s %s is %v by default, which is not documented", kind, path, value)
			}
		})
		for _, l := range tree.leaves("") {
			if l.Default != nil && !set[l.Description] {
				t.Errorf("%s %s: nothing sets this default", kind, l.path)
			}
		}
	}
}

// each visits the values of an object, each with its field.
func (f *field) each(path string, value any, visit func(path string, f *field, value any)) {
	switch v := value.(type) {
	case []any:
		if f.Items != nil && len(f.Items.Properties) > 0 {
			for _, e := range v {
				f.Items.each(path, e, visit)
			}
			return
		}
	case map[string]any:
		if f.Values.field != nil && len(f.Values.Properties) > 0 {
			for _, e := range v {
				f.Values.each(path, e, visit)
			}
			return
		}
		for _, p := range f.Properties {
			if x, ok := v[p.name]; ok {
				p.each(path+"."+p.name, x, visit)
			}
		}
		if len(f.Properties) > 0 {
			return
		}
	}
	visit(path, f, value)
}

func isZero(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0
}
