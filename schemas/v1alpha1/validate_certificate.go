package v1alpha1

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
)

// The limits of cert-manager in seconds (pkg/apis/certmanager/v1/const.go).
const (
	hour, minute = 3600, 60

	minCertificateDuration     = hour
	defaultCertificateDuration = 90 * 24 * hour
	minRenewBefore             = 5 * minute
)

// CertManager is the API group of cert-manager.
const CertManager = "cert-manager.io"

// The kinds of issuers that cert-manager has itself.
const (
	KindIssuer        = "Issuer"
	KindClusterIssuer = "ClusterIssuer"
)

// A certificateValidator checks a certificate as cert-manager's webhook does
// (internal/apis/certmanager/validation/certificate.go), and its CSI driver.
type certificateValidator struct {
	*validator
	at source.Path
}

func (v certificateValidator) certificate(c Certificate) {
	v.issuer(*c.IssuerRef, v.at.Field("issuerRef"))
	v.durations(*c.Duration, *c.RenewBefore)
	v.usages(c.Usages)
	v.privateKey(*c.PrivateKey, *c.By, v.at.Field("privateKey"))
	v.outputFormats(c.AdditionalOutputFormats)
	if c.Keystores != nil {
		v.keystores(*c.Keystores, v.at.Field("keystores"))
	}
	v.secretMetadata(*c.SecretTemplate, v.at.Field("secretTemplate"))
	v.mount(c)
	if *c.By == ByCSI {
		v.csi(c)
	} else if *c.FSGroup != 0 {
		v.Errorf(source.UnusableSetting, v.at.Field("fsGroup"), "take it out, and write it into the securityContext of the pods", "only the CSI driver reads it, and by is Certificate")
	}
	if *c.FSGroup < 0 {
		v.Errorf(source.NumberRange, v.at.Field("fsGroup"), "write the number of a group", "%d is negative", *c.FSGroup)
	}
}

func (v certificateValidator) issuer(ref IssuerRef, p source.Path) {
	switch {
	case ref.Name == "" && v.User.Has(p):
		v.Errorf(source.Required, p.Field("name"), "write the name of the issuer", "a certificate needs an issuer")
	case ref.Name == "":
		v.Errorf(source.Required, p, "write issuerRef: {name: ..., kind: Issuer or ClusterIssuer}", "a certificate needs an issuer")
	default:
		v.form(p.Field("name"), ref.Name, DNSSubdomain)
	}
	if ref.Group != "" {
		v.form(p.Field("group"), ref.Group, DNSSubdomain)
	}
	if known := []string{KindIssuer, KindClusterIssuer}; ref.Kind != "" && ref.Builtin() && !slices.Contains(known, ref.Kind) {
		d := v.Errorf(source.UnknownName, p.Field("kind"), "", "cert-manager has no issuer of kind %q itself", ref.Kind)
		if d.OneOf(ref.Kind, known); ref.Group == "" {
			d.WayOut += "; another kind needs its group"
		}
	}
}

// Builtin reports whether the issuer is one of cert-manager's own kinds.
func (r IssuerRef) Builtin() bool { return r.Group == "" || r.Group == CertManager }

// duration reads a duration in seconds. It reports one that cannot be read or is too short.
func (v certificateValidator) duration(text, field string, least int64) (int64, bool) {
	if text == "" {
		return 0, false
	}
	n, ok := seconds(text)
	switch {
	case !ok:
		v.Errorf(source.Invalid, v.at.Field(field), "write hours, minutes and seconds, such as 2160h for 90 days", "%q is not a duration", text)
	case n < least:
		v.Errorf(source.NumberRange, v.at.Field(field), "write "+shortDuration(least)+" or more", "%s is less than the %s that cert-manager needs", text, shortDuration(least))
	}
	return n, ok && n >= least
}

// hms is a duration of whole hours, minutes and seconds, up to those that Go can read.
var hms = source.Pattern(`^(?:([0-9]{1,6})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,9})s)?$`)

