package generators

import (
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// planRBAC plans what discovery by script needs, and the rules of the spec, which are
// emitted as written wherever access is enabled.
func (p *planner) planRBAC(r *v1alpha1.RBAC, s scope, enabled bool) {
	if r == nil {
		r = &v1alpha1.RBAC{ServiceAccountName: new("$(name)"), Create: new(true)}
	}
	at := specField("rbac", "serviceAccountName")
	name, ok := p.expand(*r.ServiceAccountName, s, at)
	p.serviceAccount, p.engineReads = name, enabled && (len(r.Rules)+len(r.ClusterRules) > 0 || !*r.Create)
	if !enabled || !*r.Create {
		return
	}
	out := &rbac{serviceAccount: name, clusterRole: p.namespace + "-" + name, rules: slices.Clone(r.Rules), clusterRules: slices.Clone(r.ClusterRules)}
	for _, cm := range p.configs {
		if n := cm.need; len(n.services) > 0 {
			out.rules = append(out.rules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: n.services, Verbs: []string{"get"}})
		}
		if cm.need.node && !slices.ContainsFunc(out.clusterRules, getsNodes) {
			out.clusterRules = append(out.clusterRules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}})
		}
	}
	if len(out.rules)+len(out.clusterRules) == 0 {
		return
	}
	if ok {
		p.checkName(at, name, v1alpha1.DNSSubdomain)
	}
	if len(out.clusterRules) > 0 && p.namespace == "" {
		p.found.Errorf(source.Required, source.Path{}.Field("metadata", "namespace"), "write the namespace of the workload",
			"a ClusterRoleBinding names the namespace of its ServiceAccount")
	}
	p.rbac = out
}

// getsNodes tells whether a rule of the spec allows what discovery asks of nodes.
func getsNodes(r v1alpha1.PolicyRule) bool {
	has := func(list []string, what string) bool {
		return slices.Contains(list, what) || slices.Contains(list, "*")
	}
	return has(r.APIGroups, "") && has(r.Resources, "nodes") && has(r.Verbs, "get") && len(r.ResourceNames) == 0
}
