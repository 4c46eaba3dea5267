package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Table has the addresses of a spec for people.
type Table struct {
	Spec      string         `json:"spec"` // as in sallyport.dev/owner: <Kind>/<namespace>/<name>
	Rows      []Row          `json:"rows"`
	Bootstrap []Bootstrap    `json:"bootstrap,omitempty"`
	Gateways  []GatewayPorts `json:"-"` // the rows have them

	Certificates []CertificateRow `json:"certificates,omitempty"`
}

// A Row is a port of a Service with its advertised address.
type Row struct {
	Component string   `json:"component,omitempty"`
	Pod       string   `json:"pod"`               // * for a Service for all pods; or a machine outside the cluster
	Service   string   `json:"service,omitempty"` // empty for the types HostPort and PodIP
	Type      string   `json:"type"`
	PortName  string   `json:"portName,omitempty"` // of the component's port
	Port      int32    `json:"port"`
	NodePort  int32    `json:"nodePort,omitempty"` // or the host port
	Target    int32    `json:"targetPort"`
	DNSName   string   `json:"dnsName,omitempty"`
	Aliases   []string `json:"aliases,omitempty"`
	Address   string   `json:"address"` // HOST:PORT; a part that is not known offline is in angle brackets
	How       How      `json:"how"`

	ServicePort  string `json:"servicePortName,omitempty"` // if the port has another name in the Service
	LoadBalancer string `json:"loadBalancer,omitempty"`    // its address or pool, if the spec sets it

	HealthCheckNodePort int32 `json:"healthCheckNodePort,omitempty"` // of the Service, if the spec sets it

	Gateway      string `json:"gateway,omitempty"`      // that leads to the Service, as kind, namespace and name
	ListenerPort int32  `json:"listenerPort,omitempty"` // of the Gateway
}

// How is the way in which an advertised address becomes known.
type How string

// An address is known offline; or discovered when a pod starts, by the script or by the engine;
// or assigned by the cluster without discovery.
const (
	KnownOffline How = "known"
	Discovered   How = "discovered"
	Assigned     How = "assigned"
)

// Bootstrap has the addresses with which a client is configured.
type Bootstrap struct {
	Component string `json:"component"`
	PortName  string `json:"portName"`
	Addresses string `json:"addresses"` // HOST:PORT,HOST:PORT
}

// A CertificateRow has the names in the certificate of a component. With a certificate for each pod,
// $POD_NAME is the name of the pod.
type CertificateRow struct {
	Component string   `json:"component"`
	Secret    string   `json:"secret,omitempty"` // empty: each pod has a certificate of its own
	Names     []string `json:"names"`
}

// String describes the certificate for people.
func (r CertificateRow) String() string {
	where := "one for each pod"
	if r.Secret != "" {
		where = "in Secret " + r.Secret
	}
	return fmt.Sprintf("certificate %s: %s, names and addresses: %d", r.Component, where, len(r.Names))
}

// Table returns the address table of a plan.
func (p *Plan) Table() Table {
	t := Table{Spec: p.Owner, Rows: []Row{}}
	for i := range p.Services {
		s := &p.Services[i]
		if s.Mode == v1alpha1.Headless && s.HasPods {
			t.Rows = append(t.Rows, p.headlessRows(s)...)
			continue
		}
		for j := range s.Ports {
			t.Rows = append(t.Rows, p.row(s, &s.Ports[j]))
		}
		t.Rows = append(t.Rows, p.machineRows(s)...)
	}
	t.Bootstrap, t.Gateways = bootstrap(t.Rows), gatewayPorts(t.Rows)
	for _, c := range p.Components {
		if cert := c.Certificate; cert != nil {
			t.Certificates = append(t.Certificates, CertificateRow{c.Spec.Name, cert.Secret, slices.Concat(cert.Names.DNS, cert.Names.IPs)})
		}
	}
	return t
}

func (p *Plan) row(s *Service, port *Port) Row {
	row := Row{Component: s.ComponentName(), Pod: "*", Service: s.Name, Type: string(s.Type), PortName: port.Name,
		Port: port.Number, NodePort: port.NodePort, Target: port.Target, DNSName: s.Hostname, Aliases: s.Aliases, LoadBalancer: s.BalancerID(),
		HealthCheckNodePort: s.HealthCheckNodePort}
	switch {
	case !s.IsService():
		row.Service, row.NodePort = "", port.HostPort
	case s.IsAlias:
		row.Type = "ExternalName"
	}
	if s.Pod != nil {
		row.Pod = s.Pod.Name
	}
	row.ServicePort = port.ownName()
	if s.Route != nil {
		row.ListenerPort, row.Gateway = s.Route.Port, s.Route.Via()
	}
	if IsIP(row.DNSName) || row.DNSName == "" {
		row.DNSName = p.FQDN(row.Service)
	}
	number := s.Advertised(port)
	row.Address, row.How = HostPort(s.Host.String(), number.String()), s.how(s.Host, number)
	return row
}

