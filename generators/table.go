package generators

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Table is what a plan decided, for people: the addresses of one spec.
type Table struct {
	Spec      string      `json:"spec"` // as in sallyport.dev/owner: <Kind>/<namespace>/<name>
	Rows      []Row       `json:"rows"`
	Bootstrap []Bootstrap `json:"bootstrap,omitempty"`
}

// A Row is a port of a Service, and what its clients are told.
type Row struct {
	Component string `json:"component,omitempty"`
	Pod       string `json:"pod"`               // * for a Service of all pods
	Service   string `json:"service,omitempty"` // none with HostPort
	Type      string `json:"type"`
	PortName  string `json:"portName,omitempty"`
	Port      int32  `json:"port"`
	NodePort  int32  `json:"nodePort,omitempty"` // or the host port
	Target    int32  `json:"targetPort"`
	DNSName   string `json:"dnsName,omitempty"`
	Address   string `json:"address"` // HOST:PORT; what is not known offline in angle brackets
	How       How    `json:"how"`

	LoadBalancer string `json:"loadBalancer,omitempty"` // its address or EdgeLB pool, where written
}

// How tells where an advertised address comes from.
type How string

// An address is known offline; or discovered when the pod starts, because a file mentions
// it or the engine asks; or assigned by the cluster, and nobody asks.
const (
	Known      How = "known"
	Discovered How = "discovered"
	Assigned   How = "assigned"
)

// Bootstrap is what a client is configured with: addresses to start from.
type Bootstrap struct {
	Component string `json:"component"`
	PortName  string `json:"portName"`
	Addresses string `json:"addresses"` // HOST:PORT,HOST:PORT
}

// Plan returns the address table of every spec, or the reasons that there are none.
func Plan(specs []*v1alpha1.Spec, others []*source.Document) ([]Table, source.Diagnostics) {
	planners, ds := planAll(specs, others)
	if ds.Failed() {
		return nil, ds
	}
	var out []Table
	for _, p := range planners {
		out = append(out, p.table())
	}
	return out, ds
}

func (p *planner) table() Table {
	t := Table{Spec: p.owner, Rows: []Row{}}
	for i := range p.services {
		s := &p.services[i]
		if s.mode == v1alpha1.Headless && s.component != "" {
			t.Rows = append(t.Rows, p.headlessRows(s)...)
			continue
		}
		for j := range s.ports {
			t.Rows = append(t.Rows, p.row(s, &s.ports[j]))
		}
	}
	t.Bootstrap = bootstrap(t.Rows)
	return t
}

func (p *planner) row(s *service, port *port) Row {
	row := Row{Component: s.component, Pod: "*", Service: s.name, Type: string(s.typ), PortName: port.name,
		Port: port.number, NodePort: port.nodePort, Target: port.target, DNSName: s.host, LoadBalancer: s.frontDoor()}
	host, number := p.hostOf(s), s.portOf(port.name)
	switch {
	case s.onNodes():
		row.Service, row.NodePort = "", port.hostPort
	case s.externalName != "":
		row.Type, host = "ExternalName", known(s.externalName)
	case s.component == "" && s.typ == v1alpha1.ClusterIP:
		number = known(strconv.Itoa(int(port.number)))
	}
	if s.pod != nil {
		row.Pod = s.pod.name
	}
	if isIP(row.DNSName) || row.DNSName == "" {
		row.DNSName = p.serviceFQDN(row.Service)
	}
	row.Address, row.How = hostPort(host.told(), number.told()), p.how(s, host, number)
	return row
}

// headlessRows are the ports by which pods are told of each other: those that no other
// entry carries.
func (p *planner) headlessRows(s *service) []Row {
	var out []Row
	c := p.componentNamed(s.component)
	for i := range s.ports {
		port := &s.ports[i]
		row := Row{Component: c.Name, Service: s.name, Type: string(v1alpha1.Headless), PortName: port.name, Port: port.number, Target: port.target, How: Known}
		if len(c.pods) == 0 || c.headless != s.name || p.namespace == "" {
			row.Pod, row.DNSName = "*", p.serviceFQDN(s.name)
			row.Address = hostPort(row.DNSName, strconv.Itoa(int(port.target)))
			out = append(out, row)
			continue
		}
		for j := range c.pods {
			if t := p.told(c, &c.pods[j], v1alpha1.Port{Name: port.name, ContainerPort: port.target}); t.svc == nil {
				row.Pod, row.DNSName = c.pods[j].name, t.host.text
				row.Address = hostPort(t.host.text, t.port.text)
				out = append(out, row)
			}
		}
	}
	return out
}

// how tells who finds what is not known.
func (p *planner) how(s *service, values ...value) How {
	out := Known
	for _, v := range values {
		switch {
		case v.token == "" || out == Assigned:
		case s.component != "" && p.asks(p.componentNamed(s.component), s, v.token):
			out = Discovered
		default:
			out = Assigned
		}
	}
	return out
}

// asks tells whether anybody finds the value of a token when a pod starts.
func (p *planner) asks(c *component, s *service, token string) bool {
	switch {
	case c.Config == nil:
		return false
	case *c.Config.Discovery.By == v1alpha1.ByEngine:
		return s.pod != nil
	case c.asked == nil:
		c.asked = p.tokensOf(c)
	}
	return c.asked[token] || c.asked[bare(token)]
}

// tokensOf are those that the files of a component have.
func (p *planner) tokensOf(c *component) map[string]bool {
	out := map[string]bool{}
	if cm := p.configOf(c); cm != nil {
		for _, text := range cm.data {
			for _, token := range tokens.FindAllString(text, -1) {
				out[token] = true
			}
		}
	}
	return out
}

// told is the value for people: what is not known in angle brackets.
func (v value) told() string {
	if v.token == "" {
		return v.text
	}
	m := tokens.FindStringSubmatch(v.token)
	switch m[1] {
	case "ingress":
		return "<address of " + m[2] + ">"
	case "nodePort":
		return "<node port>"
	case "node":
		return "<" + m[2] + " of the node>"
	}
	return "<InternalIP of the node>"
}

func hostPort(host, port string) string {
	if isIPv6(host) {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// startFrom is how many pods a bootstrap string names: clients learn the rest from any.
const startFrom = 3

// bootstrap lists, for each port of a component that clients outside are told of, what
// they start from: the Service for all pods, or some of the pods.
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
			shared[of] = r
		} else if len(pods[of]) < startFrom {
			pods[of] = append(pods[of], r)
		}
	}
	for i := range out {
		all, one := pods[out[i]], shared[out[i]]
		inside := one.Type == string(v1alpha1.ClusterIP) && len(all) > 0 && all[0].Type != one.Type
		if one.Address != "" && !inside && (one.How == Known || len(all) == 0 || all[0].How != Known) {
			all = []Row{one}
		}
		out[i].Addresses = strings.Join(slices.Compact(namesOf(all, func(r Row) string { return r.Address })), ",")
	}
	return out
}
