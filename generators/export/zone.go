package export

import (
	"strconv"

	"sallyport.dev/generators/plan"
)

var zone = Export{Name: "zone", For: "DNS: lines of a zone file", comment: ";", write: writeZone}

// writeZone writes a record for each address of each name.
func writeZone(w *writer) {
	for s, name := range w.named {
		for _, ip := range s.IPs() {
			w.fields(record(s, name, ip)...)
		}
		if len(s.IPs()) == 0 {
			w.leaveOut(s, name+".", missing(s))
		}
	}
}

func record(s *plan.Service, name, ip string) []string {
	fields := []string{name + "."}
	if ttl := *s.Access.ExternalDNS.TTL; ttl > 0 {
		fields = append(fields, strconv.Itoa(int(ttl)))
	}
	kind := "A"
	if plan.IsIPv6(ip) {
		kind = "AAAA"
	}
	return append(fields, "IN", kind, ip)
}
