package generators_test

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators"
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// The certificate of a component has every address that is advertised for its pods, as Go's TLS
// verifies host names. Without those in the cluster, it has all others.
func TestCertificatesHaveAddresses(t *testing.T) {
	verified, kinds := 0, map[string]bool{}
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		docs, _ := source.Parse("", []byte(spec))
		specs, others, _ := generators.Read(docs)
		for _, table := range generators.Run(specs, others).Tables() {
			for _, c := range table.Certificates {
				for _, r := range table.Rows {
					host, _, _ := net.SplitHostPort(r.Address)
					outside := strings.Contains(spec, "names: Outside") && strings.HasSuffix(host, ".svc.cluster.local")
					if r.Component != c.Component || strings.ContainsAny(host, "<") || outside {
						continue
					}
					for _, name := range append(r.Aliases, host) {
						if err := certificateOf(c, r.Pod).VerifyHostname(name); err != nil {
							t.Fatalf("seed %d: %v\n%s", seed, err, spec)
						}
						verified++
						kinds[c.Secret+r.Type] = true
					}
				}
			}
		}
	}
	if verified < int(randspec.Seeds()) || len(kinds) < 10 {
		t.Errorf("only %d addresses of %d kinds are verified", verified, len(kinds))
	}
}

// certificateOf returns the certificate of a pod.
func certificateOf(c plan.CertificateRow, pod string) *x509.Certificate {
	out := &x509.Certificate{}
	for _, name := range c.Names {
		name = strings.NewReplacer("${POD_NAME}", pod, "$POD_NAME", pod).Replace(name)
		if ip, err := netip.ParseAddr(name); err == nil {
			out.IPAddresses = append(out.IPAddresses, ip.AsSlice())
		} else {
			out.DNSNames = append(out.DNSNames, name)
		}
	}
	return out
}

// A certificate with wildcards stays the same when a StatefulSet gets pods: those that an entry names,
// those with settings of their own, and the first one of another pool.
func TestWildcardsOfPodsToCome(t *testing.T) {
	const spec = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: db, namespace: n}
spec:
  type: ClusterIP
  components:
  - name: node
    workload: db
    replicas: %d
    selector: {app: db}
    pools: [{workload: other, replicas: %d, idOffset: 20}]
    ports: [{name: sql, containerPort: 5432}, {name: web, containerPort: 80}]
    services:
    - {name: peers, mode: Headless}
    - {name: some, mode: PerPod, only: [db-1], ports: [{name: sql}]}
    - {name: each, mode: PerPod, ports: [{name: web}], host: $(pod).example.com, pods: [{pod: db-0, host: a.example.net}, {pod: other-0, host: b.example.net}]}
    certificate: {issuerRef: {name: ca}, wildcard: true}
`
	want := ""
	for db := range 3 {
		for other := range 3 {
			for _, o := range right(t, fmt.Sprintf(spec, db, other)) {
				if c, ok := o.(*emit.Certificate); ok {
					got := strings.Join(c.Spec.DNSNames, " ")
					if want == "" {
						want = got
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%d and %d replicas (-none +these):\n%s", db, other, diff)
					}
				}
			}
		}
	}
	if !strings.Contains(want, "*.n.svc ") || !strings.Contains(want, "b.example.net") {
		t.Errorf("the names are %s", want)
	}
}
