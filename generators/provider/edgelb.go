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

// dklbAnnotation holds dklb's configuration object, as YAML text.
const dklbAnnotation = "kubernetes.dcos.io/dklb-config"

// edgeLB is dklb, which makes EdgeLB pools on DC/OS. It reads its annotation strictly.
// Sources: docs/usage and pkg/translator/api of mesosphere/dklb.
var edgeLB = Provider{
	Name:      "EdgeLB",
	PoolField: plan.Setting("loadBalancer", "edgeLB"),
	Annotations: func(s *plan.Service) map[string]string {
		return map[string]string{dklbAnnotation: dklbConfig(s)}
	},
	Check: func(found *finding.Findings, s *plan.Service) {
		if s.HasPods {
			cloudPool(found, s)
		}
		for i := range s.Ports {
			onlyTCP(found, s, &s.Ports[i])
			throughCloud(found, s, &s.Ports[i])
		}
	},
	Ask: func(annotations map[string]string, ports []int32) Asked {
		var o dklbObject
		if yaml.Unmarshal([]byte(annotations[dklbAnnotation]), &o) != nil || o.Name == "" {
			return Asked{} // dklb would make up a name
		}
		return Asked{Pool: new(o.pool(ports))}
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
		"dklb exposes TCP only, and port %s of Service %s is %s", port.Name, s.Name, port.Protocol)
}

// throughCloud holds that clients are given a port of the cloud's load balancer where there
// is one: dklb binds the pool behind it to port 0, whatever a frontend says.
func throughCloud(found *finding.Findings, s *plan.Service, port *plan.Port) {
	config := *s.Access.LoadBalancer.EdgeLB.CloudProviderConfiguration
	if !s.HasPods || config == "" || port.Advertised == 0 || slices.Contains(cloudPorts(config), port.Advertised) {
		return
	}
	found.WarnOnce(source.EngineRule, s.PortPath(found.Written, port.Name, "advertisedPort"), "write a port that the cloud's load balancer listens on",
		"clients are told port %d, and cloudProviderConfiguration has no listener of it; the pool behind it is on any free port", port.Advertised)
}

// cloudPool holds that the pool of a cloud's load balancer is what was written.
func cloudPool(found *finding.Findings, s *plan.Service) {
	e := s.Access.LoadBalancer.EdgeLB
	if *e.CloudProviderConfiguration == "" {
		return
	}
	if !strings.HasPrefix(s.Balancer.Pool, "cloud") {
		found.ErrorOnce(source.Contradiction, found.Where(s.Levels, plan.Setting("loadBalancer", "edgeLB", "name")), "write a name that begins with cloud",
			"dklb gives a pool with a cloudProviderConfiguration a random name unless it begins with cloud")
	}
	if *e.Role != "" && *e.Role != v1alpha1.PublicRole && *e.Network != "" { // validation reports the others
		found.WarnOnce(source.Contradiction, found.Where(s.Levels, plan.Setting("loadBalancer", "edgeLB", "network")), "take it out, or take cloudProviderConfiguration out",
			"dklb puts a pool with a cloudProviderConfiguration on the hosts' network, whatever stands here")
	}
}

// cloudPorts are the ports of all listeners in a cloudProviderConfiguration: EdgeLB knows
// AWS alone.
func cloudPorts(config string) []int32 {
	var o struct {
		AWS struct {
			ELBs []struct{ Listeners []struct{ Port int32 } }
		}
	}
	_ = json.Unmarshal([]byte(config), &o) // validation reports what is no JSON
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

// pool is what the object and the Service's ports come to.
func (o dklbObject) pool(ports []int32) Pool {
	return Pool{Name: o.Name, Terms: o.poolTerms(), Frontends: o.frontends(ports)}
}

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
