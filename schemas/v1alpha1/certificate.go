package v1alpha1

import (
	"cmp"
)

// Certificate is the TLS certificate of a component's pods, which cert-manager makes.
type Certificate struct {
	// By is what asks cert-manager for it: Certificate (one key and one certificate for all pods,
	// in a Secret) or CSI (a volume of cert-manager's CSI driver: for each pod a key and a
	// certificate of its own, which are in no Secret). With CSI, inject and render --patch write
	// the volume into the pod template, and names can only differ by $(pod). Default: Certificate.
	By *CertificateBy `json:"by,omitempty"`

	// Name is the name of the Certificate. It can contain placeholders. Default:
	// $(name)-$(component).
	Name string `json:"name,omitempty"`

	// IssuerRef names the issuer. It is required.
	IssuerRef *IssuerRef `json:"issuerRef,omitempty"`

	// SecretName is the name of the Secret. It can contain placeholders. Default:
	// $(name)-$(component)-tls.
	SecretName string `json:"secretName,omitempty"`

	// Names are which names it has: All, or those that are used from Outside the cluster: hosts,
	// aliases and fixed addresses. Public CAs accept no others. All are also the names of the pods
	// through the headless Service, and those of the Services: NAME.NAMESPACE.svc, with the
	// cluster domain and without it. Default: All.
	Names *CertificateNames `json:"names,omitempty"`

	// Wildcard is true for a name such as *.example.com in the place of those that differ from
	// pod to pod, so that more replicas change no name. It stands for the first label of a name:
	// names that differ in another one are listed, and so are addresses. The names of Services of
	// single pods in the cluster are left out, unless they are advertised. Default: false.
	Wildcard *bool `json:"wildcard,omitempty"`

	// Duration is how long the certificate is valid, at least 1h. Default: 90 days, as in
	// cert-manager.
	Duration *string `json:"duration,omitempty" is:"duration" example:"8760h"`

	// RenewBefore is how long before its end the certificate is renewed, at least 5m. Default: a
	// third of the duration, as in cert-manager.
	RenewBefore *string `json:"renewBefore,omitempty" is:"duration" example:"720h"`

	// Usages are what the key may be used for. Pods that authenticate each other by certificates
	// need server auth and client auth. Default: digital signature and key encipherment, as in
	// cert-manager.
	Usages []KeyUsage `json:"usages,omitempty" example:"[digital signature, key encipherment, server auth, client auth]"`

	// PrivateKey describes the key.
	PrivateKey *PrivateKey `json:"privateKey,omitempty"`

	// AdditionalOutputFormats are more forms of key and certificate in the Secret.
	AdditionalOutputFormats []OutputFormat `json:"additionalOutputFormats,omitempty"`

	// Keystores are more files with key and certificate, for Java.
	Keystores *Keystores `json:"keystores,omitempty"`

	// SecretTemplate has labels and annotations of the Secret.
	SecretTemplate *SecretTemplate `json:"secretTemplate,omitempty"`

	// Container is the container that reads the files. Default: the only container, if the
	// StatefulSet is in the input, or else that of the config.
	Container string `json:"container,omitempty" is:"label" example:"kafka"`

	// MountPath is where inject and render --patch mount the files tls.crt, tls.key and ca.crt.
	// Default: /etc/tls for CSI; else none, as for a StatefulSet that mounts the Secret itself.
	MountPath *string `json:"mountPath,omitempty" is:"path" example:"/etc/tls"`

	// FSGroup is the group that can read the files of the CSI driver. Default: the fsGroup of the
	// pods, if the StatefulSet is in the input.
	FSGroup *int32 `json:"fsGroup,omitempty" is:"natural" example:"1000"`
}

// CertificateBy is what asks for a certificate.
type CertificateBy string

// What asks for a certificate.
const (
	ByCertificate CertificateBy = "Certificate"
	ByCSI         CertificateBy = "CSI"
)

// Values lists what can ask for a certificate.
func (CertificateBy) Values() []string { return texts(ByCertificate, ByCSI) }

