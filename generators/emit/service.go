package emit

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// services are the Services of the plan, except those that another tool creates.
var services = row[*plan.Service]{
	version: "v1", kind: "Service",
	items: func(p *plan.Plan) []*plan.Service {
		out := make([]*plan.Service, 0, len(p.Services))
		for i := range p.Services {
			if s := &p.Services[i]; s.Emit {
				out = append(out, s)
			}
		}
		return out
	},
	name: func(_ *plan.Plan, s *plan.Service) string { return s.Name },
	written: func(s *plan.Service) (source.Path, string) {
		if !s.HasPods {
			return renamedSpec()
		}
		wayOut := "give the entry another serviceName"
		switch s.Mode {
		case v1alpha1.PerPod:
			wayOut += "; it must differ for each pod, as with $(pod) or $(ordinal)"
		case v1alpha1.Headless:
			wayOut = "set create: false to use the Service that is there; or give the entry another serviceName"
		}
		return s.Levels.Entry().Field("serviceName"), wayOut
	},
	object: func() func(*plan.Plan, *plan.Service) encode.Object {
		w := &workspace{annotations: map[string]string{}, selector: map[string]string{}}
		return w.service
	},
}.Kind()

// A workspace is memory that is reused for each Service.
type workspace struct {
	object                corev1.Service
	annotations, selector map[string]string
	ports                 []corev1.ServicePort
	dns                   plan.DNSKeys
}

func (w *workspace) service(_ *plan.Plan, s *plan.Service) encode.Object {
	a := s.Access
	w.object = corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Labels: s.Labels, Annotations: w.allAnnotations(s)},
		Spec: corev1.ServiceSpec{
			Type:                          specType(s),
			ClusterIP:                     clusterIP(s),
			ExternalName:                  s.ExternalName,
			Selector:                      w.podSelector(s),
			Ports:                         w.servicePorts(s),
			HealthCheckNodePort:           s.HealthCheckNodePort,
			TrafficDistribution:           optional(string(*a.TrafficDistribution)),
			ExternalIPs:                   a.ExternalIPs,
			ExternalTrafficPolicy:         corev1.ServiceExternalTrafficPolicy(*a.ExternalTrafficPolicy),
			InternalTrafficPolicy:         optional(corev1.ServiceInternalTrafficPolicy(*a.InternalTrafficPolicy)),
			IPFamilies:                    ipFamilies(s),
			IPFamilyPolicy:                optional(corev1.IPFamilyPolicy(s.FamilyPolicy)),
			PublishNotReadyAddresses:      *a.PublishNotReadyAddresses,
			SessionAffinity:               corev1.ServiceAffinity(*a.SessionAffinity),
			LoadBalancerClass:             optional(*a.LoadBalancer.Class),
			LoadBalancerIP:                loadBalancerIP(s),
			LoadBalancerSourceRanges:      a.LoadBalancer.SourceRanges,
			AllocateLoadBalancerNodePorts: unlessTrue(*a.LoadBalancer.AllocateNodePorts),
		},
	}
	return &w.object
}

// allAnnotations returns the annotations of the plan and those for external-dns.
func (w *workspace) allAnnotations(s *plan.Service) map[string]string {
	if !s.Annotates() {
		return s.Annotations
	}
	clear(w.annotations)
	maps.Copy(w.annotations, s.Annotations)
	maps.Insert(w.annotations, s.Announcement(&w.dns))
	return w.annotations
}

// podSelector returns the selector of the plan, or the label of the single pod.
func (w *workspace) podSelector(s *plan.Service) map[string]string {
	if s.Pod == nil || s.Selector != nil {
		return s.Selector
	}
	w.selector[plan.PodNameLabel] = s.Pod.Name
	return w.selector
}

func specType(s *plan.Service) corev1.ServiceType {
	if s.IsAlias {
		return corev1.ServiceTypeExternalName
	}
	if s.Type.IsRoute() {
		return corev1.ServiceTypeClusterIP
	}
	return corev1.ServiceType(s.Type)
}

func clusterIP(s *plan.Service) string {
	if s.Mode == v1alpha1.Headless {
		return corev1.ClusterIPNone
	}
	return ""
}

func ipFamilies(s *plan.Service) []corev1.IPFamily {
	var out []corev1.IPFamily
	for _, f := range s.Families {
		out = append(out, corev1.IPFamily(f))
	}
	return out
}

// loadBalancerIP is deprecated without a successor in the API. Providers have annotations of
// their own.
func loadBalancerIP(s *plan.Service) string {
	if s.Balancer != nil && s.Balancer.InField {
		return s.Balancer.Address()
	}
	return ""
}

// unlessTrue leaves out a field that is true by default.
func unlessTrue(v bool) *bool {
	if v {
		return nil
	}
	return new(false)
}

// servicePorts always sets the protocol, because server-side apply uses it as a key.
func (w *workspace) servicePorts(s *plan.Service) []corev1.ServicePort {
	w.ports = w.ports[:0]
	for _, p := range s.Ports {
		w.ports = append(w.ports, corev1.ServicePort{
			Name:        p.PortName,
			Protocol:    corev1.Protocol(p.Protocol),
			AppProtocol: optional(p.AppProtocol),
			Port:        p.Number,
			TargetPort:  intstr.FromInt32(p.Target),
			NodePort:    p.NodePort,
		})
	}
	return w.ports
}

// optional returns a pointer to a value, or nil if it is empty.
func optional[T ~string](v T) *T {
	if v == "" {
		return nil
	}
	return new(v) // not &v, which would allocate memory for nil as well
}
