// Package services makes specs of Services, and of Services without a selector and their addresses. It finds the
// pods, the series of numbers and the settings that a spec says once. What other tools would make Services of
// becomes entries in the same way, as a Made.
package services

import (
	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
)

// A service is a Service that came in.
type service struct {
	corev1.Service
	doc  *source.Document
	live bool // it was read from a cluster
}

// readService reads a Service. It reports one that the API server would not accept.
func readService(in *draft.Input, doc *source.Document) *service {
	s := &service{doc: doc}
	if !in.Decode(doc, &s.Service) {
		return nil
	}
	s.live = s.UID != "" || s.ResourceVersion != ""
	name := source.Path{}.Field("metadata", "name")
	ports := source.Path{}.Field("spec", "ports")
	switch {
	case s.Name == "":
		in.Errorf(doc, source.Required, name, "write it, as the cluster has it", "the Service has no name")
		return nil
	case len(s.Spec.Selector) == 0:
		in.Errorf(doc, source.Required, source.Path{}.Field("spec", "selector"), "add the Endpoints or the EndpointSlices of the Service to the input: kubectl get services,endpointslices -o yaml",
			"the Service has no selector, and the input does not have its addresses")
		return nil
	case len(s.Spec.Ports) == 0 && s.Spec.ClusterIP != corev1.ClusterIPNone:
		in.Errorf(doc, source.Required, ports, "list the ports, as the cluster has them", "the Service has no ports")
		return nil
	}
	for i, p := range s.Spec.Ports {
		at := ports.Index(i)
		if p.Port < 1 || p.Port > 65535 {
			in.Errorf(doc, source.NumberRange, at.Field("port"), "write the number that the cluster has", "%d is not between 1 and 65535", p.Port)
			return nil
		}
		if p.NodePort != 0 && (p.NodePort < 1 || p.NodePort > 65535) {
			in.Errorf(doc, source.NumberRange, at.Field("nodePort"), "write the number that the cluster has", "%d is not between 1 and 65535", p.NodePort)
			return nil
		}
	}
	return s
}
