package generators_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// patches returns what the StatefulSets of a spec get.
func patches(t *testing.T, spec string) []*patch.Patch {
	t.Helper()
	docs, _ := source.Parse("", []byte(spec))
	specs, others, _ := generators.Read(docs)
	made := generators.Run(specs, others)
	if made.Diagnostics.Failed() {
		t.Fatalf("%v\n%s", made.Diagnostics, spec)
	}
	out, _ := made.Patches() // nothing to patch is an error there
	return out
}

// templates returns what the template of each StatefulSet gets.
func templates(t *testing.T, spec string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range patches(t, spec) {
		text, err := json.Marshal(p.Spec.Template)
		if err != nil {
			t.Fatal(err)
		}
		out[p.Metadata.Name] = string(text)
	}
	return out
}

// hashes returns the hash that each StatefulSet gets in its template.
func hashes(t *testing.T, spec string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range patches(t, spec) {
		if m := p.Spec.Template.Metadata; m != nil {
			out[p.Metadata.Name] = m.Annotations[workload.HashAnnotation]
		}
	}
	return out
}

// More replicas restart no pod that is there.
func TestScaleUpRestartsNothing(t *testing.T) {
	compared := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		m := lastReplicas.FindStringSubmatch(spec)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		if n == 0 {
			continue // no pod is there
		}
		before, after := templates(t, spec), templates(t, m[1]+strconv.Itoa(n+3)+m[3])
		for name, template := range before {
			if compared++; template != after[name] {
				t.Fatalf("seed %d: %s would restart:\n%s", seed, name, cmp.Diff(template, after[name]))
			}
		}
	}
	if compared < int(randspec.Seeds())/4 {
		t.Errorf("only %d StatefulSets compared", compared)
	}
}

// A template of pods does not depend on which Services of single pods there are yet: more replicas
// would restart the pods, those of other components too.
func TestScaleUpChangesNoTemplate(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  components:
  - {name: other, workload: other, replicas: 1, selector: {app: other}, ports: [{name: web, containerPort: 80}], services: [{name: all, mode: Shared, type: ClusterIP}]}
  - name: node
    workload: db
    ports: [{name: sql, containerPort: 5432}]
    services: [{name: each, mode: PerPod, type: ClusterIP, ONLY}]
    replicas: `
	for _, only := range []string{"only: [db-1]", "create: true"} {
		of := func(replicas string) map[string]string {
			return templates(t, strings.Replace(spec, "ONLY", only, 1)+replicas)
		}
		first := of("0")
		if !strings.Contains(first["db"], "enableServiceLinks") {
			t.Errorf("%s: no pod loses the variables of Services: %s", only, first)
		}
		for _, replicas := range []string{"1", "2"} {
			if d := cmp.Diff(first, of(replicas)); d != "" {
				t.Errorf("%s, %s replicas: %s", only, replicas, d)
			}
		}
	}
}

// What discovers the addresses of pods to come is in the template before they are there, with its
// account. It may read no Service that does not exist.
func TestScaleUpDiscovers(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  components:
  - name: node
    workload: db
    ports: [{name: sql, containerPort: 5432}]
    services:
    - {name: peers, mode: Headless, create: false, selector: {app: db}}
    - {name: first, mode: PerPod, type: LoadBalancer, only: [db-0], host: db.example.com}
    - {name: next, mode: PerPod, only: [db-1], NEXT}
    config: {container: db, files: {advertised: "$(host:sql):$(port:sql)"}, discovery: {image: kubectl}}
    replicas: `
	for next, rules := range map[string]int{
		"type: PodIP":        0,
		"type: LoadBalancer": 0,
		"type: NodePort":     0,
		"type: NodePort, nodeAddressType: ExternalIP": 1,
	} {
		of := func(replicas string) map[string]string {
			return templates(t, strings.Replace(spec, "NEXT", next, 1)+replicas)
		}
		first := of("1")
		if !strings.Contains(first["db"], plan.ScriptKey) {
			t.Errorf("%s: nothing discovers: %s", next, first)
		}
		for _, replicas := range []string{"2", "3"} {
			if d := cmp.Diff(first, of(replicas)); d != "" {
				t.Errorf("%s, %s replicas: %s", next, replicas, d)
			}
		}
		docs, _ := source.Parse("", []byte(strings.Replace(spec, "NEXT", next, 1)+"1"))
		specs, others, _ := generators.Read(docs)
		kinds, found := map[string]int{}, generators.Run(specs, others)
		for _, o := range found.AllObjects() {
			kinds[o.GetObjectKind().GroupVersionKind().Kind]++
		}
		if got := kinds["Role"] + kinds["ClusterRole"]; got != rules {
			t.Errorf("%s: %d roles, want %d", next, got, rules)
		}
	}
}