// seconds reads a duration.
func seconds(text string) (int64, bool) {
	m := hms().FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	total := int64(0)
	for i, unit := range []int64{hour, minute, 1} {
		n, _ := strconv.ParseInt(m[i+1], 10, 64) // one that is absent is 0
		total += n * unit
	}
	return total, true
}

// shortDuration prints whole hours or minutes.
func shortDuration(n int64) string {
	if n%hour == 0 {
		return strconv.FormatInt(n/hour, 10) + "h"
	}
	return strconv.FormatInt(n/minute, 10) + "m"
}

func (v certificateValidator) durations(duration, renewBefore string) {
	d, ok := v.duration(duration, "duration", minCertificateDuration)
	if duration == "" {
		d, ok = defaultCertificateDuration, true
	}
	r, set := v.duration(renewBefore, "renewBefore", minRenewBefore)
	if ok && set && r >= d {
		v.Errorf(source.Contradiction, v.at.Field("renewBefore"), "write less", "the certificate would be renewed %s before its end, and is valid for %s", renewBefore, shortDuration(d))
	}
}

// extended are the usages that restrict a certificate to what they say.
func extended(usages []KeyUsage) []KeyUsage {
	all := KeyUsage("").Values()
	first := slices.Index(all, string(UsageAny))
	return slices.DeleteFunc(slices.Clone(usages), func(u KeyUsage) bool { return slices.Index(all, string(u)) < first })
}

// Serves reports whether a certificate with these usages may be used for something: without
// extended usages, it may be used for all.
func Serves(usages []KeyUsage, usage KeyUsage) bool {
	all := extended(usages)
	return len(all) == 0 || slices.Contains(all, usage) || slices.Contains(all, UsageAny)
}

func (v certificateValidator) usages(usages []KeyUsage) {
	if !Serves(usages, UsageServerAuth) && !v.DecodeFailedAt(v.at.Field("usages")) {
		v.Errorf(source.Contradiction, v.at.Field("usages"), "add server auth", "pods are servers, and clients reject a certificate that is only for %s", extended(usages)[0])
	}
}

func (v certificateValidator) privateKey(k PrivateKey, by CertificateBy, p source.Path) {
	sizes := []int32{256, 384, 521}
	switch {
	case k.Size == 0:
	case k.Algorithm == Ed25519:
		v.Errorf(source.UnusableSetting, p.Field("size"), "take it out", "keys of Ed25519 have one size")
	case k.Algorithm == ECDSA && !slices.Contains(sizes, k.Size):
		v.Errorf(source.NumberRange, p.Field("size"), "write 256, 384 or 521", "there is no key of ECDSA with %d bits", k.Size)
	case k.Algorithm != ECDSA && (k.Size < 2048 || k.Size > 8192):
		v.Errorf(source.NumberRange, p.Field("size"), "write 2048, 3072 or 4096", "%d is not between 2048 and 8192, the sizes of a key of RSA", k.Size)
	}
	if by == ByCSI && k.Encoding == PKCS1 && (k.Algorithm == ECDSA || k.Algorithm == Ed25519) {
		v.Errorf(source.Contradiction, p.Field("encoding"), "write PKCS8", "the CSI driver writes keys of %s as PKCS8 only", k.Algorithm)
	}
}

func (v certificateValidator) outputFormats(all []OutputFormat) {
	for i, f := range all {
		if f.Type == "" {
			v.Errorf(source.Required, v.at.Field("additionalOutputFormats").Index(i).Field("type"), "write CombinedPEM or DER", "the type of an output format is required")
		} else if slices.Contains(all[:i], f) {
			v.Errorf(source.Duplicate, v.at.Field("additionalOutputFormats").Index(i), "take it out", "the output format %s is there twice", f.Type)
		}
	}
}

func (v certificateValidator) keystores(k Keystores, p source.Path) {
	if k.JKS != nil {
		v.password(k.JKS.KeystorePassword, p.Field("jks"))
	}
	if k.PKCS12 == nil {
		return
	}
	v.password(k.PKCS12.KeystorePassword, p.Field("pkcs12"))
	if strings.HasPrefix(string(k.PKCS12.Profile), "Legacy") {
		v.Warnf(source.Deprecated, p.Field("pkcs12", "profile"), "write Modern2023, if nothing older than Java 8u301 reads it", "cert-manager deprecates %s, and Java 20 and OpenSSL 3 do not read it", k.PKCS12.Profile)
	}
}

