package generators_test

import (
	"fmt"
	"io"
	"testing"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
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

// BenchmarkGenerate is what a Service costs, from spec to objects.
func BenchmarkGenerate(b *testing.B) {
	const n = 10_000
	docs, _ := source.Parse("", benchSpec(n))
	specs, others, _ := generators.Read(docs)
	b.ReportAllocs()
	for b.Loop() {
		generators.Generate(specs, others)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/Service")
}

// BenchmarkEncode is what a Service costs, from object to bytes.
func BenchmarkEncode(b *testing.B) {
	const n = 10_000
	docs, _ := source.Parse("", benchSpec(n))
	specs, others, _ := generators.Read(docs)
	objs, _ := generators.Generate(specs, others)
	b.ReportAllocs()
	for b.Loop() {
		if err := generators.Encode(io.Discard, objs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/Service")
}

// BenchmarkRead is what decoding a spec of usual size costs.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		docs, _ := source.Parse("", benchSpec(3))
		generators.Read(docs)
	}
}
