package main

import (
	"slices"
	"strconv"
	"strings"
)

// limit is the largest input that sallyport reads: source.MaxInput.
const limit = 20 << 20

// A shape is an input that may cost more than its size tells. The text is head, unit as often as
// fits, and tail. In unit, %i is the number of the repetition and %x the same in hexadecimal.
type shape struct {
	name             string
	head, unit, tail string
	most             int  // how often unit is repeated at most; 0 is as often as fits
	json             bool // the text is JSON: a list of it is JSON, too
}

// text returns the input as a stream, for render, validate and filter.
func (s shape) text(most int) string {
	var b strings.Builder
	b.WriteString(s.head)
	for i := 0; s.most == 0 || i < s.most; i++ {
		unit := s.unit
		if strings.Contains(unit, "%") {
			unit = strings.ReplaceAll(unit, "%i", strconv.Itoa(i))
			unit = strings.ReplaceAll(unit, "%x", strconv.FormatInt(int64(i), 16))
		}
		if b.Len()+len(unit)+len(s.tail) > most {
			break
		}
		b.WriteString(unit)
	}
	b.WriteString(s.tail)
	return b.String()
}

// list returns the input as a ResourceList, for the function: each document is an item.
func (s shape) list(most int) string {
	text := s.text(most)
	if s.json {
		return `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[` + text + "]}"
	}
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + items(text)
}

// items returns the documents of a stream as the entries of a list.
func items(stream string) string {
	var b strings.Builder
	margin := "- "
	for line := range strings.Lines(stream) {
		if line == "---\n" {
			margin = "- "
			continue
		}
		if len(line) > 1 || margin == "- " {
			b.WriteString(margin)
			margin = "  "
		}
		b.WriteString(line)
	}
	return b.String()
}

const (
	group     = "apiVersion: sallyport.dev/v1alpha1\n"
	endpoints = group + "kind: ExternalEndpoints\nmetadata: {name: db, namespace: data}\nspec:\n"
	external  = endpoints + "  externalName: db.example.com\n"
	access    = group + "kind: ExternalAccess\nmetadata: {name: db, namespace: data}\nspec:\n"
	component = "  components:\n  - name: c\n    workload: w\n    selector: {a: b}\n    ports: [{name: p, containerPort: 1}]\n"
	pods      = access + "  type: ClusterIP\n" + component
	balancers = access + "  type: LoadBalancer\n" + component
	entry     = "    replicas: 3\n    services: [{name: e, mode: PerPod}]\n"
	config    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%i, namespace: data}\n"
	set       = "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w%i, namespace: data}\nspec:\n  replicas: 3\n  serviceName: s\n  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    spec:\n      containers: [{name: a, image: b, ports: [{name: p, containerPort: 80}]}]\n"
	service   = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%i, namespace: data}\nspec:\n  type: LoadBalancer\n  selector: {app: w}\n  ports: [{name: p, port: 80}]\n"
)

// shapes are those of the attack that found inputs of minutes, and those that were tried since.
var shapes = slices.Concat(lines, values, objects, numbers)

// lines are texts that are little but lines.
var lines = []shape{
	{name: "newlines", head: external, unit: "\n"},
	{name: "carriage returns", head: external, unit: "\r"},
	{name: "both", head: external, unit: "\r\n"},
	{name: "lines of U+2028", head: external, unit: "\u2028"},
	{name: "lines of U+0085", head: external, unit: "\u0085"},
	{name: "spaces", head: external, unit: " "},
	{name: "lines of spaces", head: external, unit: "        \n"},
	{name: "comments", head: external, unit: "#\n"},
	{name: "comments that are long", head: external, unit: "# " + strings.Repeat("c", 78) + "\n"},
	{name: "comments and values", head: external + "  labels:\n", unit: "    # c\n    k%i: v # c\n"},
	{name: "comments of documents", head: external, unit: "---\n# c\n"},
	{name: "document starts", head: external, unit: "---\n"},
	{name: "document ends", head: external, unit: "...\n"},
	{name: "documents", head: external, unit: "---\na: b\n"},
	{name: "documents of a word", head: external, unit: "---\na\n"},
	{name: "byte order marks", head: external + "---\n", unit: "\ufeff"},
	{name: "tabs", head: external, unit: "\t\n"},
}

