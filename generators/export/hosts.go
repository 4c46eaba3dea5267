package export

var hosts = Export{Name: "hosts", For: "machines without DNS: lines of /etc/hosts", comment: "#", write: writeHosts}

// writeHosts writes a line for each address of each name.
func writeHosts(w *writer) {
	for s, name := range w.named {
		for _, ip := range s.IPs() {
			w.fields(ip, name)
		}
		if len(s.IPs()) == 0 {
			w.leaveOut(s, name, missing(s))
		}
	}
}
