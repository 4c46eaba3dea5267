package export

var sans = Export{Name: "sans", For: "certificates: subject alternative names, as OpenSSL writes them", comment: "#", write: writeSANs}

// writeSANs writes the names and addresses that clients inside and outside the cluster use, by
// component: each has a certificate of its own. If the component has a certificate in the spec, these
// are its names.
func writeSANs(w *writer) {
	for _, c := range w.plan.Page().Subjects {
		w.seen = map[string]bool{}
		w.remark("component %s", c.Component)
		for _, name := range c.Names.DNS {
			w.fields("DNS:" + name)
		}
		for _, ip := range c.Names.IPs {
			w.fields("IP:" + ip)
		}
		for _, g := range c.Missing {
			w.leaveOut(g.Service.Display(), g)
		}
	}
}
