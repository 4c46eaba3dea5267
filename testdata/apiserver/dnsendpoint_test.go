package apiserver

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A record is one of spec.endpoints of a DNSEndpoint.
type record struct {
	DNSName    string   `json:"dnsName"`
	Targets    []string `json:"targets"`
	RecordType string   `json:"recordType"`
	RecordTTL  int64    `json:"recordTTL"`
}

// validateDNSEndpoint checks what external-dns leaves out with a warning or lets a provider of DNS
// refuse (source/crd.go). Its CustomResourceDefinition has no such rules.
func validateDNSEndpoint(t *testing.T, in *unstructured.Unstructured) (errs field.ErrorList) {
	t.Helper()
	var o struct {
		Spec struct {
			Endpoints []record `json:"endpoints"`
		} `json:"spec"`
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(in.Object, &o); err != nil {
		t.Fatal(err)
	}
	at := field.NewPath("spec", "endpoints")
	if len(o.Spec.Endpoints) == 0 {
		errs = append(errs, field.Required(at, "nothing to publish"))
	}
	types := map[string]string{}
	for i, e := range o.Spec.Endpoints {
		name := strings.TrimPrefix(e.DNSName, "*.")
		for _, why := range validation.IsDNS1123Subdomain(name) {
			errs = append(errs, field.Invalid(at.Index(i).Child("dnsName"), e.DNSName, why))
		}
		if before := types[e.DNSName]; before == e.RecordType || before == "CNAME" || before != "" && e.RecordType == "CNAME" {
			errs = append(errs, field.Duplicate(at.Index(i).Child("dnsName"), e.DNSName))
		}
		types[e.DNSName] = e.RecordType
		if e.RecordTTL < 0 || len(e.Targets) == 0 || e.RecordType == "CNAME" && len(e.Targets) > 1 {
			errs = append(errs, field.Invalid(at.Index(i), e.DNSName, fmt.Sprint(e.Targets, e.RecordTTL)))
		}
		for _, target := range e.Targets {
			if !leads(e.RecordType, target) {
				errs = append(errs, field.Invalid(at.Index(i).Child("targets"), target, e.RecordType))
			}
		}
	}
	return errs
}

// leads reports whether a target is one for a type of records.
func leads(recordType, target string) bool {
	ip, err := netip.ParseAddr(target)
	switch recordType {
	case "A":
		return err == nil && ip.Is4()
	case "AAAA":
		return err == nil && ip.Is6()
	}
	return recordType == "CNAME" && err != nil && len(validation.IsDNS1123Subdomain(target)) == 0
}
