package decide

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// rbac plans the permissions for discovery by script, and the rules of the spec. Those are
// emitted unchanged if access is enabled.
func (d *decider) rbac(r *v1alpha1.RBAC, s scope, enabled bool) {
	if r == nil {
		r = &v1alpha1.RBAC{ServiceAccountName: new("$(name)"), Create: new(true)}
	}
	at := specField("rbac", "serviceAccountName")
	name, ok := d.names.expand(*r.ServiceAccountName, s, at)
	d.plan.ServiceAccount, d.plan.EngineReads = name, enabled && (len(r.Rules)+len(r.ClusterRules) > 0 || !*r.Create)
	if !enabled || !*r.Create {
		return
	}
	out := &plan.RBAC{ServiceAccount: name, ClusterRole: d.plan.Namespace + "-" + name, Rules: slices.Clone(r.Rules), ClusterRules: slices.Clone(r.ClusterRules)}
	for _, cm := range d.plan.ConfigMaps {
		if n := cm.Need; len(n.Services) > 0 {
			out.Rules = append(out.Rules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: n.Services, Verbs: []string{"get"}})
		}
		if cm.Need.Node && !slices.ContainsFunc(out.ClusterRules, getsNodes) {
			out.ClusterRules = append(out.ClusterRules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}})
		}
	}
	if len(out.Rules)+len(out.ClusterRules) == 0 {
		return
	}
	if ok {
		d.names.check(at, name, v1alpha1.DNSSubdomain)
	}
	if len(out.ClusterRules) > 0 && d.plan.Namespace == "" {
		d.found.Errorf(source.Required, source.Path{}.Field("metadata", "namespace"), "write the namespace of the workload",
			"the namespace is required: a ClusterRoleBinding contains the namespace of its ServiceAccount")
	}
	d.plan.RBAC = out
}

// getsNodes reports whether a rule allows to get all nodes, as discovery does.
func getsNodes(r v1alpha1.PolicyRule) bool {
	has := func(list []string, what string) bool {
		return slices.Contains(list, what) || slices.Contains(list, "*")
	}
	return has(r.APIGroups, "") && has(r.Resources, "nodes") && has(r.Verbs, "get") && len(r.ResourceNames) == 0
}
