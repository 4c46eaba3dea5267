package plan

import (
	"iter"
	"strconv"

	"sallyport.dev/schemas/v1alpha1"
)

// Announcement is what external-dns reads of the Hostname, with a trailing dot as Pravega's
// page has it: external-dns cuts it off, and so does Pravega.
func (s *Service) Announcement(keys *DNSKeys) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		keys.of(s.Access.ExternalDNS)
		host := s.Hostname + "."
		for _, key := range keys.hostname {
			if !yield(key, host) {
				return
			}
		}
		for _, key := range keys.ttl {
			if !yield(key, strconv.Itoa(int(*keys.dns.TTL))) {
				return
			}
		}
	}
}

// DNSKeys are the annotations that external-dns reads, kept from one Service to the next
// because thousands have the same.
type DNSKeys struct {
	dns           *v1alpha1.ExternalDNS
	hostname, ttl []string
}

func (k *DNSKeys) of(dns *v1alpha1.ExternalDNS) {
	if k.dns == dns {
		return
	}
	*k = DNSKeys{dns: dns}
	for _, prefix := range dns.Prefixes {
		k.hostname = append(k.hostname, prefix+"hostname")
		if *dns.TTL > 0 {
			k.ttl = append(k.ttl, prefix+"ttl")
		}
	}
}
