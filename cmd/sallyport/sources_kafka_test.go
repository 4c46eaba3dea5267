package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// TestSourcesKafka checks the requirements of the page on Kafka behind a headless Service, for
// each of its answers. The expectations are written by hand.
func TestSourcesKafka(t *testing.T) {
	t.Run("every broker", kafkaEveryBroker)
	t.Run("kafka-nodeport", kafkaNodePort)
	t.Run("kafka-nodeport-static", kafkaNodePortStatic)
	t.Run("kafka-loadbalancer-dns", kafkaLoadBalancerDNS)
	t.Run("kafka-two-listeners", kafkaTwoListeners)
	t.Run("kafka-single-nodeport-local", kafkaSingleNodePortLocal)
	t.Run("kafka-hostport", kafkaHostPort)
	t.Run("kafka-discovery", kafkaDiscovery)
	t.Run("kafka-controllers", kafkaControllers)
	t.Run("kafka-zookeeper", kafkaZooKeeper)
	t.Run("kafka-existing-headless", kafkaExistingHeadless)
	t.Run("kafka-pools", kafkaPools)
	t.Run("kafka-shared-address", kafkaSharedAddress)
}

// javaProperties reads a pod's file as Kafka does.
func javaProperties(t *testing.T, r rendered, config, key string) map[string]string {
	t.Helper()
	cm, ok := r.configs[config]
	if !ok {
		t.Fatalf("no ConfigMap %s in %v", config, names(r.configs))
	}
	text, ok := cm.Data[key]
	if !ok {
		t.Fatalf("no key %s in %v", key, names(cm.Data))
	}
	out := map[string]string{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		k, v, ok := strings.Cut(line, "=")
		if _, twice := out[k]; !ok || twice {
			t.Errorf("%s: %q", key, line)
		}
		out[k] = v
	}
	return out
}

// byListener reads LISTENER://HOST:PORT,... or LISTENER:PROTOCOL,...
func byListener(t *testing.T, text, separator string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, item := range strings.Split(text, ",") {
		name, rest, ok := strings.Cut(item, separator)
		if _, twice := out[name]; !ok || twice {
			t.Errorf("%q in %q", item, text)
		}
		out[name] = rest
	}
	return out
}

// In every example the headless Service is headless, per-pod Services select by the label that
// the StatefulSet controller sets, and Kafka accepts each broker's listeners: it listens on
// what it advertises, everything has a protocol, and brokers do not advertise the controllers'
// listeners.
func kafkaEveryBroker(t *testing.T) {
	for _, dir := range []string{"kafka-nodeport", "kafka-nodeport-static", "kafka-loadbalancer-dns", "kafka-two-listeners",
		"kafka-single-nodeport-local", "kafka-hostport", "kafka-discovery", "kafka-controllers", "kafka-zookeeper",
		"kafka-existing-headless", "kafka-pools", "kafka-shared-address", "kafka-server-properties", "edgelb-per-pod"} {
		r := example(t, dir)
		headless := 0
		for name, s := range r.services {
			if s.Spec.ClusterIP == "None" {
				headless++
				expect(t, dir+" "+name, corev1.ServiceTypeClusterIP, s.Spec.Type)
				expect(t, dir+" "+name, true, s.Spec.PublishNotReadyAddresses)
			}
			if pod, ok := s.Spec.Selector["statefulset.kubernetes.io/pod-name"]; ok {
				expect(t, dir+" "+name+" selects one thing", 1, len(s.Spec.Selector))
				number := strings.TrimLeft(pod, "abcdefghijklmnopqrstuvwxyz-")
				if !strings.Contains(name, "-"+number) {
					t.Errorf("%s: Service %s leads to pod %s", dir, name, pod)
				}
			}
		}
		expect(t, dir+" has its headless Services", map[string]int{"kafka-controllers": 2, "kafka-existing-headless": 0}[dir]+
			map[bool]int{true: 1}[dir != "kafka-controllers" && dir != "kafka-existing-headless"], headless)
		files := 0
		for name, cm := range r.configs {
			for _, key := range names(cm.Data) {
				if !strings.HasSuffix(key, ".listeners.properties") {
					continue
				}
				files++
				kafkaTakes(t, dir+" "+key, javaProperties(t, r, name, key), strings.Contains(name, "controller"))
			}
		}
		if files < 3 {
			t.Errorf("%s: %d files", dir, files)
		}
	}
}

