package main

import (
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

var kubectls = flag.String("kubectl", "kubectl", "the kubectl programs that TestDiscoverInPod runs, with commas between them")

// TestDiscoverInPod runs the init container as a pod does: with a real kubectl, without a
// KUBECONFIG, with the token and the CA where the kubelet mounts them. The API server grants
// what the emitted RBAC grants, and nothing else.
func TestDiscoverInPod(t *testing.T) {
	t.Parallel()
	unshare := mountNamespace(t)
	for _, name := range strings.Split(*kubectls, ",") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			kubectl := onPath(t, name)
			for name, p := range podsInCluster {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p.run(t, unshare, kubectl)
				})
			}
		})
	}
}

// A podInCluster is kafka-1 of kafkaSpec.
type podInCluster struct {
	listen  string // where the API server is
	access  string // of the Service
	account string // whose token the pod has

	host   string   // what the file advertises; "": the script fails
	stderr string   // part of what it prints
	asks   []string // the requests for objects, without repetitions
}

var podsInCluster = map[string]podInCluster{
	"LoadBalancer": {
		listen: "127.0.0.1:0", access: "type: LoadBalancer", account: "kafka",
		host: "lb-1.example.com:9094", stderr: "waiting: kubectl -n streaming get service kafka-1-external",
		asks: []string{"200 GET /api/v1/namespaces/streaming/services/kafka-1-external"},
	},
	"LoadBalancer, the API server has IPv6": {
		listen: "[::1]:0", access: "type: LoadBalancer", account: "kafka",
		host: "lb-1.example.com:9094", stderr: "waiting: kubectl -n streaming get service kafka-1-external",
		asks: []string{"200 GET /api/v1/namespaces/streaming/services/kafka-1-external"},
	},
	"NodePort, the node's ExternalIP": {
		listen: "127.0.0.1:0", access: "type: NodePort, nodeAddressType: ExternalIP", account: "kafka",
		host: "198.51.100.9:31094", stderr: "waiting: kubectl get node worker-1",
		asks: []string{"200 GET /api/v1/nodes/worker-1", "200 GET /api/v1/namespaces/streaming/services/kafka-1-external"},
	},
	"another ServiceAccount": {
		listen: "127.0.0.1:0", access: "type: LoadBalancer", account: "default",
		stderr: `services "kafka-1-external" is forbidden: no rule for default`,
		asks:   []string{"403 GET /api/v1/namespaces/streaming/services/kafka-1-external"},
	},
	"a token of another cluster": {
		listen: "127.0.0.1:0", access: "type: LoadBalancer", account: "",
		stderr: "You must be logged in to the server",
		asks:   []string{"401 GET /api/v1/namespaces/streaming/services/kafka-1-external"},
	},
}

