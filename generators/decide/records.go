package decide

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// maxRecords is the limit of the records of a DNSEndpoint in bytes. It is Sallyport's own: etcd
// rejects objects over 1.5 MiB.
const maxRecords = 1 << 20

// recordSize is what a record has in an object in JSON, without names and targets.
const recordSize = 80

// A recordDecider decides the records of the DNSEndpoint of a spec. A name that several Services
// have is in it once: preflight reports it if they lead to different addresses.
type recordDecider struct {
	*decider
	owners map[string]*plan.Service // the first one of each name
	size   int
}

func newRecordDecider(d *decider) *recordDecider {
	return &recordDecider{decider: d, owners: map[string]*plan.Service{}}
}

func (d *recordDecider) decide() {
	for i := range d.plan.Services {
		s := &d.plan.Services[i]
		if !s.ByEndpoint() || len(s.Announced) == 0 {
			continue
		}
		targets := s.Targets()
		if len(targets) == 0 {
			d.noTarget(s)
			continue
		}
		for _, name := range s.Announced {
			d.add(s, name, targets)
		}
	}
	d.checkLoops()
}

// checkLoops reports a name that leads to itself by way of others. dnsTarget reports one that names
// itself.
func (d *recordDecider) checkLoops() {
	if d.plan.DNS == nil {
		return
	}
	next := map[string]string{}
	for _, r := range d.plan.DNS.Records {
		if r.Type == plan.RecordCNAME {
			next[r.Name] = r.Targets[0]
		}
	}
	for _, r := range d.plan.DNS.Records {
		names := []string{r.Name}
		for at := next[r.Name]; at != "" && len(names) <= len(next); at = next[at] {
			if names = append(names, at); at == r.Name {
				s := d.owners[at]
				d.found.ErrorOnce(source.Contradiction, d.found.Where(s.Levels, plan.Setting("externalDNS", "target")), "let one of the names point at one that is not in the DNSEndpoint",
					"the name leads to itself: %s", strings.Join(names, " -> "))
				delete(next, at) // the others of the loop need no message of their own
				break
			}
		}
	}
}

// add adds the records of a name. The labels and annotations of the object have a limit of their own.
func (d *recordDecider) add(s *plan.Service, name string, targets []string) {
	ttl := *s.Access.ExternalDNS.TTL
	if by := d.owners[name]; by != nil {
		if *by.Access.ExternalDNS.TTL != ttl {
			d.found.ErrorOnce(source.Contradiction, d.found.Where(s.Levels, plan.Setting("externalDNS", "ttl")), "write the same ttl for both",
				"%s and %s have the name %s, and different values of ttl for it", by.Display(), s.Display(), name)
		}
		return
	}
	d.owners[name] = s
	if d.plan.DNS == nil {
		d.plan.DNS = &plan.DNSEndpoint{Name: d.plan.Object.Name}
	}
	for _, r := range plan.Records(name, ttl, targets) {
		d.plan.DNS.Records = append(d.plan.DNS.Records, r)
		d.size += recordSize + len(r.Name)
		for _, target := range r.Targets {
			d.size += len(target)
		}
	}
	if d.size > maxRecords {
		d.found.ErrorOnce(source.NumberRange, by(d.decider, s), "split the spec, shorten the names, or write by: Annotations",
			"the records of the DNSEndpoint have more than %d bytes, which is the limit", maxRecords)
	}
}

// by returns where the way to publish a Service is written.
func by(d *decider, s *plan.Service) source.Path {
	return d.found.Where(s.Levels, plan.Setting("externalDNS", "by"))
}

// noTarget reports a Service with names in DNS that lead to no address that is known offline. It is
// silent if there is an error from which that may follow.
func (d *recordDecider) noTarget(s *plan.Service) {
	if *s.Access.ExternalDNS.Target != "" || s.Component != nil && d.found.WrongIn(s.Component.Path) {
		return
	}
	why, wayOut := "the address of its node is not in the spec", "set externalDNS.target, with $(pod) in it or for each pod under pods"
	switch {
	case len(s.RequestedAddresses()) > 0:
		why = "only the provider knows the address of " + s.Balancer.Address()
		wayOut = "set externalDNS.target; or write by: Annotations, so that external-dns reads the address of the load balancer"
	case s.Balanced():
		why = "the address of its load balancer is not in the spec"
		wayOut = "set loadBalancer.address or addresses, or externalDNS.target; or write by: Annotations, so that external-dns reads the address"
	case s.Type == v1alpha1.NodePort:
		why = "the addresses of the nodes are not in the spec"
		wayOut = "set externalDNS.target; or write by: Annotations, so that external-dns reads the addresses of the nodes"
	case s.IsRouted():
		why = "the address of the Gateway is not in the spec"
		wayOut = "set gateway.address or externalDNS.target"
	case s.Type == v1alpha1.PodIP:
		why = "the address of the pod is not in the spec"
	}
	d.found.ErrorOnce(source.Undetermined, by(d.decider, s), wayOut, "a record of %s needs an address: %s", s.Announced[0], why)
}
