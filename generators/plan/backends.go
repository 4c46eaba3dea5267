package plan

import (
	"fmt"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// MaxEndpoints is the limit of endpoints in a slice, as in the EndpointSlice controller.
const MaxEndpoints = 100

// Backends are the addresses outside the cluster that a Service has.
type Backends struct {
	Service string
	Emit    []v1alpha1.EndpointsKind
	Groups  []Group
}

// A Group is a set of addresses of one family that serve the same ports, in the order of the
// spec.
type Group struct {
	Family    v1alpha1.IPFamily
	Ports     []Port // Target is the port on the addresses
	Addresses []Backend
}

// A Backend is an address outside the cluster.
type Backend struct {
	IP    string
	Ready bool
	Zone  string
}

// Name returns the name of the group's slices without their number: <service>-<ipv4|ipv6>-<port
// numbers>.
func (g Group) Name(service string) string {
	parts := []string{service, strings.ToLower(string(g.Family))}
	for _, p := range g.Ports {
		parts = append(parts, strconv.Itoa(int(p.Target)))
	}
	return strings.Join(parts, "-")
}

// SliceName returns the name of the n-th slice, from 1.
func (g Group) SliceName(service string, n int) string {
	return fmt.Sprintf("%s-%d", g.Name(service), n)
}
