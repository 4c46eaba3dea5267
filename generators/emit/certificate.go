package emit

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// certificates ask cert-manager for the TLS certificates of the pods, one for each component that
// has one in a Secret.
var certificates = row[*plan.Certificate]{
	group: v1alpha1.CertManager, version: "v1", kind: "Certificate",
	items: func(p *plan.Plan) []*plan.Certificate { return p.Certificates },
	name:  func(_ *plan.Plan, c *plan.Certificate) string { return c.Name },
	written: func(c *plan.Certificate) (source.Path, string) {
		return c.Component.Path.Field("certificate", "name"), "give the certificate another name"
	},
	object: fresh(func(p *plan.Plan, c *plan.Certificate) encode.Object {
		return &Certificate{ObjectMeta: meta(p), Spec: certificateSpec(c)}
	}),
}.Kind()

// A Certificate is the part of cert-manager's Certificate that is emitted. Its own Go module has the
// clients of many clouds.
type Certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec CertificateSpec `json:"spec"`
}

// CertificateSpec is the spec of a Certificate.
type CertificateSpec struct {
	AdditionalOutputFormats []v1alpha1.OutputFormat `json:"additionalOutputFormats,omitempty"`
	DNSNames                []string                `json:"dnsNames,omitempty"`
	Duration                string                  `json:"duration,omitempty"`
	IPAddresses             []string                `json:"ipAddresses,omitempty"`
	IssuerRef               v1alpha1.IssuerRef      `json:"issuerRef"`
	Keystores               *Keystores              `json:"keystores,omitempty"`
	PrivateKey              *v1alpha1.PrivateKey    `json:"privateKey,omitempty"`
	RenewBefore             string                  `json:"renewBefore,omitempty"`
	SecretName              string                  `json:"secretName"`
	SecretTemplate          *SecretTemplate         `json:"secretTemplate,omitempty"`
	Usages                  []v1alpha1.KeyUsage     `json:"usages,omitempty"`
}

// Keystores are the keystores of a Certificate.
type Keystores struct {
	JKS    *Keystore `json:"jks,omitempty"`
	PKCS12 *Keystore `json:"pkcs12,omitempty"`
}

// A Keystore is one of the Keystores.
type Keystore struct {
	Alias             string                 `json:"alias,omitempty"`
	Create            bool                   `json:"create"`
	Password          *string                `json:"password,omitempty"`
	PasswordSecretRef *v1alpha1.SecretKeyRef `json:"passwordSecretRef,omitempty"`
	Profile           v1alpha1.PKCS12Profile `json:"profile,omitempty"`
}

// SecretTemplate is the metadata of the Secret of a Certificate.
type SecretTemplate struct {
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

// DeepCopyObject returns a copy, which shares the lists: nothing changes them.
func (c *Certificate) DeepCopyObject() runtime.Object {
	out := *c
	c.DeepCopyInto(&out.ObjectMeta)
	return &out
}

func certificateSpec(c *plan.Certificate) CertificateSpec {
	s := c.Spec
	out := CertificateSpec{
		AdditionalOutputFormats: s.AdditionalOutputFormats,
		DNSNames:                c.Names.DNS,
		Duration:                *s.Duration,
		IPAddresses:             c.Names.IPs,
		IssuerRef:               *s.IssuerRef,
		RenewBefore:             *s.RenewBefore,
		SecretName:              c.Secret,
		Usages:                  s.Usages,
	}
	if *s.PrivateKey != (v1alpha1.PrivateKey{}) {
		out.PrivateKey = s.PrivateKey
	}
	if k := s.Keystores; k != nil {
		out.Keystores = keystores(k)
	}
	if len(c.Labels)+len(c.Annotations) > 0 {
		out.SecretTemplate = &SecretTemplate{Annotations: c.Annotations, Labels: c.Labels}
	}
	return out
}

// keystores returns the keystores, or nil if there are none.
func keystores(k *v1alpha1.Keystores) *Keystores {
	var out Keystores
	if k.JKS != nil {
		out.JKS = &Keystore{Create: true, Alias: k.JKS.Alias, Password: k.JKS.Password, PasswordSecretRef: k.JKS.PasswordSecretRef}
	}
	if k.PKCS12 != nil {
		out.PKCS12 = &Keystore{Create: true, Profile: k.PKCS12.Profile, Password: k.PKCS12.Password, PasswordSecretRef: k.PKCS12.PasswordSecretRef}
	}
	if out == (Keystores{}) {
		return nil
	}
	return &out
}