// CertificateNames is which names a certificate has.
type CertificateNames string

// The two choices.
const (
	AllNames     CertificateNames = "All"
	OutsideNames CertificateNames = "Outside"
)

// Values lists the choices.
func (CertificateNames) Values() []string { return texts(AllNames, OutsideNames) }

// IssuerRef names an issuer of cert-manager.
type IssuerRef struct {
	// Name is the name of the issuer.
	Name string `json:"name" is:"subdomain" example:"ca"`

	// Kind is Issuer (in the namespace of the spec) or ClusterIssuer; others need their group. If
	// absent, cert-manager takes Issuer.
	Kind string `json:"kind,omitempty" example:"ClusterIssuer"`

	// Group is the API group of the kind. If absent, cert-manager takes cert-manager.io.
	Group string `json:"group,omitempty" example:"awspca.cert-manager.io"`
}

// KeyUsage is what a key may be used for.
type KeyUsage string

// The usages that are checked: pods are servers, and those that dial each other clients.
const (
	UsageAny        KeyUsage = "any"
	UsageServerAuth KeyUsage = "server auth"
	UsageClientAuth KeyUsage = "client auth"
)

// Values lists the usages that cert-manager knows: first those of the key, then the extended ones.
func (KeyUsage) Values() []string {
	return texts("signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment",
		"cert sign", "crl sign", "encipher only", "decipher only",
		UsageAny, UsageServerAuth, UsageClientAuth, "code signing", "email protection", "s/mime", "ipsec end system", "ipsec tunnel",
		"ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc")
}

// PrivateKey describes a private key.
type PrivateKey struct {
	// Algorithm is RSA, ECDSA or Ed25519. Default: RSA, as in cert-manager.
	Algorithm KeyAlgorithm `json:"algorithm,omitempty"`

	// Size is 2048 to 8192 for RSA, and 256, 384 or 521 for ECDSA. Default: 2048 and 256, as in
	// cert-manager.
	Size int32 `json:"size,omitempty" is:"natural" example:"4096"`

	// Encoding is PKCS1 or PKCS8. Kafka reads PKCS8 only. Default: PKCS1, as in cert-manager.
	Encoding KeyEncoding `json:"encoding,omitempty"`

	// RotationPolicy is Always for a new key with each renewal, or Never. Default: Always, as in
	// cert-manager.
	RotationPolicy RotationPolicy `json:"rotationPolicy,omitempty"`
}

// KeyAlgorithm is the algorithm of a key.
type KeyAlgorithm string

// The algorithms.
const (
	RSA     KeyAlgorithm = "RSA"
	ECDSA   KeyAlgorithm = "ECDSA"
	Ed25519 KeyAlgorithm = "Ed25519"
)

// Values lists the algorithms.
func (KeyAlgorithm) Values() []string { return texts(RSA, ECDSA, Ed25519) }

// KeyEncoding is the form of a key in its file.
type KeyEncoding string

// The two encodings.
const (
	PKCS1 KeyEncoding = "PKCS1"
	PKCS8 KeyEncoding = "PKCS8"
)

// Values lists the encodings.
func (KeyEncoding) Values() []string { return texts(PKCS1, PKCS8) }

// RotationPolicy is when a certificate gets a new key.
type RotationPolicy string

// The two policies.
const (
	RotateAlways RotationPolicy = "Always"
	RotateNever  RotationPolicy = "Never"
)

// Values lists the policies.
func (RotationPolicy) Values() []string { return texts(RotateAlways, RotateNever) }

// OutputFormat is one more form of key and certificate in the Secret.
type OutputFormat struct {
	// Type is CombinedPEM (tls-combined.pem: the key, followed by the certificates) or DER
	// (key.der).
	Type OutputFormatType `json:"type"`
}

// OutputFormatType is a form of key and certificate.
type OutputFormatType string

// The two forms.
const (
	CombinedPEM OutputFormatType = "CombinedPEM"
	DER         OutputFormatType = "DER"
)

