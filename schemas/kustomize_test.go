package schemas_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"sallyport.dev/schemas"
)

// The patch says something of one port of one entry, one pod of it, and one pool.
const accessPatch = `
    apiVersion: sallyport.dev/v1alpha1
    kind: ExternalAccess
    metadata: {name: kafka}
    spec:
      components:
      - name: broker
        pools: [{workload: kafka-b, replicas: 5}]
        services:
        - name: external
          ports: [{name: tls, nodePort: 30010}]
          pods: [{pod: kafka-1, host: new.example.com}]
`

const accessSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: kafka}
spec:
  components:
  - {name: controller, workload: kc}
  - name: broker
    workload: kafka
    pools: [{workload: kafka-b, replicas: 2}, {workload: kafka-c, replicas: 1}]
    ports: [{name: plain, containerPort: 9092}, {name: tls, containerPort: 9094}]
    services:
    - {name: bootstrap, mode: Shared}
    - name: external
      mode: PerPod
      ports: [{name: plain, nodePort: 30000}, {name: tls, nodePort: 30005}]
      pods: [{pod: kafka-0, host: old.example.com}, {pod: kafka-1, ports: [{name: tls, nodePort: 30020}]}]
`

const accessMerged = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: kafka
spec:
  components:
  - name: broker
    pools:
    - replicas: 5
      workload: kafka-b
    - replicas: 1
      workload: kafka-c
    ports:
    - containerPort: 9092
      name: plain
    - containerPort: 9094
      name: tls
    services:
    - mode: PerPod
      name: external
      pods:
      - host: new.example.com
        pod: kafka-1
        ports:
        - name: tls
          nodePort: 30020
      - host: old.example.com
        pod: kafka-0
      ports:
      - name: tls
        nodePort: 30010
      - name: plain
        nodePort: 30000
    - mode: Shared
      name: bootstrap
    workload: kafka
  - name: controller
    workload: kc
`

// Without the merge keys the patch is all that is left of the components.
const accessReplaced = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: kafka
spec:
  components:
  - name: broker
    pools:
    - replicas: 5
      workload: kafka-b
    services:
    - name: external
      pods:
      - host: new.example.com
        pod: kafka-1
      ports:
      - name: tls
        nodePort: 30010
`

const endpointsSpec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata: {name: rgw}
spec:
  ports: [{port: 80}]
  endpoints: [{addresses: [192.0.2.1]}]
`

const endpointsPatch = `
    apiVersion: sallyport.dev/v1alpha1
    kind: ExternalEndpoints
    metadata: {name: rgw}
    spec: {ports: [{port: 8080}]}
`

const endpointsReplaced = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata:
  name: rgw
spec:
  endpoints:
  - addresses:
    - 192.0.2.1
  ports:
  - port: 8080
`

const service = `apiVersion: v1
kind: Service
metadata: {name: dns}
spec: {ports: [{name: udp, port: 53, protocol: UDP}, {name: tcp, port: 53, protocol: TCP}]}
`

const servicePatch = `
    apiVersion: v1
    kind: Service
    metadata: {name: dns}
    spec: {ports: [{port: 53, protocol: TCP, targetPort: 5353}]}
`

const serviceMerged = `apiVersion: v1
kind: Service
metadata:
  name: dns
spec:
  ports:
  - name: udp
    port: 53
    protocol: UDP
  - name: tcp
    port: 53
    protocol: TCP
    targetPort: 5353
`

const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec: {template: {spec: {containers: [{name: kafka, image: kafka}, {name: exporter, image: exporter}]}}}
`

const statefulSetPatch = `
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: kafka}
    spec: {template: {spec: {containers: [{name: exporter, image: better}]}}}
`

const statefulSetMerged = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
spec:
  template:
    spec:
      containers:
      - image: better
        name: exporter
      - image: kafka
        name: kafka
`

// TestKustomizePatch checks that a strategic merge patch of a spec merges its lists by key with
// openapi.json and replaces them without it, and that the kinds of Kubernetes are patched as
// before.
func TestKustomizePatch(t *testing.T) {
	own, none := "openapi: {path: openapi.json}\n", ""
	for _, c := range []struct{ name, openapi, resource, patch, want string }{
		{"an ExternalAccess", own, accessSpec, accessPatch, accessMerged},
		{"an ExternalAccess without merge keys", none, accessSpec, accessPatch, accessReplaced},
		{"ports without names", own, endpointsSpec, endpointsPatch, endpointsReplaced},
		{"a StatefulSet", own, statefulSet, statefulSetPatch, statefulSetMerged},
		{"a StatefulSet without", none, statefulSet, statefulSetPatch, statefulSetMerged},
		{"a Service", own, service, servicePatch, serviceMerged},
		{"a Service without", none, service, servicePatch, serviceMerged},
	} {
		t.Run(c.name, func(t *testing.T) {
			openapi.ResetOpenAPI() // kustomize keeps the schema in a global variable
			t.Cleanup(openapi.ResetOpenAPI)
			fs := filesys.MakeFsInMemory()
			for file, text := range map[string]string{
				"openapi.json":       schemas.OpenAPI(),
				"resource.yaml":      c.resource,
				"kustomization.yaml": c.openapi + "resources: [resource.yaml]\npatches:\n- patch: |" + c.patch,
			} {
				if err := fs.WriteFile(file, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, ".")
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.AsYaml()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
