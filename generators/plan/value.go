package plan

import (
	"net/netip"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Source is where a value becomes known.
type Source uint8

// A value is known offline or read in the cluster: the address of a load balancer from the
// status of the Service, an assigned node port from the spec of the Service, an address of the
// pod's node from the status of the node, the pod's own address from its status.
const (
	Known Source = iota
	Ingress
	NodePort
	Node
	PodIP
)

// A Value is an advertised host or port, or the source where it becomes known.
type Value struct {
	Source  Source
	Text    string                   // Known
	Service string                   // Ingress and NodePort: the Service that is read
	Port    string                   // NodePort: the port's name
	Address v1alpha1.NodeAddressType // Node
}

// Text returns a known Value.
func Text(s string) Value { return Value{Text: s} }

// Number returns a known port number.
func Number(n int32) Value { return Text(strconv.Itoa(int(n))) }

// String returns the value for people. An unknown value is in angle brackets.
func (v Value) String() string {
	switch v.Source {
	case Ingress:
		return "<address of " + v.Service + ">"
	case NodePort:
		return "<node port>"
	case Node:
		return "<" + string(v.Address) + " of the node>"
	case PodIP:
		return "<IP of the pod>"
	}
	return v.Text
}

// TokenStart begins every Token. Nothing else in a file can contain it.
const TokenStart = "@sallyport:"

// Token returns the text that a file has for an unknown value. discover.sh replaces it when the
// pod starts. It puts an IPv6 address in brackets if a port follows.
//
//	@sallyport:ingress:SERVICE@        the load balancer's name or address
//	@sallyport:nodePort:SERVICE/PORT@  the node port that the cluster chose
//	@sallyport:node:TYPE@              an address of the pod's node
//	@sallyport:host:@                  its InternalIP, from the downward API
//	@sallyport:pod:@                   the pod's own IP, from the downward API
func (v Value) Token() string { return v.token("") }

// AddressToken is Token for a field that only accepts an IP address: the word before the second
// colon ends in IP.
func (v Value) AddressToken() string { return v.token("IP") }

func (v Value) token(kind string) string {
	switch {
	case v.Source == Ingress:
		return TokenStart + "ingress" + kind + ":" + v.Service + "@"
	case v.Source == NodePort:
		return TokenStart + "nodePort" + kind + ":" + v.Service + "/" + v.Port + "@"
	case v.Source == PodIP:
		return TokenStart + "pod" + kind + ":@"
	case v.Address == v1alpha1.InternalIP:
		return TokenStart + "host" + kind + ":@"
	}
	return TokenStart + "node" + kind + ":" + string(v.Address) + "@"
}

// HostPort joins a host and a port as in URLs.
func HostPort(host, port string) string {
	if IsIPv6(host) {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// IsIP reports whether a text is an IP address. An address with a zone is none: a zone can be
// any text and is only valid on one node.
func IsIP(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Zone() == ""
}

// IsIPv6 reports whether a text is an IPv6 address.
func IsIPv6(s string) bool { return strings.Contains(s, ":") && IsIP(s) }
