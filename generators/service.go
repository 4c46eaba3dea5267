package generators

import (
	"iter"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"sallyport.dev/schemas/v1alpha1"
)

var serviceType = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}

// services makes every Service of the plan but those that another tool makes.
func services(p *plan) iter.Seq[Object] {
	return func(yield func(Object) bool) {
		var out corev1.Service
		room := &room{annotations: map[string]string{}, selector: map[string]string{}}
		for i := range p.services {
			if s := &p.services[i]; s.emit {
				if out = s.object(p.namespace, room); !yield(&out) {
					return
				}
			}
		}
	}
}

// A room is what one Service after the other is made in.
type room struct {
	annotations, selector map[string]string
	ports                 []corev1.ServicePort
	keys                  dnsKeys
}

func (s *service) object(namespace string, r *room) corev1.Service {
	a := s.access
	return corev1.Service{
		TypeMeta:   serviceType,
		ObjectMeta: metav1.ObjectMeta{Name: s.name, Namespace: namespace, Labels: s.labels, Annotations: s.allAnnotations(r)},
		Spec: corev1.ServiceSpec{
			Type:                          s.specType(),
			ClusterIP:                     s.clusterIP(),
			ExternalName:                  s.externalName,
			Selector:                      s.podSelector(r),
			Ports:                         s.servicePorts(r),
			ExternalIPs:                   a.ExternalIPs,
			ExternalTrafficPolicy:         s.externalTrafficPolicy(),
			InternalTrafficPolicy:         optional(corev1.ServiceInternalTrafficPolicy(*a.InternalTrafficPolicy), s.hasAddress()),
			IPFamilies:                    s.ipFamilies(),
			IPFamilyPolicy:                optional(corev1.IPFamilyPolicy(s.familyPolicy), s.externalName == ""),
			PublishNotReadyAddresses:      *a.PublishNotReadyAddresses,
			SessionAffinity:               corev1.ServiceAffinity(*a.SessionAffinity),
			LoadBalancerClass:             optional(*a.LoadBalancer.Class, s.balanced()),
			LoadBalancerIP:                s.loadBalancerIP(),
			LoadBalancerSourceRanges:      s.sourceRanges(),
			AllocateLoadBalancerNodePorts: s.allocateNodePorts(),
		},
	}
}

// allAnnotations are the plan's, and what external-dns is told.
func (s *service) allAnnotations(r *room) map[string]string {
	if !s.announced {
		return s.annotations
	}
	clear(r.annotations)
	maps.Copy(r.annotations, s.annotations)
	maps.Insert(r.annotations, s.announcement(&r.keys))
	return r.annotations
}

// podSelector is the plan's, or what selects the one pod.
func (s *service) podSelector(r *room) map[string]string {
	if s.pod == nil || s.selector != nil {
		return s.selector
	}
	r.selector[podNameLabel] = s.pod.name
	return r.selector
}

func (s *service) hasAddress() bool { return s.mode != v1alpha1.Headless && s.externalName == "" }

func (s *service) specType() corev1.ServiceType {
	if s.externalName != "" {
		return corev1.ServiceTypeExternalName
	}
	return corev1.ServiceType(s.typ)
}

func (s *service) clusterIP() string {
	if s.mode == v1alpha1.Headless {
		return corev1.ClusterIPNone
	}
	return ""
}

// externalTrafficPolicy is left out where the API server refuses it.
func (s *service) externalTrafficPolicy() corev1.ServiceExternalTrafficPolicy {
	if s.fromOutside() || s.hasAddress() && len(s.access.ExternalIPs) > 0 {
		return corev1.ServiceExternalTrafficPolicy(*s.access.ExternalTrafficPolicy)
	}
	return ""
}

func (s *service) ipFamilies() []corev1.IPFamily {
	var out []corev1.IPFamily
	for _, f := range s.families {
		out = append(out, corev1.IPFamily(f))
	}
	return out
}

// loadBalancerIP is deprecated and has no successor in the API: providers have
// annotations of their own.
func (s *service) loadBalancerIP() string {
	if s.balanced() && s.provider().addressField {
		return s.address
	}
	return ""
}

func (s *service) sourceRanges() []string {
	if s.balanced() {
		return s.access.LoadBalancer.SourceRanges
	}
	return nil
}

func (s *service) allocateNodePorts() *bool {
	if s.balanced() && !*s.access.LoadBalancer.AllocateNodePorts {
		return new(false)
	}
	return nil
}

// servicePorts always names the protocol: server-side apply keys ports by it.
func (s *service) servicePorts(r *room) []corev1.ServicePort {
	r.ports = r.ports[:0]
	for _, p := range s.ports {
		r.ports = append(r.ports, corev1.ServicePort{
			Name:        p.name,
			Protocol:    corev1.Protocol(p.protocol),
			AppProtocol: optional(p.appProtocol, true),
			Port:        p.number,
			TargetPort:  intstr.FromInt32(p.target),
			NodePort:    p.nodePort,
		})
	}
	return r.ports
}

// optional is a pointer to a value that is wanted and not empty.
func optional[T ~string](v T, wanted bool) *T {
	if v == "" || !wanted {
		return nil
	}
	return new(v) // not &v, which would take memory for what is left out
}
