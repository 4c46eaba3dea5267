package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// chartRows run the commands of the examples with values for Helm. They need the charts, which no
// module has: the environment variable CHARTS names a directory with one directory for each, as
// helm pull --untar makes them.
var chartRows = []rowCase{
	{"charts/bitnami-kafka", chartRow("bitnami-kafka")},
	{"charts/bitnami-mongodb", chartRow("bitnami-mongodb")},
	{"charts/bitnami-rabbitmq", chartRow("bitnami-rabbitmq")},
	{"charts/bitnami-redis", chartRow("bitnami-redis")},
	{"charts/bitnami-redis-cluster", chartRow("bitnami-redis-cluster")},
	{"charts/hazelcast", chartRow("hazelcast")},
	{"charts/nats", chartRow("nats")},
	{"charts/redpanda", chartRow("redpanda")},
}

var (
	upgrade    = regexp.MustCompile(`(?m)^helm upgrade --install (\S+) \S+/(\S+) --namespace (\S+)(.*) -f values\.yaml$`)
	testedWith = regexp.MustCompile(`tested\s+with ([0-9.]+)\)`)
)

// chartRow checks that the chart takes the values, with Helm 3 and 4; that it makes no Service of
// its own for single pods that clients outside reach; and that its StatefulSets, ports and policies fit the spec.
func chartRow(name string) func(*row) {
	return func(r *row) {
		dir := r.example("export-" + name)
		readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
		r.check(err)
		m := upgrade.FindStringSubmatch(string(readme))
		if m == nil {
			r.failf("the README has no helm upgrade")
		}
		release, chart, namespace := m[1], filepath.Join(os.Getenv("CHARTS"), m[2]), m[3]
		if os.Getenv("CHARTS") == "" || !exists(filepath.Join(chart, "Chart.yaml")) {
			r.skipf("there is no chart %s: set CHARTS to a directory that has it", m[2])
		}
		r.write(filepath.Join(dir, "values.yaml"), r.ok(dir, "", "sallyport", "export", name, "spec.yaml"))
		args := append([]string{"template", release, chart, "--namespace", namespace, "--kube-version", "1.36.0", "-f", "values.yaml"}, strings.Fields(m[4])...)
		for _, helm := range []string{helm3(r), helm4(r)} {
			out := r.ok(dir, "", helm, args...)
			checkOwnServices(r, out)
			r.write(filepath.Join(dir, "chart.yaml"), out)
			said := r.try(dir, "", "sallyport", "validate", "spec.yaml", "chart.yaml")
			if said.status != 0 || said.stderr != "" {
				r.failf("the spec does not fit the chart:\n%s", said.stderr)
			}
		}
		if tested := testedWith.FindStringSubmatch(string(readme)); tested == nil || tested[1] != chartVersion(r, chart) {
			r.note = "with chart version " + chartVersion(r, chart)
		}
	}
}

// checkOwnServices checks that the chart makes no Service for a single pod that clients outside reach.
func checkOwnServices(r *row, out string) {
	for _, doc := range strings.Split(out, "\n---\n") {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct {
				Type     string
				Selector map[string]string
			}
		}
		ofPod := yaml.Unmarshal([]byte(doc), &o) == nil && o.Kind == "Service" && o.Spec.Selector["statefulset.kubernetes.io/pod-name"] != ""
		if ofPod && o.Spec.Type != "ClusterIP" {
			r.failf("the chart makes Service %s of type %s", o.Metadata.Name, o.Spec.Type)
		}
	}
}

func chartVersion(r *row, chart string) string {
	text, err := os.ReadFile(filepath.Join(chart, "Chart.yaml"))
	r.check(err)
	var c struct{ Version string }
	r.check(yaml.Unmarshal(text, &c))
	return c.Version
}
