package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// set reads the StatefulSet with this spec.
func set(t *testing.T, spec string) *workload.StatefulSet {
	t.Helper()
	docs, ds := source.Parse("set.yaml", []byte("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: data}\nspec: "+spec+"\n"))
	if ds.Failed() {
		t.Fatal(ds)
	}
	return workload.Parse(docs[0])
}

// Absent fields have the defaults of the API server. Fields of no use here may be wrong: the
// API server reports them.
func TestParse(t *testing.T) {
	for spec, want := range map[string]struct {
		replicas, start int32
		account         string
		wrong           bool
	}{
		"{}":                                    {1, 0, "", false},
		"{replicas: 0}":                         {0, 0, "", false},
		"{replicas: ~, ordinals: ~}":            {1, 0, "", false},
		"{replicas: 3, ordinals: {start: 2}}":   {3, 2, "", false},
		"{replicas: three}":                     {wrong: true},
		"{replicas: 1.5}":                       {wrong: true},
		"{ordinals: []}":                        {wrong: true},
		"{template: []}":                        {wrong: true},
		"{template: {spec: {containers: {}}}}":  {wrong: true},
		"{template: {spec: {containers: [5]}}}": {wrong: true},
		"{template: {spec: {volumes: 5}}}":      {1, 0, "", false},
		"{template: {spec: {containers: [{name: a, image: 5, env: 5}]}}}":            {1, 0, "", false},
		"{template: {spec: {containers: [{name: a, ports: [{containerPort: x}]}]}}}": {wrong: true},
		"{template: {spec: {serviceAccountName: a}}}":                                {1, 0, "a", false},
		"{template: {spec: {serviceAccount: old}}}":                                  {1, 0, "old", false},
		"{template: {spec: {serviceAccountName: new, serviceAccount: old}}}":         {1, 0, "new", false},
		"{template: {spec: {serviceAccountName: default}}}":                          {1, 0, "", false},
	} {
		s := set(t, spec)
		if (s.Err != nil) != want.wrong {
			t.Errorf("%s: error %v", spec, s.Err)
		}
		if !want.wrong && (s.Replicas() != want.replicas || s.Start() != want.start || s.Account() != want.account) {
			t.Errorf("%s: %d replicas from %d, account %q", spec, s.Replicas(), s.Start(), s.Account())
		}
	}
}

// A Service selects with labels, so expressions must become labels that the pods have.
func TestSelector(t *testing.T) {
	const labels = ", template: {metadata: {labels: {app: db, tier: x}}}}"
	for spec, want := range map[string]map[string]string{
		"{}": {},
		"{selector: {matchLabels: {app: db}}" + labels:                                                    {"app": "db"},
		"{selector: {matchExpressions: [{key: tier, operator: In, values: [x, y]}]}" + labels:             {"tier": "x"},
		"{selector: {matchLabels: {app: db}, matchExpressions: [{key: tier, operator: Exists}]}" + labels: {"app": "db", "tier": "x"},
		"{selector: {matchExpressions: [{key: tier, operator: NotIn, values: [z]}]}" + labels:             {},
		"{selector: {matchExpressions: [{key: none, operator: Exists}]}" + labels:                         {},
	} {
		if diff := cmp.Diff(want, set(t, spec).Selector()); diff != "" {
			t.Errorf("%s: %s", spec, diff)
		}
	}
}

// Ports go by name. Unnamed ones get a name, and one name must not mean two numbers.
func TestPorts(t *testing.T) {
	const two = "{template: {spec: {containers: [{name: a, ports: [{name: x, containerPort: 1}]}, {name: b, ports: [{name: x, containerPort: 2}, {containerPort: 53, protocol: UDP}]}]}}}"
	port := func(name string, n int32, p v1alpha1.Protocol) v1alpha1.Port {
		return v1alpha1.Port{Name: name, ContainerPort: n, Protocol: p}
	}
	for _, test := range []struct {
		spec, container string
		want            []v1alpha1.Port
		twice           string
	}{
		{"{}", "", nil, ""},
		{two, "", []v1alpha1.Port{port("x", 1, v1alpha1.TCP), port("udp-53", 53, v1alpha1.UDP)}, "x"},
		{two, "b", []v1alpha1.Port{port("x", 2, v1alpha1.TCP), port("udp-53", 53, v1alpha1.UDP)}, ""},
		{two, "none", []v1alpha1.Port{port("x", 1, v1alpha1.TCP), port("udp-53", 53, v1alpha1.UDP)}, "x"},
		{"{template: {spec: {containers: [{ports: [{name: x, containerPort: 1, protocol: ICMP}]}]}}}", "", nil, ""},
		{"{template: {spec: {containers: [{ports: [{name: x, containerPort: 1}]}, {ports: [{name: x, containerPort: 1}]}]}}}", "", []v1alpha1.Port{port("x", 1, v1alpha1.TCP)}, ""},
	} {
		got, twice := set(t, test.spec).Ports(test.container)
		if diff := cmp.Diff(test.want, got); diff != "" || twice != test.twice {
			t.Errorf("%s, container %q: twice %q, %s", test.spec, test.container, twice, diff)
		}
	}
}

// StatefulSets of any API group count, other kinds do not. Messages name the line of a field.
func TestRead(t *testing.T) {
	docs, _ := source.Parse("all.yaml", []byte(`{apiVersion: apps.kruise.io/v1beta1, kind: StatefulSet, metadata: {name: a}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: c}
spec:
  replicas: 2
`))
	sets := workload.Read(docs)
	if len(sets) != 2 || sets[0].Name != "a" || sets[1].Name != "c" {
		t.Fatalf("%d StatefulSets", len(sets))
	}
	if got := sets[1].Place("spec", "replicas"); got != "all.yaml:9, spec.replicas of StatefulSet c" {
		t.Error(got)
	}
}

// What render --patch prints is no StatefulSet, also where the one that it patches is elsewhere.
func TestReadPatch(t *testing.T) {
	for name, test := range map[string]struct {
		template string
		want     int
	}{
		"a patch":            {"{spec: {enableServiceLinks: false}}", 0},
		"with the hash":      {"{metadata: {annotations: {sallyport.dev/config-hash: a}}, spec: {containers: [{name: db}], volumes: [{name: sallyport}]}}", 0},
		"a variable":         {"{metadata: {annotations: {sallyport.dev/config-hash: a}}, spec: {containers: [{name: db, env: [{name: A, valueFrom: {}}]}]}}", 0},
		"another annotation": {"{metadata: {annotations: {sallyport.dev/config-hash: a, b: c}}, spec: {volumes: [{name: sallyport}]}}", 1},
		"an image":           {"{spec: {containers: [{name: db, image: db}], volumes: [{name: sallyport}]}}", 1},
	} {
		docs, _ := source.Parse("", []byte("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {template: "+test.template+"}}"))
		if got := len(workload.Read(docs)); got != test.want {
			t.Errorf("%s: %d StatefulSets, want %d", name, got, test.want)
		}
	}
}