func kafkaTakes(t *testing.T, what string, p map[string]string, controller bool) {
	t.Helper()
	bound, advertised := byListener(t, p["listeners"], "://"), byListener(t, p["advertised.listeners"], "://")
	protocols := byListener(t, p["listener.security.protocol.map"], ":")
	for name := range advertised {
		if _, ok := bound[name]; !ok {
			t.Errorf("%s: %s is advertised, but not bound", what, name)
		}
	}
	for name := range bound {
		if _, ok := protocols[name]; !ok {
			t.Errorf("%s: %s has no protocol", what, name)
		}
	}
	for _, c := range strings.FieldsFunc(p["controller.listener.names"], func(r rune) bool { return r == ',' }) {
		if _, ok := protocols[c]; !ok {
			t.Errorf("%s: %s has no protocol", what, c)
		}
		_, shown := advertised[c]
		expect(t, what+" advertises the controllers' listener", controller, shown)
	}
	if !controller {
		if _, ok := advertised[p["inter.broker.listener.name"]]; !ok {
			t.Errorf("%s: brokers use %q between each other, which is not advertised", what, p["inter.broker.listener.name"])
		}
	}
}

// "port: 9093, nodePort: 30093", Service broker-0, EXTERNAL_LISTENER_PORT=$((30093 +
// ${HOSTNAME##*-})), and the four lines of server.properties.
func kafkaNodePort(t *testing.T) {
	r := example(t, "kafka-nodeport")
	expect(t, "Services", []string{"broker", "broker-0", "broker-1", "broker-2", "kafka-bootstrap"}, names(r.services))
	expect(t, "headless", "internal:9092>9092/TCP", ports(r.services["broker"]))
	for i := range 3 {
		name, pod := fmt.Sprintf("broker-%d", i), fmt.Sprintf("kafka-%d", i)
		s := r.services[name]
		expect(t, name, corev1.ServiceTypeNodePort, s.Spec.Type)
		expect(t, name, "external:9093>9093/TCP", ports(s))
		expect(t, name, int32(30093+i), s.Spec.Ports[0].NodePort)
		expect(t, name, pod, s.Spec.Selector["statefulset.kubernetes.io/pod-name"])
		p := javaProperties(t, r, "kafka-listeners", pod+".listeners.properties")
		expect(t, pod, map[string]string{
			"broker.id":                      fmt.Sprint(i),
			"listeners":                      "INTERNAL_PLAINTEXT://:9092,EXTERNAL_PLAINTEXT://:9093",
			"advertised.listeners":           fmt.Sprintf("INTERNAL_PLAINTEXT://%s.broker.kafka.svc.cluster.local:9092,EXTERNAL_PLAINTEXT://203.0.113.10:%d", pod, 30093+i),
			"listener.security.protocol.map": "INTERNAL_PLAINTEXT:PLAINTEXT,EXTERNAL_PLAINTEXT:PLAINTEXT",
			"inter.broker.listener.name":     "INTERNAL_PLAINTEXT",
		}, p)
	}
	knownOffline(t, r)
}

// knownOffline checks that there is one key for each pod, and neither a script nor RBAC.
func knownOffline(t *testing.T, r rendered) {
	t.Helper()
	expect(t, "accounts, roles", 0, len(r.accounts)+len(r.roles)+len(r.clusters)+len(r.bindings)+len(r.cbindings))
	for name, cm := range r.configs {
		if _, ok := cm.Data["discover.sh"]; ok || strings.Contains(fmt.Sprint(cm.Data), "@sallyport:") {
			t.Errorf("%s: everything is known, and something is to be discovered", name)
		}
	}
}

func kafkaNodePortStatic(t *testing.T) {
	r := example(t, "kafka-nodeport-static")
	for i := range 3 {
		expect(t, "node port", int32(30000+i), r.services[fmt.Sprintf("kafka-%d-external", i)].Spec.Ports[0].NodePort)
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, "advertised", fmt.Sprintf("edge.example.com:%d", 30000+i), byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
	}
	expect(t, "bootstrap", int32(30010), r.services["kafka-bootstrap"].Spec.Ports[0].NodePort)
	if _, stderr, _ := sallyport("", "render", root("examples", "kafka-nodeport-static", "spec.yaml")); stderr != "" {
		t.Errorf("warned in the static band: %s", stderr)
	}
	knownOffline(t, r)
}

