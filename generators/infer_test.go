package generators_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/source"
)

// silent is a spec without any value that a StatefulSet has.
const silent = `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: data}
spec:
  type: ClusterIP
  components:
  - name: node
    workload: db
    services: [{name: peers, mode: Headless}, {name: each, mode: PerPod}]
---
`

// FuzzInfer checks that inference does not panic for any StatefulSet, that it reads what the
// API server would read, and that errors have a position.
func FuzzInfer(f *testing.F) {
	for _, set := range []string{
		"spec: {replicas: 3, ordinals: {start: 2}, serviceName: db-peers, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}, {containerPort: 53, protocol: UDP}]}]}}}",
		"spec: {replicas: 100001}", "spec: {replicas: -1, ordinals: {start: 2147483647}}", "spec: {replicas: ~, ordinals: ~, selector: ~, template: ~}",
		"spec: {selector: {matchExpressions: [{key: app, operator: In, values: [db]}]}, template: {metadata: {labels: {app: db}}, spec: {containers: [{ports: [{containerPort: 1}]}, {ports: [{containerPort: 1}]}]}}}",
		"spec: {replicas: two, template: [], serviceName: {}}", "spec: &a {replicas: 1, template: {spec: {containers: [{ports: [{name: UPPER, containerPort: 70000}]}]}}}", "spec: 5", "{}",
		"spec: {replicas: 1, selector: {matchLabels: {app: $(pod)}}, template: {spec: {containers: [{ports: [{name: $(id), containerPort: 1}]}]}}}",
	} {
		f.Add(set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		var s appsv1.StatefulSet
		text := "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: data}\n" + set
		readable := yaml.UnmarshalStrict([]byte(text), &s) == nil
		if s.Spec.Replicas != nil && *s.Spec.Replicas > 1000 && *s.Spec.Replicas <= 100_000 {
			t.Skip("this many replicas teach nothing more")
		}
		objs, ds := generate(silent + text)
		for _, d := range ds {
			if d.Severity == source.Error && d.Line == 0 {
				t.Errorf("no place: %v", d)
			}
		}
		if ds.Failed() {
			if len(objs) > 0 {
				t.Error("errors, and objects all the same")
			}
			return
		}
		if !readable || s.Name != "db" || s.Namespace != "data" {
			return
		}
		services, want := 0, 1
		for _, o := range objs {
			if svc, ok := o.(*corev1.Service); ok && svc.Spec.Selector["statefulset.kubernetes.io/pod-name"] != "" {
				services++
			}
		}
		if s.Spec.Replicas != nil {
			want = int(*s.Spec.Replicas)
		}
		if services != want {
			t.Errorf("%d Services, and %d pods of\n%s", services, want, text)
		}
	})
}
