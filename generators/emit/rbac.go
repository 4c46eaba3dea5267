package emit

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// serviceAccounts are the accounts of the pods.
var serviceAccounts = row[*plan.RBAC]{
	version: "v1", kind: rbacv1.ServiceAccountKind,
	items: rbac(func(r *plan.RBAC) bool { return !r.Existing }), name: account, written: accountWritten,
	object: fresh(func(p *plan.Plan, _ *plan.RBAC) encode.Object {
		return &corev1.ServiceAccount{ObjectMeta: meta(p)}
	}),
}.Kind()

// roles are the permissions of the accounts in their namespace.
var roles = row[*plan.RBAC]{
	group: rbacv1.GroupName, version: "v1", kind: "Role",
	items: rbac(inNamespace), name: role, written: accountWritten,
	object: fresh(func(p *plan.Plan, r *plan.RBAC) encode.Object {
		return &rbacv1.Role{ObjectMeta: meta(p), Rules: policyRules(r.Rules)}
	}),
}.Kind()

// clusterRoles are the cluster-scoped permissions of the accounts, such as to get nodes.
var clusterRoles = row[*plan.RBAC]{
	group: rbacv1.GroupName, version: "v1", kind: "ClusterRole", cluster: true,
	items: rbac(inCluster), name: clusterRole, written: accountWritten,
	object: fresh(func(p *plan.Plan, r *plan.RBAC) encode.Object {
		return &rbacv1.ClusterRole{ObjectMeta: meta(p), Rules: policyRules(r.ClusterRules)}
	}),
}.Kind()

// roleBindings bind the Roles to the accounts.
var roleBindings = row[*plan.RBAC]{
	group: rbacv1.GroupName, version: "v1", kind: "RoleBinding",
	items: rbac(inNamespace), name: role, written: accountWritten,
	object: fresh(func(p *plan.Plan, r *plan.RBAC) encode.Object {
		return &rbacv1.RoleBinding{
			ObjectMeta: meta(p),
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: r.Role},
			Subjects:   subjects(p, r),
		}
	}),
}.Kind()

// clusterRoleBindings bind the ClusterRoles to the accounts.
var clusterRoleBindings = row[*plan.RBAC]{
	group: rbacv1.GroupName, version: "v1", kind: "ClusterRoleBinding", cluster: true,
	items: rbac(inCluster), name: clusterRole, written: accountWritten,
	object: fresh(func(p *plan.Plan, r *plan.RBAC) encode.Object {
		return &rbacv1.ClusterRoleBinding{
			ObjectMeta: meta(p),
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: r.ClusterRole},
			Subjects:   subjects(p, r),
		}
	}),
}.Kind()

// rbac returns the RBAC of a plan, if it meets a condition.
func rbac(wanted func(*plan.RBAC) bool) func(*plan.Plan) []*plan.RBAC {
	return func(p *plan.Plan) []*plan.RBAC {
		if p.RBAC == nil || !wanted(p.RBAC) {
			return nil
		}
		return []*plan.RBAC{p.RBAC}
	}
}

func inNamespace(r *plan.RBAC) bool { return len(r.Rules) > 0 }
func inCluster(r *plan.RBAC) bool   { return len(r.ClusterRules) > 0 }

func role(_ *plan.Plan, r *plan.RBAC) string        { return r.Role }
func account(_ *plan.Plan, r *plan.RBAC) string     { return r.ServiceAccount }
func clusterRole(_ *plan.Plan, r *plan.RBAC) string { return r.ClusterRole }

func accountWritten(*plan.RBAC) (source.Path, string) {
	return source.Path{}.Field("spec", "rbac", "serviceAccountName"), "set rbac.serviceAccountName, or set rbac.createServiceAccount to false to use the other one"
}

func subjects(p *plan.Plan, r *plan.RBAC) []rbacv1.Subject {
	return []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: r.ServiceAccount, Namespace: p.Namespace}}
}

func policyRules(in []v1alpha1.PolicyRule) []rbacv1.PolicyRule {
	out := make([]rbacv1.PolicyRule, len(in))
	for i, r := range in {
		out[i] = rbacv1.PolicyRule{APIGroups: r.APIGroups, Resources: r.Resources, ResourceNames: r.ResourceNames, Verbs: r.Verbs}
	}
	return out
}
