package preflight

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// A foreignNames holds the names in DNS of another tool's DNSEndpoint or Ingress.
type foreignNames struct {
	Metadata struct{ Annotations map[string]string }
	Spec     struct {
		Endpoints []struct {
			DNSName    string `yaml:"dnsName"`
			RecordType string `yaml:"recordType"`
		}
		Rules []struct{ Host string }
	}
}

// addForeignNames records the names that external-dns reads from what is no Service.
func (t *claims) addForeignNames(doc *source.Document, by claim) {
	o := doc.Object()
	group, _, _ := strings.Cut(o.APIVersion, "/")
	isEndpoint, isIngress := group == "externaldns.k8s.io" && o.Kind == "DNSEndpoint", group == "networking.k8s.io" && o.Kind == "Ingress"
	if !isEndpoint && !isIngress {
		return
	}
	var in foreignNames
	if doc.ReadInto(&in) != nil {
		return // the API server reports the error
	}
	claimName := func(name string) {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if _, ok := t.hosts[name]; !ok && name != "" {
			t.hosts[name] = hostClaim{by, "", isEndpoint}
		}
	}
	for _, e := range in.Spec.Endpoints {
		if isEndpoint && addresses[plan.RecordType(e.RecordType)] {
			claimName(e.DNSName)
		}
	}
	if isEndpoint {
		return
	}
	for _, rule := range in.Spec.Rules {
		claimName(rule.Host)
	}
	for _, host := range published(in.Metadata.Annotations) {
		claimName(host)
	}
}

// addresses are the types of records that lead somewhere. A name can have others beside them.
var addresses = map[plan.RecordType]bool{"": true, plan.RecordA: true, plan.RecordAAAA: true, plan.RecordCNAME: true}
