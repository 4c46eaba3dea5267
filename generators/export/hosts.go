package export

var hosts = Export{Name: "hosts", For: "machines without DNS: lines of /etc/hosts", comment: "#", write: writeHosts}

// writeHosts writes a line for each address of each name.
func writeHosts(w *writer) {
	for s, ips := range w.named {
		for _, ip := range ips {
			w.fields(ip, s.Hostname)
		}
		if len(ips) == 0 {
			w.leaveOut(s, s.Hostname, missing(s))
		}
	}
}
