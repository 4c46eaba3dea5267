package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const servicesName = "10,000 Services"

// imports measures import of the Services of 10,000 pods, with names in DNS. It reports whether the
// goals are met.
func imports(dir string) (bool, error) {
	file := filepath.Join(dir, "services")
	services := shape{unit: `---
apiVersion: v1
kind: Service
metadata: {name: db-%i, namespace: data, annotations: {external-dns.alpha.kubernetes.io/hostname: db-%i.example.com.}, labels: {pod: db-%i}}
spec:
  type: LoadBalancer
  selector: {statefulset.kubernetes.io/pod-name: db-%i}
  ports: [{name: sql, port: 5432, targetPort: 5432, protocol: TCP}]
`, most: 10_000}.text(limit)
	if err := os.WriteFile(file, []byte(services), 0o644); err != nil {
		return false, err
	}
	r, err := runOnce(dir, file, "import")
	if err != nil {
		return false, err
	}
	to, verdict, met := io.Writer(os.Stdout), "met", true
	if r.seconds > goalSeconds || r.mebibytes > goalMebibytes || !strings.HasPrefix(r.end, "0") {
		to, verdict, met = out, "MISSED", false
	}
	fmt.Fprintf(to, "%-40s%8.2f  %-9s%7.2f%7.0f  %-7s%s\n", servicesName, float64(len(services))/(1<<20), "import", r.seconds, r.mebibytes, verdict, r.end)
	return met, nil
}
