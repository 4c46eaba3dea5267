package decide

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// The directions of traffic that a policy is for.
const (
	ingress = networkingv1.PolicyTypeIngress
	egress  = networkingv1.PolicyTypeEgress
)

// A policyChecker warns of ports that the spec opens and the NetworkPolicies of the package shut.
// Policies that select a pod add up: a port is open where one of them opens it.
type policyChecker struct {
	namespace string
	policies  []*workload.Policy // of the package, without those that the spec has made before
	found     *finding.Findings
}

// newPolicyChecker returns a checker for the pods of the spec.
func newPolicyChecker(d *decider) policyChecker {
	v := policyChecker{namespace: d.plan.Namespace, found: d.found}
	for _, p := range d.seen.pkg.Policies {
		if p.Annotations[plan.OwnerAnnotation] != d.plan.Owner {
			v.policies = append(v.policies, p)
		}
	}
	return v
}

// check checks the ports of a component for each of its StatefulSets.
func (v policyChecker) check(c *plan.Component, sets []*workload.StatefulSet) {
	if !c.Enabled || len(v.policies) == 0 {
		return
	}
	for _, set := range sets {
		if all := v.selecting(set, ingress); len(all) > 0 && !set.Spec.Template.Spec.HostNetwork {
			v.shutPorts(c, set, all)
		}
	}
}

// selecting are the policies for traffic to, or from, the pods of a StatefulSet.
func (v policyChecker) selecting(set *workload.StatefulSet, direction networkingv1.PolicyType) []*workload.Policy {
	var out []*workload.Policy
	for _, p := range v.policies {
		selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		if err != nil || !workload.Meets(p.Namespace, v.namespace) || !selector.Matches(labels.Set(set.Spec.Template.Labels)) {
			continue
		}
		unset := len(p.Spec.PolicyTypes) == 0 && (direction == ingress || len(p.Spec.Egress) > 0)
		if unset || slices.Contains(p.Spec.PolicyTypes, direction) {
			out = append(out, p)
		}
	}
	return out
}

// withLabels stands for the pods of a StatefulSet that is not in the package.
func withLabels(labels map[string]string) *workload.StatefulSet {
	s := &workload.StatefulSet{}
	s.Spec.Template.Labels = labels
	return s
}

func (v policyChecker) shutPorts(c *plan.Component, set *workload.StatefulSet, policies []*workload.Policy) {
	for _, e := range c.Spec.Services {
		if e.Mode == v1alpha1.Headless || !*e.Create {
			continue
		}
		outside := e.FromOutside()
		for _, sp := range e.Ports {
			i := slices.IndexFunc(c.Spec.Ports, func(p v1alpha1.Port) bool { return p.Name == sp.Name })
			if i < 0 {
				continue
			}
			port := c.Spec.Ports[i]
			shut := slices.DeleteFunc(numbers(c, &port), func(n int32) bool {
				port.ContainerPort = n
				return slices.ContainsFunc(policies, func(p *workload.Policy) bool { return opens(p, set, port, outside) })
			})
			if len(shut) > 0 {
				v.found.WarnOnce(source.PortShut, plan.PortPath(c.Path.Field("services").Item("name", e.Name), sp.Name), ruleFor(shut, port.Protocol),
					"%s, at %s, does not let clients reach port %d of the pods", policies[0].Doc.Object(), policies[0].Doc.Place(source.Path{}.Field("spec")), shut[0])
			}
		}
	}
}

// numbers returns the numbers that the pods of a component listen on for a port, in ascending order.
func numbers(c *plan.Component, port *v1alpha1.Port) []int32 {
	out := []int32{port.ContainerPort}
	if all := c.Counted[port.Name]; len(all) > 0 {
		out = slices.Compact(slices.Sorted(slices.Values(all)))
	}
	return out
}

// ruleFor returns the way out for ports that are shut: one rule for all of their numbers.
func ruleFor(shut []int32, protocol v1alpha1.Protocol) string {
	end := ""
	if last := shut[len(shut)-1]; last != shut[0] {
		end = fmt.Sprintf(", endPort: %d", last)
	}
	return fmt.Sprintf("add a rule there: ingress: [{ports: [{port: %d%s, protocol: %s}]}]", shut[0], end, protocol)
}

// opens reports whether a policy lets clients reach a port. Clients outside the cluster are no
// pods: a rule for pods or namespaces alone is not for them.
func opens(p *workload.Policy, set *workload.StatefulSet, port v1alpha1.Port, outside bool) bool {
	return slices.ContainsFunc(p.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
		from := len(rule.From) == 0 || !outside ||
			slices.ContainsFunc(rule.From, func(peer networkingv1.NetworkPolicyPeer) bool { return peer.IPBlock != nil })
		to := len(rule.Ports) == 0 ||
			slices.ContainsFunc(rule.Ports, func(n networkingv1.NetworkPolicyPort) bool { return covers(n, set, port) })
		return from && to
	})
}

// covers reports whether a rule's port is one of the component's. A name is one of the container's.
func covers(n networkingv1.NetworkPolicyPort, set *workload.StatefulSet, port v1alpha1.Port) bool {
	protocol := corev1.ProtocolTCP
	if n.Protocol != nil {
		protocol = *n.Protocol
	}
	switch {
	case protocol != corev1.Protocol(port.Protocol):
		return false
	case n.Port == nil:
		return true
	case n.Port.Type == intstr.String:
		name, _ := set.PortName("", port.ContainerPort, port.Protocol)
		return name == n.Port.StrVal || set.Doc == nil // the names of its ports are not known
	case n.EndPort != nil:
		return n.Port.IntVal <= port.ContainerPort && port.ContainerPort <= *n.EndPort
	}
	return n.Port.IntVal == port.ContainerPort
}
