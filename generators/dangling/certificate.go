package dangling

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// certificate checks the names of Services and pods in the cluster that a certificate has.
func (c *checker) certificate(doc *source.Document) {
	var cert struct {
		Spec struct {
			DNSNames []string `yaml:"dnsNames"`
		}
	}
	if doc.ReadInto(&cert) != nil {
		return
	}
	o := doc.Object()
	for i, name := range cert.Spec.DNSNames {
		labels := strings.Split(name, ".")
		svc := slices.Index(labels, "svc") // NAME.NAMESPACE.svc, or POD.NAME.NAMESPACE.svc
		if svc != 2 && svc != 3 || !slices.Contains(cert.Spec.DNSNames, strings.Join(labels[svc-2:svc+1], ".")) {
			continue // a host outside may have such a label too
		}
		at, service := source.Path{}.Field("spec", "dnsNames").Index(i), labels[svc-2]
		if namespace := labels[svc-1]; !meets(namespace, o.Namespace) {
			c.report(report{doc: doc, owner: Owner(doc), what: "namespace", at: at, wayOut: "write the namespace into the spec, and not into the kustomization alone"},
				"the certificate has names in namespace %s, and is in namespace %s", namespace, o.Namespace)
			return
		}
		if other, alike := near(service, names(c.services, o.Namespace), o.Name); alike && !has(c.services, service, o.Namespace) {
			c.report(report{doc: doc, owner: Owner(doc), what: affix, at: at, wayOut: inLayer}, "there is no Service %s in the input: it is called %s", service, other)
		}
		if svc == 3 {
			c.pod(doc, at, labels[0], true)
		}
	}
}
