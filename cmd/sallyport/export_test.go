package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/exports"
	"sallyport.dev/schemas/v1alpha1/profiles"
	"sallyport.dev/testdata/randspec"
)

// exportCommand is a line of a README.
var exportCommand = regexp.MustCompile(`(?m)^sallyport export (\S+) spec\.yaml > (\S+)$`)

// exported returns the examples of exports, by export. Each has the directory and the file.
func exported(t *testing.T) map[string][2]string {
	t.Helper()
	out := map[string][2]string{}
	for _, readme := range glob(t, "examples", "*", "README.md") {
		for _, m := range exportCommand.FindAllStringSubmatch(string(read(t, readme)), -1) {
			out[m[1]] = [2]string{filepath.Dir(readme), m[2]}
		}
	}
	return out
}

// TestExportExamples runs the commands of the READMEs. Every export has one.
func TestExportExamples(t *testing.T) {
	examples := exported(t)
	for _, e := range generators.BuiltInExports() {
		if _, ok := examples[e.Name]; !ok {
			t.Errorf("no README has a line for the export %s", e.Name)
		}
	}
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			out, stderr, status := sallyport("", "export", name, filepath.Join(e[0], "spec.yaml"))
			if status != 0 || stderr != "" {
				t.Errorf("status %d: %s", status, stderr)
			}
			golden(t, filepath.Join(e[0], e[1]), []byte(out))
			again, _, _ := sallyport(string(read(t, filepath.Join(e[0], "spec.yaml"))), "export", name)
			equal(t, "from standard input", out, again)
		})
	}
}

// TestExportSources checks that each built-in export begins with its source and version.
func TestExportSources(t *testing.T) {
	for _, name := range exports.Names() {
		text, _ := exports.Text(name)
		first, _, _ := strings.Cut(text, "\n")
		if !regexp.MustCompile(`^# .*\b\d+\.\d+`).MatchString(first) {
			t.Errorf("%s begins with %q", name, first)
		}
		if e, ok := exports.Lookup(name); !ok || e.For == "" {
			t.Errorf("%s has no for", name)
		}
	}
}

// TestGeneralExports checks that the names that a spec cannot use are those of the exports that
// every spec has.
func TestGeneralExports(t *testing.T) {
	var names []string
	for _, e := range generators.BuiltInExports()[:len(v1alpha1.GeneralExports)] {
		names = append(names, e.Name)
	}
	equal(t, "names", strings.Join(v1alpha1.GeneralExports, " "), strings.Join(names, " "))
}

