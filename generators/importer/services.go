package importer

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	kjson "sigs.k8s.io/json"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// services are Services with a selector.
var services = Source{Name: "Services", Read: readServices}

// A service is a Service that came in.
type service struct {
	corev1.Service
	doc  *source.Document
	live bool // it was read from a cluster
}

// readServices makes a spec of the Services of each set of pods.
func readServices(in *Input) []*Draft {
	var all []*service
	for _, doc := range in.Take(isService) {
		if s := in.service(doc); s != nil {
			all = append(all, s)
		}
	}
	w := &worldOfPods{sets: workload.Read(in.All), templates: templatesOf(in.All)}
	var out []*Draft
	for _, p := range w.podSets(all) {
		for _, part := range p.parts(in) {
			out = append(out, part.draft(in, how{}))
		}
	}
	return out
}

func isService(doc *source.Document) bool {
	o := doc.Object()
	return o.Kind == "Service" && o.APIVersion == "v1"
}

// service reads a Service. It reports one that the API server would not accept.
func (in *Input) service(doc *source.Document) *service {
	s := &service{doc: doc}
	if !in.decode(doc, &s.Service) {
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

// decode reads a document as the API server does, and reports what it would not accept.
func (in *Input) decode(doc *source.Document, into any) bool {
	var tree any
	err := doc.Node().Decode(&tree)
	if err == nil {
		var text []byte
		if text, err = json.Marshal(tree); err == nil {
			err = kjson.UnmarshalCaseSensitivePreserveInts(text, into)
		}
	}
	if err == nil {
		return true
	}
	at, why := source.Path{}, err.Error()
	var twice *yaml.TypeError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &twice):
		why = strings.Join(twice.Errors, "; ")
	case errors.As(err, &wrong):
		at = source.Path{}.Field(slices.DeleteFunc(strings.Split(wrong.Field, "."), func(f string) bool { return f == "" })...)
		why = "a " + wrong.Value + " is no value of the field"
	}
	in.Errorf(doc, source.WrongType, at, "write it as the API server accepts it", "the %s cannot be read: %s", doc.Object().Kind, why)
	return false
}