// hashSpec has two StatefulSets, of which pods read files and a variable.
const hashSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  domain: example.com
  reservedPorts: [7003]
  components:
  - name: node
    workload: a
    replicas: 3
    pools: [{workload: b, replicas: 2, idOffset: 10}]
    selector: {app: db}
    ports: [{name: sql, containerPort: 5432}, {name: peer, containerPort: 7000, listener: {name: PEER}}]
    services:
    - {name: peers, mode: Headless, ports: [{name: peer}]}
    - name: sql
      mode: PerPod
      type: LoadBalancer
      ports: [{name: sql, port: 7001, steps: {port: 1}}]
      pods: [{pod: a-2, host: old.example.com}]
    - name: peer
      mode: PerPod
      type: LoadBalancer
      host: ""
      loadBalancer: {addresses: [192.0.2.1-192.0.2.20]}
      ports: [{name: peer}]
    config:
      container: db
      env: {MODE: fast}
      lists: {all: {over: Pods, item: $(podFQDN)}}
      files: {own.conf: "$(host:sql):$(port:sql) $(address:peer)", all.conf: $(list:all)}
      discovery: {image: kubectl}
`

// A change of what pods are told restarts them; any other does not.
func TestHash(t *testing.T) {
	before := hashes(t, hashSpec)
	if len(before) != 2 || before["a"] == before["b"] {
		t.Fatalf("the hashes are %v", before)
	}
	for _, test := range []struct{ old, new, restarts string }{
		{"domain: example.com", "domain: example.org", "a b"},
		{"port: 7001", "port: 7002", "a b"},
		{"steps: {port: 1}", "steps: {port: 2}", "a b"},
		{"reservedPorts: [7003]", "reservedPorts: [7004]", "a b"},
		{"host: old.example.com", "host: new.example.com", "a"},
		{"192.0.2.20", "192.0.2.21", "a b"}, // its own pods cannot be told from those that it adds
		{"MODE: fast", "MODE: slow", "a b"},
		{"$(address:peer)", "$(address:peer):1", "a b"},
		{"item: $(podFQDN)", "item: $(pod)", "a b"},
		{"idOffset: 10", "idOffset: 11", "b"},
		{"a-2, host: old.example.com", "a-7, host: old.example.com", "a b"}, // b reads the list of all pods

		{"replicas: 3", "replicas: 4", ""},
		{"replicas: 2, idOffset", "replicas: 7, idOffset", ""},
		{"replicas: 3", "replicas: 0", ""},
		{"[192.0.2.1-192.0.2.20]", "[192.0.2.1, 192.0.2.2-192.0.2.20]", ""}, // the same, written in another way
		{"reservedPorts: [7003]", "reservedPorts: [7003, 7003]", ""},
		{"    - {name: peers, mode: Headless", "    - {name: z, mode: Shared, type: ClusterIP, ports: [{name: sql}]}\n    - {name: peers, mode: Headless", ""},
		{"  domain:", "  annotations: {a: b}\n  domain:", ""},
		{"  domain:", "  labels: {a: b}\n  domain:", ""},
		{"image: kubectl", "image: kubectl:2, timeout: 9m", ""}, // the template itself changes with the image
	} {
		spec := strings.Replace(hashSpec, test.old, test.new, 1)
		if spec == hashSpec {
			t.Fatalf("there is no %q in the spec", test.old)
		}
		if diff := cmp.Diff(test.restarts, restarted(before, hashes(t, spec))); diff != "" {
			t.Errorf("%s -> %s (-want +got):\n%s", test.old, test.new, diff)
		}
	}
}

// restarted names the StatefulSets whose hash has changed.
func restarted(before, after map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name] != after[name] {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

const hashHead = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: db, namespace: data}\nspec:\n"

// What pods read in other ways than by a file of their own restarts them too.
func TestHashOfOthers(t *testing.T) {
	node := "  components:\n  - name: node\n    workload: a\n    replicas: 4\n    ports: [{name: sql, containerPort: 5432}]\n"
	list := "  reservedPorts: [9]\n" + node + "    services: [{name: e, mode: PerPod, type: LoadBalancer, loadBalancer: {addresses: [192.0.2.1-192.0.2.20]}, ports: [{name: sql, port: 7000, steps: {port: 1}}]}]\n" +
		"    config: {container: db, lists: {l: {over: Pods, item: \"$(host:sql):$(port:sql)\"}}, files: {all.conf: $(list:l)}}\n"
	only := node + "    services: [{name: e, mode: PerPod, type: LoadBalancer, host: $(pod).example.com, only: [a-5, a-1], ports: [{name: sql}]}, {name: peers, mode: Headless, create: false}]\n    selector: {app: a}\n" +
		"    config: {container: db, files: {own.conf: $(host:sql)}}\n"
	steps := node + "    services: [{name: e, mode: PerPod, type: NodePort, host: edge.example.com, ports: [{name: sql, nodePort: 30000, steps: {nodePort: 1}}], pods: [{pod: a-1, ports: [{name: sql, nodePort: 30050}]}]}]\n" +
		"    config: {container: db, files: {own.conf: \"$(host:sql):$(port:sql)\"}}\n"
	failing := node + "    services: [{name: e, mode: PerPod, type: NodePort, host: $(pod).example.com, ports: [{name: sql, nodePort: 30000}], pods: [{pod: a-9, host: \"\"}]}]\n" +
		"    config: {container: db, lists: {l: {over: Pods, item: \"$(host:sql)\"}}, files: {own.conf: \"$(pod) $(list:l)\"}}\n"
	starting := node + "    ordinals: {start: 2000}\n    services: [{name: e, mode: PerPod, type: LoadBalancer, host: $(pod).example.com, pods: [{pod: a-2002, host: x.example.com}]}]\n" +
		"    config: {container: db, files: {own.conf: \"$(host:sql)\"}}\n"
	engine := "  rbac: {serviceAccountName: db, rules: [{apiGroups: [\"\"], resources: [services], verbs: [get]}]}\n  domain: example.com\n" + node +
		"    services: [{name: e, mode: PerPod, type: LoadBalancer, annotations: {external-dns.alpha.kubernetes.io/hostname: $(pod).a.example.com}}]\n    externalDNS: {enabled: false}\n    config: {container: db, env: {A: b}, discovery: {by: Engine}}\n"
	for _, test := range []struct{ spec, old, new, restarts string }{
		{list, "reservedPorts: [9]", "reservedPorts: [7002]", "a"},
		{list, "192.0.2.1-192.0.2.20", "192.0.2.1, 192.0.2.2, 198.51.100.3, 192.0.2.4-192.0.2.20", "a"},
		{list, "replicas: 4", "replicas: 12", ""},
		{only, "[a-5, a-1]", "[a-6, a-1]", "a"},
		{only, "[a-5, a-1]", "[a-5]", "a"},
		{only, "replicas: 4", "replicas: 8", ""},
		{steps, "steps: {nodePort: 1}", "steps: {nodePort: 2}", "a"},
		{steps, "nodePort: 30050", "nodePort: 30051", "a"},
		{failing, "$(pod).example.com", "$(pod).example.org", "a"},
		{failing, "replicas: 4", "replicas: 8", ""},
		{starting, "host: x.example.com", "host: y.example.com", "a"},
		{starting, "replicas: 4", "replicas: 1", ""},
		{engine, "$(pod).a.example.com", "$(pod).b.example.com", "a"},
		{strings.Replace(engine, ", annotations: {external-dns.alpha.kubernetes.io/hostname: $(pod).a.example.com}", "", 1), "enabled: false", "enabled: true", "a"},
		{engine, "A: b", "A: c", "a"},
	} {
		spec := strings.Replace(test.spec, test.old, test.new, 1)
		if spec == test.spec {
			t.Fatalf("there is no %q in the spec", test.old)
		}
		before := hashes(t, hashHead+test.spec)
		if got := restarted(before, hashes(t, hashHead+spec)); got != test.restarts || len(before) != 1 {
			t.Errorf("%s -> %s restarts %q of %v, want %q\n%s", test.old, test.new, got, before, test.restarts, test.spec)
		}
	}
}
