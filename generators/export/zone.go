package export

import (
	"strconv"

	"sallyport.dev/generators/plan"
)

var zone = Export{Name: "zone", For: "DNS: lines of a zone file", comment: ";", write: writeZone}

// writeZone writes a record for each address of each name.
func writeZone(w *writer) {
	for s, ips := range w.named {
		for _, ip := range ips {
			w.fields(record(s, ip)...)
		}
		if len(ips) == 0 {
			w.leaveOut(s, s.Hostname+".", missing(s))
		}
	}
}

func record(s *plan.Service, ip string) []string {
	fields := []string{s.Hostname + "."}
	if ttl := *s.Access.ExternalDNS.TTL; ttl > 0 {
		fields = append(fields, strconv.Itoa(int(ttl)))
	}
	kind := "A"
	if plan.IsIPv6(ip) {
		kind = "AAAA"
	}
	return append(fields, "IN", kind, ip)
}
