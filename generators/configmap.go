package generators

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// configMaps makes what the pods are told, one for each component that has a config.
func configMaps(p *plan) []Object {
	var out []Object
	for _, c := range p.configs {
		out = append(out, &corev1.ConfigMap{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
			ObjectMeta: p.meta(c.name),
			Data:       c.data,
		})
	}
	return out
}
