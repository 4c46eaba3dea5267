package export

import "sallyport.dev/generators/plan"

var hosts = Export{Name: "hosts", For: "machines without DNS: lines of /etc/hosts", comment: "#", write: writeHosts}

// writeHosts writes a line for each address of each name.
func writeHosts(w *writer) {
	for s, name := range w.named {
		known := false
		for _, ip := range targets(s, name) {
			if plan.IsIP(ip) {
				w.fields(ip, name)
				known = true
			}
		}
		if !known {
			w.leaveOut(s, name, missing(s))
		}
	}
}
