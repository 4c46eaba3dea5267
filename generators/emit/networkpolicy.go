package emit

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// networkPolicies let clients connect to the pods of components, or pods to addresses outside the
// cluster.
var networkPolicies = row[*plan.NetworkPolicy]{
	group: networkingv1.GroupName, version: "v1", kind: "NetworkPolicy",
	items: func(p *plan.Plan) []*plan.NetworkPolicy { return p.NetworkPolicies },
	name:  func(_ *plan.Plan, n *plan.NetworkPolicy) string { return n.Name },
	written: func(n *plan.NetworkPolicy) (source.Path, string) {
		return n.At.Field("name"), "give the policy another name"
	},
	object: fresh(networkPolicy),
}.Kind()

func networkPolicy(p *plan.Plan, n *plan.NetworkPolicy) encode.Object {
	out := &networkingv1.NetworkPolicy{ObjectMeta: meta(p), Spec: networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: n.Pods},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
	}}
	if n.Egress {
		out.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
	}
	for _, r := range n.Rules {
		if n.Egress {
			out.Spec.Egress = append(out.Spec.Egress, networkingv1.NetworkPolicyEgressRule{Ports: policyPorts(r), To: policyPeers(r)})
		} else {
			out.Spec.Ingress = append(out.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{Ports: policyPorts(r), From: policyPeers(r)})
		}
	}
	return out
}

func policyPorts(r plan.Passage) []networkingv1.NetworkPolicyPort {
	var out []networkingv1.NetworkPolicyPort
	for _, port := range r.Ports {
		one := networkingv1.NetworkPolicyPort{Protocol: new(corev1.Protocol(port.Protocol)), Port: new(intstr.FromInt32(port.First))}
		if port.Last != port.First {
			one.EndPort = new(port.Last)
		}
		out = append(out, one)
	}
	return out
}

func policyPeers(r plan.Passage) []networkingv1.NetworkPolicyPeer {
	var out []networkingv1.NetworkPolicyPeer
	for _, peer := range r.Peers {
		one := networkingv1.NetworkPolicyPeer{PodSelector: selecting(peer.Pods), NamespaceSelector: selecting(peer.Namespaces)}
		if peer.CIDR != "" {
			one = networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: peer.CIDR}}
		}
		out = append(out, one)
	}
	return out
}

// selecting returns a selector of labels; nil if there are none.
func selecting(all map[string]string) *metav1.LabelSelector {
	if all == nil {
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: all}
}
