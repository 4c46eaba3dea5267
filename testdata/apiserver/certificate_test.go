package apiserver

import (
	"cmp"
	"net"
	"slices"
	"strings"
	"time"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/util/pki"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateCertificate checks what cert-manager's webhook does, whose code is internal there, as far
// as specs can say it; and that cert-manager can make a request of it, with names that are right.
func validateCertificate(c *certmanagerv1.Certificate) (errs field.ErrorList) {
	spec, at := c.Spec, field.NewPath("spec")
	fail := func(what string, value any, problem string) {
		errs = append(errs, field.Invalid(at.Child(what), value, problem))
	}
	if len(validation.IsDNS1123Subdomain(c.Name))+len(validation.IsDNS1123Subdomain(spec.SecretName)) > 0 || spec.IssuerRef.Name == "" {
		fail("issuerRef", spec.IssuerRef, "no name, no secretName or no issuer")
	}
	for _, name := range spec.DNSNames {
		plain := strings.TrimPrefix(name, "*.")
		long := slices.ContainsFunc(strings.Split(plain, "."), func(l string) bool { return len(validation.IsDNS1123Label(l)) > 0 })
		if long || net.ParseIP(name) != nil {
			fail("dnsNames", name, "no name of a host")
		}
	}
	for _, all := range [][]string{spec.DNSNames, spec.IPAddresses} {
		sorted := slices.Sorted(slices.Values(all))
		if len(slices.Compact(sorted)) != len(all) {
			fail("dnsNames", all, "a name is there twice")
		}
	}
	duration := 90 * 24 * time.Hour
	if spec.Duration != nil {
		duration = spec.Duration.Duration
	}
	if duration < time.Hour || spec.RenewBefore != nil && (spec.RenewBefore.Duration < 5*time.Minute || spec.RenewBefore.Duration >= duration) {
		fail("duration", duration, "too short")
	}
	if k := spec.PrivateKey; k != nil && cmp.Or(k.Algorithm, certmanagerv1.RSAKeyAlgorithm) == certmanagerv1.RSAKeyAlgorithm && k.Size != 0 && (k.Size < pki.MinRSAKeySize || k.Size > pki.MaxRSAKeySize) {
		fail("privateKey", k.Size, "out of range")
	}
	if _, err := pki.GenerateCSR(c); err != nil { // it needs a name, and parses addresses and usages
		fail("dnsNames", spec.DNSNames, err.Error())
	}
	return errs
}
