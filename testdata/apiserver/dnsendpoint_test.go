package apiserver

import (
	"fmt"
	"net/netip"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A DNSEndpoint is the kind of external-dns 0.23, with all fields that its CRD has, but for the
// status (apis/v1alpha1/dnsendpoint.go and endpoint/endpoint.go there). It is a copy: the module has
// the clients of all providers of DNS.
type DNSEndpoint struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec struct {
		Endpoints []struct {
			DNSName          string            `json:"dnsName,omitempty"`
			Targets          []string          `json:"targets,omitempty"`
			RecordType       string            `json:"recordType,omitempty"`
			SetIdentifier    string            `json:"setIdentifier,omitempty"`
			RecordTTL        int64             `json:"recordTTL,omitempty"`
			Labels           map[string]string `json:"labels,omitempty"`
			ProviderSpecific []struct {
				Name  string `json:"name,omitempty"`
				Value string `json:"value,omitempty"`
			} `json:"providerSpecific,omitempty"`
		} `json:"endpoints,omitempty"`
	} `json:"spec,omitempty"`
}

// DeepCopyObject returns the object itself: nothing here changes one.
func (o *DNSEndpoint) DeepCopyObject() runtime.Object { return o }

// validateDNSEndpoint checks what the API server checks of any object, and what external-dns leaves
// out with a warning or lets a provider of DNS refuse (source/crd.go).
func validateDNSEndpoint(o *DNSEndpoint) (errs field.ErrorList) {
	at := field.NewPath("spec", "endpoints")
	for _, why := range validation.IsDNS1123Subdomain(o.Name) {
		errs = append(errs, field.Invalid(field.NewPath("metadata", "name"), o.Name, why))
	}
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
