package provider

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// dklbAnnotation is the annotation with the configuration object of dklb, as YAML.
const dklbAnnotation = "kubernetes.dcos.io/dklb-config"

// edgeLB is dklb, which provides EdgeLB pools on DC/OS. It rejects unknown fields in its
// annotation. Sources: docs/usage and pkg/translator/api of mesosphere/dklb.
var edgeLB = Provider{
	Name:      "EdgeLB",
	PoolField: plan.Setting("loadBalancer", "edgeLB"),
	Keys:      []Key{{Of: "edgeLB", Name: dklbAnnotation, Value: dklbConfig, Change: Redeployed}},
	Sharing:   "Services with one edgeLB.name share its pool, each with frontends of its own",
	Check: func(found *finding.Findings, s *plan.Service) {
		if s.HasPods {
			cloudPool(found, s)
		}
		for i := range s.Ports {
			onlyTCP(found, s, &s.Ports[i])
			throughCloud(found, s, &s.Ports[i])
		}
	},
	ReadForeign: func(annotations map[string]string, ports []int32) Request {
		text, ok := annotations[dklbAnnotation]
		if !ok {
			return Request{}
		}
		var o dklbObject
		if yaml.Unmarshal([]byte(text), &o) != nil || o.Name == "" {
			return Request{} // dklb would generate a random name
		}
		return Request{Pool: new(o.pool(ports))}
	},
	PoolName: func(a *v1alpha1.Access) (string, v1alpha1.Check) {
		return cmp.Or(*a.LoadBalancer.EdgeLB.Name, "$(namespace)-$(serviceName)"), v1alpha1.DNSLabel
	},
	Pool: func(s *plan.Service) Pool {
		var ports []int32
		for _, port := range s.Ports {
			ports = append(ports, port.Number)
		}
		p := dklbOf(s).pool(ports)
		p.IsDefault = *s.Access.LoadBalancer.EdgeLB.Name == ""
		return p
	},
}

func onlyTCP(found *finding.Findings, s *plan.Service, port *plan.Port) {
	if port.Protocol == v1alpha1.TCP {
		return
	}
	at := source.Path{}.Field("spec", "components").Item("name", s.ComponentName()).Field("ports").Item("name", port.Name).Field("protocol")
	found.ErrorOnce(source.EngineRule, at, "take the port out of the entry, or use another provider",
		"dklb only supports TCP, and port %s of Service %s uses %s", port.Name, s.Name, port.Protocol)
}

// throughCloud checks that the advertised port is one of the cloud's load balancer, if there is
// one. dklb binds the pool behind it to port 0 and ignores the port of a frontend.
func throughCloud(found *finding.Findings, s *plan.Service, port *plan.Port) {
	config := *s.Access.LoadBalancer.EdgeLB.CloudProviderConfiguration
	if !s.HasPods || config == "" || port.Advertised == 0 || slices.Contains(cloudPorts(config), port.Advertised) {
		return
	}
	found.WarnOnce(source.EngineRule, s.PortPath(found.Written, port.Name, "advertisedPort"), "write a port on which the cloud's load balancer listens",
		"the advertised port is %d, but cloudProviderConfiguration has no listener with that port, and the pool behind it listens on any free port", port.Advertised)
}

// cloudPool checks that dklb keeps the name and the network of a pool behind the cloud's load
// balancer.
func cloudPool(found *finding.Findings, s *plan.Service) {
	e := s.Access.LoadBalancer.EdgeLB
	if *e.CloudProviderConfiguration == "" {
		return
	}
	if !strings.HasPrefix(s.Balancer.Pool, "cloud") {
		found.ErrorOnce(source.Contradiction, found.Where(s.Levels, plan.Setting("loadBalancer", "edgeLB", "name")), "write a name that begins with cloud",
			"dklb replaces the name of a pool with a cloudProviderConfiguration by a random one unless it begins with cloud")
	}
	if *e.Role != "" && *e.Role != v1alpha1.PublicRole && *e.Network != "" { // validation reports other roles
		found.WarnOnce(source.Contradiction, found.Where(s.Levels, plan.Setting("loadBalancer", "edgeLB", "network")), "take it out, or take cloudProviderConfiguration out",
			"dklb ignores network for a pool with a cloudProviderConfiguration: it uses the hosts' network")
	}
}

// cloudPorts returns the ports of all listeners in a cloudProviderConfiguration. EdgeLB only
// supports AWS.
func cloudPorts(config string) []int32 {
	var o struct {
		AWS struct {
			ELBs []struct{ Listeners []struct{ Port int32 } }
		}
	}
	_ = json.Unmarshal([]byte(config), &o) // validation reports invalid JSON
	var out []int32
	for _, elb := range o.AWS.ELBs {
		for _, l := range elb.Listeners {
			out = append(out, l.Port)
		}
	}
	return out
}

// A dklbObject is the configuration object of dklb, with fields in the order of its
// documentation.
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

func dklbOf(s *plan.Service) dklbObject {
	e := s.Access.LoadBalancer.EdgeLB
	o := dklbObject{Name: s.Balancer.Pool, Role: *e.Role, Network: *e.Network, Size: *e.Size, CPUs: *e.CPUs, Memory: *e.Memory,
		Constraints: *e.Constraints, CloudProviderConfiguration: *e.CloudProviderConfiguration}
	if creation := *e.Strategies.Creation; creation != "" {
		o.Strategies = &dklbStrategies{string(creation)} // strategies without creation make dklb crash
	}
	for _, port := range s.Ports {
		o.Frontends = append(o.Frontends, dklbFrontend{Port: port.Advertised, ServicePort: port.Number})
	}
	return o
}

func dklbConfig(s *plan.Service) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	enc.CompactSeqIndent()
	if err := enc.Encode(dklbOf(s)); err != nil {
		panic("provider: " + err.Error()) // strings and numbers always marshal
	}
	return b.String()
}

// pool returns the pool that the object requests for a Service with these ports.
func (o dklbObject) pool(ports []int32) Pool {
	return Pool{Name: o.Name, Terms: o.poolTerms(), Frontends: o.frontends(ports)}
}

// frontends returns the port of the frontend that dklb makes for each port of a Service: it
// ignores frontends for other ports, and adds missing ones. Behind a cloud's load balancer they
// use any free port, so there are none.
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

// poolTerms returns the terms that must be equal for all Services of a pool, with the defaults
// of dklb.
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
