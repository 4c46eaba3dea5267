package generators

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sallyport.dev/schemas/v1alpha1"
)

const rbacVersion = rbacv1.GroupName + "/v1"

func rbacType(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: rbacVersion, Kind: kind}
}

// serviceAccounts makes the account that the pods run under.
func serviceAccounts(p *plan) []Object {
	if p.rbac == nil {
		return nil
	}
	return []Object{&corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: rbacv1.ServiceAccountKind},
		ObjectMeta: p.meta(p.rbac.serviceAccount),
	}}
}

// roles makes what the account may do in its namespace.
func roles(p *plan) []Object {
	if p.rbac == nil || len(p.rbac.rules) == 0 {
		return nil
	}
	return []Object{&rbacv1.Role{
		TypeMeta:   rbacType("Role"),
		ObjectMeta: p.meta(p.rbac.serviceAccount),
		Rules:      policyRules(p.rbac.rules),
	}}
}

// clusterRoles makes what the account may do outside all namespaces, such as reading
// nodes.
func clusterRoles(p *plan) []Object {
	if p.rbac == nil || len(p.rbac.clusterRules) == 0 {
		return nil
	}
	return []Object{&rbacv1.ClusterRole{
		TypeMeta:   rbacType("ClusterRole"),
		ObjectMeta: p.clusterMeta(p.rbac.clusterRole),
		Rules:      policyRules(p.rbac.clusterRules),
	}}
}

// roleBindings ties the Role to the account.
func roleBindings(p *plan) []Object {
	if p.rbac == nil || len(p.rbac.rules) == 0 {
		return nil
	}
	return []Object{&rbacv1.RoleBinding{
		TypeMeta:   rbacType("RoleBinding"),
		ObjectMeta: p.meta(p.rbac.serviceAccount),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: p.rbac.serviceAccount},
		Subjects:   p.subjects(),
	}}
}

// clusterRoleBindings ties the ClusterRole to the account.
func clusterRoleBindings(p *plan) []Object {
	if p.rbac == nil || len(p.rbac.clusterRules) == 0 {
		return nil
	}
	return []Object{&rbacv1.ClusterRoleBinding{
		TypeMeta:   rbacType("ClusterRoleBinding"),
		ObjectMeta: p.clusterMeta(p.rbac.clusterRole),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: p.rbac.clusterRole},
		Subjects:   p.subjects(),
	}}
}

func (p *plan) subjects() []rbacv1.Subject {
	return []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: p.rbac.serviceAccount, Namespace: p.namespace}}
}

func policyRules(in []v1alpha1.PolicyRule) []rbacv1.PolicyRule {
	out := make([]rbacv1.PolicyRule, len(in))
	for i, r := range in {
		out[i] = rbacv1.PolicyRule{APIGroups: r.APIGroups, Resources: r.Resources, ResourceNames: r.ResourceNames, Verbs: r.Verbs}
	}
	return out
}
