package workload

import (
	"k8s.io/apimachinery/pkg/types"

	"sallyport.dev/schemas/source"
)

// awsGateway is the API group of the AWS Load Balancer Controller for Gateways.
const awsGateway = "gateway.k8s.aws"

// Targets are what the input says about the load balancers that the AWS Load Balancer Controller makes
// for Gateways: its TargetGroupConfigurations and LoadBalancerConfigurations, of its API v1beta1.
type Targets struct {
	pods      map[types.NamespacedName]bool // the Services of which the pods are targets, and not the nodes
	allPods   bool                          // so it is without a configuration of the Service
	HasScheme bool                          // it is written whether the internet can reach a load balancer
}

// Pods reports whether the pods of a Service are the targets. A configuration without a namespace is of any.
func (t *Targets) Pods(namespace, name string) bool {
	return t.allPods || t.pods[types.NamespacedName{Namespace: namespace, Name: name}] || t.pods[types.NamespacedName{Name: name}]
}

// add reads an object of the controller's group.
func (t *Targets) add(doc *source.Document) {
	var o struct {
		Spec struct {
			Scheme               string
			TargetReference      struct{ Name string } `yaml:"targetReference"`
			DefaultConfiguration struct {
				TargetType string `yaml:"targetType"`
			} `yaml:"defaultConfiguration"`
		}
	}
	if doc.ReadInto(&o) != nil {
		return
	}
	t.HasScheme = t.HasScheme || doc.Object().Kind == "LoadBalancerConfiguration" && o.Spec.Scheme != ""
	switch service := o.Spec.TargetReference.Name; {
	case doc.Object().Kind != "TargetGroupConfiguration" || o.Spec.DefaultConfiguration.TargetType != "ip":
	case service == "":
		t.allPods = true // as a default that a LoadBalancerConfiguration names
	default:
		t.pods[types.NamespacedName{Namespace: doc.Object().Namespace, Name: service}] = true
	}
}
