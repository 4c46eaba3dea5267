package decide

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A certificateDecider decides the TLS certificate of a component.
type certificateDecider struct {
	*decider
	c    *component
	spec v1alpha1.Certificate
	at   source.Path
}

// decideCertificate plans the certificate of a component. If access is disabled, or while there are no
// pods, it has the names that are left, and there is none without names.
func decideCertificate(d *decider, c *component) {
	if c.Spec.Certificate == nil || !*c.Spec.Create || d.budget.closed() {
		return
	}
	v := certificateDecider{d, c, *c.Spec.Certificate, c.Path.Field("certificate")}
	if d.plan.Namespace == "" && *v.spec.Names == v1alpha1.AllNames {
		d.found.ErrorOnce(source.Required, source.Path{}.Field("metadata", "namespace"), "write the namespace of the workload, or certificate.names: Outside",
			"the namespace is required: the names of pods and Services in a certificate contain it")
		return
	}
	out := &plan.Certificate{Component: c.Component, Spec: v.spec}
	if *v.spec.By == v1alpha1.ByCSI {
		v.csi(out)
	} else {
		out.Names = d.plan.CertificateNames(c.Component)
		out.Name = d.names.name(v.spec.Name, c.scope, v.at.Field("name"), v1alpha1.DNSSubdomain)
		out.Secret = d.names.name(v.spec.SecretName, c.scope, v.at.Field("secretName"), v1alpha1.DNSSubdomain)
		out.Labels, out.Annotations = v.metadata("labels", v.spec.SecretTemplate.Labels), v.metadata("annotations", v.spec.SecretTemplate.Annotations)
		v.used(out.Secret)
	}
	switch {
	case out.Names.Len() > 0:
		v.check(out.Names)
	case !c.Enabled || len(c.Pods) == 0 && len(c.Workloads) > 0:
		return
	case !d.found.Errors():
		d.found.Errorf(source.CertificateNames, v.at, "give the Services hosts or addresses; or take names: Outside out, for the names in the cluster",
			"the certificate of component %s would have no names", c.Spec.Name)
		return
	}
	v.addresses()
	v.clients()
	v.issuer(out.Names)
	if c.Certificate = out; out.CSI == nil {
		d.plan.Certificates = append(d.plan.Certificates, out)
	}
}

// metadata returns labels or annotations of the Secret.
func (v certificateDecider) metadata(field string, m v1alpha1.StringMap) map[string]string {
	out := make(map[string]string, len(m))
	for k, text := range m {
		at := v.at.Field("secretTemplate", field).MapKey(k)
		out[k], _ = v.names.expand(*text, v.c.scope, at)
		v.names.checkMetadata(field, k, out[k], at)
	}
	return out
}

// maxLabel is how long a label of a name in DNS can be.
const maxLabel = validation.DNS1123LabelMaxLength

// check checks names that a certificate cannot have, and how many there are.
func (v certificateDecider) check(names plan.Names) {
	for _, name := range names.DNS {
		for label := range strings.SplitSeq(name, ".") {
			if len(label) > maxLabel {
				v.found.ErrorOnce(source.CertificateNames, v.at, "shorten the host", "no certificate can have the name %s: a label of it has %d characters, and %d is the limit", name, len(label), maxLabel)
			}
		}
	}
	if names.Listed != "" {
		v.found.WarnOnce(source.CertificateNames, v.at.Field("wildcard"), "write hosts that differ in their first label, such as $(pod).$(domain), under a domain with a dot",
			"no wildcard covers %s and the names of other pods, so that they are listed: more replicas change the certificate", names.Listed)
	}
	v.size(names)
}

// The sizes that matter: of a certificate in Java's handshakes (jdk.tls.maxHandshakeMessageSize), and
// of all files of a Secret.
const (
	maxHandshake = 32 << 10
	maxSecret    = 1 << 20
)

// size estimates the size of the certificate.
func (v certificateDecider) size(names plan.Names) {
	const others = 2 << 10 // key, signature, and the certificate of the issuer
	size := others
	for _, name := range names.DNS {
		size += len(name) + 2
	}
	size += 18 * len(names.IPs)
	files := 1 + len(v.spec.AdditionalOutputFormats)
	if k := v.spec.Keystores; k != nil {
		for _, is := range []bool{k.JKS != nil, k.PKCS12 != nil} {
			if is {
				files++
			}
		}
	}
	const wayOut = "write wildcard: true, or names: Outside; or by: CSI, for a certificate of each pod"
	switch pem := size * 4 / 3; {
	case pem*files > maxSecret:
		v.found.ErrorOnce(source.CertificateNames, v.at, wayOut, "a Secret cannot hold the certificate: it has %d names, and a Secret at most 1 MiB", names.Len())
	case size > maxHandshake:
		v.found.WarnOnce(source.CertificateNames, v.at, wayOut, "Java's clients reject the certificate: it has %d names, and would be larger than 32 KiB", names.Len())
	}
}

// addresses warns of advertised addresses that no certificate can have. Ports of
// listeners without TLS do not count.
func (v certificateDecider) addresses() {
	for i := range v.plan.Services {
		s := &v.plan.Services[i]
		if s.Component != v.c.Component || !s.Nameless() {
			continue
		}
		for _, port := range s.Ports {
			if v.tls(port.Name) != noTLS {
				v.found.WarnOnce(source.CertificateNames, s.Levels.Entry(), "set a host or a domain, or addresses; or turn off the verification of host names in the clients",
					"the certificate lacks the address of %s that is advertised for port %s: it is only known in the cluster", s.Display(), port.Name)
				break
			}
		}
	}
}

// What is known of a port: its listener says whether it has TLS.
const (
	noTLS = iota
	mayTLS
	hasTLS
)

func (v certificateDecider) tls(port string) int {
	for _, p := range v.c.Spec.Ports {
		if p.Name != port || p.Listener == nil {
			continue
		}
		protocol := strings.ToUpper(*p.Listener.Protocol)
		is := func(word string) bool { return strings.Contains(protocol, word) }
		switch {
		case slices.ContainsFunc([]string{"SSL", "TLS", "HTTPS", "WSS"}, is):
			return hasTLS
		case slices.ContainsFunc([]string{"PLAIN", "TCP", "HTTP"}, is):
			return noTLS
		}
	}
	return mayTLS
}

// clients warns of pods that may authenticate each other by certificates which are for servers only.
func (v certificateDecider) clients() {
	if v1alpha1.Serves(v.spec.Usages, v1alpha1.UsageClientAuth) {
		return
	}
	for i := range v.c.Spec.Ports {
		port := &v.c.Spec.Ports[i]
		for j := range v.c.Pods {
			if v.tls(port.Name) == hasTLS && v.c.Address(&v.c.Pods[j], port).Service == nil {
				v.found.WarnOnce(source.Contradiction, v.at.Field("usages"), "add client auth; it is right without, if pods do not authenticate each other by certificates",
					"pods reach each other at port %s by TLS, and usages has no client auth", port.Name)
				return
			}
		}
	}
}

// used warns if the StatefulSet of the package does not use the Secret, and nothing mounts it.
func (v certificateDecider) used(secret string) {
	if *v.spec.MountPath != "" {
		return
	}
	for _, s := range v.seen.sets[v.c.Spec.Name] {
		if s.Err == nil && !s.Uses(secret) {
			v.found.WarnOnce(source.CertificateUnused, v.at, "write mountPath, so that inject or render --patch mounts it; or write a volume there",
				"no container uses the certificate: StatefulSet %s does not mount Secret %s, at %s", s.Name, secret, s.Doc.Place(workload.InPod.Field("volumes")))
		}
	}
}
