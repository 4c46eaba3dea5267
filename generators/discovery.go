package generators

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// What is not known offline stands in a file as a token, and discover.sh puts the value
// in its place at pod start. A token says what is looked for, and where:
//
//	@sallyport:ingress:SERVICE@        the load balancer's name or address
//	@sallyport:nodePort:SERVICE/PORT@  the node port that the cluster chose
//	@sallyport:node:TYPE@              an address of the pod's node
//	@sallyport:host:@                  its InternalIP, from the downward API
//
// A kind whose name ends in IP takes an address and no name. An IPv6 address gets brackets
// where a port follows.
const tokenStart = "@sallyport:"

func ingressToken(service string) string { return tokenStart + "ingress:" + service + "@" }

func portToken(service, port string) string {
	return tokenStart + "nodePort:" + service + "/" + port + "@"
}

func nodeToken(t v1alpha1.NodeAddressType) string {
	if t == v1alpha1.InternalIP {
		return tokenStart + "host:@"
	}
	return tokenStart + "node:" + string(t) + "@"
}

// bare turns a token for a host into one for an address: no name, no brackets.
func bare(token string) string {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(token, tokenStart), ":")
	return tokenStart + kind + "IP:" + rest
}

// ofNode matches what a pod asks of its own node.
var ofNode = regexp.MustCompile(tokenStart + `(node|host)(IP)?:`)

var tokens = regexp.MustCompile(tokenStart + `(\w+):([^@]*)@`)

// A need is what discovery asks the API for.
type need struct {
	services []string // in the order of the plan, each once
	node     bool
	host     bool // by the downward API
	any      bool // something is discovered, if only by the downward API
}

// api tells whether anything is asked of the API server.
func (n *need) api() bool { return len(n.services) > 0 || n.node }

// read adds what a file of a ConfigMap leaves open.
func (n *need) read(text string) {
	for _, m := range tokens.FindAllStringSubmatch(text, -1) {
		n.any = true
		switch kind, arg := strings.TrimSuffix(m[1], "IP"), m[2]; kind {
		case "ingress":
			n.add(arg)
		case "nodePort":
			service, _, _ := strings.Cut(arg, "/")
			n.add(service)
		case "node":
			n.node = true
		case "host":
			n.host = true
		}
	}
}

func (n *need) add(service string) {
	if !slices.Contains(n.services, service) {
		n.services = append(n.services, service)
	}
}

// scriptKey is the script's, in the ConfigMap.
const scriptKey = "discover.sh"

//go:embed discover.sh
var discoverScript string

// discoverSh is the script, with its bound: a timeout as Validate lets it through.
func discoverSh(timeout string) string {
	return strings.Replace(discoverScript, "TIMEOUT=300", fmt.Sprintf("TIMEOUT=%d", seconds(timeout)), 1)
}

var durationPart = regexp.MustCompile(`(\d+)([hms])`)

func seconds(timeout string) int {
	total := 0
	for _, m := range durationPart.FindAllStringSubmatch(timeout, -1) {
		n, _ := strconv.Atoi(m[1])
		total += n * map[string]int{"h": 3600, "m": 60, "s": 1}[m[2]]
	}
	return total
}
