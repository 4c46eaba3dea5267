package plan

import (
	"net/netip"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Source is how a value becomes known.
type Source uint8

// A value is known offline, or in the cluster: a load balancer's address is in the Service's
// status, a node port that nobody chose in the Service's spec, an address of the pod's node
// in the node's status.
const (
	Known Source = iota
	Ingress
	NodePort
	Node
)

// A Value is a host or a port number that clients are given, or how it becomes known.
type Value struct {
	Source  Source
	Text    string                   // Known
	Service string                   // Ingress and NodePort: the Service that is read
	Port    string                   // NodePort: the port's name
	Address v1alpha1.NodeAddressType // Node
}

// Text is a Value that is known.
func Text(s string) Value { return Value{Text: s} }

// Number is a port number that is known.
func Number(n int32) Value { return Text(strconv.Itoa(int(n))) }

// String is the value for people: what is not known stands in angle brackets.
func (v Value) String() string {
	switch v.Source {
	case Ingress:
		return "<address of " + v.Service + ">"
	case NodePort:
		return "<node port>"
	case Node:
		return "<" + string(v.Address) + " of the node>"
	}
	return v.Text
}

// TokenStart begins every Token, and nothing else in a file.
const TokenStart = "@sallyport:"

// Token is what a file has in the place of a value that is not known. discover.sh puts the
// value there when the pod starts; an IPv6 address gets brackets where a port follows.
//
//	@sallyport:ingress:SERVICE@        the load balancer's name or address
//	@sallyport:nodePort:SERVICE/PORT@  the node port that the cluster chose
//	@sallyport:node:TYPE@              an address of the pod's node
//	@sallyport:host:@                  its InternalIP, from the downward API
func (v Value) Token() string { return v.token("") }

// AddressToken is Token for a place that takes an IP address and no name: the word before
// the second colon ends in IP.
func (v Value) AddressToken() string { return v.token("IP") }

func (v Value) token(kind string) string {
	switch {
	case v.Source == Ingress:
		return TokenStart + "ingress" + kind + ":" + v.Service + "@"
	case v.Source == NodePort:
		return TokenStart + "nodePort" + kind + ":" + v.Service + "/" + v.Port + "@"
	case v.Address == v1alpha1.InternalIP:
		return TokenStart + "host" + kind + ":@"
	}
	return TokenStart + "node" + kind + ":" + string(v.Address) + "@"
}

// HostPort joins the two as URLs have it.
func HostPort(host, port string) string {
	if IsIPv6(host) {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// IsIP tells whether a text is an address. A zone makes it none: it may be any text, and
// means something on one node only.
func IsIP(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Zone() == ""
}

// IsIPv6 tells whether a text is an IPv6 address.
func IsIPv6(s string) bool { return strings.Contains(s, ":") && IsIP(s) }
