package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// definitions are where the CustomResourceDefinitions of the generated kinds are: files of modules, as
// their projects publish them.
var definitions = []struct{ module, files string }{
	{"sigs.k8s.io/gateway-api@v1.6.3", "config/crd/standard/*.yaml"},
	{"github.com/cert-manager/cert-manager@v1.21.2", "deploy/crds/cert-manager.io_*.yaml"},
	{"sigs.k8s.io/external-dns@v0.20.0", "config/crd/standard/*.yaml"}, // as in 0.23, whose module needs Go 1.27
}

// moduleDir returns the directory of a module, MODULE@VERSION.
func (r *row) moduleDir(module string) string {
	res := r.try(".", "", "go", "mod", "download", "-json", module)
	var found struct{ Dir, Error string }
	if json.Unmarshal([]byte(res.stdout), &found) != nil || found.Dir == "" {
		r.skipf("go mod download %s: %s %s", module, found.Error, res.stderr)
	}
	return found.Dir
}

// define makes the API server know the kinds that Kubernetes does not have.
func define(r *row) {
	for _, d := range definitions {
		files, err := filepath.Glob(filepath.Join(r.moduleDir(d.module), d.files))
		r.check(err)
		if len(files) == 0 {
			r.failf("%s has no %s", d.module, d.files)
		}
		for _, file := range files {
			r.kubectl("apply", "--server-side", "-f", file)
		}
	}
	r.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
}

// customKinds are the kinds that define adds, and that Sallyport makes.
var customKinds = []string{"Gateway", "ListenerSet", "TLSRoute", "TCPRoute", "UDPRoute", "DNSEndpoint", "Certificate"}

// acceptedKinds checks that the API server accepts the output of all goldens that have a kind of a
// CustomResourceDefinition or a NetworkPolicy, and that applying it again changes nothing.
func acceptedKinds(r *row) {
	cluster(r)
	define(r)
	files, err := filepath.Glob("testdata/golden/*.txtar")
	r.check(err)
	goldens, kinds := 0, map[string]int{}
	for _, file := range files {
		stream := section(r, file, "out")
		counted := map[string]int{}
		for _, o := range objects(r, stream) {
			if kind := o.text("kind"); slices.Contains(customKinds, kind) || kind == "NetworkPolicy" {
				counted[kind]++
			}
		}
		if len(counted) > 0 {
			goldens++
			acceptedTwice(r, file, stream)
			for kind, n := range counted {
				kinds[kind] += n
			}
		}
	}
	spec := filepath.Join(r.dir, "spec.yaml")
	r.write(spec, strings.Replace(listenersSpec, "replicas: 2", "replicas: 150", 1))
	many := r.render(spec)
	acceptedTwice(r, "150 pods", many)
	r.note = fmt.Sprintf("%d goldens: %s; 150 pods: %d ListenerSets", goldens, counts(kinds), strings.Count(many, "\nkind: ListenerSet\n"))
}

// section returns a file of an archive.
func section(r *row, file, name string) string {
	archive, err := txtar.ParseFile(file)
	r.check(err)
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func counts(kinds map[string]int) string {
	var all []string
	for _, kind := range append(slices.Clone(customKinds), "NetworkPolicy") {
		if kinds[kind] > 0 {
			all = append(all, fmt.Sprintf("%d %s", kinds[kind], kind))
		}
	}
	return strings.Join(all, ", ")
}

// The specs that a case of refusals changes: a Gateway with a port for each pod, routes by name, and
// routes to a Gateway that exists.
const (
	listenersSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: routes}
spec:
  type: TCPRoute
  gateway: {className: edge, address: 203.0.113.7, port: 7000}
  components:
  - name: node
    workload: db
    replicas: 2
    selector: {app: db}
    ports: [{name: sql, containerPort: 5432}]
    services: [{name: each, mode: PerPod}, {name: all, mode: Shared, gateway: {port: 9100}}]
`
	namesSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: routes}
spec:
  type: TLSRoute
  gateway: {className: edge, tls: {mode: Terminate, certificateRefs: [{name: secret}]}}
  components:
  - name: node
    workload: db
    replicas: 2
    selector: {app: db}
    ports: [{name: sql, containerPort: 5432}]
    services: [{name: all, mode: Shared, host: db.example.com}]
`
	parentsSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: routes}
spec:
  type: TCPRoute
  gateway: {address: 203.0.113.7, port: 7000, parentRefs: [{name: edge, sectionName: a}, {name: edge, sectionName: b}]}
  components:
  - name: node
    workload: db
    replicas: 2
    selector: {app: db}
    ports: [{name: sql, containerPort: 5432}]
    services: [{name: all, mode: Shared}]