func (p podInCluster) run(t *testing.T, unshare []string, kubectl string) {
	timeout, interval := "20s", "0"
	if p.host == "" {
		timeout, interval = "1s", "1"
	}
	spec := strings.NewReplacer("type: HERE", p.access, "1m30s", timeout).Replace(kafkaSpec)
	api := &podsAPI{tokens: map[string]string{"the token of kafka": "kafka", "the token of default": "default"}}
	api.grant(t, spec)
	server := api.start(t, p.listen)
	in, out, account, bin := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	applets(t, kubectl, bin, "kubectl")
	mount(t, in, configData(t, spec))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	mount(t, account, map[string]string{"token": "the token of " + p.account, "ca.crt": string(ca), "namespace": "streaming"})
	command, env := initContainer(t, spec, in, out)
	cmd := exec.Command(unshare[0], slices.Concat(unshare[1:], []string{"sh", "-c", mounts, "sh", account}, command)...)
	host, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	cmd.Env = append(env, "PATH="+bin+":"+os.Getenv("PATH"), "INTERVAL="+interval,
		"KUBERNETES_SERVICE_HOST="+host, "KUBERNETES_SERVICE_PORT="+port, "HOME="+t.TempDir())
	printed, err := cmd.CombinedOutput()
	if (err == nil) != (p.host != "") || !strings.Contains(string(printed), p.stderr) {
		t.Errorf("%v, and it does not print %q, but\n%s", err, p.stderr, printed)
	}
	want := map[string]string{}
	if p.host != "" {
		want["listeners.properties"] = "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://" + p.host + "\n"
	}
	if diff := cmp.Diff(want, readAll(t, out)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(p.asks, api.asks()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// mounts runs a program where a folder is the mount of a ServiceAccount.
const mounts = `at=/var/run/secrets/kubernetes.io/serviceaccount
mount -t tmpfs tmpfs /var/run && mkdir -p $at && mount --bind "$1" $at && shift && exec "$@"`

// mountNamespace is the start of a command that runs in a mount namespace of its own.
func mountNamespace(t *testing.T) []string {
	t.Helper()
	command := []string{onPath(t, "unshare"), "--mount"}
	if os.Getuid() != 0 {
		command = append(command, "--map-root-user")
	}
	try := append(slices.Clone(command[1:]), "sh", "-c", mounts, "sh", t.TempDir(), "true")
	if output, err := exec.Command(command[0], try...).CombinedOutput(); err != nil {
		t.Skipf("no mount namespace can be made here, which a pod's folder of the ServiceAccount needs: %v: %s", err, output)
	}
	return command
}

// initContainer is the command of the init container that render --patch adds, and the
// environment that the kubelet gives it. Folders replace its mounts.
func initContainer(t *testing.T, spec, in, out string) (command, env []string) {
	t.Helper()
	var set appsv1.StatefulSet
	decode(t, renderedDocs(t, spec, "--patch"), "StatefulSet", &set)
	pod := set.Spec.Template.Spec
	if len(pod.InitContainers) != 1 || pod.ServiceAccountName != "kafka" {
		t.Fatalf("%d init containers, and the ServiceAccount %q", len(pod.InitContainers), pod.ServiceAccountName)
	}
	fields := map[string]string{"metadata.name": "kafka-1", "metadata.namespace": "streaming", "spec.nodeName": "worker-1", "status.hostIP": "192.0.2.4"}
	for _, e := range pod.InitContainers[0].Env {
		env = append(env, e.Name+"="+fields[e.ValueFrom.FieldRef.FieldPath])
	}
	folders := strings.NewReplacer("/sallyport/in", in, "/sallyport/out", out)
	for _, arg := range pod.InitContainers[0].Command {
		command = append(command, folders.Replace(arg))
	}
	return command, env
}

// renderedDocs returns the documents that a spec is rendered to.
func renderedDocs(t *testing.T, spec string, flags ...string) []string {
	t.Helper()
	out, stderr, status := sallyport(spec, append([]string{"render"}, flags...)...)
	if status != 0 {
		t.Fatal(stderr)
	}
	return strings.Split(out, "\n---\n")
}

// decode decodes the document of a kind, and reports whether there is one.
func decode(t *testing.T, docs []string, kind string, into any) bool {
	t.Helper()
	i := slices.IndexFunc(docs, func(doc string) bool { return strings.Contains("\n"+doc, "\nkind: "+kind+"\n") })
	if i < 0 {
		return false
	}
	if err := yaml.Unmarshal([]byte(docs[i]), into); err != nil {
		t.Fatal(err)
	}
	return true
}

// A podsAPI is the API server that pods see. Addresses are not there when they are first
// requested.
type podsAPI struct {
	tokens map[string]string // the ServiceAccounts, by token
	grants []grant

	mu       sync.Mutex
	requests []string
}

// A grant is a rule of RBAC, bound to a ServiceAccount.
type grant struct {
	account, namespace string // without a namespace: all
	rule               rbacv1.PolicyRule
}

// grant reads the RBAC of a rendered spec.
func (a *podsAPI) grant(t *testing.T, spec string) {
	t.Helper()
	docs := renderedDocs(t, spec)
	var role rbacv1.Role
	var binding rbacv1.RoleBinding
	if decode(t, docs, "Role", &role) && decode(t, docs, "RoleBinding", &binding) {
		a.bind(role.Namespace, binding.Subjects, binding.RoleRef.Name == role.Name && binding.Namespace == role.Namespace, role.Rules)
	}
	var clusterRole rbacv1.ClusterRole
	var clusterBinding rbacv1.ClusterRoleBinding
	if decode(t, docs, "ClusterRole", &clusterRole) && decode(t, docs, "ClusterRoleBinding", &clusterBinding) {
		a.bind("", clusterBinding.Subjects, clusterBinding.RoleRef.Name == clusterRole.Name, clusterRole.Rules)
	}
}

func (a *podsAPI) bind(namespace string, subjects []rbacv1.Subject, refers bool, rules []rbacv1.PolicyRule) {
	for _, s := range subjects {
		for _, rule := range rules {
			if refers && s.Kind == "ServiceAccount" && s.Namespace == "streaming" {
				a.grants = append(a.grants, grant{s.Name, namespace, rule})
			}
		}
	}
}

func (a *podsAPI) start(t *testing.T, listen string) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		t.Skipf("no server can listen here: %v", err)
	}
	server := httptest.NewUnstartedServer(a)
	_ = server.Listener.Close() // the default one
	server.Listener = listener
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// apiGroups are the answers that tell kubectl which kinds there are. Some builds ask for the
// version first.
var apiGroups = map[string]any{
	"/version": map[string]string{"major": "1", "minor": "36", "gitVersion": "v1.36.3"},

	"/api":  metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}},
	"/apis": metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}},
	"/api/v1": metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: "v1", APIResources: []metav1.APIResource{
		{Name: "services", SingularName: "service", Namespaced: true, Kind: "Service", Verbs: metav1.Verbs{"get", "list"}},
		{Name: "nodes", SingularName: "node", Kind: "Node", Verbs: metav1.Verbs{"get", "list"}},
	}},
}

