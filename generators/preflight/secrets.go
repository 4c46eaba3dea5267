package preflight

import (
	"cmp"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// secrets are the Secrets that have a writer: by name, then by namespace, who writes them.
type secrets map[string]map[string]string

func (t secrets) set(namespace, name, by string) {
	if t[name] == nil {
		t[name] = map[string]string{}
	}
	t[name][namespace] = cmp.Or(t[name][namespace], by)
}

// writer returns who writes a Secret, or "". What has no namespace is of any.
func (t secrets) writer(namespace, name string) string {
	first, by := "", ""
	for other, writer := range t[name] {
		if workload.Meets(other, namespace) && (by == "" || other > first) {
			first, by = other, writer
		}
	}
	return by
}

// add records a Secret of another tool that has something in it, or a Certificate that writes one.
func (t secrets) add(doc *source.Document, title string) {
	o := doc.Object()
	certificate := o.Kind == "Certificate" && o.Unversioned().APIVersion == v1alpha1.CertManager
	if !certificate && (o.APIVersion != "v1" || o.Kind != "Secret") {
		return
	}
	var content struct {
		Metadata   struct{ Annotations map[string]string }
		Data       map[string]any
		StringData map[string]any `yaml:"stringData"`
		Spec       struct {
			SecretName string `yaml:"secretName"`
		}
	}
	if doc.ReadInto(&content) != nil {
		return
	}
	switch {
	case certificate && content.Spec.SecretName != "":
		t.set(o.Namespace, content.Spec.SecretName, title)
	case !certificate && len(content.Data)+len(content.StringData) > 0 && content.Metadata.Annotations[v1alpha1.CertManager+"/certificate-name"] == "":
		t.set(o.Namespace, o.Name, title)
	}
}

// claim checks that nobody else writes the Secrets of the certificates of a spec.
func (t secrets) claim(s claimant) {
	for _, c := range s.Plan.Certificates {
		if c.Secret == "" {
			continue
		}
		by := t.writer(s.Plan.Namespace, c.Secret)
		t.set(s.Plan.Namespace, c.Secret, "the certificate of component "+c.Component.Spec.Name+" of "+s.title)
		if by == "" || s.Found.Reported(source.NameClash, c.Component.Path.Field("certificate", "name")) {
			continue // the Certificate of the same name is reported
		}
		s.Found.ErrorOnce(source.NameClash, c.Component.Path.Field("certificate", "secretName"), "write another secretName",
			"Secret %s is also that of %s: each would overwrite the other", c.Secret, by)
	}
}
