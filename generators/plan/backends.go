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
	Hinted  bool // every address that is ready has hints
}

// A Group is a set of addresses of one family that serve the same ports, in the order of the
// spec.
type Group struct {
	Family    v1alpha1.IPFamily
	Ports     []Port // Target is the port on the addresses
	OnlyPorts bool   // all addresses of the family serve the same ports
	Addresses []Backend
}

// A Backend is an address outside the cluster.
type Backend struct {
	IP string
	*Traits
}

// Traits are what the addresses of an entry of endpoints have in common. A text is "" if the spec
// does not set it.
type Traits struct {
	Ready    bool
	Zone     string
	Hostname string   // in DNS, below the name of the Service
	NodeName string   // the node of the cluster that the addresses are on
	ForZones []string // the zones whose nodes use the addresses, where Backends are Hinted
}

// Name returns the name of the group's slices without their number: <service>-<ipv4|ipv6>,
// followed by the port numbers if another group of the family has other ports.
func (g Group) Name(service string) string {
	parts := []string{service, strings.ToLower(string(g.Family))}
	if !g.OnlyPorts {
		for _, p := range g.Ports {
			parts = append(parts, strconv.Itoa(int(p.Target)))
		}
	}
	return strings.Join(parts, "-")
}

// SliceName returns the name of the n-th slice, from 1.
func (g Group) SliceName(service string, n int) string {
	return fmt.Sprintf("%s-%d", g.Name(service), n)
}
