package generators

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// dklbAnnotation holds dklb's configuration object, as YAML text.
const dklbAnnotation = "kubernetes.dcos.io/dklb-config"

// edgeLB is dklb, which makes EdgeLB pools on DC/OS. It reads its annotation strictly.
// Sources: docs/usage and pkg/translator/api of mesosphere/dklb.
var edgeLB = provider{
	annotations: func(s *service) map[string]string {
		return map[string]string{dklbAnnotation: dklbConfig(s)}
	},
	check: func(p *planner, s *service) {
		for _, port := range s.ports {
			p.onlyTCP(s, port)
			p.throughCloud(s, port)
		}
	},
}

func (p *planner) onlyTCP(s *service, port port) {
	at := specField("components").Item("name", s.component).Field("ports").Item("name", port.name).Field("protocol")
	if port.protocol != v1alpha1.TCP {
		p.found.ErrorOnce(source.EngineRule, at, "take the port out of the entry, or use another provider",
			"dklb exposes TCP only, and port %s of Service %s is %s", port.name, s.name, port.protocol)
	}
}

// throughCloud holds that clients are told a port of the cloud's load balancer where there
// is one: dklb binds the pool behind it to port 0, whatever a frontend says.
func (p *planner) throughCloud(s *service, port port) {
	config := *s.access.LoadBalancer.EdgeLB.CloudProviderConfiguration
	if s.component == "" || config == "" || port.advertised == 0 || slices.Contains(cloudPorts(config), port.advertised) {
		return
	}
	p.found.WarnOnce(source.EngineRule, p.portPath(s, port.name, "advertisedPort"), "write a port that the cloud's load balancer listens on",
		"clients are told port %d, and cloudProviderConfiguration has no listener of it; the pool behind it is on any free port", port.advertised)
}

// cloudPorts are the ports of all listeners in a cloudProviderConfiguration: EdgeLB knows
// AWS alone.
func cloudPorts(config string) []int32 {
	var o struct {
		AWS struct {
			ELBs []struct{ Listeners []struct{ Port int32 } }
		}
	}
	_ = json.Unmarshal([]byte(config), &o) // Validate has told of what is no JSON
	var out []int32
	for _, elb := range o.AWS.ELBs {
		for _, l := range elb.Listeners {
			out = append(out, l.Port)
		}
	}
	return out
}

// A dklbObject is dklb's configuration object, in the order of its documentation.
type dklbObject struct {
	Name                       string          `yaml:"name,omitempty"`
	Role                       string          `yaml:"role,omitempty"`
	Network                    string          `yaml:"network,omitempty"`
	Size                       int32           `yaml:"size,omitempty"`
	CPUs                       float64         `yaml:"cpus,omitempty"`
	Memory                     int32           `yaml:"memory,omitempty"`
	Constraints                string          `yaml:"constraints,omitempty"`
	CloudProviderConfiguration string          `yaml:"cloudProviderConfiguration,omitempty"`
	Strategies                 *dklbStrategies `yaml:"strategies,omitempty"`
	Frontends                  []dklbFrontend  `yaml:"frontends"`
}

type dklbStrategies struct {
	Creation string `yaml:"creation"`
}

type dklbFrontend struct {
	Port        int32 `yaml:"port"`
	ServicePort int32 `yaml:"servicePort"`
}

func dklbOf(s *service) dklbObject {
	e := s.access.LoadBalancer.EdgeLB
	o := dklbObject{Name: s.pool, Role: *e.Role, Network: *e.Network, Size: *e.Size, CPUs: *e.CPUs, Memory: *e.Memory,
		Constraints: *e.Constraints, CloudProviderConfiguration: *e.CloudProviderConfiguration}
	if creation := *e.Strategies.Creation; creation != "" {
		o.Strategies = &dklbStrategies{string(creation)} // strategies without creation make dklb crash
	}
	for _, port := range s.ports {
		o.Frontends = append(o.Frontends, dklbFrontend{Port: port.advertised, ServicePort: port.number})
	}
	return o
}

func dklbConfig(s *service) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(dklbOf(s)); err != nil {
		panic("generators: " + err.Error()) // strings and numbers always marshal
	}
	return b.String()
}

// pool names the EdgeLB pool of a Service, where dklb's own name would be random.
func (p *planner) pool(s service, scope scope) string {
	at := p.found.Where(s.levels, setting("loadBalancer", "edgeLB", "name"))
	name := *s.access.LoadBalancer.EdgeLB.Name
	if name == "" {
		name = "$(namespace)-$(serviceName)"
	}
	name = p.named(name, scope, at, v1alpha1.DNSLabel)
	e := s.access.LoadBalancer.EdgeLB
	if *e.CloudProviderConfiguration == "" {
		return name
	}
	if !strings.HasPrefix(name, "cloud") {
		p.found.ErrorOnce(source.Contradiction, at, "write a name that begins with cloud",
			"dklb gives a pool with a cloudProviderConfiguration a random name unless it begins with cloud")
	}
	at = p.found.Where(s.levels, setting("loadBalancer", "edgeLB", "network"))
	if *e.Role != "" && *e.Role != v1alpha1.PublicRole && *e.Network != "" { // Validate tells of the others
		p.found.WarnOnce(source.Contradiction, at, "take it out, or take cloudProviderConfiguration out",
			"dklb puts a pool with a cloudProviderConfiguration on the hosts' network, whatever stands here")
	}
	return name
}

// poolByDefault tells that nobody chose the name of the Service's pool, so that nobody
// means to share it.
func (s *service) poolByDefault() bool { return *s.access.LoadBalancer.EdgeLB.Name == "" }

// frontends lists the ports that dklb makes of a Service's, in their order: it leaves out
// frontends for ports that the Service does not have, and adds one where there is none.
// Behind a cloud's load balancer they are bound to any free port: none.
func (o dklbObject) frontends(servicePorts []int32) []int32 {
	if o.CloudProviderConfiguration != "" {
		return nil
	}
	out := slices.Clone(servicePorts)
	for i, port := range servicePorts {
		for _, f := range o.Frontends {
			if f.ServicePort == port && f.Port != 0 {
				out[i] = f.Port
			}
		}
	}
	return out
}

// poolTerms are what dklb's page wants to be the same for all Services of a pool, with
// dklb's own defaults for what is not said.
func (o dklbObject) poolTerms() map[string]string {
	role, network := o.Role, o.Network
	if role == "" {
		role = v1alpha1.PublicRole
	}
	if network == "" && role != v1alpha1.PublicRole {
		network = "dcos"
	}
	or := func(v, otherwise float64) string {
		if v == 0 {
			v = otherwise
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return map[string]string{"role": role, "network": network, "size": or(float64(o.Size), 1),
		"cpus": or(o.CPUs, 0.1), "memory": or(float64(o.Memory), 128)}
}
