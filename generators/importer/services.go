package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
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
	slices.SortStableFunc(all, func(a, b *service) int { return compareObjects(a.doc, b.doc) })
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
	in.unreadable(doc, err)
	return false
}

// unreadable reports a document that the API server would not accept, at the position of the error.
func (in *Input) unreadable(doc *source.Document, err error) {
	at, line, why := source.Path{}, 0, err.Error()
	var twice *yaml.TypeError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &twice):
		why = twice.Errors[0]
		if place, rest, ok := strings.Cut(strings.TrimPrefix(why, "line "), ": "); ok {
			if n, err := strconv.Atoi(place); err == nil {
				line, why = n, rest
			}
		}
	case errors.As(err, &wrong):
		at = pathOf(doc.Node(), strings.FieldsFunc(wrong.Field, func(r rune) bool { return r == '.' }), wrong.Value)
		why = "a " + wrong.Value + " is no value of the field"
	}
	r := source.NewReporter(doc)
	d := r.Errorf(source.WrongType, at, "write it as the API server accepts it", "the %s cannot be read: %s", doc.Object().Kind, why)
	if line > 0 && doc.Numbers {
		d.Line, d.Column = line, 1
	}
	in.found = append(in.found, r.Diagnostics()...)
}

// pathOf returns the path of a field of which the index in lists is not known: that of the first value
// of a type.
func pathOf(n *yaml.Node, fields []string, typ string) source.Path {
	var at source.Path
	for n != nil {
		switch {
		case n.Kind == yaml.SequenceNode:
			i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return hasType(c, fields, typ) })
			if i < 0 {
				return at
			}
			at, n = at.Index(i), n.Content[i]
		case len(fields) == 0:
			return at
		default:
			n = valueOf(n, fields[0])
			at, fields = at.Field(fields[0]), fields[1:]
		}
	}
	return at
}

// jsonTypes are the names of types in errors, by the tags of YAML.
var jsonTypes = map[string]string{"!!str": "string", "!!int": "number", "!!float": "number", "!!bool": "bool", "!!map": "object", "!!seq": "array"}

// hasType reports whether a value of a type is at the end of a path.
func hasType(n *yaml.Node, fields []string, typ string) bool {
	for n != nil && n.Kind == yaml.MappingNode && len(fields) > 0 {
		n, fields = valueOf(n, fields[0]), fields[1:]
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(fields) > 0 {
		return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return hasType(c, fields, typ) })
	}
	return n != nil && len(fields) == 0 && strings.HasPrefix(typ, jsonTypes[n.ShortTag()])
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// compareObjects orders documents by what they are, so that their order in the input does not matter.
func compareObjects(a, b *source.Document) int {
	x, y := a.Object(), b.Object()
	return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Kind, y.Kind), cmp.Compare(len(digitsAs(x.Name)), len(digitsAs(y.Name))),
		cmp.Compare(digitsAs(x.Name), digitsAs(y.Name)), cmp.Compare(len(x.Name), len(y.Name)), cmp.Compare(x.Name, y.Name))
}