func kafkaLoadBalancerDNS(t *testing.T) {
	r := example(t, "kafka-loadbalancer-dns")
	for i := range 3 {
		s := r.services[fmt.Sprintf("kafka-%d-external", i)]
		host := fmt.Sprintf("kafka-%d.kafka.example.com", i)
		expect(t, host, corev1.ServiceTypeLoadBalancer, s.Spec.Type)
		expect(t, host, host+".", s.Annotations["external-dns.kubernetes.io/hostname"])
		expect(t, host, host+".", s.Annotations["external-dns.alpha.kubernetes.io/hostname"])
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, host, "INTERNAL:PLAINTEXT,EXTERNAL:SSL,CONTROLLER:PLAINTEXT", p["listener.security.protocol.map"])
		expect(t, host, map[string]string{
			"INTERNAL": fmt.Sprintf("kafka-%d.kafka-headless.streaming.svc.cluster.local:9092", i),
			"EXTERNAL": host + ":9094",
		}, byListener(t, p["advertised.listeners"], "://"))
		expect(t, host, "CONTROLLER", p["controller.listener.names"])
	}
	expect(t, "bootstrap", "kafka-bootstrap.kafka.example.com.", r.services["kafka-bootstrap"].Annotations["external-dns.kubernetes.io/hostname"])
	knownOffline(t, r)
}

// The example of the design, byte for byte.
func kafkaTwoListeners(t *testing.T) {
	r := example(t, "kafka-two-listeners")
	expect(t, "Services", []string{"kafka-0-external", "kafka-0-onprem", "kafka-1-external", "kafka-1-onprem", "kafka-2-external", "kafka-2-onprem",
		"kafka-bootstrap", "kafka-headless"}, names(r.services))
	for name, s := range r.services {
		want := map[bool]corev1.ServiceType{true: "NodePort", false: "LoadBalancer"}[strings.HasSuffix(name, "onprem")]
		if name != "kafka-headless" {
			expect(t, name, want, s.Spec.Type)
		}
	}
	p := javaProperties(t, r, "kafka-listeners", "kafka-1.listeners.properties")
	expect(t, "kafka-1", "INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,PARTNERS://kafka-1.kafka.example.com:9094,ONPREM://edge.corp.example:30001",
		p["advertised.listeners"])
	expect(t, "kafka-1", "INTERNAL:PLAINTEXT,PARTNERS:SASL_SSL,CONTROLLER:PLAINTEXT,ONPREM:SSL", p["listener.security.protocol.map"])
	knownOffline(t, r)
}

// "externalTrafficPolicy: Local, nodePort: 30000, port: 30000, name: broker, app: broker":
// one Service, and clients reach a pod through its own node.
func kafkaSingleNodePortLocal(t *testing.T) {
	r := example(t, "kafka-single-nodeport-local")
	expect(t, "Services", []string{"broker", "broker-headless"}, names(r.services))
	s := r.services["broker"]
	expect(t, "type", corev1.ServiceTypeNodePort, s.Spec.Type)
	expect(t, "policy", corev1.ServiceExternalTrafficPolicyLocal, s.Spec.ExternalTrafficPolicy)
	expect(t, "port", "external:30000>9094/TCP", ports(s))
	expect(t, "node port", int32(30000), s.Spec.Ports[0].NodePort)
	expect(t, "selector", map[string]string{"app": "broker"}, s.Spec.Selector)
	p := javaProperties(t, r, "kafka-listeners", "kafka-2.listeners.properties")
	expect(t, "advertised: the node's address", "@sallyport:host:@:30000", byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
	expect(t, "the downward API needs no account", 0, len(r.accounts)+len(r.roles)+len(r.clusters))
}

// "hostPort: 9094", with the ExternalIP from get node.
func kafkaHostPort(t *testing.T) {
	r := example(t, "kafka-hostport")
	expect(t, "Services", []string{"broker"}, names(r.services))
	expect(t, "headless", "None", r.services["broker"].Spec.ClusterIP)
	expect(t, "ClusterRole", []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}}}, r.clusters["kafka-kafka"].Rules)
	expect(t, "no Role", 0, len(r.roles))
	expect(t, "subject", []rbacv1.Subject{{Kind: "ServiceAccount", Name: "kafka", Namespace: "kafka"}}, r.cbindings["kafka-kafka"].Subjects)
	p := javaProperties(t, r, "kafka-listeners", "kafka-0.listeners.properties")
	expect(t, "advertised", "@sallyport:node:ExternalIP@:9094", byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
	patch, _, _ := sallyport("", "render", "--patch", root("examples", "kafka-hostport", "spec.yaml"))
	for _, text := range []string{"        - containerPort: 9094\n          hostPort: 9094\n", "      serviceAccountName: kafka\n", "/sallyport/in/discover.sh\n"} {
		if !strings.Contains(patch, text) {
			t.Errorf("the patch lacks %q:\n%s", text, patch)
		}
	}
	expect(t, "the page's question", true, strings.Contains(r.configs["kafka-listeners"].Data["discover.sh"],
		`get node "$NODE_NAME" -o "jsonpath={.status.addresses[?(@.type==\"$2\")].address}"`))
}

