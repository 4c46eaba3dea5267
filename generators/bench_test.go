package generators_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// benchSpec has no profile, load balancers, a domain, and PerPod Services only.
func benchSpec(replicas int) []byte {
	return fmt.Appendf(nil, `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: kafka, namespace: streaming}
spec:
  type: LoadBalancer
  domain: kafka.example.com
  components:
  - name: broker
    workload: kafka
    replicas: %d
    ports: [{name: external, containerPort: 9094}]
    services: [{name: external, mode: PerPod}]
`, replicas)
}

const benchReplicas = 10_000

func benchInput(b *testing.B) ([]*v1alpha1.Spec, []*source.Document) {
	docs, _ := source.Parse("", benchSpec(benchReplicas))
	specs, others, _ := generators.Read(docs)
	b.ReportAllocs()
	return specs, others
}

// perService reports the time for one Service.
func perService(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchReplicas, "ns/Service")
}

// BenchmarkPlan measures from spec to plan, with all checks.
func BenchmarkPlan(b *testing.B) {
	specs, others := benchInput(b)
	for b.Loop() {
		generators.Run(specs, others)
	}
	perService(b)
}

// BenchmarkEmit measures from plan to objects.
func BenchmarkEmit(b *testing.B) {
	objs := generators.Run(benchInput(b)).Objects()
	for b.Loop() {
		for range objs {
		}
	}
	perService(b)
}

// BenchmarkEmitEncode measures from plan to bytes. The difference to BenchmarkEmit is the
// encoder.
func BenchmarkEmitEncode(b *testing.B) {
	made := generators.Run(benchInput(b))
	for b.Loop() {
		if err := encode.YAML(io.Discard, made.Runs()...); err != nil {
			b.Fatal(err)
		}
	}
	perService(b)
}

// BenchmarkPlanEmitEncode measures everything from spec to bytes.
func BenchmarkPlanEmitEncode(b *testing.B) {
	specs, others := benchInput(b)
	for b.Loop() {
		if err := encode.YAML(io.Discard, generators.Run(specs, others).Runs()...); err != nil {
			b.Fatal(err)
		}
	}
	perService(b)
}

// BenchmarkDecode measures the decoding of a spec of usual size.
func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		docs, _ := source.Parse("", benchSpec(3))
		generators.Read(docs)
	}
}

// overrides returns a spec with settings for each pod.
func overrides(n int) string {
	var b strings.Builder
	b.Write(benchSpec(n))
	b.WriteString("      pods:\n")
	for i := range n {
		fmt.Fprintf(&b, "      - {pod: kafka-%d, annotations: {a: b}}\n", i)
	}
	return strings.Replace(b.String(), "services: [{name: external, mode: PerPod}]", "services:\n    - name: external\n      mode: PerPod", 1)
}

// components returns a spec with many components.
func components(n int) string {
	var b strings.Builder
	b.WriteString("apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: a, namespace: n}\nspec:\n  type: ClusterIP\n  components:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: c%d, selector: {a: b}, labels: {l: v}, ports: [{name: x, containerPort: 1}], services: [{name: s, mode: Shared, labels: {q: w}}]}\n", i)
	}
	return b.String()
}

// list returns a spec with a list of addresses.
func list(n int) string {
	return strings.Replace(string(benchSpec(n)), "mode: PerPod", fmt.Sprintf("mode: PerPod, loadBalancer: {addresses: [10.0.0.0-10.0.%d.%d]}", (n-1)/256, (n-1)%256), 1)
}

// BenchmarkLinear measures one of many. It must cost the same among few and among many.
func BenchmarkLinear(b *testing.B) {
	for name, spec := range map[string]func(int) string{"pods": overrides, "components": components, "addresses": list} {
		for _, n := range []int{500, 4000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				text := spec(n)
				for b.Loop() {
					if _, ds := generate(text); ds.Failed() {
						b.Fatal(ds)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/each")
			})
		}
	}
}
