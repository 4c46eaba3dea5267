package export

import (
	"slices"

	"sallyport.dev/generators/plan"
)

var hosts = Export{Name: "hosts", For: "machines without DNS: lines of /etc/hosts", comment: "#", write: writeHosts}

// writeHosts writes a line for each address of each name. A name that points at another one has the
// addresses of the Service.
func writeHosts(w *writer) {
	for s, name := range w.named {
		ips := targets(s, name)
		if !slices.ContainsFunc(ips, plan.IsIP) {
			ips = s.IPs()
		}
		for _, ip := range ips {
			w.fields(ip, name)
		}
		if len(ips) == 0 {
			w.leaveOut(s, name, missing(s))
		}
	}
}
