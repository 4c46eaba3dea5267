package fn_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"sallyport.dev/fn"
)

// foreignObjects are kinds of objects that pass through: one that no check reads, one that checks
// decode, and one that they look into.
var foreignObjects = map[string]string{
	"ConfigMap":  "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c%d\n    namespace: data\n  data:\n    a: b\n",
	"Service":    "- apiVersion: v1\n  kind: Service\n  metadata:\n    name: s%d\n    namespace: data\n  spec:\n    selector:\n      app: a\n    ports:\n    - name: http\n      port: 80\n",
	"Deployment": "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: d%d\n    namespace: data\n  spec:\n    template:\n      spec:\n        containers:\n        - name: a\n          image: b\n          ports:\n          - containerPort: 80\n",
}

// BenchmarkForeign measures the function for each of many objects of others.
func BenchmarkForeign(b *testing.B) {
	const n = 10_000
	for kind, item := range foreignObjects {
		var in strings.Builder
		in.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(alias), "\n", "\n  ") + "\n")
		for i := range n {
			fmt.Fprintf(&in, item, i)
		}
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := fn.Run(in.String(), io.Discard, io.Discard); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/object")
		})
	}
}