// TestExportSchemas checks the examples against what the charts and operators read. The schemas of
// testdata/exports have the keys that exports may write, with their types, and no others.
func TestExportSchemas(t *testing.T) {
	examples := exported(t)
	for _, name := range exports.Names() {
		t.Run(name, func(t *testing.T) {
			c := jsonschema.NewCompiler()
			schema := asJSON(t, documentsOf(t, root("testdata", "exports", name+".yaml"))[0])
			closeObjects(schema)
			if err := c.AddResource(name, schema); err != nil {
				t.Fatal(err)
			}
			for _, value := range documentsOf(t, filepath.Join(examples[name][0], examples[name][1])) {
				if err := c.MustCompile(name).Validate(asJSON(t, value)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// closeObjects makes the objects of a schema reject other keys.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, open := s["additionalProperties"]; s["type"] == "object" && !open {
			s["additionalProperties"] = false
		}
		for _, inner := range s {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range s {
			closeObjects(inner)
		}
	}
}

// documentsOf decodes the documents of a YAML file.
func documentsOf(t *testing.T, file string) []any { return documents(t, string(read(t, file))) }

func documents(t *testing.T, text string) []any {
	t.Helper()
	var out []any
	for dec := yaml.NewDecoder(strings.NewReader(text)); ; {
		var value any
		if err := dec.Decode(&value); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		out = append(out, value)
	}
}

// asJSON returns a value with the types of JSON.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestExportsAgreeWithPlan checks that each export tells a pod the address that the plan has for
// it, and no other.
func TestExportsAgreeWithPlan(t *testing.T) {
	examples := exported(t)
	for _, name := range exports.Names() {
		t.Run(name, func(t *testing.T) {
			e := examples[name]
			agree(t, name, "", string(read(t, filepath.Join(e[0], "spec.yaml"))), string(read(t, filepath.Join(e[0], e[1]))))
		})
	}
}

// agree compares the addresses in an export with those in the plan, of one component or of all.
func agree(t *testing.T, name, component, spec, out string) {
	t.Helper()
	stdout, stderr, status := sallyport(spec, "plan", "-o", "json")
	if status != 0 {
		t.Fatal(stderr)
	}
	var tables []plan.Table
	if err := json.Unmarshal([]byte(stdout), &tables); err != nil {
		t.Fatal(err)
	}
	var pods []string
	want := map[string]string{}
	for _, r := range tables[0].Rows {
		if _, ok := want[r.Pod]; !ok && r.Pod != "*" && !r.Inside && (component == "" && r.Type != "Headless" || r.Component == component && r.PortName == "a") {
			pods, want[r.Pod] = append(pods, r.Pod), r.Address
		}
	}
	slices.SortFunc(pods, byOrdinal) // those that only some entries expose stand apart in the table
	if got := advertisedIn[name](t, documents(t, out), pods); !maps.Equal(want, got) {
		t.Errorf("the plan has %v, the export %v", want, got)
	}
}

// byOrdinal compares pods by their StatefulSets and ordinals.
func byOrdinal(a, b string) int {
	i, j := strings.LastIndexByte(a, '-'), strings.LastIndexByte(b, '-')
	return cmp.Or(strings.Compare(a[:i], b[:j]), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// An advertised reads from the documents of an export what each pod will advertise.
type advertised func(t *testing.T, docs []any, pods []string) map[string]string

var advertisedIn = map[string]advertised{
	"bitnami-kafka":         runExtraInit,
	"bitnami-mongodb":       podFiles("podAnnotations", "extraDeploy.0.data", twoFiles("host", "port")),
	"bitnami-redis-cluster": podFiles("redis.podAnnotations", "extraDeploy.0.data", twoFiles("ip", "port")),
	"bitnami-rabbitmq":      podFiles("podAnnotations", "extraDeploy.0.data", oneFile("conf", streams)),
	"rabbitmq-cluster":      podFiles("spec.override.statefulSet.spec.template.metadata.annotations", "", nil),
	"nats":                  podFiles("podTemplate.merge.metadata.annotations", "extraResources.0.data", oneFile("conf", `^client_advertise: "()(.+)"$`)),
	"hazelcast":             podFiles("annotations", "extraDeploy.0", oneFile("yaml", `public-address: "()(.+)"`)),
	"bitnami-redis":         byPosition("sentinel.externalAccess.service.loadBalancerIP", "=6379"),
	"redpanda":              byPosition("external.addresses", "listeners.kafka.external.default.advertisedPorts"),
	"strimzi":               byPosition("2.value.#.advertisedHost", "2.value.#.advertisedPort"),
	"mongodb-community":     byPosition("spec.replicaSetHorizons.#.external", ""),
	"mongodb-enterprise":    byPosition("spec.connectivity.replicaSetHorizons.#.external", ""),
	"percona-mongodb":       horizonsByPod,
}

const streams = `^stream\.advertised_host = (.+)\nstream\.advertised_port = (\d+)\n$`

// at returns the value at a path of names and indexes. # stands for each entry of a list.
func at(value any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			if name == "#" {
				_, rest, _ := strings.Cut(path, "#.")
				var all []any
				for _, entry := range v {
					all = append(all, at(entry, rest))
				}
				return all
			}
			i, _ := strconv.Atoi(name)
			value = v[i]
		}
	}
	return value
}

// texts returns the entries of a list as texts.
func texts(value any) []string {
	var out []string
	list, _ := value.([]any)
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// byPosition is for exports with lists in the order of the pods. The ports can be part of the
// hosts, or the same for all pods (=PORT).
func byPosition(hosts, ports string) advertised {
	return func(t *testing.T, docs []any, pods []string) map[string]string {
		all, numbers := texts(at(docs[0], hosts)), texts(at(docs[0], ports))
		if len(all) != len(pods) {
			t.Fatalf("%d hosts for %d pods", len(all), len(pods))
		}
		out := map[string]string{}
		for i, pod := range pods {
			switch port, same := strings.CutPrefix(ports, "="); {
			case same:
				out[pod] = plan.HostPort(all[i], port)
			case ports != "":
				out[pod] = plan.HostPort(all[i], numbers[i])
			default:
				out[pod] = all[i]
			}
		}
		return out
	}
}

func horizonsByPod(_ *testing.T, docs []any, _ []string) map[string]string {
	out := map[string]string{}
	horizons, _ := at(docs[0], "2.value").(map[string]any)
	for pod, h := range horizons {
		out[pod] = at(h, "external").(string)
	}
	return out
}

// podFiles is for exports with an annotation that has all addresses, and files for each pod, which
// must agree with it. Without a function that reads the files, they are not in the export.
func podFiles(annotations, data string, file func(data map[string]any, pod string) string) advertised {
	return func(t *testing.T, docs []any, pods []string) map[string]string {
		out := map[string]string{}
		all := at(docs[len(docs)-1], annotations).(map[string]any)["sallyport.dev/advertised"].(string)
		for _, entry := range strings.Split(all, ",") {
			if pod, where, ok := strings.Cut(entry, "="); ok {
				out[pod] = where
			}
		}
		if file == nil {
			return out
		}
		keys := at(docs[0], data)
		if text, ok := keys.(string); ok { // a chart that takes objects as texts
			keys = at(documents(t, text)[0], "data")
		}
		for _, pod := range pods {
			if got := file(keys.(map[string]any), pod); got != out[pod] {
				t.Errorf("the file of %s has %q, the annotation %q", pod, got, out[pod])
			}
		}
		return out
	}
}

// twoFiles reads a file with the host and one with the port.
func twoFiles(host, port string) func(map[string]any, string) string {
	return func(data map[string]any, pod string) string {
		return plan.HostPort(fmt.Sprint(data[pod+"."+host]), fmt.Sprint(data[pod+"."+port]))
	}
}

// oneFile reads a file with host and port, or with both in one.
func oneFile(extension, pattern string) func(map[string]any, string) string {
	re := regexp.MustCompile(pattern)
	return func(data map[string]any, pod string) string {
		m := re.FindStringSubmatch(fmt.Sprint(data[pod+"."+extension]))
		switch {
		case m == nil:
			return "nothing"
		case m[1] == "":
			return m[2]
		}
		return plan.HostPort(m[1], m[2])
	}
}

// runExtraInit runs the script in the values for each pod, as the chart's init container does, and
// reads what it has written. It must fail for a pod that the spec does not have, and leave a
// controller that advertises nothing alone.
func runExtraInit(t *testing.T, docs []any, pods []string) map[string]string {
	script := at(docs[0], "defaultInitContainers.prepareConfig.extraInit").(string)
	file := filepath.Join(t.TempDir(), "server.properties")
	run := func(pod, before string) (string, error) {
		writeFile(t, file, []byte(before))
		cmd := exec.Command("sh", "-ec", script)
		cmd.Env = append(os.Environ(), "MY_POD_NAME="+pod, "KAFKA_CONF_FILE="+file)
		err := cmd.Run()
		return string(read(t, file)), err
	}
	const listeners = "listeners=CLIENT://:9092,EXTERNAL://:9095\n"
	const before = listeners + "advertised.listeners=CLIENT://pod.headless:9092,EXTERNAL://pod.headless:9095\n"
	if after, err := run("other-0", before); err == nil {
		t.Errorf("a pod that the spec does not have: %q", after)
	}
	if after, err := run("other-0", listeners); err != nil || after != listeners {
		t.Errorf("a controller: %q, %v", after, err)
	}
	out := map[string]string{}
	for _, pod := range pods {
		after, err := run(pod, before)
		if err != nil {
			t.Error(err)
		}
		_, rest, _ := strings.Cut(after, "advertised.listeners=CLIENT://pod.headless:9092,EXTERNAL://")
		out[pod] = strings.TrimSpace(rest)
		if !strings.HasPrefix(after, listeners) {
			t.Errorf("the listeners have changed: %q", after)
		}
	}
	return out
}

// TestExportsOfRandomSpecs checks that each export of a random spec is YAML, and tells each pod the
// address that the plan has for it, whatever families, names and numbers it has. An export that is
// refused names what is not known, or the rule of its reader.
func TestExportsOfRandomSpecs(t *testing.T) {
	printed := 0
	refused := regexp.MustCompile(`^-:.* \[(Undetermined|EngineRule|UnknownName)\]$`)
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		for i, name := range exports.Names() {
			if (uint64(i)+seed)%4 > 0 || name == "bitnami-kafka" || name == "bitnami-redis" || !strings.Contains(spec, "  - name: c0\n") {
				continue // they are for ports of one number; the example of the first runs its script
			}
			with := mentioning(t, spec, name)
			out, stderr, status := sallyport(with, "export", name)
			if status == 0 && strings.Contains(out, "-c0-") {
				printed++
				agree(t, name, "c0", with, out)
			} else if status != 0 && !refused.MatchString(lastError(stderr)) {
				t.Errorf("seed %d, %s: %s", seed, name, stderr)
			}
		}
	}
	if printed < int(randspec.Seeds())/2 {
		t.Errorf("only %d exports were printed", printed)
	}
}

// lastError returns the line of the last error in messages.
func lastError(stderr string) string {
	last := ""
	for _, line := range strings.Split(stderr, "\n") {
		if strings.Contains(line, " error: ") {
			last = line
		}
	}
	return last
}

// mentioning adds a built-in export to the component c0, for its port a.
func mentioning(t *testing.T, spec, name string) string {
	t.Helper()
	e, _ := exports.Lookup(name)
	var ports []string
	for _, l := range e.Lists {
		for placeholder := range v1alpha1.Placeholders(l.Item + e.Text) {
			if kind, port, ok := strings.Cut(placeholder, ":"); ok && kind != "list" {
				ports = append(ports, port+": a")
			}
		}
	}
	slices.Sort(ports)
	entry := name + ": {ports: {" + strings.Join(slices.Compact(ports), ", ") + "}}"
	if strings.Contains(spec, "    exports: {own-0: ") {
		return strings.Replace(spec, "    exports: {own-0: ", "    exports: {"+entry+", own-0: ", 1)
	}
	return strings.Replace(spec, "    selector: {app: c0}\n", "    selector: {app: c0}\n    exports: {"+entry+"}\n", 1)
}

// TestExportsOfProfiles checks that exports know the names of the profiles for the same engine.
func TestExportsOfProfiles(t *testing.T) {
	for name, profile := range map[string]string{"nats": "nats", "hazelcast": "hazelcast", "redpanda": "redpanda", "bitnami-mongodb": "bitnami-mongodb",
		"bitnami-redis-cluster": "bitnami-redis-cluster", "rabbitmq-cluster": "rabbitmq-stream", "bitnami-rabbitmq": "rabbitmq-stream",
		"mongodb-community": "mongodb", "mongodb-enterprise": "mongodb", "percona-mongodb": "mongodb"} {
		under, _, ok := profiles.Lookup(profile)
		if !ok {
			t.Fatalf("there is no profile %s", profile)
		}
		where := "domain: example.com"
		if profile == "bitnami-redis-cluster" {
			where = "loadBalancer: {provider: MetalLB, address: 192.0.2.1}"
		}
		spec := fmt.Sprintf("apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: x, namespace: n}\nspec:\n  profile: %s\n  type: LoadBalancer\n  %s\n"+
			"  components: [{name: %s, replicas: 3, selector: {app: x}}]\n", profile, where, under.Components[0].Name)
		out, stderr, status := sallyport(spec, "export", name)
		if status != 0 {
			t.Errorf("%s: %s", name, stderr)
			continue
		}
		agree(t, name, "", spec, out)
	}
}

// TestExportMounts checks that the files that an export mounts for a RabbitmqCluster are those of the
// ConfigMap that its example makes.
func TestExportMounts(t *testing.T) {
	e := exported(t)["rabbitmq-cluster"]
	pod := at(documentsOf(t, filepath.Join(e[0], e[1]))[0], "spec.override.statefulSet.spec.template.spec")
	mounted := at(pod, "volumes.0.configMap.name").(string)
	file := strings.TrimPrefix(at(pod, "containers.0.volumeMounts.0.subPathExpr").(string), "$(MY_POD_NAME).")
	for _, object := range documentsOf(t, filepath.Join(e[0], "expected.yaml")) {
		if at(object, "kind") == "ConfigMap" && at(object, "metadata.name") == mounted {
			keys := slices.Sorted(maps.Keys(at(object, "data").(map[string]any)))
			equal(t, "keys", "rabbit-server-0."+file+" rabbit-server-1."+file+" rabbit-server-2."+file, strings.Join(keys, " "))
			return
		}
	}
	t.Errorf("the example makes no ConfigMap %s", mounted)
}

// TestExportPodsAlone checks that pods that are not exposed are not exported.
func TestExportPodsAlone(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(advertisedIn)) {
		_, stderr, status := sallyport("", "export", name, root("examples", "pravega-dns", "spec.yaml"))
		if status != statusInput || !strings.Contains(stderr, "[UnknownName]") {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
	}
}
