package generators

import (
	"bytes"
	"strconv"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"

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
			if port.protocol == v1alpha1.TCP {
				continue
			}
			if at := specField("components").Item("name", s.component).Field("ports").Item("name", port.name).Field("protocol"); p.once(source.EngineRule, at) {
				p.Errorf(source.EngineRule, at, "take the port out of the entry, or use another provider",
					"dklb exposes TCP only, and port %s of Service %s is %s", port.name, s.name, port.protocol)
			}
		}
	},
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
	at := p.Where(s.levels, setting("loadBalancer", "edgeLB", "name"))
	name := *s.access.LoadBalancer.EdgeLB.Name
	if name == "" {
		name = "$(namespace)-$(serviceName)"
	}
	return p.named(name, scope, at, validation.IsDNS1123Label)
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