// "Determine dinámicamente la IP externa": a Role for just these Services.
func kafkaDiscovery(t *testing.T) {
	r := example(t, "kafka-discovery")
	expect(t, "Role", []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"services"}, Verbs: []string{"get"},
		ResourceNames: []string{"kafka-0-external", "kafka-1-external", "kafka-2-external"}}}, r.roles["kafka"].Rules)
	expect(t, "no ClusterRole", 0, len(r.clusters)+len(r.cbindings))
	expect(t, "accounts", []string{"kafka"}, names(r.accounts))
	expect(t, "subject", []rbacv1.Subject{{Kind: "ServiceAccount", Name: "kafka", Namespace: "streaming"}}, r.bindings["kafka"].Subjects)
	data := r.configs["kafka-listeners"].Data
	expect(t, "keys", []string{"discover.sh", "kafka-0.listeners.properties", "kafka-1.listeners.properties", "kafka-2.listeners.properties", "quorum.properties"}, names(data))
	expect(t, "timeout", true, strings.Contains(data["discover.sh"], "\nTIMEOUT=600\n"))
	p := javaProperties(t, r, "kafka-listeners", "kafka-1.listeners.properties")
	expect(t, "advertised", "@sallyport:ingress:kafka-1-external@:9094", byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
}

func kafkaControllers(t *testing.T) {
	r := example(t, "kafka-controllers")
	broker := javaProperties(t, r, "kafka-broker-listeners", "kafka-broker-0.listeners.properties")
	expect(t, "a broker binds", "INTERNAL://:9092,EXTERNAL://:9094", broker["listeners"])
	expect(t, "and knows the controllers' protocol", "PLAINTEXT", byListener(t, broker["listener.security.protocol.map"], ":")["CONTROLLER"])
	expect(t, "and name", "CONTROLLER", broker["controller.listener.names"])
	expect(t, "and finds them", quorumOf("kafka-controller", 1000), javaProperties(t, r, "kafka-broker-listeners", "quorum.properties"))
	controller := javaProperties(t, r, "kafka-controller-listeners", "kafka-controller-2.listeners.properties")
	expect(t, "a controller", map[string]string{
		"node.id":   "1002",
		"listeners": "CONTROLLER://:9093,CONTROLLER_EXTERNAL://:9094",
		"advertised.listeners": "CONTROLLER://kafka-controller-2.kafka-controller-headless.streaming.svc.cluster.local:9093," +
			"CONTROLLER_EXTERNAL://kafka-controller-2.kafka.example.com:9094",
		"listener.security.protocol.map": "CONTROLLER:PLAINTEXT,CONTROLLER_EXTERNAL:SSL",
		"controller.listener.names":      "CONTROLLER,CONTROLLER_EXTERNAL",
	}, controller)
	expect(t, "the quorum stays inside", "controller:9093>9093/TCP", ports(r.services["kafka-controller-headless"]))
	expect(t, "and its voters agree", quorumOf("kafka-controller", 1000), javaProperties(t, r, "kafka-controller-listeners", "quorum.properties"))
	for i := range 3 {
		s := r.services[fmt.Sprintf("kafka-controller-%d-external", i)]
		expect(t, s.Name, corev1.ServiceTypeLoadBalancer, s.Spec.Type)
		expect(t, s.Name, "external:9094>9094/TCP", ports(s))
	}
	knownOffline(t, r)
}

