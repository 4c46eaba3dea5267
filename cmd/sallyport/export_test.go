package main

import (
	"encoding/json"
	"errors"
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
func documentsOf(t *testing.T, file string) []any {
	t.Helper()
	var out []any
	for dec := yaml.NewDecoder(strings.NewReader(string(read(t, file)))); ; {
		var value any
		if err := dec.Decode(&value); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
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
			pods, want := advertisedBy(t, filepath.Join(e[0], "spec.yaml"))
			read, ok := advertisedIn[name]
			if !ok {
				t.Fatal("this test cannot read the export")
			}
			got := read(t, documentsOf(t, filepath.Join(e[0], e[1])), pods)
			if !maps.Equal(want, got) {
				t.Errorf("the plan has %v, the export %v", want, got)
			}
		})
	}
}

// advertisedBy returns the pods of a spec, in the order of the plan, and the address that it has
// for the first port of each.
func advertisedBy(t *testing.T, spec string) (pods []string, addresses map[string]string) {
	t.Helper()
	out, stderr, status := sallyport("", "plan", "-o", "json", spec)
	if status != 0 {
		t.Fatal(stderr)
	}
	var tables []plan.Table
	if err := json.Unmarshal([]byte(out), &tables); err != nil {
		t.Fatal(err)
	}
	addresses = map[string]string{}
	for _, r := range tables[0].Rows {
		if _, ok := addresses[r.Pod]; ok || r.Pod == "*" {
			continue
		}
		pods, addresses[r.Pod] = append(pods, r.Pod), r.Address
	}
	return pods, addresses
}

// An advertised reads from the documents of an export what each pod will advertise.
type advertised func(t *testing.T, docs []any, pods []string) map[string]string

var advertisedIn = map[string]advertised{
	"bitnami-kafka":         runExtraInit,
	"bitnami-mongodb":       podFiles("podAnnotations", `$.host:$.port`, "extraDeploy.0.data"),
	"bitnami-redis-cluster": podFiles("redis.podAnnotations", `$.ip:$.port`, "extraDeploy.0.data"),
	"bitnami-rabbitmq":      podFiles("podAnnotations", `$.conf`, "extraDeploy.0.data"),
	"nats":                  podFiles("podTemplate.merge.metadata.annotations", `$.conf`, "extraResources.0.data"),
	"hazelcast":             podFiles("annotations", `$.yaml`, "extraDeploy.0"),
	"rabbitmq-cluster":      podFiles("spec.override.statefulSet.spec.template.metadata.annotations", `$.conf`, "data"),
	"bitnami-redis":         byPosition("sentinel.externalAccess.service.loadBalancerIP", samePorts("6379")),
	"redpanda":              byPosition("external.addresses", "listeners.kafka.external.default.advertisedPorts"),
	"strimzi":               byPosition("3.value.#.advertisedHost", "3.value.#.advertisedPort"),
	"mongodb-community":     byPosition("spec.replicaSetHorizons.#.external", ""),
	"mongodb-enterprise":    byPosition("spec.connectivity.replicaSetHorizons.#.external", ""),
	"percona-mongodb":       horizonsByPod,
}

// samePorts is the port of all pods, in the place of a path.
func samePorts(port string) string { return "=" + port }

// at returns the value at a path of names and indexes. # stands for each entry of a list.
func at(value any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			if name == "#" {
				rest := path[strings.Index(path, "#.")+2:]
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
		data, _ := json.Marshal(v)
		out = append(out, strings.Trim(string(data), `"`))
	}
	return out
}

// byPosition is for exports with lists in the order of the pods. The ports can be part of the hosts.
func byPosition(hosts, ports string) advertised {
	return func(t *testing.T, docs []any, pods []string) map[string]string {
		all, numbers := texts(at(docs[0], hosts)), texts(at(docs[0], ports))
		if len(all) != len(pods) {
			t.Fatalf("%d hosts for %d pods", len(all), len(pods))
		}
		out := map[string]string{}
		for i, pod := range pods {
			out[pod] = all[i]
			if port, ok := strings.CutPrefix(ports, "="); ok {
				out[pod] += ":" + port
			} else if ports != "" {
				out[pod] += ":" + numbers[i]
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

// address matches a host and a port in the file of a pod.
var address = regexp.MustCompile(`(?s)([a-z0-9][a-z0-9.-]*\.[a-z0-9.-]+[a-z0-9])["\s]*(?::|\n\S+ = )(\d+)`)

// podFiles is for exports with an annotation that has all addresses, and a file for each pod, which
// must agree. In form, $ stands for the pod.
func podFiles(annotations, form, data string) advertised {
	return func(t *testing.T, docs []any, pods []string) map[string]string {
		last := docs[len(docs)-1]
		out := map[string]string{}
		for _, entry := range strings.Split(at(last, annotations).(map[string]any)["sallyport.dev/advertised"].(string), ",") {
			pod, where, _ := strings.Cut(entry, "=")
			out[pod] = where
		}
		all := at(docs[0], data)
		if text, ok := all.(string); ok { // a chart that takes objects as texts
			var object map[string]any
			if err := yaml.Unmarshal([]byte(text), &object); err != nil {
				t.Fatal(err)
			}
			all = object["data"]
		}
		keys, _ := all.(map[string]any)
		for _, pod := range pods {
			var got []string
			for _, key := range strings.Split(form, ":") {
				got = append(got, keys[strings.Replace(key, "$", pod, 1)].(string))
			}
			m := address.FindStringSubmatch(strings.Join(got, ":"))
			if m == nil || m[1]+":"+m[2] != out[pod] {
				t.Errorf("the file of %s has %q, the annotation %q", pod, got, out[pod])
			}
		}
		return out
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

// TestExportPodsAlone checks that pods that are not exposed are not exported.
func TestExportPodsAlone(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(advertisedIn)) {
		_, stderr, status := sallyport("", "export", name, root("examples", "pravega-dns", "spec.yaml"))
		if status != statusInput || !strings.Contains(stderr, "[UnknownName]") {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
	}
}
