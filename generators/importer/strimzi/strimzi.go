// Package strimzi makes specs of the Kafka resources of the operator Strimzi.
package strimzi

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Source reads Kafka resources of the operator Strimzi, with their KafkaNodePools. Sources: Strimzi
// 1.3.0-SNAPSHOT, the CRD 040-Crd-kafka.yaml, and KafkaCluster, ListenersUtils, NodeIdAssignor and
// KafkaListenersReconciler of its cluster operator.
var Source = draft.Source{Name: "Kafka and KafkaNodePool of Strimzi", Read: readKafkas}

const apiGroup = "kafka.strimzi.io"

// apiVersions are the versions of the API that have a list of listeners.
var apiVersions = []string{apiGroup + "/v1", apiGroup + "/v1beta2"}

// A kafkaCluster is a Kafka resource that becomes a spec.
type kafkaCluster struct {
	*fields.Fields              // of the Kafka resource
	draft          *draft.Draft // without the spec
	access         *v1alpha1.ExternalAccess
	name           string
	groups         []*brokerGroup

	listeners []*kafkaListener
	services  map[string]*source.Document // of the input, by their names
	copied    map[string]string           // the labels that the Services for all brokers have from the resource
	shared    metadata                    // of the template of these Services
	perPod    metadata                    // of the template of Services for single brokers
}

func readKafkas(in *draft.Input) []*draft.Draft {
	kafkas := in.Take(func(doc *source.Document) bool { return isStrimzi(doc, "Kafka") })
	pools := in.Take(func(doc *source.Document) bool { return isStrimzi(doc, "KafkaNodePool") })
	var out []*draft.Draft
	for _, doc := range kafkas {
		mine := poolsOf(doc.Object(), pools)
		for _, p := range mine {
			pools = slices.DeleteFunc(pools, func(doc *source.Document) bool { return doc == p })
		}
		if !served(in, doc) {
			continue
		}
		k := &kafkaCluster{Fields: fields.Of(in, doc), draft: &draft.Draft{Of: doc}}
		if k.read(mine) {
			out = append(out, k.spec(false))
		}
	}
	for _, doc := range pools {
		in.Errorf(doc, source.Required, source.Path{}.Field("metadata", "name"), "put the Kafka resource into the same input",
			"the input has no Kafka resource %s, whose listeners these brokers have", doc.Scalar("metadata", "labels", "strimzi.io/cluster"))
	}
	return out
}

// exportHint says what to edit in the patch of the built-in export for listeners that it is not about.
func (k *kafkaCluster) exportHint() string {
	var edits []string
	for i, l := range k.listeners {
		if (l.hasServices() || len(l.brokers) > 0) && (i != 1 || l.name != "external") {
			edits = append(edits, fmt.Sprintf("%s is listeners[%d]", l.name, i))
		}
	}
	if len(edits) == 0 {
		return ""
	}
	return "sallyport export strimzi prints a patch of listeners[1] with the name external. For another one, write " +
		"exports: {strimzi: {ports: {tcp-external: tcp-NAME}}} on the component, and change place and name in the patch: " + strings.Join(edits, ", ") + "."
}

func isStrimzi(doc *source.Document, kind string) bool {
	o := doc.Object()
	return o.Kind == kind && strings.HasPrefix(o.APIVersion, apiGroup+"/")
}

// served reports whether a Kafka resource has a version of the API with a list of listeners. Others
// are reported.
func served(in *draft.Input, doc *source.Document) bool {
	version := doc.Object().APIVersion
	if slices.Contains(apiVersions, version) {
		return true
	}
	in.Errorf(doc, source.UnknownKind, source.Path{}.Field("apiVersion"),
		"convert it with Strimzi's api-conversion tool, or get it from the cluster as "+apiVersions[1],
		"%s of Kafka is not read: the versions are %s", source.Short(version), strings.Join(apiVersions, " and "))
	return false
}

// poolsOf returns the node pools of a cluster.
func poolsOf(kafka source.Object, pools []*source.Document) []*source.Document {
	var out []*source.Document
	for _, doc := range pools {
		o := doc.Object()
		if doc.Scalar("metadata", "labels", "strimzi.io/cluster") == kafka.Name && (o.Namespace == kafka.Namespace || o.Namespace == "" || kafka.Namespace == "") {
			out = append(out, doc)
		}
	}
	return out
}

// read reads the resource, and reports whether it can become a spec.
func (k *kafkaCluster) read(pools []*source.Document) bool {
	meta, kafka := k.Child("metadata"), k.Under("spec", "kafka")
	if k.name = meta.String("name"); k.name == "" {
		k.Errorf(source.Required, "metadata", "write its name", "the resource has no name")
		return false
	}
	if kafka == nil {
		k.Errorf(source.Required, "spec", "write the listeners under spec.kafka.listeners", "the resource has no spec.kafka")
		return false
	}
	k.access = draft.NewAccess(k.In, k.name, k.Doc.Object().Namespace)
	k.readTemplates(kafka)
	if !k.readListeners(kafka) || !k.readBrokers(kafka, pools) {
		return false
	}
	for _, l := range k.listeners {
		l.readBootstrap()
		l.readPods()
	}
	for _, l := range k.listeners {
		l.remarks()
	}
	if slices.ContainsFunc(k.listeners, (*kafkaListener).hasServices) {
		k.draft.Remark(k.Doc, kafka.Path("listeners"), "the labels that Strimzi writes on its Services are left out: "+
			"it deletes Services that have its labels and are not those of its own listeners")
	}
	k.draft.Hint = k.exportHint()
	k.draft.SortRemarks()
	k.take()
	return true
}

