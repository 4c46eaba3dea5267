package generators_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/testdata/randspec"
)

// componentOfPod is the number of the component in the name of a pod of a random spec.
var componentOfPod = regexp.MustCompile(`-[cp](\d)-\d+$`)

// A policy that isolates pods lets somebody connect to each port that a Service leads to, and the pods
// of the spec to all of them. If it says nothing of clients, that is everybody.
func TestPoliciesOpenWhatIsExposed(t *testing.T) {
	services, restricted := 0, 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		objs := right(t, spec)
		for _, o := range objs {
			policy, ok := o.(*networkingv1.NetworkPolicy)
			if !ok || slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress) {
				continue
			}
			app := policy.Spec.PodSelector.MatchLabels["app"]
			for _, o := range objs {
				svc, ok := o.(*corev1.Service)
				if !ok || svc.Spec.ClusterIP == "None" || appOf(svc) != app {
					continue
				}
				services++
				for _, p := range svc.Spec.Ports {
					everybody, own := admitted(policy, p)
					if !everybody && !own {
						t.Fatalf("seed %d: %s is shut for the pods of the spec at port %d\n%s", seed, svc.Name, p.TargetPort.IntVal, spec)
					}
					if !everybody && !strings.Contains(spec, "from:") {
						t.Fatalf("seed %d: %s is shut at port %d\n%s", seed, svc.Name, p.TargetPort.IntVal, spec)
					}
					if !everybody {
						restricted++
					}
				}
			}
		}
	}
	if least := int(randspec.Seeds()) / 4; services < least || restricted == 0 {
		t.Errorf("only %d Services of isolated pods, and %d ports that are not for everybody", services, restricted)
	}
}

// appOf is the label of the pods that a Service of a random spec leads to.
func appOf(svc *corev1.Service) string {
	if m := componentOfPod.FindStringSubmatch(svc.Spec.Selector["statefulset.kubernetes.io/pod-name"]); m != nil {
		return "c" + m[1]
	}
	return svc.Spec.Selector["app"]
}

// admitted reports whether a policy lets everybody connect to the target of a port, and whether it lets
// the pods that it selects.
func admitted(policy *networkingv1.NetworkPolicy, p corev1.ServicePort) (everybody, own bool) {
	for _, rule := range policy.Spec.Ingress {
		if !slices.ContainsFunc(rule.Ports, func(n networkingv1.NetworkPolicyPort) bool {
			return *n.Protocol == p.Protocol && n.Port.IntVal <= p.TargetPort.IntVal && p.TargetPort.IntVal <= last(n)
		}) {
			continue
		}
		everybody = everybody || len(rule.From) == 0
		for _, peer := range rule.From {
			if peer.PodSelector == nil || peer.NamespaceSelector != nil {
				continue
			}
			selector, err := metav1.LabelSelectorAsSelector(peer.PodSelector)
			own = own || err == nil && selector.Matches(labels.Set(policy.Spec.PodSelector.MatchLabels))
		}
	}
	return everybody, own
}
