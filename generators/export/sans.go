package export

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

var sans = Export{Name: "sans", For: "certificates: subject alternative names, as OpenSSL writes them", comment: "#", write: writeSANs}

// writeSANs writes the names and addresses that clients inside and outside the cluster use, by
// component: each has a certificate of its own.
func writeSANs(w *writer) {
	for _, c := range w.plan.Components {
		w.seen = map[string]bool{}
		w.remark("component %s", c.Spec.Name)
		for i := range c.Pods {
			if name := c.FQDN(&c.Pods[i]); name != "" {
				w.san(name)
			}
		}
		for i := range w.plan.Services {
			if s := &w.plan.Services[i]; s.Component == c {
				w.service(s)
			}
		}
	}
}

// service writes the names and addresses of one Service.
func (w *writer) service(s *plan.Service) {
	if s.IsService() {
		w.san(w.plan.FQDN(s.Name))
	}
	ips := s.IPs()
	for _, name := range slices.Concat([]string{s.Hostname}, s.Aliases, ips) {
		if name != "" {
			w.san(name)
		}
	}
	if s.Mode != v1alpha1.Headless && s.Hostname == "" && len(ips) == 0 && s.Host.Source != plan.Known {
		w.leaveOut(s, s.Display(), missing(s))
	}
}

func (w *writer) san(name string) {
	kind := "DNS"
	if plan.IsIP(name) {
		kind = "IP"
	}
	w.fields(kind + ":" + name)
}
