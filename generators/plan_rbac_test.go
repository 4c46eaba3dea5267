package generators_test

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
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
