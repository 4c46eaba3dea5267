package v1alpha1

import (
	"encoding/json"
	"strings"
	"unicode"

	"sallyport.dev/schemas/source"
)

// edgeLBRow is dklb, which makes EdgeLB pools on DC/OS. Services of one pool are told apart
// by the pool's frontends.
var edgeLBRow = ProviderRow{
	Name:      "EdgeLB",
	NoAddress: true,
	PodsOnly:  true,
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
	Pool: func(lb *LoadBalancerSettings) string { return *lb.EdgeLB.Name },
}

// EdgeLB is dklb's configuration object, docs/usage/10-provisioning-services of
// mesosphere/dklb. Its frontends come from the advertised ports.
type EdgeLB struct {
	// Name is the pool's. Services of one name share it. It takes placeholders. Default:
	// $(namespace)-$(serviceName), where dklb's own would be random.
	Name *string `json:"name,omitempty"`

	// Role is what the pool is scheduled onto: slave_public, or * for inside DC/OS only.
	Role *string `json:"role,omitempty"`

	// Network is what the pool joins; none with the role slave_public.
	Network *string `json:"network,omitempty"`

	// Size is the number of load balancer instances.
	Size *int32 `json:"size,omitempty" is:"natural" example:"2"`

	// CPUs are how many each instance has.
	CPUs *float64 `json:"cpus,omitempty" is:"natural" example:"0.5"`

	// Memory is what each instance has, in MiB.
	Memory *int32 `json:"memory,omitempty" is:"natural" example:"1024"`

	// Constraints are those on placement, in Marathon's JSON.
	Constraints *string `json:"constraints,omitempty" example:"'[[\"hostname\",\"MAX_PER\",\"1\"]]'"`

	// CloudProviderConfiguration is JSON for a cloud's own load balancer. The pool's
	// name must begin with cloud then.
	CloudProviderConfiguration *string `json:"cloudProviderConfiguration,omitempty"`

	// Strategies say when dklb makes the pool.
	Strategies *EdgeLBStrategies `json:"strategies,omitempty"`
}

// EdgeLBStrategies say when dklb makes the pool.
type EdgeLBStrategies struct {
	// Creation is IfNotPresent, Never or Once.
	Creation *EdgeLBCreation `json:"creation,omitempty"`
}

// EdgeLBCreation is when dklb makes a pool.
type EdgeLBCreation string

// Values lists the creation strategies.
func (EdgeLBCreation) Values() []string { return []string{"IfNotPresent", "Never", "Once"} }

// edgeLB checks what dklb would refuse: docs/usage and pkg/translator/api.
func (v *validator) edgeLB(e EdgeLB, where func(string) source.Path) {
	for field, n := range map[string]float64{"size": float64(*e.Size), "memory": float64(*e.Memory), "cpus": *e.CPUs} {
		if n < 0 {
			v.Errorf(source.NumberRange, where(field), "write 0 or more", "%v is below 0", n)
		}
	}
	for field, text := range map[string]string{"constraints": *e.Constraints, "cloudProviderConfiguration": *e.CloudProviderConfiguration} {
		if text != "" && !json.Valid([]byte(text)) {
			v.Errorf(source.Invalid, where(field), "write JSON, in single quotes", "%q is not JSON", text)
		}
	}
	for field, name := range map[string]string{"role": *e.Role, "network": *e.Network} {
		v.literal(where(field), name)
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			v.Errorf(source.Invalid, where(field), "write the name that DC/OS knows it by", "%q has white space in it, and no %s of DC/OS has", name, field)
		}
	}
	inside := *e.Role != "" && *e.Role != PublicRole
	if !inside && *e.Network != "" {
		v.Errorf(source.Contradiction, where("network"), "take it out, or set role to \"*\"",
			"pools of the role %s are on the hosts' network, and dklb refuses another", PublicRole)
	}
}

// PublicRole is dklb's default role.
const PublicRole = "slave_public"
