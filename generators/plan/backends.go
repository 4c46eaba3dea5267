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
	Zoned   bool // every address that is ready has a zone
}

// A Group is a set of addresses of one family that serve the same ports, in the order
// written.
type Group struct {
	Family    v1alpha1.IPFamily
	Ports     []Port // Target is the number on the address
	OnlyPorts bool   // all addresses of the family serve the same ports
	Addresses []Backend
}

// A Backend is one address outside the cluster.
type Backend struct {
	IP    string
	Ready bool
	Zone  string
}

// Name is the name of the group's slices without their number: <service>-<ipv4|ipv6>, with
// the port numbers behind it if another group of the family has other ports.
func (g Group) Name(service string) string {
	parts := []string{service, strings.ToLower(string(g.Family))}
	if !g.OnlyPorts {
		for _, p := range g.Ports {
			parts = append(parts, strconv.Itoa(int(p.Target)))
		}
	}
	return strings.Join(parts, "-")
}

// SliceName is a slice's, n from 1.
func (g Group) SliceName(service string, n int) string {
	return fmt.Sprintf("%s-%d", g.Name(service), n)
}