func (a *podsAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, answer := a.answer(r)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // kubectl reports what it cannot read
}

// answer answers a request, and records it if it is for an object.
func (a *podsAPI) answer(r *http.Request) (status int, answer any) {
	if groups, ok := apiGroups[r.URL.Path]; ok {
		return http.StatusOK, groups
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	defer func() { a.requests = append(a.requests, fmt.Sprintf("%d %s %s", status, r.Method, r.URL.Path)) }()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	account, known := a.tokens[token]
	namespace, resource, name := object(r.URL.Path)
	switch {
	case !known:
		return refusal(http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized")
	case r.Method != http.MethodGet || !a.may(account, namespace, resource, name):
		return refusal(http.StatusForbidden, metav1.StatusReasonForbidden, fmt.Sprintf("%s %q is forbidden: no rule for %s", resource, name, account))
	case resource == "nodes":
		return http.StatusOK, nodeObject(name, a.early(r.URL.Path))
	}
	return http.StatusOK, serviceObject(namespace, name, a.early(r.URL.Path))
}

// object splits a path: /api/v1/[namespaces/NAMESPACE/]RESOURCE/NAME.
func object(path string) (namespace, resource, name string) {
	parts := strings.Split(strings.TrimPrefix(path, "/api/v1/"), "/")
	if parts[0] == "namespaces" && len(parts) > 2 {
		namespace, parts = parts[1], parts[2:]
	}
	if len(parts) == 2 {
		name = parts[1]
	}
	return namespace, parts[0], name
}

// early reports whether an object has been requested less than twice.
func (a *podsAPI) early(path string) bool {
	return len(slices.DeleteFunc(slices.Clone(a.requests), func(r string) bool { return !strings.HasSuffix(r, path) })) < 2
}

func (a *podsAPI) may(account, namespace, resource, name string) bool {
	return name != "" && slices.ContainsFunc(a.grants, func(g grant) bool {
		return g.account == account && (g.namespace == "" || g.namespace == namespace) &&
			slices.Contains(g.rule.APIGroups, "") && slices.Contains(g.rule.Resources, resource) && slices.Contains(g.rule.Verbs, "get") &&
			(len(g.rule.ResourceNames) == 0 || slices.Contains(g.rule.ResourceNames, name))
	})
}

// asks returns the requests for objects, each once.
func (a *podsAPI) asks() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, r := range a.requests {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

func refusal(code int32, reason metav1.StatusReason, message string) (int, any) {
	return int(code), metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Message: message, Reason: reason, Code: code}
}

func nodeObject(name string, early bool) any {
	node := corev1.Node{TypeMeta: metav1.TypeMeta{Kind: "Node", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "192.0.2.4"}}
	if !early {
		node.Status.Addresses = append(node.Status.Addresses, corev1.NodeAddress{Type: corev1.NodeExternalIP, Address: "198.51.100.9"})
	}
	return node
}

func serviceObject(namespace, name string, early bool) any {
	service := corev1.Service{TypeMeta: metav1.TypeMeta{Kind: "Service", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}}
	service.Spec.Ports = []corev1.ServicePort{{Name: "external", Port: 9094}}
	if !early {
		service.Spec.Ports[0].NodePort = 31094
		service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{Hostname: "lb-1.example.com"}}
	}
	return service
}