`
)

// A refusal is a mistake in a spec that Sallyport reports, and the API server in the manifest that
// would come of it.
type refusal struct {
	spec         string
	edits        [2]string // of the spec: before and after
	manifest     [2]string // of what is made of the unchanged spec
	ours, theirs string
}

var refusals = []refusal{
	{listenersSpec, [2]string{"port: 9100", "port: 7000"}, [2]string{"port: 9100", "port: 7000"},
		"would both need a listener for port 7000", "Combination of port, protocol and hostname must be unique for each listener"},
	{listenersSpec, [2]string{"port: 9100", "port: 70000"}, [2]string{"port: 9100", "port: 70000"},
		"70000 is not between 1 and 65535", "should be less than or equal to 65535"},
	{listenersSpec, [2]string{"203.0.113.7", "edge_1.example.com"}, [2]string{"type: IPAddress\n    value: 203.0.113.7", "type: Hostname\n    value: edge_1.example.com"},
		`"edge_1.example.com": a lowercase RFC 1123 subdomain must consist of`, "Hostname value must be empty or contain only valid characters"},
	{namesSpec, [2]string{", host: db.example.com", ""}, [2]string{"  hostnames:\n  - db.example.com\n", ""},
		"host is required for type TLSRoute", "spec.hostnames: Required value"},
	{namesSpec, [2]string{"host: db.example.com", "host: 192.0.2.1"}, [2]string{"hostnames:\n  - db.example.com", "hostnames:\n  - 192.0.2.1"},
		"TLS does not send an IP address as the name of the server", "Hostnames cannot contain an IP"},
	{namesSpec, [2]string{"host: db.example.com", "host: db_1.example.com"}, [2]string{"hostnames:\n  - db.example.com", "hostnames:\n  - db_1.example.com"},
		`"db_1.example.com"`, "Hostnames must be valid based on RFC-1123"},
	{namesSpec, [2]string{", certificateRefs: [{name: secret}]", ""}, [2]string{"      certificateRefs:\n      - name: secret\n", ""},
		"certificateRefs is required for mode Terminate", "certificateRefs or options must be specified when mode is Terminate"},
	{namesSpec, [2]string{"{name: secret}", numbered(65, ", ", "{name: s%d}")}, [2]string{"      - name: secret\n", numbered(65, "", "      - name: s%d\n")},
		"a listener has at most 64 certificates, and not 65", "must have at most 64 items"},
	{parentsSpec, [2]string{"{name: edge, sectionName: b}", numbered(32, ", ", "{name: e%d}")}, [2]string{"  - name: edge\n    sectionName: b\n", numbered(32, "", "  - name: e%d\n")},
		"a route has at most 32 parents, and not 33", "must have at most 32 items"},
	{parentsSpec, [2]string{"sectionName: b", "sectionName: a"}, [2]string{"sectionName: b", "sectionName: a"},
		"the list has this parent already", "sectionName must be unique when parentRefs includes 2 or more references to the same parent"},
	{parentsSpec, [2]string{", sectionName: b", ""}, [2]string{"    sectionName: b\n", ""},
		"and one of them has no sectionName", "sectionName must be specified when parentRefs includes 2 or more references to the same parent"},
}

// numbered writes a list.
func numbered(n int, between, format string) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(format, i))
	}
	return strings.Join(all, between)
}

// refusedRoutes checks that Sallyport and the rules of the Gateway API refuse the same.
func refusedRoutes(r *row) {
	cluster(r)
	define(r)
	spec := filepath.Join(r.dir, "spec.yaml")
	for _, c := range refusals {
		r.write(spec, c.spec)
		stream := r.render(spec)
		r.edit(spec, c.edits[0], c.edits[1])
		r.fails(r.try(".", "", "sallyport", "render", spec), c.ours)
		if !strings.Contains(stream, c.manifest[0]) {
			r.failf("the manifest has no %q:\n%s", c.manifest[0], stream)
		}
		res := r.tryApply(strings.ReplaceAll(stream, c.manifest[0], c.manifest[1]))
		r.remove(stream)
		if res.status == 0 || !strings.Contains(strings.Join(strings.Fields(res.stderr), " "), c.theirs) {
			r.failf("with %s: the API server does not report %q, but\n%s", c.edits[1], c.theirs, res.stderr)
		}
	}
	r.note = fmt.Sprintf("%d mistakes", len(refusals))
}
