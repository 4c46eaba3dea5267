package v1alpha1

import (
	"encoding/json"
	"strings"
	"unicode"

	"sallyport.dev/schemas/source"
)

// edgeLBRow is dklb, which makes EdgeLB pools on DC/OS. The pool's frontends distinguish
// Services of one pool.
var edgeLBRow = ProviderRow{
	Name:      "EdgeLB",
	Is:        "dklb, which makes EdgeLB pools on DC/OS",
	NoAddress: true,
	PodsOnly:  true,
	IsProxy:   always, // HAProxy
	Reads: []Reader{{
		Name: "dklb", Prefixes: []string{"kubernetes.dcos.io/"}, Keys: []string{"dklb-config", "dklb-hash", "dklb-paused"},
	}},
	Settings: []source.Path{
		at("loadBalancer", "edgeLB", "name"),
		at("loadBalancer", "edgeLB", "role"),
		at("loadBalancer", "edgeLB", "network"),
		at("loadBalancer", "edgeLB", "size"),
		at("loadBalancer", "edgeLB", "cpus"),
		at("loadBalancer", "edgeLB", "memory"),
		at("loadBalancer", "edgeLB", "constraints"),
		at("loadBalancer", "edgeLB", "cloudProviderConfiguration"),
		at("loadBalancer", "edgeLB", "strategies", "creation"),
	},
	Pool:     func(lb *LoadBalancerSettings) string { return *lb.EdgeLB.Name },
	complete: completeEdgeLB,
	check:    checkEdgeLB,
}

// EdgeLB is dklb's configuration object: see docs/usage/10-provisioning-services of
// mesosphere/dklb. Its frontends follow from the advertised ports.
type EdgeLB struct {
	// Name is the name of the pool. Services with the same name share the pool. It can
	// contain placeholders. Default: $(namespace)-$(serviceName), because dklb's own default
	// is random.
	Name *string `json:"name,omitempty"`

	// Role is the role of the agents that run the pool: slave_public, or * for access from
	// inside DC/OS only.
	Role *string `json:"role,omitempty"`

	// Network is the virtual network that the pool joins. It must be absent with the role
	// slave_public.
	Network *string `json:"network,omitempty"`

	// Size is the number of load balancer instances.
	Size *int32 `json:"size,omitempty" is:"natural" example:"2"`

	// CPUs is the number of CPUs of each instance.
	CPUs *float64 `json:"cpus,omitempty" is:"natural" example:"0.5"`

	// Memory is the memory of each instance, in MiB.
	Memory *int32 `json:"memory,omitempty" is:"natural" example:"1024"`

	// Constraints are the constraints on placement, in Marathon's JSON.
	Constraints *string `json:"constraints,omitempty" example:"'[[\"hostname\",\"MAX_PER\",\"1\"]]'"`

	// CloudProviderConfiguration is JSON for a load balancer of the cloud provider. The name
	// of the pool must then begin with cloud.
	CloudProviderConfiguration *string `json:"cloudProviderConfiguration,omitempty"`

	// Strategies are when dklb creates the pool.
	Strategies *EdgeLBStrategies `json:"strategies,omitempty"`
}

// EdgeLBStrategies are when dklb creates the pool.
type EdgeLBStrategies struct {
	// Creation is IfNotPresent, Never or Once.
	Creation *EdgeLBCreation `json:"creation,omitempty"`
}

// EdgeLBCreation is when dklb creates a pool.
type EdgeLBCreation string

// Values lists the creation strategies.
func (EdgeLBCreation) Values() []string {
	return texts[EdgeLBCreation]("IfNotPresent", "Never", "Once")
}

func completeEdgeLB(lb *LoadBalancerSettings) {
	var e EdgeLB
	if lb.EdgeLB != nil {
		e = *lb.EdgeLB
	}
	var strategies EdgeLBStrategies
	if e.Strategies != nil {
		strategies = *e.Strategies
	}
	lb.EdgeLB, e.Strategies = &e, &strategies
	fill(&e)
	fill(&strategies)
}

// checkEdgeLB checks what dklb would reject: see docs/usage and pkg/translator/api there.
func checkEdgeLB(v *validator, lb *LoadBalancerSettings, at func(...string) source.Path) {
	e, where := *lb.EdgeLB, func(field string) source.Path { return at("loadBalancer", "edgeLB", field) }
	for field, text := range map[string]string{"constraints": *e.Constraints, "cloudProviderConfiguration": *e.CloudProviderConfiguration} {
		if text != "" && !json.Valid([]byte(text)) {
			v.Errorf(source.Invalid, where(field), "write JSON, in single quotes", "%q is not JSON", text)
		}
	}
	for field, name := range map[string]string{"role": *e.Role, "network": *e.Network} {
		v.literal(where(field), name)
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			v.Errorf(source.Invalid, where(field), "write the name that it has in DC/OS", "%q contains white space, and no %s of DC/OS does", name, field)
		}
	}
	inside := *e.Role != "" && *e.Role != PublicRole
	if !inside && *e.Network != "" {
		v.Errorf(source.Contradiction, where("network"), "take it out, or set role to \"*\"",
			"pools of the role %s use the hosts' network, and dklb rejects any other", PublicRole)
	}
}

// PublicRole is dklb's default role.
const PublicRole = "slave_public"
