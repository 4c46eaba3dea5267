package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// An ask is an example whose pods query the cluster for their advertised addresses.
type ask struct {
	example string
	edits   [][2]string       // edits of its spec
	ingress map[string]string // the status of its load balancers
	answers map[string]string // the answers of the cluster, by query in the template
	may     []string          // permissions that its ServiceAccount has, and another does not
	less    []less
	never   []string // permissions that it must not have, as arguments of kubectl auth can-i
}

// A less removes a permission, and the object that kafka-0 needs it for.
type less struct{ before, after, object string }

var (
	getNodes    = []string{"nodes [] [] [get]"}
	getServices = []string{"services [] [kafka-0-external] [get]", "services [] [kafka-1-external] [get]", "services [] [kafka-2-external] [get]"}

	lessNames    = less{"  - kafka-0-external\n", "", "service/kafka-0-external"}
	lessServices = less{"  - services\n  verbs:\n  - get\n", "  - services\n  verbs:\n  - list\n  - watch\n", "service/kafka-0-external"}
	lessNodes    = less{"  - nodes\n  verbs:\n  - get\n", "  - nodes\n  verbs:\n  - list\n  - watch\n", "node/node-0"}

	neverServices = []string{"list services", "watch services", "update service/kafka-0-external", "get service/kafka-0-external --subresource=status",
		"get service/kafka-bootstrap", "get pods", "get secrets", "get configmaps"}
	neverNodes = []string{"list nodes", "watch nodes", "update node/node-0", "get node/node-0 --subresource=status"}
)

var askAddress = ask{
	example: "kafka-discovery",
	edits:   [][2]string{{"timeout: 10m", "timeout: 2s"}},
	ingress: map[string]string{
		"kafka-0-external": `{"ip": "203.0.113.10"}`,
		"kafka-1-external": `{"hostname": "lb-1.example.com"}`,
		"kafka-2-external": `{"ip": "2001:db8::2"}`,
	},
	answers: map[string]string{
		"ingress:kafka-0-external": "203.0.113.10",
		"ingress:kafka-1-external": "lb-1.example.com",
		"ingress:kafka-2-external": "[2001:db8::2]",
	},
	may:   getServices,
	less:  []less{lessNames, lessServices},
	never: slices.Concat(neverServices, []string{"get node/node-0"}),
}

var askNodePort = ask{
	example: "kafka-discovery",
	edits:   [][2]string{{"timeout: 10m", "timeout: 2s"}, {"type: LoadBalancer", "type: NodePort\n  nodeAddressType: ExternalIP"}},
	answers: map[string]string{"node:ExternalIP": "198.51.100.7"},
	may:     slices.Concat(getNodes, getServices),
	less:    []less{lessNames, lessServices, lessNodes},
	never:   slices.Concat(neverServices, neverNodes),
}

var askNode = ask{
	example: "kafka-hostport",
	edits:   [][2]string{{"kubectl:1.36", "kubectl:1.36, timeout: 2s"}},
	answers: map[string]string{"node:ExternalIP": "198.51.100.7"},
	may:     getNodes,
	less:    []less{lessNodes},
	never:   slices.Concat(neverNodes, []string{"get service/broker", "get pods", "get secrets"}),
}

// discover checks that discover.sh writes the right file with exactly the permissions that are
// generated for it, that it fails in time if one of them is missing or there is no answer, and
// that the permissions allow nothing else.
func discover(r *row, a ask) {
	cluster(r)
	spec := filepath.Join(r.example(a.example), "spec.yaml")
	for _, e := range a.edits {
		r.edit(spec, e[0], e[1])
	}
	stream := r.render(spec)
	defer r.remove(stream)
	r.apply(stream)
	node(r)
	r.kubectl("patch", "node", "node-0", "--subresource=status", "--type=merge", "-p", `{"status": {"addresses": null}}`)
	p := askingPod(r, stream)

	p.inVain("kafka-0", "no answer after 2s")
	answer(r, p.namespace, a)
	for _, pod := range []string{"kafka-0", "kafka-1", "kafka-2"} {
		res, out := p.run(pod)
		if res.status != 0 {
			r.failf("discover.sh of %s: status %d\n%s", pod, res.status, res.stderr)
		}
		r.equal(pod, p.want(pod, a.answers), out)
	}
	r.equal("what only the ServiceAccount may do", strings.Join(a.may, "\n"), strings.Join(p.may(), "\n"))
	for _, what := range a.never {
		r.equal("auth can-i "+what, "no", p.can(what))
	}
	for _, l := range a.less {
		if !strings.Contains(stream, l.before) {
			r.failf("there is no rule %q", l.before)
		}
		r.apply(strings.Replace(stream, l.before, l.after, 1))
		r.becomes("get "+l.object, "no", func() string { return p.can("get " + l.object) })
		p.inVain("kafka-0", "forbidden", "no answer after 2s")
		r.apply(stream)
		r.becomes("get "+l.object, "yes", func() string { return p.can("get " + l.object) })
	}
}