// values are documents with many values, or large ones.
var values = []shape{
	{name: "flow list", head: external + "---\n", unit: "[a,", most: 9000},
	{name: "flow list of words", head: external + "---\n[", unit: "a,", tail: "a]\n"},
	{name: "flow list of long words", head: external + "---\n[", unit: "aaaaaaaaa,", tail: "a]\n"},
	{name: "flow list of nothing", head: external + "---\n[", unit: "[],", tail: "a]\n"},
	{name: "flow mapping", head: external + "---\n{", unit: "a%i,", tail: "a: b}\n"},
	{name: "flow mapping over lines", head: external + "---\n{", unit: "a%i: b\n,", tail: "a: b}\n"},
	{name: "flow list, one word a line", head: external + "---\n[", unit: "a\n,", tail: "a]\n"},
	{name: "flow list, two lists deep", head: external + "---\n[", unit: "[[a],[b]],", tail: "a]\n"},
	{name: "pairs in a flow list", head: external + "---\n[", unit: "a: b,", tail: "a]\n"},
	{name: "list", head: external + "---\n", unit: "- a\n"},
	{name: "list of lists", head: external + "---\n", unit: "- - - - - - - - a\n"},
	{name: "list of mappings", head: external + "---\n", unit: "- a: {b: c}\n"},
	{name: "list of nothing", head: external + "---\n", unit: "-\n"},
	{name: "dashes", head: external + "---\n", unit: "- "},
	{name: "one key again and again", head: external + "---\n", unit: "a: b\n"},
	{name: "keys", head: external + "---\n", unit: "k%i: v\n"},
	{name: "keys without values", head: external + "---\n", unit: "k%i:\n"},
	{name: "question marks", head: external + "---\n", unit: "? k%i\n"},
	{name: "brackets", head: external + "---\n", unit: "["},
	{name: "braces", head: external + "---\n", unit: "{a: "},
	{name: "levels", head: external + "---\n", unit: "a: {b: {c: {d: {e: {f: [[[[[[g]]]]]]}}}}}\n"},
	{name: "aliases", head: external + "---\na: &a [x]\nb: [", unit: "*a,", tail: "*a]\n"},
	{name: "aliases of a mapping", head: external + "---\na: &a {x: y}\nb:\n", unit: "- {<<: *a}\n"},
	{name: "anchors", head: external + "---\n", unit: "- &a%i x\n"},
	{name: "tags", head: external + "---\n", unit: "- !!str x\n"},
	{name: "tags of others", head: external + "---\n", unit: "- !t%i x\n"},
	{name: "numbers", head: external + "---\n", unit: "- 1%i\n"},
	{name: "times", head: external + "---\n", unit: "- 2001-01-01\n"},
	{name: "a plain word", head: external + "---\na: ", unit: "b"},
	{name: "a plain text", head: external + "---\na: b\n", unit: "  b\n"},
	{name: "a text in quotes", head: external + "---\na: \"", unit: "b", tail: "\"\n"},
	{name: "a text of escapes", head: external + "---\na: \"", unit: "\\n", tail: "\"\n"},
	{name: "a text over lines", head: external + "---\na: \"", unit: "  b\n", tail: "\"\n"},
	{name: "a block text", head: external + config + "data:\n  a: |\n", unit: "    b\n"},
	{name: "a block text of long lines", head: external + config + "data:\n  a: |\n", unit: "    " + strings.Repeat("b", 75) + "\n"},
	{name: "a block text of line ends", head: external + config + "data:\n  a: |\n    b\n", unit: "\n", tail: "    b\n"},
	{name: "a folded text", head: external + config + "data:\n  a: >\n", unit: "    b\n"},
	{name: "block texts", head: external + config + "data:\n", unit: "  a%i: |\n    b\n"},
	{name: "a long key", head: external + "---\n", unit: "k", tail: ": v\n"},
	{name: "JSON, a list", head: "[", unit: `"a",`, tail: `"a"]`, json: true},
	{name: "JSON, objects", head: "[", unit: `{"a":"b"},`, tail: `"a"]`, json: true},
	{name: "JSON, escapes", head: `["`, unit: `\/`, tail: `"]`, json: true},
	{name: "JSON, pairs", head: `["`, unit: `\ud83d\ude00`, tail: `"]`, json: true},
	{name: "JSON, tabs", head: "[", unit: "\t", tail: `"a"]`, json: true},
	{name: "JSON, documents", head: external, unit: "---\n{\"a\":\"\\/\"}\n"},
}

