package generators

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// meta is the metadata of an object that has no labels or annotations but ours.
func (p *plan) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name:        name,
		Namespace:   p.namespace,
		Labels:      map[string]string{ManagedByLabel: ManagedBy},
		Annotations: map[string]string{OwnerAnnotation: p.owner},
	}
}

// clusterMeta is meta for an object outside all namespaces.
func (p *plan) clusterMeta(name string) metav1.ObjectMeta {
	m := p.meta(name)
	m.Namespace = ""
	return m
}
