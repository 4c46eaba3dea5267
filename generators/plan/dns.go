package plan

import (
	"iter"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// Announcement returns the annotations that external-dns reads for the Announced names of a Service
// that Annotates. Each has a
// trailing dot as in the documentation of Pravega; external-dns and Pravega remove it.
func (s *Service) Announcement(keys *DNSKeys) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		keys.set(s.Access.ExternalDNS)
		hosts := strings.Join(s.Announced, ".,") + "."
		for _, key := range keys.hostname {
			if !yield(key, hosts) {
				return
			}
		}
		for _, key := range keys.ttl {
			if !yield(key, strconv.Itoa(int(*keys.dns.TTL))) {
				return
			}
		}
		for _, key := range keys.target {
			if !yield(key, s.DNSTarget) {
				return
			}
		}
		for _, key := range keys.access {
			if !yield(key, string(*keys.dns.Access)) {
				return
			}
		}
	}
}

// DNSKeys caches the keys of the annotations that external-dns reads. Thousands of Services
// have the same.
type DNSKeys struct {
	dns                           *v1alpha1.ExternalDNS
	hostname, ttl, target, access []string
}

func (k *DNSKeys) set(dns *v1alpha1.ExternalDNS) {
	if k.dns == dns {
		return
	}
	*k = DNSKeys{dns: dns}
	for _, prefix := range dns.Prefixes {
		k.hostname = append(k.hostname, prefix+"hostname")
		if *dns.TTL > 0 {
			k.ttl = append(k.ttl, prefix+"ttl")
		}
		if *dns.Target != "" {
			k.target = append(k.target, prefix+"target")
		}
		if *dns.Access != "" {
			k.access = append(k.access, prefix+"access")
		}
	}
}
