package decide

import (
	"slices"
	"strings"

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
	own := name
	if theirs := d.seen.account(); theirs != "" && !d.found.User.Has(at) {
		name = theirs
		d.merged.readAccount(d.found, at, d.seen.accountLine(), func(r *v1alpha1.RBAC) { r.ServiceAccountName = &theirs })
	}
	d.plan.ServiceAccount, d.plan.EngineReads = name, enabled && (len(r.Rules)+len(r.ClusterRules) > 0 || !*r.Create)
	if !enabled || !*r.Create {
		d.notGranted(name, enabled)
		return
	}
	out := &plan.RBAC{ServiceAccount: name, Role: name, Rules: slices.Clone(r.Rules), ClusterRules: slices.Clone(r.ClusterRules)}
	later := false // the account is in the template of the pods; a Role comes with the first that needs it
	for _, cm := range d.plan.ConfigMaps {
		later = later || cm.Need.Later
		if n := cm.Need; len(n.Services) > 0 {
			out.Rules = append(out.Rules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services"}, ResourceNames: n.Services, Verbs: []string{"get"}})
		}
		if cm.Need.Node && !slices.ContainsFunc(out.ClusterRules, getsNodes) {
			out.ClusterRules = append(out.ClusterRules, v1alpha1.PolicyRule{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}})
		}
	}
	if len(out.Rules)+len(out.ClusterRules) == 0 && !later {
		return
	}
	if ok && (d.found.User.Has(at) || !d.found.Wrong(source.Path{}.Field("metadata", "name"))) {
		d.names.check(at, name, v1alpha1.DNSSubdomain)
	}
	if len(out.ClusterRules) > 0 && d.plan.Namespace == "" {
		d.found.Errorf(source.Required, source.Path{}.Field("metadata", "namespace"), "write the namespace of the workload",
			"the namespace is required: a ClusterRoleBinding contains the namespace of its ServiceAccount")
	}
	if d.seen.account() == name && !d.found.User.Has(at) {
		d.found.Infof(source.Inferred, at, "set it in the spec to be independent of the StatefulSet", "the pods run as ServiceAccount %s, by the StatefulSet", name)
	}
	if out.Existing = d.accountExists(r, name, own); out.Existing {
		out.Role = d.plan.Object.Name + "-sallyport" // whoever made the account may have a Role of its name
	}
	out.ClusterRole = d.plan.Namespace + "-" + out.Role
	d.plan.RBAC = out
}

// accountExists reports whether another tool makes the ServiceAccount. That is so if the spec says
// it, if the package has the account, or if a StatefulSet runs as an account that does not have the
// name that the spec's own account would have.
func (d *decider) accountExists(r *v1alpha1.RBAC, name, own string) bool {
	if r.CreateServiceAccount != nil {
		return !*r.CreateServiceAccount
	}
	at := specField("rbac", "createServiceAccount")
	if doc := d.seen.accountNamed(name, d.plan.Namespace, d.plan.Owner); doc != nil {
		d.merged.readAccount(d.found, at, doc.Line(source.Path{}.Field("metadata", "name")), func(r *v1alpha1.RBAC) { r.CreateServiceAccount = new(false) })
		return true
	}
	if name != own {
		d.merged.readAccount(d.found, at, d.seen.accountLine(), func(r *v1alpha1.RBAC) { r.CreateServiceAccount = new(false) })
		d.found.Warnf(source.AccountNotThere, at, "set it to true to make the account here, or to false if another tool does",
			"the pods run as ServiceAccount %s, by the StatefulSet: it is not in the input, and not made", name)
	}
	return name != own
}

// notGranted warns that discovery needs permissions that the spec leaves to another tool.
func (d *decider) notGranted(account string, enabled bool) {
	var needs []string
	for _, cm := range d.plan.ConfigMaps {
		if len(cm.Need.Services) > 0 {
			needs = append(needs, "get Services "+strings.Join(cm.Need.Services, ", "))
		}
		if cm.Need.Later {
			needs = append(needs, "get the Services of pods to come")
		}
		if cm.Need.Node {
			needs = append(needs, "get nodes")
		}
	}
	if enabled && len(needs) > 0 {
		d.found.Warnf(source.NotGranted, specField("rbac", "create"), "take create out; for an account that exists, set createServiceAccount to false",
			"no Role is made, and discovery needs ServiceAccount %s to be allowed to %s", account, strings.Join(needs, " and "))
	}
}

// getsNodes reports whether a rule allows to get all nodes, as discovery does.
func getsNodes(r v1alpha1.PolicyRule) bool {
	has := func(list []string, what string) bool {
		return slices.Contains(list, what) || slices.Contains(list, "*")
	}
	return has(r.APIGroups, "") && has(r.Resources, "nodes") && has(r.Verbs, "get") && len(r.ResourceNames) == 0
}