// quorumOf returns the two ways to name three voters in namespace streaming.
func quorumOf(workload string, firstID int) map[string]string {
	var voters, servers []string
	for i := range 3 {
		server := fmt.Sprintf("%s-%d.%s-headless.streaming.svc.cluster.local:9093", workload, i, workload)
		voters, servers = append(voters, fmt.Sprintf("%d@%s", firstID+i, server)), append(servers, server)
	}
	return map[string]string{"controller.quorum.voters": strings.Join(voters, ","), "controller.quorum.bootstrap.servers": strings.Join(servers, ",")}
}

func kafkaZooKeeper(t *testing.T) {
	r := example(t, "kafka-zookeeper")
	for i := range 3 {
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, "before 4.0 it must be empty", "", p["controller.listener.names"])
		expect(t, "advertised", fmt.Sprintf("203.0.113.%d:9094", 20+i), byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
		expect(t, "asked for", fmt.Sprintf("203.0.113.%d", 20+i), r.services[fmt.Sprintf("kafka-%d-external", i)].Annotations["metallb.io/loadBalancerIPs"])
		expect(t, "id", fmt.Sprint(i), p["broker.id"])
	}
	knownOffline(t, r)
}

// "kafka-0.broker.kafka.svc.cluster.local:9092", and broker is not generated.
func kafkaExistingHeadless(t *testing.T) {
	r := example(t, "kafka-existing-headless")
	expect(t, "Services", []string{"kafka-0-external", "kafka-1-external", "kafka-2-external", "kafka-bootstrap"}, names(r.services))
	for i := range 3 {
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, "inside", fmt.Sprintf("kafka-%d.broker.kafka.svc.cluster.local:9092", i), byListener(t, p["advertised.listeners"], "://")["INTERNAL"])
	}
}

func kafkaPools(t *testing.T) {
	r := example(t, "kafka-pools")
	for i, pod := range []string{"kafka-0", "kafka-1", "kafka-2", "kafka-b-0", "kafka-b-1"} {
		s := r.services[pod+"-external"]
		expect(t, pod, int32(30000+i), s.Spec.Ports[0].NodePort)
		expect(t, pod, pod, s.Spec.Selector["statefulset.kubernetes.io/pod-name"])
		p := javaProperties(t, r, "kafka-listeners", pod+".listeners.properties")
		expect(t, pod, fmt.Sprint(i), p["node.id"])
		expect(t, pod, map[string]string{
			"INTERNAL": pod + ".kafka-headless.streaming.svc.cluster.local:9092",
			"EXTERNAL": fmt.Sprintf("edge.example.com:%d", 30000+i),
		}, byListener(t, p["advertised.listeners"], "://"))
	}
	expect(t, "keys", 6, len(slices.Collect(maps.Keys(r.configs["kafka-listeners"].Data))))
}

// One address: bootstrap has a port apart from those of the brokers.
func kafkaSharedAddress(t *testing.T) {
	r := example(t, "kafka-shared-address")
	expect(t, "bootstrap", "external:9093>9094/TCP", ports(r.services["kafka-bootstrap"]))
	for i := range 3 {
		s := r.services[fmt.Sprintf("kafka-%d-external", i)]
		expect(t, s.Name, fmt.Sprintf("external:%d>9094/TCP", 9094+i), ports(s))
		expect(t, s.Name, "198.51.100.20", s.Annotations["metallb.io/loadBalancerIPs"])
		expect(t, s.Name, r.services["kafka-bootstrap"].Annotations["metallb.io/allow-shared-ip"], s.Annotations["metallb.io/allow-shared-ip"])
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, s.Name, fmt.Sprintf("198.51.100.20:%d", 9094+i), byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
	}
	expect(t, "voters", quorumOf("kafka", 0), javaProperties(t, r, "kafka-listeners", "quorum.properties"))
	knownOffline(t, r)
}
