package decide

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// issuer checks the certificate against its issuer, if that is in the package.
func (v certificateDecider) issuer(names plan.Names) {
	ref := v.spec.IssuerRef
	if !ref.Builtin() || ref.Name == "" {
		return
	}
	at, kind := v.at.Field("issuerRef"), cmp.Or(ref.Kind, v1alpha1.KindIssuer)
	switch issuer, other := v.seen.pkg.Issuer(kind, v.plan.Namespace, ref.Name); {
	case issuer != nil && issuer.Spec.ACME != nil:
		v.acme(names, issuer)
	case issuer != nil && issuer.Spec.SelfSigned != nil && *v.spec.By == v1alpha1.ByCSI:
		v.found.Errorf(source.Contradiction, at, "name an issuer with a CA, or write by: Certificate", "%s, at %s, is self-signed, and the CSI driver cannot use such an issuer",
			issuer.Doc.Object(), place(issuer))
	case issuer != nil || other == nil:
	case other.Doc.Object().Kind != kind:
		v.found.Errorf(source.UnknownName, at.Field("kind"), "write kind: "+other.Doc.Object().Kind, "the input has no %s %s; it has %s, at %s", kind, ref.Name, other.Doc.Object(), place(other))
	default:
		v.found.Errorf(source.UnknownName, at, "name a ClusterIssuer, or add an Issuer to namespace "+v.plan.Namespace,
			"%s, at %s, is for its own namespace, and the certificate is in %s", other.Doc.Object(), place(other), v.plan.Namespace)
	}
}

func place(i *workload.Issuer) string {
	return i.Doc.Place(source.Path{}.Field("metadata", "name"))
}

// maxPublicNames is how many names public CAs put into a certificate (Let's Encrypt's rate limits).
const maxPublicNames = 100

// acme checks what a CA that proves names by ACME cannot sign.
func (v certificateDecider) acme(names plan.Names, issuer *workload.Issuer) {
	what, where := issuer.Doc.Object(), place(issuer)
	if private := v.private(names); private != "" {
		at, wayOut := v.at.Field("names"), "write names: Outside, or name another issuer"
		if *v.spec.Names == v1alpha1.OutsideNames {
			at, wayOut = v.at.Field("issuerRef"), "name another issuer, or use public names and addresses"
		}
		const message = "the CA of %s, at %s, cannot verify %s, which has a meaning in the cluster or a private network only"
		if issuer.Public() {
			v.found.ErrorOnce(source.CertificateNames, at, wayOut, message, what, where, private)
		} else {
			v.found.WarnOnce(source.CertificateNames, at, wayOut+"; it is right if the CA is in the cluster", message, what, where, private)
		}
	}
	if issuer.Public() && names.Len() > maxPublicNames {
		v.found.ErrorOnce(source.CertificateNames, v.at, "write wildcard: true, or by: CSI", "the certificate has %d names, and the CA of %s, at %s, signs at most %d", names.Len(), what, where, maxPublicNames)
	}
	if issuer.Public() && slices.Contains(v.spec.Usages, v1alpha1.UsageClientAuth) {
		v.found.WarnOnce(source.Contradiction, v.at.Field("usages"), "take client auth out, or name another issuer", "the CA of %s, at %s, signs no certificates for clients: public CAs have ended that in 2026", what, where)
	}
	for _, name := range names.DNS {
		if strings.HasPrefix(name, "*.") && !issuer.SolvesDNS() {
			v.found.ErrorOnce(source.CertificateNames, v.at.Field("wildcard"), "take it out, or add a solver with dns01 there", "%s, at %s, has no solver with dns01, without which ACME signs no wildcard such as %s", what, where, name)
		}
	}
}

// private returns a name or an address that a CA outside the cluster cannot verify, or "".
func (v certificateDecider) private(names plan.Names) string {
	for _, name := range names.DNS {
		if !strings.Contains(name, ".") || strings.HasSuffix(name, ".svc") || under(name, "svc."+v.plan.ClusterDomain) || under(name, "local") || under(name, "internal") {
			return name
		}
	}
	for _, text := range names.IPs {
		if ip, err := netip.ParseAddr(text); err == nil && ip.IsPrivate() {
			return text
		}
	}
	return ""
}