// spec writes the spec. If plain is set, annotations stay annotations.
func (k *kafkaCluster) spec(plain bool) *draft.Draft {
	out := *k.draft
	out.Access = new(*k.access)
	for _, g := range k.groups {
		c := g.component(k)
		c.Ports, c.Services = k.ports(), k.inside()
		for _, l := range k.listeners {
			c.Services = append(c.Services, l.entries(g, plain)...)
		}
		services.DefaultPorts(&c)
		out.Access.Spec.Components = append(out.Access.Spec.Components, c)
	}
	services.Hoist(&out.Access.Spec)
	if !plain {
		out.Simpler = func() *draft.Draft { return k.spec(true) }
	}
	return &out
}

// called returns the name of an object that begins with that of the cluster.
func (k *kafkaCluster) called(rest string) string {
	if k.access.Metadata.Name == k.name {
		return "$(name)" + rest
	}
	return k.name + rest
}

// metadata are labels and annotations of a template.
type metadata struct{ labels, annotations map[string]string }

// templateMeta reads those of the template for a kind of object.
func templateMeta(template *fields.Fields, kind string) metadata {
	m := template.Under(kind, "metadata")
	return metadata{m.Pairs("labels"), m.Pairs("annotations")}
}

// readTemplates reads the labels and annotations that spec.kafka.template has for Services.
func (k *kafkaCluster) readTemplates(kafka *fields.Fields) {
	template := kafka.Child("template")
	k.copied = copiedLabels(k.Fields)
	k.shared, k.perPod = templateMeta(template, "externalBootstrapService"), templateMeta(template, "perPodService")
	for _, name := range []string{"externalBootstrapRoute", "perPodRoute", "externalBootstrapIngress", "perPodIngress"} {
		template.Remark(k.draft, name, "a spec has no labels and annotations for Routes and Ingresses alone: commonLabels and commonAnnotations are for all objects")
	}
}

// ports are the ports of the listeners.
func (k *kafkaCluster) ports() []v1alpha1.Port {
	var out []v1alpha1.Port
	for _, l := range k.listeners {
		out = append(out, v1alpha1.Port{Name: l.portName(), ContainerPort: l.port,
			Listener: &v1alpha1.Listener{Name: new(l.listenerName()), Protocol: new(l.security)}})
	}
	return out
}

// inside are the Services of Strimzi for listeners of type internal: they stay as they are.
func (k *kafkaCluster) inside() []v1alpha1.Service {
	var ports []v1alpha1.ServicePort
	for _, l := range k.listeners {
		if !l.hasServices() {
			ports = append(ports, v1alpha1.ServicePort{Name: l.portName()})
		}
	}
	if len(ports) == 0 {
		return nil
	}
	return []v1alpha1.Service{
		{Name: "brokers", Mode: v1alpha1.Headless, ServiceName: k.called("-kafka-brokers"), Create: new(false), Ports: ports},
		{Name: "bootstrap", Mode: v1alpha1.Shared, Type: new(v1alpha1.ClusterIP), ServiceName: k.called("-kafka-bootstrap"), Create: new(false), Ports: ports},
	}
}

// isService reports whether a document is a Service in the namespace of the cluster.
func (k *kafkaCluster) isService(doc *source.Document) bool {
	o := doc.Object()
	return draft.IsService(doc) && (o.Namespace == "" || o.Namespace == k.Doc.Object().Namespace)
}

// serviceNamed returns the Service of a name in the namespace of the cluster; nil: it is not in the input.
func (k *kafkaCluster) serviceNamed(name string) *source.Document {
	if k.services == nil {
		k.services = map[string]*source.Document{}
		for _, doc := range k.In.All {
			if k.isService(doc) {
				k.services[doc.Object().Name] = doc
			}
		}
	}
	return k.services[name]
}

// take takes the Services of the input that the operator has made of the resource. The spec generates
// those for listeners outside.
func (k *kafkaCluster) take() {
	outside, inside := map[string]bool{}, map[string]bool{k.name + "-kafka-brokers": true, k.name + "-kafka-bootstrap": true}
	for _, l := range k.listeners {
		for _, name := range l.serviceNames() {
			outside[name] = true
		}
	}
	mine := func(names map[string]bool) []*source.Document {
		return k.In.Take(func(doc *source.Document) bool {
			return names[doc.Object().Name] && k.isService(doc)
		})
	}
	k.draft.Came = mine(outside)
	mine(inside)
}