// objects are manifests and specs.
var objects = []shape{
	{name: "ConfigMaps", head: external, unit: config + "data: {a: b}\n"},
	{name: "StatefulSets", head: balancers + entry, unit: set},
	{name: "StatefulSets, unread", head: external, unit: set},
	{name: "Services", head: balancers + entry, unit: service},
	{name: "Services, one node port each", head: access + "  type: NodePort\n" + component + "    replicas: 3\n    services: [{name: e, mode: PerPod, ports: [{name: p, nodePort: 30000}]}]\n", unit: strings.NewReplacer("LoadBalancer", "NodePort", "port: 80", "port: 80, nodePort: 30000").Replace(service)},
	{name: "Services of one address", head: strings.Replace(balancers, "  components", "  loadBalancer: {provider: MetalLB, address: 192.0.2.1}\n  components", 1) + entry, unit: strings.Replace(service, "data}", "data, annotations: {metallb.io/loadBalancerIPs: 192.0.2.1, metallb.io/allow-shared-ip: x}}", 1)},
	{name: "Services of hosts", head: strings.Replace(balancers, "  components", "  domain: example.com\n  components", 1) + entry, unit: strings.Replace(service, "data}", "data, annotations: {external-dns.alpha.kubernetes.io/hostname: a%i.example.com}}", 1)},
	{name: "Services made before", head: external, unit: strings.Replace(service, "data}", "data, labels: {app.kubernetes.io/managed-by: sallyport}, annotations: {sallyport.dev/owner: ExternalEndpoints/data/db}}", 1)},
	{name: "items of a List", head: external + "---\napiVersion: v1\nkind: List\nitems:\n", unit: "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c%i}}\n"},
	{name: "NetworkPolicies", head: balancers + entry, unit: "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n%i, namespace: data}\nspec:\n  podSelector: {matchLabels: {a: b}}\n  ingress: [{ports: [{port: 80}]}]\n"},
	{name: "StatefulSets without a selector", head: external, unit: strings.Replace(set, "  selector: {matchLabels: {app: w}}\n", "", 1)},
	{name: "StatefulSets of one name", head: external, unit: strings.Replace(set, "name: w%i", "name: w", 1)},
	{name: "StatefulSets of hosts", head: external, unit: strings.Replace(set, "containerPort: 80", "containerPort: 80, hostPort: 80", 1)},
	{name: "ServiceAccounts", head: balancers + entry, unit: "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a%i, namespace: data}\n"},
	{name: "ExternalEndpoints", unit: "---\n" + strings.Replace(external, "name: db", "name: s%i", 1)},
	{name: "ExternalEndpoints, one name", unit: "---\n" + external},
	{name: "ExternalAccesses", unit: "---\n" + strings.Replace(balancers, "name: db", "name: s%i", 1) + strings.Replace(entry, "name: e", "name: e, serviceName: $(pod)-%i", 1), most: 1000},
	{name: "ExternalAccesses, one pod", unit: "---\n" + strings.Replace(balancers, "name: db", "name: s%i", 1) + entry},
	{name: "ExternalAccesses of profile kafka", unit: "---\n" + group + "kind: ExternalAccess\nmetadata: {name: s%i, namespace: n%i}\nspec:\n  profile: kafka\n  type: LoadBalancer\n  domain: k%i.example.com\n  components: [{name: broker, replicas: 3, selector: {a: b}}]\n", most: 1000},
	{name: "profiles", head: group + "kind: ExternalAccess\nmetadata: {name: db, namespace: data}\nspec: {profile: p0, type: ClusterIP, components: [{name: c, workload: w, replicas: 1, ports: [{name: p, containerPort: 1}], services: [{name: e, mode: PerPod}]}]}\n", unit: "---\n" + group + "kind: ExternalAccessProfile\nmetadata: {name: p%i}\nspec: {annotations: {a: b}}\n"},
	{name: "components", head: access + "  type: ClusterIP\n  components:\n", unit: "  - {name: c%i, workload: w%i, replicas: 1, ports: [{name: p, containerPort: 1}], services: [{name: e, mode: PerPod}]}\n"},
	{name: "entries", head: pods + "    replicas: 1\n    services:\n", unit: "    - {name: e%i, mode: Shared}\n"},
	{name: "ports", head: access + "  type: ClusterIP\n  components:\n  - name: c\n    workload: w\n    replicas: 1\n    selector: {a: b}\n    services: [{name: e, mode: Shared}]\n    ports:\n", unit: "    - {name: p%i, containerPort: 1}\n"},
	{name: "settings of pods", head: pods + "    replicas: 100000\n    services:\n    - name: e\n      mode: PerPod\n      pods:\n", unit: "      - {pod: w-%i, labels: {a: b}}\n", most: 100_000},
	{name: "pools", head: pods + "    replicas: 1\n    services: [{name: e, mode: PerPod}]\n    pools:\n", unit: "    - {workload: w%i, replicas: 1, idOffset: 1%i}\n"},
	{name: "annotations", head: external + "  annotations:\n", unit: "    k%i: v\n"},
	{name: "labels", head: external + "  labels:\n", unit: "    k%i: v\n"},
	{name: "labels, all wrong", head: external + "  labels:\n", unit: "    k%i: -\n"},
	{name: "unknown fields", head: external, unit: "  k%i: v\n"},
	{name: "variables", head: pods + "    config:\n      env:\n", unit: "        V%i: v\n"},
	{name: "files", head: pods + entry + "    config:\n      files:\n", unit: "        f%i: $(id)\n"},
	{name: "lists", head: pods + entry + "    config:\n      lists:\n", unit: "        l%i: {over: Pods, item: $(id)}\n"},
	{name: "placeholders", head: external + "  annotations: {a: \"", unit: "$(name)", tail: "\"}\n"},
	{name: "placeholders, unknown", head: external + "  annotations: {a: \"", unit: "$(nobody%i)", tail: "\"}\n"},
	{name: "annotations of components", head: access + "  type: ClusterIP\n  components:\n", unit: "  - name: c%i\n    workload: w%i\n    replicas: 3\n    ports: [{name: p, containerPort: 1}]\n    services: [{name: e, mode: PerPod}]\n    annotations: {" + keys(20_000) + "}\n", most: 16},
	{name: "annotations of components, full", head: access + "  type: ClusterIP\n  components:\n", unit: "  - name: c%i\n    workload: w%i\n    replicas: 3\n    ports: [{name: p, containerPort: 1}]\n    services: [{name: e, mode: PerPod}]\n    annotations: {" + keys(20_000) + "}\n"},
	{name: "annotations of pods", head: pods + "    services:\n    - name: e\n      mode: PerPod\n      annotations: {" + keys(20_000) + "}\n    replicas: 100\n", unit: "", most: 1},
	{name: "long annotations", head: access + "  type: ClusterIP\n  components:\n", unit: "  - name: c%i\n    workload: w%i\n    replicas: 1\n    ports: [{name: p, containerPort: 1}]\n    services: [{name: e, mode: PerPod}]\n    annotations: {a: " + strings.Repeat("x", 200_000) + "}\n"},
}

