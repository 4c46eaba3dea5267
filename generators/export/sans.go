package export

var sans = Export{Name: "sans", For: "certificates: subject alternative names, as OpenSSL writes them", comment: "#", write: writeSANs}

// writeSANs writes the names and addresses that clients inside and outside the cluster use, by
// component: each has a certificate of its own. If the component has a certificate in the spec, these
// are its names.
func writeSANs(w *writer) {
	for _, c := range w.plan.Components {
		w.seen = map[string]bool{}
		w.remark("component %s", c.Spec.Name)
		names := w.plan.CertificateNames(c)
		for _, name := range names.DNS {
			w.fields("DNS:" + name)
		}
		for _, ip := range names.IPs {
			w.fields("IP:" + ip)
		}
		for i := range w.plan.Services {
			if s := &w.plan.Services[i]; s.Component == c && s.Nameless() {
				w.leaveOut(s.Display(), s.Missing())
			}
		}
	}
}
