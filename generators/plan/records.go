package plan

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A DNSEndpoint has the names that external-dns publishes without annotations.
type DNSEndpoint struct {
	Name    string
	Records []Record // in the order of the Services: host, aliases
}

// A Record is what a name in DNS points at: addresses of one family, or one other name.
type Record struct {
	Name    string
	Type    RecordType
	TTL     int32 // in seconds; 0: not set
	Targets []string
}

// RecordType is the type of a record.
type RecordType string

// The types of records.
const (
	RecordA     RecordType = "A"
	RecordAAAA  RecordType = "AAAA"
	RecordCNAME RecordType = "CNAME"
)

// Targets returns what the names of the Service point at, as far as that is known offline: IP
// addresses, or one other name.
func (s *Service) Targets() []string {
	if s.DNSTarget != "" {
		return strings.Split(s.DNSTarget, ",")
	}
	if s.Route != nil && s.Route.Address != "" {
		return []string{s.Route.Address}
	}
	return s.IPs()
}

// Unpublished reports whether external-dns reads no object with the names of the Service. It reads
// those of TLSRoutes (source gateway-tlsroute); those of other routes only in versions that the
// standard channel does not serve (docs/sources/gateway-api.md, 0.23).
func (s *Service) Unpublished() bool {
	return !s.ByEndpoint() && (!s.IsService() || s.IsRouted() && s.Type != v1alpha1.TLSRoute)
}

// Annotates reports whether annotations of the Service publish its Announced names. If not, they are
// in a DNSEndpoint.
func (s *Service) Annotates() bool { return len(s.Announced) > 0 && !s.ByEndpoint() }

// Records returns the records of a name: one for each family of the addresses, or one for another
// name.
func Records(name string, ttl int32, targets []string) []Record {
	var out []Record
	for _, t := range []RecordType{RecordA, RecordAAAA, RecordCNAME} {
		r := Record{Name: name, Type: t, TTL: ttl}
		for _, target := range targets {
			if recordType(target) == t && !slices.Contains(r.Targets, target) {
				r.Targets = append(r.Targets, target)
			}
		}
		if len(r.Targets) > 0 {
			out = append(out, r)
		}
	}
	return out
}

func recordType(target string) RecordType {
	switch {
	case IsIPv6(target):
		return RecordAAAA
	case IsIP(target):
		return RecordA
	}
	return RecordCNAME
}