// numbers are small specs that ask for much.
var numbers = []shape{
	{name: "100,000 replicas", head: pods + "    replicas: 100000\n    services: [{name: e, mode: PerPod}]\n", most: 1},
	{name: "50,000 replicas, two entries", head: strings.Replace(pods, "containerPort: 1}", "containerPort: 1}, {name: q, containerPort: 2}", 1) + "    replicas: 50000\n    services: [{name: e, mode: PerPod, ports: [{name: p}]}, {name: f, mode: PerPod, ports: [{name: q}]}]\n", most: 1},
	{name: "100,000 replicas and hosts", head: strings.Replace(balancers, "  components", "  domain: example.com\n  components", 1) + "    replicas: 100000\n    services: [{name: e, mode: PerPod}]\n", most: 1},
	{name: "2,700 node ports", head: access + "  type: NodePort\n" + component + "    replicas: 2700\n    services: [{name: e, mode: PerPod, ports: [{name: p, nodePort: 30000}]}]\n", most: 1},
	{name: "65,000 on one address", head: strings.Replace(balancers, "  components", "  loadBalancer: {provider: MetalLB, address: 192.0.2.1}\n  components", 1) + "    replicas: 65000\n    services: [{name: e, mode: PerPod}]\n", most: 1},
	{name: "100,000 replicas in each spec", unit: "---\n" + strings.Replace(pods, "name: db", "name: s%i", 1) + "    replicas: 100000\n    services: [{name: e, mode: PerPod, serviceName: $(pod)-%i}]\n", most: 1000},
	{name: "100,000 replicas in each component", head: access + "  type: ClusterIP\n  components:\n", unit: "  - {name: c%i, workload: w%i, replicas: 100000, selector: {a: b}, ports: [{name: p, containerPort: 1}], services: [{name: e, mode: Shared}]}\n", most: 10},
	{name: "a megabyte of files in each component", head: access + "  components:\n", unit: "  - {name: c%i, workload: w%i, selector: {a: b}, replicas: 100000, ports: [{name: p, containerPort: 1}], services: [{name: h, mode: Headless}], config: {lists: {l: {over: Pods, item: $(id)}}, files: {f: \"$(list:l)\"}}}\n", most: 10},
	{name: "settings of 30 MiB", head: balancers + "    replicas: 150\n    services: [{name: e, mode: PerPod}]\n  annotations:\n    a: " + strings.Repeat("x", 200_000) + "\n", most: 1},
	{name: "a list over 10,000 pods", head: access + component + "    replicas: 10000\n    services: [{name: h, mode: Headless}]\n    config: {lists: {l: {over: Pods, item: $(id)}}, files: {f: \"$(list:l)\"}}\n", most: 1},
	{name: "files of 10,000 pods", head: pods + "    replicas: 10000\n    services: [{name: e, mode: PerPod}]\n    config: {files: {f: \"$(id)\"}}\n", most: 1},
	{name: "IPv4 backends", head: endpoints + "  ports: [{name: p, port: 80}]\n  endpoints:\n", unit: "  - {addresses: [10.%i.0.0-10.%i.39.15]}\n", most: 50},
	{name: "IPv6 backends", head: endpoints + "  ports: [{name: p, port: 80}]\n  endpoints:\n", unit: "  - {addresses: [\"2001:db8:%x::-2001:db8:%x::270f\"]}\n", most: 50},
	{name: "target ports", head: endpoints + "  ports: [{name: p, port: 80, targetPorts: [" + countTo(1000) + "]}]\n  endpoints: [{addresses: [10.0.0.0-10.0.1.243]}]\n", most: 1},
	{name: "target ports, IPv6", head: endpoints + "  ports: [{name: p, port: 80, targetPorts: [" + countTo(1000) + "]}]\n  endpoints: [{addresses: [\"2001:db8::-2001:db8::1f3\"]}]\n", most: 1},
	{name: "IPv4 backends, slices and Endpoints", head: endpoints + "  emit: [EndpointSlice, Endpoints]\n  ports: [{name: p, port: 80}]\n  endpoints:\n", unit: "  - {addresses: [10.%i.0.0-10.%i.0.99], ports: {p: [1%i]}}\n", most: 256},
	{name: "IPv6 backends of each spec", unit: "---\n" + strings.Replace(endpoints, "name: db", "name: s%i", 1) + "  ports: [{name: p, port: 80}]\n  endpoints: [{addresses: [" + strings.Repeat("\"2001:db8:%x::1-2001:db8:%x::270f\", ", 1) + "]}]\n"},
	{name: "ranges that are too long", head: endpoints + "  ports: [{name: p, port: 80}]\n  endpoints:\n  - addresses:\n", unit: "    - 10.0.0.0-10.255.0.0\n"},
	{name: "addresses, one by one", head: endpoints + "  ports: [{name: p, port: 80}]\n  endpoints:\n  - addresses:\n", unit: "    - \"2001:db8::1:%x\"\n", most: 65_000},
	{name: "sourceRanges", head: balancers + entry + "  loadBalancer:\n    sourceRanges:\n", unit: "    - 2001:db8::1:%x/128\n", most: 65_000},
	{name: "reservedPorts", head: balancers + entry + "  reservedPorts: [" + countTo(65_000) + "]\n", most: 1},
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k" + strconv.Itoa(i) + ": v, ")
	}
	return b.String()
}

func countTo(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strconv.Itoa(i+1) + ", ")
	}
	return b.String()
}
