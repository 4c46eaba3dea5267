package generators_test

import (
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
	"testing"

	"sallyport.dev/generators"
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
