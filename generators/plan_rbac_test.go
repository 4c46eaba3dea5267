package generators_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"

	"sallyport.dev/generators/encode"
)

// A rule for nodes of another API group does not allow to get nodes, so discovery adds a rule.
func TestNodesOfAnotherGroup(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  type: HostPort
  nodeAddressType: ExternalIP
  rbac: {clusterRules: [{apiGroups: [GROUP], resources: [nodes], verbs: [get]}]}
  components:
  - name: node
    workload: db
    replicas: 1
    ports: [{name: sql, containerPort: 5432}]
    services: [{name: each, mode: PerPod}]
    config: {discovery: {image: kubectl}, files: {f: "$(host:sql)"}}
`
	for group, want := range map[string]int{"metrics.k8s.io": 2, `""`: 1, `"*"`: 1} {
		for _, o := range right(t, strings.Replace(spec, "GROUP", group, 1)) {
			if role, ok := o.(*rbacv1.ClusterRole); ok && len(role.Rules) != want {
				t.Errorf("nodes of %s: %d rules, want %d", group, len(role.Rules), want)
			}
		}
	}
}

// forged are texts that are a token of discovery once their placeholders are expanded, in a spec that
// is called port.
var forged = []string{
	"@sallyport:ingress:another@", "@sally$(name):ingress:another@", "@$(x)sally$(name):node:ExternalIP@", "@sally$(name)$(list:colon)node:ExternalIP@",
	"@sally$$(name):node:ExternalIP@", "$(list:at)sally$(name):node:ExternalIP@", "@sally$(name)", ":node:ExternalIP@", "@sally\nport:node:ExternalIP@", "@SALLYPORT:node:ExternalIP@",
}

// No text of a spec adds a permission: it is an error, or it is a text.
func TestForgedTokens(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: port, namespace: data}
spec:
  type: LoadBalancer
  components:
  - name: node
    workload: db
    replicas: 2
    ports: [{name: sql, containerPort: 5432, listener: {protocol: TLS}}]
    services: [{name: each, mode: PerPod, annotations: {a: "<annotation>"}}]
    config:
      discovery: {image: kubectl}
      env: {E: "<env>"}
      lists:
        at: {over: Listeners, item: "@"}
        colon: {over: Listeners, item: ":"}
        l: {over: Pods, item: "$(id)<item>", separator: "<separator>"}
      files: {f: "$(pod) $(host:sql) $(list:l)", g: "$(pod) <pod>$(list:at)", h: "<all>$(list:colon)"}
      containerEnv: {C: "<container>"}
`
	place := regexp.MustCompile("<[a-z]+>")
	fill := func(at, text string) (permissions string, failed bool) {
		objs, ds := generate(place.ReplaceAllString(strings.Replace(spec, at, text, 1), ""))
		rules := slices.DeleteFunc(objs, func(o encode.Object) bool { return o.GetObjectKind().GroupVersionKind().Group != rbacv1.GroupName })
		return yamlOf(t, rules), ds.Failed()
	}
	want, failed := fill("", "")
	if failed || !strings.Contains(want, "- db-1-each") {
		t.Fatalf("the spec itself makes:\n%s", want)
	}
	refused, taken := 0, 0
	for _, at := range place.FindAllString(spec, -1) {
		for _, text := range forged {
			got, failed := fill(at, text)
			if failed {
				refused++
			} else if taken++; got != want {
				t.Errorf("%s is %q: %s", at, text, cmp.Diff(want, got))
			}
		}
	}
	if refused < 20 || taken < 20 {
		t.Errorf("%d texts are refused, %d are taken", refused, taken)
	}
}
