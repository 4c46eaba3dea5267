package gateway

import (
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A limit is what the implementation of a GatewayClass cannot do. What others cannot do differs
// from release to release, and they say so in the status of routes.
type limit struct {
	controller  string // the controllerName of the class
	class       string // or how the names of its classes begin, where the implementation sets them
	refuses     []v1alpha1.ServiceType
	reason, way string
	listeners   int  // at most; 0: as the API allows
	nodes       bool // it is of AWS, and leads to nodes and inside its network, unless the input says otherwise
}

// limits are from docs/guide/gateway/l4gateway.md and customization.md of the AWS Load Balancer Controller
// 3.5, and from the list of features of GKE Gateway.
var limits = []limit{
	{
		controller: "gateway.k8s.aws/nlb", listeners: 50, nodes: true,
		refuses: []v1alpha1.ServiceType{v1alpha1.TLSRoute},
		reason:  "a Network Load Balancer cannot tell clients apart by names", way: "use TCPRoute, with a port for each pod",
	},
	{
		controller: "gateway.k8s.aws/alb",
		refuses:    []v1alpha1.ServiceType{v1alpha1.TLSRoute, v1alpha1.TCPRoute, v1alpha1.UDPRoute},
		reason:     "an Application Load Balancer only takes HTTP", way: "use a class of controller gateway.k8s.aws/nlb, and TCPRoute",
	},
	{
		controller: "networking.gke.io/gateway", class: "gke-l7-",
		refuses: []v1alpha1.ServiceType{v1alpha1.TLSRoute, v1alpha1.TCPRoute, v1alpha1.UDPRoute},
		reason:  "GKE Gateway only takes HTTP", way: "use type LoadBalancer, or another implementation of the Gateway API",
	},
}

// limitOf returns the limit of a class, or nil.
func (c Checker) limitOf(class string) *limit {
	controller := c.Package.Controller(class)
	for i := range limits {
		if l := &limits[i]; controller == l.controller || controller == "" && l.class != "" && strings.HasPrefix(class, l.class) {
			return l
		}
	}
	return nil
}

// checkClass checks that the class of an object, which is that of the Gateway in front, can do what a
// type needs.
func (c Checker) checkClass(o, front object, t v1alpha1.ServiceType) {
	if front.Gateway == nil {
		return
	}
	if l := c.limitOf(front.Class); l != nil && slices.Contains(l.refuses, t) {
		c.report(o.at, l.way, "the class of %s, %s, cannot do a %s: %s", o, front.Class, t, l.reason)
	}
}

// checkTargets checks that a load balancer leads to the pods of a Service. Without a configuration, the AWS
// Load Balancer Controller leads to node ports, which a ClusterIP Service does not have: then it makes no
// target group, and says so only in its log (issue 4804 of the controller).
func (c Checker) checkTargets(class string, at source.Path, s *plan.Service) {
	l := c.limitOf(class)
	if l == nil || !l.nodes || !s.Emit || c.Found.Reported(source.GatewayRefuses, at) {
		return
	}
	if !c.Package.Targets.Pods(c.Namespace, s.Name) {
		c.Found.WarnOnce(source.GatewayNotThere, at, "add it to the input; or accept this warning, if the controller runs with --default-target-type=ip",
			"the input has no TargetGroupConfiguration of Service %s with targetType: ip: without it, class %s leads to node ports, and the Service has none", s.Name, class)
	}
	if !c.Package.Targets.HasScheme {
		c.Found.InfoOnce(source.ProviderDefault, at, "add a LoadBalancerConfiguration with scheme: internet-facing or internal, and name it in the Gateway or its class",
			"the input does not say whether the internet can reach the load balancer of class %s: by default, only clients in its network can", class)
	}
}
