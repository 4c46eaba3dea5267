package v1alpha1

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strings"
)

// MaxRange is how many addresses a range a-b may have.
const MaxRange = 10_000

// ExpandAddresses replaces each range a-b by its addresses. It returns other texts unchanged,
// because a provider may have names for addresses.
func ExpandAddresses(in []string) ([]string, error) {
	var out []string
	for _, s := range in {
		from, to, ok := parseRange(s)
		if !ok {
			out = append(out, s)
			continue
		}
		ips, err := countUp(from, to)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
		for _, ip := range ips {
			out = append(out, ip.String())
		}
	}
	return out, nil
}

// ParseAddresses reads an IP or a range a-b.
func ParseAddresses(s string) ([]netip.Addr, error) {
	if from, to, ok := parseRange(s); ok {
		return countUp(from, to)
	}
	ip, err := netip.ParseAddr(s)
	if err != nil {
		return nil, fmt.Errorf("%q is neither an IP address nor a range a-b", s)
	}
	return []netip.Addr{ip}, nil
}

func parseRange(s string) (from, to netip.Addr, ok bool) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return from, to, false
	}
	from, err1 := netip.ParseAddr(strings.TrimSpace(a))
	to, err2 := netip.ParseAddr(strings.TrimSpace(b))
	return from, to, err1 == nil && err2 == nil && from.Zone() == "" && to.Zone() == ""
}

func countUp(from, to netip.Addr) ([]netip.Addr, error) {
	n, err := rangeSize(from, to)
	if err != nil {
		return nil, err
	}
	out := make([]netip.Addr, 0, n)
	for ip := from; len(out) < n; ip = ip.Next() {
		out = append(out, ip)
	}
	return out, nil
}

// rangeSize returns how many addresses a range has. It does not count up to see that they are too
// many: an input has room for a hundred thousand ranges.
func rangeSize(from, to netip.Addr) (int, error) {
	if from.BitLen() != to.BitLen() {
		return 0, fmt.Errorf("the range starts with one IP family and ends with the other")
	}
	if to.Less(from) {
		return 0, fmt.Errorf("the range ends before it starts")
	}
	a, b := from.As16(), to.As16()
	low, borrow := bits.Sub64(binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(a[8:]), 0)
	high, _ := bits.Sub64(binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(a[:8]), borrow)
	if high > 0 || low >= MaxRange {
		return 0, fmt.Errorf("the range has more than %d addresses", MaxRange)
	}
	return int(low) + 1, nil
}

// countAddresses is the number of addresses that ParseAddresses returns.
func countAddresses(s string) int {
	if from, to, ok := parseRange(s); ok {
		n, _ := rangeSize(from, to)
		return n
	}
	if _, err := netip.ParseAddr(s); err != nil {
		return 0
	}
	return 1
}

// Canonical returns the canonical form of an IP address or a CIDR. It returns other texts
// unchanged.
func Canonical(s string) string {
	if ip, err := netip.ParseAddr(strings.TrimSpace(s)); err == nil {
		return ip.String()
	}
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return prefix.String()
	}
	return s
}

// canonicalAddresses does the same for a text with one address of each family.
func canonicalAddresses(s string) string {
	return strings.Join(each(strings.Split(s, ","), Canonical), ",")
}

// endpointIP returns why an address cannot be an endpoint, or "". It covers the API server's
// ValidateEndpointIP and what kube-proxy rejects beyond that.
func endpointIP(ip netip.Addr) string {
	switch {
	case ip.Zone() != "":
		return "it has a zone"
	case ip.Is4In6():
		return "it is an IPv4 address written as IPv6"
	case ip.IsUnspecified():
		return "it is the unspecified address"
	case ip.IsLoopback():
		return "it is a loopback address: every node has its own"
	case ip.IsLinkLocalUnicast():
		return "it is link-local: it is only valid on one link"
	case ip.IsMulticast():
		return "it is a multicast address"
	case ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "it is the broadcast address"
	}
	return ""
}

// UnusableHost returns why clients cannot connect to an address that they are told, or "".
func UnusableHost(host string) string {
	ip, ok := parseIP(host)
	if !ok || ip.Unmap().IsLoopback() {
		return ""
	}
	return endpointIP(ip.Unmap().WithZone(""))
}

// IsLocal reports whether a host leads each client to the machine that it runs on (RFC 6761).
func IsLocal(host string) bool {
	if ip, ok := parseIP(host); ok {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost" || host == "localhost.localdomain" || strings.HasSuffix(host, ".localhost")
}

// parseIP parses an IP address, and reports whether a host is one. Nearly all hosts are names, for which
// netip would make an error: an address has a colon, or a digit at its end.
func parseIP(host string) (netip.Addr, bool) {
	if !strings.Contains(host, ":") && strings.TrimRight(host, "0123456789") == host {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(host)
	return ip, err == nil
}

// meantAddress returns the advice for a text that is neither an IP address nor a range of them.
func meantAddress(text string) string {
	from, end, isRange := strings.Cut(text, "-")
	if ip, err := netip.ParseAddr(from); isRange && err == nil && ip.Is4() {
		to := from[:strings.LastIndexByte(from, '.')+1] + end
		if _, err := ParseAddresses(from + "-" + to); err == nil {
			return "did you mean " + from + "-" + to + "?"
		}
	}
	if _, err := netip.ParseAddrPort(text); err == nil {
		return "write the address alone: its port belongs under ports, as port or targetPorts"
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return "write the first and the last address with a dash between them, as 192.0.2.1-192.0.2.9"
	}
	if targetName.Passes(text) {
		return "for a DNS name write externalName: " + text + " instead of endpoints: an EndpointSlice has IP addresses only"
	}
	return "write it as 192.0.2.1, 2001:db8::1 or 192.0.2.1-192.0.2.9"
}