// password checks that a keystore has one password.
func (v certificateValidator) password(k KeystorePassword, p source.Path) {
	ref := k.PasswordSecretRef
	switch {
	case ref == nil && k.Password == nil:
		v.Errorf(source.Required, p, "write passwordSecretRef: {name: ..., key: ...}", "a keystore needs a password")
	case ref != nil && k.Password != nil:
		v.Errorf(source.Contradiction, p.Field("password"), "take one of the two out", "the keystore has two passwords: password and passwordSecretRef")
	case k.Password != nil && *k.Password == "":
		v.Errorf(source.Required, p.Field("password"), "write one, such as changeit", "the password of a keystore must not be empty")
	case ref != nil && (ref.Name == "" || ref.Key == ""):
		v.Errorf(source.Required, p.Field("passwordSecretRef"), "write both", "passwordSecretRef needs name and key")
	case ref != nil:
		v.form(p.Field("passwordSecretRef", "name"), ref.Name, DNSSubdomain)
		v.form(p.Field("passwordSecretRef", "key"), ref.Key, ConfigMapKey)
	}
}

// injectable is the one annotation of cert-manager that users may write on a Secret.
const injectable = CertManager + "/allow-direct-injection"

// secretMetadata checks what cert-manager does not put on the Secret. The plan checks keys and
// values.
func (v certificateValidator) secretMetadata(t SecretTemplate, p source.Path) {
	for key := range t.Annotations {
		if strings.HasPrefix(key, CertManager+"/") && key != injectable {
			v.Errorf(source.ReservedKey, p.Field("annotations").MapKey(key), "take it out", "cert-manager writes annotations that begin with %s/ itself", CertManager)
		}
	}
	for field, m := range map[string]StringMap{"labels": t.Labels, "annotations": t.Annotations} {
		for key := range m {
			v.misread(key, func() source.Path { return p.Field(field).MapKey(key) })
		}
	}
}

func (v certificateValidator) mount(c Certificate) {
	switch path := *c.MountPath; {
	case path == "" && *c.By == ByCSI:
		v.Errorf(source.Required, v.at.Field("mountPath"), "write a path such as /etc/tls", "a CSI volume needs a mountPath: without it, no container has the certificate")
	case path == "" && c.Container != "":
		v.Errorf(source.UnusableSetting, v.at.Field("container"), "write mountPath too, or take it out", "nothing is mounted into the container without mountPath")
	case path != "":
		v.mountPath(path, v.at.Field("mountPath"), "/etc/tls")
	}
	if c.Container != "" {
		v.form(v.at.Field("container"), c.Container, DNSLabel)
	}
}

// csi checks what the CSI driver cannot do (pkg/apis/v1alpha1 and validation of
// cert-manager/csi-driver).
func (v certificateValidator) csi(c Certificate) {
	for _, field := range []string{"name", "secretName", "secretTemplate", "additionalOutputFormats", "wildcard"} {
		if p := v.at.Field(field); v.Wrote(p) {
			v.Errorf(source.UnusableSetting, p, "take it out, or write by: Certificate", "with by: CSI there is no Secret: each pod has a certificate of its own in a volume")
		}
	}
	if c.Keystores == nil {
		return
	}
	p := v.at.Field("keystores")
	if c.Keystores.JKS != nil {
		v.Errorf(source.UnusableSetting, p.Field("jks"), "write pkcs12, or by: Certificate", "the CSI driver makes no JKS")
	}
	if k := c.Keystores.PKCS12; k != nil {
		if k.PasswordSecretRef != nil {
			v.Errorf(source.UnusableSetting, p.Field("pkcs12", "passwordSecretRef"), "write password, or by: Certificate", "the CSI driver reads no Secret")
		}
		if at := p.Field("pkcs12", "profile"); v.Wrote(at) {
			v.Errorf(source.UnusableSetting, at, "take it out, or write by: Certificate", "the CSI driver has no choice of ciphers")
		}
	}
}
