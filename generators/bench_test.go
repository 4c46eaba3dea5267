package generators_test

import (
	"fmt"
	"io"
	"testing"

	"sallyport.dev/generators"
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

// perService reports what one of the Services costs.
func perService(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchReplicas, "ns/Service")
}

// BenchmarkPlan is from spec to plan, with all checks.
func BenchmarkPlan(b *testing.B) {
	specs, others := benchInput(b)
	for b.Loop() {
		generators.GenerateSeq(specs, others)
	}
	perService(b)
}

// BenchmarkEmit is from plan to objects.
func BenchmarkEmit(b *testing.B) {
	objs, _ := generators.GenerateSeq(benchInput(b))
	for b.Loop() {
		for range objs {
		}
	}
	perService(b)
}

// BenchmarkEmitEncode is from plan to bytes: what it costs more than BenchmarkEmit is the
// encoder's.
func BenchmarkEmitEncode(b *testing.B) {
	objs, _ := generators.GenerateSeq(benchInput(b))
	for b.Loop() {
		if err := generators.EncodeSeq(io.Discard, objs); err != nil {
			b.Fatal(err)
		}
	}
	perService(b)
}

// BenchmarkPlanEmitEncode is the whole, from spec to bytes.
func BenchmarkPlanEmitEncode(b *testing.B) {
	specs, others := benchInput(b)
	for b.Loop() {
		objs, _ := generators.GenerateSeq(specs, others)
		if err := generators.EncodeSeq(io.Discard, objs); err != nil {
			b.Fatal(err)
		}
	}
	perService(b)
}

// BenchmarkDecode is what decoding a spec of usual size costs.
func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		docs, _ := source.Parse("", benchSpec(3))
		generators.Read(docs)
	}
}