// answer creates the answers to the queries of the pods in the cluster.
func answer(r *row, namespace string, a ask) {
	r.kubectl("patch", "node", "node-0", "--subresource=status", "--type=merge", "-p",
		`{"status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.7"}, {"type": "ExternalIP", "address": "198.51.100.7"}]}}`)
	for service, ingress := range a.ingress {
		r.kubectl("patch", "-n", namespace, "service", service, "--subresource=status", "--type=merge", "-p", `{"status": {"loadBalancer": {"ingress": [`+ingress+`]}}}`)
	}
}

// An asker has the properties of a pod that discover.sh uses: its templates, its environment
// and the token of its ServiceAccount.
type asker struct {
	*row
	namespace, account, config string
	in                         string         // the ConfigMap, mounted
	templates                  map[string]any // the ConfigMap
}

func askingPod(r *row, stream string) asker {
	p := asker{row: r, config: filepath.Join(r.dir, "account"), in: filepath.Join(r.dir, "in")}
	for _, o := range objects(r, stream) {
		p.namespace = o.text("metadata", "namespace")
		switch o.text("kind") {
		case "ServiceAccount":
			p.account = o.name()
			token := strings.TrimSpace(r.kubectl("create", "token", "-n", p.namespace, p.account))
			r.write(p.config, strings.Replace(r.kubectl("config", "view", "--raw", "--flatten"), "token: admin", "token: "+token, 1))
		case "ConfigMap":
			there := objects(r, r.kubectl("get", "configmap", "-n", p.namespace, o.name(), "-o", "yaml"))[0]
			p.templates, _ = at(there, "data").(map[string]any)
			for name, text := range p.templates {
				r.write(filepath.Join(p.in, name), fmt.Sprint(text))
			}
		}
	}
	return p
}

// run runs discover.sh with the environment of render --patch, and returns the file that it
// writes.
func (p asker) run(pod string) (result, string) {
	out := filepath.Join(p.dir, "out")
	p.check(os.RemoveAll(out))
	res := p.try(p.dir, "", "env", "KUBECONFIG="+p.config, "POD_NAME="+pod, "POD_NAMESPACE="+p.namespace, "NODE_NAME=node-0", "INTERVAL=1",
		"sh", filepath.Join(p.in, "discover.sh"), p.in, out)
	all := p.files(out)
	if len(all) > 1 {
		p.failf("discover.sh makes %d files", len(all))
	}
	return res, all["listeners.properties"]
}

// inVain checks that discovery fails with a reason, and writes no file.
func (p asker) inVain(pod string, says ...string) {
	res, out := p.run(pod)
	for _, s := range says {
		p.fails(res, s)
	}
	p.equal("the file of a discovery that failed", "", out)
}

var asked = regexp.MustCompile(`@sallyport:([^@]*)@`)

// want returns the file that a pod must get. Node ports are those of its Service.
func (p asker) want(pod string, answers map[string]string) string {
	return asked.ReplaceAllStringFunc(fmt.Sprint(p.templates[pod+".listeners.properties"]), func(t string) string {
		what := asked.FindStringSubmatch(t)[1]
		if service, ok := strings.CutPrefix(what, "nodePort:"); ok {
			name, _, _ := strings.Cut(service, "/")
			return p.kubectl("get", "-n", p.namespace, "service", name, "-o", "jsonpath={.spec.ports[0].nodePort}")
		}
		return answers[what]
	})
}

func (p asker) can(what string) string {
	args := append([]string{"auth", "can-i", "-n", p.namespace, "--as=system:serviceaccount:" + p.namespace + ":" + p.account}, strings.Fields(what)...)
	return strings.TrimSpace(p.try(p.dir, "", "kubectl", args...).stdout)
}

// may lists the permissions that the ServiceAccount has and the namespace's default one does
// not.
func (p asker) may() []string {
	all := rules(p.can("--list"))
	p.account = "default"
	others := rules(p.can("--list"))
	return slices.DeleteFunc(all, func(rule string) bool { return slices.Contains(others, rule) })
}

// rules returns the lines of a table in a stable order.
func rules(table string) []string {
	var all []string
	for line := range strings.Lines(table) {
		all = append(all, strings.Join(strings.Fields(line), " "))
	}
	slices.Sort(all)
	return all
}
