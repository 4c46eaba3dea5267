package plan

// A BackendRow is a set of addresses outside the cluster with the same ports and traits, in the order
// of the spec.
type BackendRow struct {
	Service   string        `json:"service"`
	Addresses []string      `json:"addresses"`
	Ports     []BackendPort `json:"ports"`
	Ready     bool          `json:"ready"` // false: listed, but without traffic
	Zone      string        `json:"zone,omitempty"`
	Hostname  string        `json:"hostname,omitempty"` // below the name of a headless Service
	NodeName  string        `json:"nodeName,omitempty"`
}

// A BackendPort is a port of the Service, and the port of the addresses that it leads to.
type BackendPort struct {
	Name     string `json:"name,omitempty"`
	Port     int32  `json:"port"`
	Target   int32  `json:"targetPort"`
	Protocol string `json:"protocol"`
}

// backendRows returns the addresses of an ExternalEndpoints.
func (p *Plan) backendRows() []BackendRow {
	if p.Backends == nil {
		return nil
	}
	var out []BackendRow
	svc := &p.Services[0]
	for _, g := range p.Backends.Groups {
		var ports []BackendPort
		for _, port := range g.Ports {
			ports = append(ports, BackendPort{port.Name, svc.Port(port.Name).Number, port.Target, string(port.Protocol)})
		}
		first := len(out)
		for _, a := range g.Addresses {
			row := BackendRow{Service: svc.Name, Ports: ports, Ready: a.Ready, Zone: a.Zone, Hostname: a.Hostname, NodeName: a.NodeName}
			if last := len(out) - 1; last < first || !out[last].alike(row) {
				out = append(out, row)
			}
			last := &out[len(out)-1]
			last.Addresses = append(last.Addresses, a.IP)
		}
	}
	return out
}

// alike reports whether two rows of a group differ in their addresses only.
func (r BackendRow) alike(o BackendRow) bool {
	return r.Ready == o.Ready && r.Zone == o.Zone && r.Hostname == o.Hostname && r.NodeName == o.NodeName
}
