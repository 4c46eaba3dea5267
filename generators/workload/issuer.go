package workload

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An Issuer is an Issuer or a ClusterIssuer of cert-manager.
type Issuer struct {
	Doc  *source.Document
	Spec struct {
		ACME *struct {
			Server  string
			Solvers []struct{ DNS01 map[string]any }
		}
		SelfSigned map[string]any `yaml:"selfSigned"`
	}
}

// addIssuer adds an issuer. One that cannot be read is left out: cert-manager reports the error.
func (p *Package) addIssuer(doc *source.Document) {
	issuer := &Issuer{Doc: doc}
	if doc.ReadInto(issuer) == nil {
		name := doc.Object().Name
		p.issuers[name] = append(p.issuers[name], issuer)
	}
}

// Issuer returns the issuer of a kind and name that serves a namespace, or nil. other is one of the
// name that is not of the kind, or does not serve the namespace.
func (p *Package) Issuer(kind, namespace, name string) (issuer, other *Issuer) {
	for _, i := range p.issuers[name] {
		switch o := i.Doc.Object(); {
		case o.Kind == kind && (kind == v1alpha1.KindClusterIssuer || Meets(o.Namespace, namespace)):
			return i, nil
		case other == nil || o.Kind == v1alpha1.KindClusterIssuer || o.Kind == other.Doc.Object().Kind && o.Namespace < other.Doc.Object().Namespace:
			other = i // the same in any order of the input
		}
	}
	return nil, other
}

// publicCAs are the domains of ACME servers of public CAs, which do not know the names of a cluster.
var publicCAs = []string{"letsencrypt.org", "zerossl.com", "buypass.com", "pki.goog", "ssl.com", "sectigo.com", "digicert.com", "globalsign.com", "actalis.com"}

// Public reports whether the issuer asks a public CA by ACME.
func (i *Issuer) Public() bool {
	if i.Spec.ACME == nil {
		return false
	}
	host := strings.TrimPrefix(i.Spec.ACME.Server, "https://")
	host, _, _ = strings.Cut(host, "/")
	return slices.ContainsFunc(publicCAs, func(ca string) bool { return host == ca || strings.HasSuffix(host, "."+ca) })
}

// SolvesDNS reports whether the issuer can prove by DNS that it owns a name, as ACME needs for
// wildcards.
func (i *Issuer) SolvesDNS() bool {
	for _, s := range i.Spec.ACME.Solvers {
		if s.DNS01 != nil {
			return true
		}
	}
	return false
}

// Uses reports whether the pods of a StatefulSet use a Secret.
func (s *StatefulSet) Uses(secret string) bool {
	pod := s.Spec.Template.Spec
	for _, v := range pod.Volumes {
		if v.Secret != nil && v.Secret.SecretName == secret {
			return true
		}
		if v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(p corev1.VolumeProjection) bool { return p.Secret != nil && p.Secret.Name == secret }) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(pod.InitContainers, pod.Containers), func(c corev1.Container) bool {
		return slices.ContainsFunc(c.EnvFrom, func(e corev1.EnvFromSource) bool { return e.SecretRef != nil && e.SecretRef.Name == secret }) ||
			slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool {
				return e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && e.ValueFrom.SecretKeyRef.Name == secret
			})
	})
}
