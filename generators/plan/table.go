package plan

import (
	"fmt"
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// A Table has the addresses of a spec for people.
type Table struct {
	Spec      string         `json:"spec"` // as in sallyport.dev/owner: <Kind>/<namespace>/<name>
	Rows      []Row          `json:"rows"`
	Backends  []BackendRow   `json:"backends,omitempty"`
	Bootstrap []Bootstrap    `json:"bootstrap,omitempty"`
	Gateways  []GatewayPorts `json:"-"` // the rows have them

	Certificates []CertificateRow `json:"certificates,omitempty"`
}

// A Row is a port of a Service with its advertised address.
type Row struct {
	Component string   `json:"component,omitempty"`
	Entry     string   `json:"entry,omitempty"`   // of services
	Pod       string   `json:"pod"`               // * for a Service for all pods; or a machine outside the cluster
	Service   string   `json:"service,omitempty"` // empty for the types HostPort and PodIP
	Type      string   `json:"type"`
	PortName  string   `json:"portName,omitempty"` // of the component's port
	Protocol  string   `json:"protocol,omitempty"` // if it is not TCP
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

	Inside    bool `json:"inside,omitempty"` // clients outside the cluster have another address for the port of the pod
	InCluster bool `json:"-"`                // DNSName is that of the Service in the cluster
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
		if s.IsAlias && len(s.Ports) == 0 {
			t.Rows = append(t.Rows, p.aliasRow(s))
		}
		t.Rows = append(t.Rows, p.machineRows(s)...)
	}
	t.Bootstrap, t.Gateways, t.Backends = bootstrap(t.Rows), gatewayPorts(t.Rows), p.backendRows()
	for _, c := range p.Components {
		if cert := c.Certificate; cert != nil {
			t.Certificates = append(t.Certificates, CertificateRow{c.Spec.Name, cert.Secret, slices.Concat(cert.Names.DNS, cert.Names.IPs)})
		}
	}
	return t
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
