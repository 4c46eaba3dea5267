package export

import (
	"slices"

	"sallyport.dev/generators/plan"
)

var hosts = Export{Name: "hosts", For: "machines without DNS: lines of /etc/hosts", comment: "#", write: writeHosts}

// writeHosts writes a line for each address of each name. A name that points at another one has the
// addresses of the Service.
func writeHosts(w *writer) {
	for n := range w.plan.PublicNames {
		ips := n.Targets
		if !slices.ContainsFunc(ips, plan.IsIP) {
			ips = n.Service.IPs()
		}
		for _, ip := range ips {
			w.fields(ip, n.Name)
		}
		if len(ips) == 0 {
			w.leaveOut(n.Name, n.Service.Missing())
		}
	}
}