// headlessRows returns the ports at which pods reach each other by the name of a headless
// Service: those that it has, and those that it cannot have because they count up from pod to pod.
// It leaves out those that another entry advertises.
func (p *Plan) headlessRows(s *Service) []Row {
	var out []Row
	c := s.Component
	named := len(c.Pods) > 0 && c.Headless == s.Name && c.PodDomain != ""
	row := func(port *Port) Row {
		return Row{Component: c.Spec.Name, Pod: "*", Service: s.Name, Type: string(v1alpha1.Headless), PortName: port.Name, ServicePort: port.ownName(),
			Port: port.Number, Target: port.Target, How: KnownOffline}
	}
	for i := range s.Ports {
		port := &s.Ports[i]
		if one := row(port); named {
			out = append(out, c.insideRows(s, one, &v1alpha1.Port{Name: port.Name, ContainerPort: port.Target})...)
		} else {
			one.DNSName = p.FQDN(s.Name)
			one.Address = HostPort(one.DNSName, Number(port.Target).Text)
			if len(s.Announced) > 0 {
				one.DNSName = s.Hostname
			}
			out = append(out, one)
		}
	}
	for i := range c.Spec.Ports {
		if port := &c.Spec.Ports[i]; named && c.Counted[port.Name] != nil {
			out = append(out, c.insideRows(s, row(&Port{Name: port.Name}), port)...)
		}
	}
	return out
}

// insideRows returns the row of a port for each pod that does not advertise it to clients outside.
// A row without numbers gets those of the pod.
func (c *Component) insideRows(s *Service, row Row, port *v1alpha1.Port) []Row {
	var out []Row
	for i := range c.Pods {
		one, pod := row, &c.Pods[i]
		if a := c.Address(pod, port); a.Service == nil {
			one.Pod, one.DNSName, one.Address = pod.Name, a.Host.Text, HostPort(a.Host.Text, a.Port.Text)
			one.Port, one.Target = cmp.Or(row.Port, c.Listens(port, pod)), c.Listens(port, pod)
			if len(s.Announced) > 0 {
				one.DNSName = pod.Name + "." + s.Hostname
			}
			out = append(out, one)
		}
	}
	return out
}

// machineRows returns the ports of the addresses outside the cluster that have names in DNS.
func (p *Plan) machineRows(s *Service) []Row {
	if p.Backends == nil {
		return nil
	}
	var out []Row
	type opening struct{ address, port string }
	seen := map[opening]bool{}
	for _, g := range p.Backends.Groups {
		for _, b := range g.Addresses {
			if b.Hostname == "" || !b.Ready {
				continue // DNS has no name, or leaves it out
			}
			for _, target := range g.Ports {
				row := p.row(s, s.Port(target.Name))
				row.Pod, row.Target, row.DNSName = b.Hostname, target.Target, b.Hostname+"."+p.FQDN(s.Name)
				row.Address, row.How = HostPort(row.DNSName, Number(target.Target).Text), KnownOffline
				if key := (opening{row.Address, row.PortName}); !seen[key] { // it has addresses of both families
					seen[key] = true
					out = append(out, row)
				}
			}
		}
	}
	return out
}

// how returns the way in which values of a Service become known.
func (s *Service) how(values ...Value) How {
	out := KnownOffline
	for _, v := range values {
		switch {
		case v.Source == Known || out == Assigned:
		case s.Component != nil && s.Component.discovers(s, v):
			out = Discovered
		default:
			out = Assigned
		}
	}
	return out
}

// bootstrapPods is the number of pods in a bootstrap string. Clients learn the others from
// them.
const bootstrapPods = 3

// bootstrap returns the bootstrap addresses of each port that clients reach: the Service for
// all pods, or some of the pods.
func bootstrap(rows []Row) []Bootstrap {
	var out []Bootstrap
	shared, pods := map[Bootstrap]Row{}, map[Bootstrap][]Row{}
	for _, r := range rows {
		if r.Component == "" || r.Type == string(v1alpha1.Headless) {
			continue
		}
		of := Bootstrap{Component: r.Component, PortName: r.PortName}
		if _, ok := shared[of]; !ok && len(pods[of]) == 0 {
			out = append(out, of)
		}
		if r.Pod == "*" {
			if first, ok := shared[of]; !ok || first.Type == string(v1alpha1.ClusterIP) && r.Type != first.Type {
				shared[of] = r // the first one outside, if there is one
			}
		} else if len(pods[of]) < bootstrapPods {
			pods[of] = append(pods[of], r)
		}
	}
	for i := range out {
		all, one := pods[out[i]], shared[out[i]]
		inside := one.Type == string(v1alpha1.ClusterIP) && len(all) > 0 && all[0].Type != one.Type
		if one.Address != "" && !inside && (one.How == KnownOffline || len(all) == 0 || all[0].How != KnownOffline) {
			all = []Row{one}
		}
		var addresses []string
		for _, r := range all {
			addresses = append(addresses, r.Address)
		}
		out[i].Addresses = strings.Join(slices.Compact(addresses), ",")
	}
	return out
}