// Values lists the forms.
func (OutputFormatType) Values() []string { return texts(CombinedPEM, DER) }

// Keystores are files for Java.
type Keystores struct {
	// JKS is keystore.jks and truststore.jks.
	JKS *JKS `json:"jks,omitempty"`

	// PKCS12 is keystore.p12 and truststore.p12.
	PKCS12 *PKCS12 `json:"pkcs12,omitempty"`
}

// JKS is a keystore in the form of Java.
type JKS struct {
	// Alias is the name of the entry. Default: certificate, as in cert-manager.
	Alias string `json:"alias,omitempty" example:"kafka"`

	KeystorePassword `json:",inline"`
}

// PKCS12 is a keystore in the form of PKCS#12.
type PKCS12 struct {
	// Profile is the set of ciphers. Default: Modern2023. That of cert-manager, LegacyRC2, cannot
	// be read by Java 20 and OpenSSL 3.
	Profile PKCS12Profile `json:"profile,omitempty"`

	KeystorePassword `json:",inline"`
}

// PKCS12Profile is a set of ciphers.
type PKCS12Profile string

// Modern2023 is the default.
const Modern2023 PKCS12Profile = "Modern2023"

// Values lists the profiles.
func (PKCS12Profile) Values() []string {
	return texts[PKCS12Profile]("LegacyRC2", "LegacyDES", Modern2023, "Modern2026")
}

// KeystorePassword protects a keystore. It is written in one of two ways.
type KeystorePassword struct {
	// PasswordSecretRef is where the password is, in the namespace of the spec.
	PasswordSecretRef *SecretKeyRef `json:"passwordSecretRef,omitempty"`

	// Password is the password itself. It protects nothing: the Secret also has the key without
	// it.
	Password *string `json:"password,omitempty" example:"changeit"`
}

// SecretKeyRef names a key of a Secret.
type SecretKeyRef struct {
	// Name is the name of the Secret.
	Name string `json:"name" is:"subdomain" example:"keystore-password"`

	// Key is the key in it.
	Key string `json:"key" example:"password"`
}

// SecretTemplate has metadata of the Secret.
type SecretTemplate struct {
	// Labels are labels of the Secret. Values can contain placeholders.
	Labels StringMap `json:"labels,omitempty"`

	// Annotations are annotations of the Secret. Values can contain placeholders.
	Annotations StringMap `json:"annotations,omitempty" example:"{replicator.v1.mittwald.de/replicate-to: other}"`
}

// Complete sets the absent fields, but for keystores: nil means none.
func (c Certificate) Complete() Certificate {
	c.By, c.Names = or(c.By, ""), or(c.Names, "")
	c.By, c.Names = new(cmp.Or(*c.By, ByCertificate)), new(cmp.Or(*c.Names, AllNames))
	c.Name = cmp.Or(c.Name, "$(name)-$(component)")
	c.SecretName = cmp.Or(c.SecretName, "$(name)-$(component)-tls")
	c.IssuerRef, c.PrivateKey = or(c.IssuerRef, IssuerRef{}), or(c.PrivateKey, PrivateKey{})
	c.Wildcard, c.Duration, c.RenewBefore, c.FSGroup = or(c.Wildcard, false), or(c.Duration, ""), or(c.RenewBefore, ""), or(c.FSGroup, 0)
	mountPath := ""
	if *c.By == ByCSI {
		mountPath = "/etc/tls"
	}
	c.MountPath = or(c.MountPath, mountPath)
	if c.Keystores != nil && c.Keystores.PKCS12 != nil {
		k := *c.Keystores.PKCS12
		k.Profile = cmp.Or(k.Profile, Modern2023)
		c.Keystores = &Keystores{JKS: c.Keystores.JKS, PKCS12: &k}
	}
	t := or(c.SecretTemplate, SecretTemplate{})
	c.SecretTemplate = &SecretTemplate{Labels: clean(t.Labels), Annotations: clean(t.Annotations)}
	return c
}
