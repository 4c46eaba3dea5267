package plan

import (
	"fmt"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// MaxEndpoints is how many endpoints the EndpointSlice controller puts into a slice.
const MaxEndpoints = 100

// Backends are the addresses outside that one Service stands for.
type Backends struct {
	Service string
	Emit    []v1alpha1.EndpointsKind
	Groups  []Group
}

// A Group is a set of addresses of one family that serve the same ports, in the order
// written.
type Group struct {
	Family    v1alpha1.IPFamily
	Ports     []Port // Target is the number on the address
	Addresses []Backend
}

// A Backend is one address outside.
type Backend struct {
	IP    string
	Ready bool
	Zone  string
}

// Name is what the group's slices are called, but for their number:
// <service>-<ipv4|ipv6>-<port numbers>.
func (g Group) Name(service string) string {
	parts := []string{service, strings.ToLower(string(g.Family))}
	for _, p := range g.Ports {
		parts = append(parts, strconv.Itoa(int(p.Target)))
	}
	return strings.Join(parts, "-")
}

// SliceName is a slice's, n from 1.
func (g Group) SliceName(service string, n int) string {
	return fmt.Sprintf("%s-%d", g.Name(service), n)
}
