package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// bitnamiCharts are the charts of Bitnami whose values are read. Sources: values.yaml and the templates
// of the Services, of the versions that the rows name.
var bitnamiCharts = []*Source{
	chartSource("kafka", "32.4.4", (*chart).kafka),
	chartSource("mongodb", "17.0.2", (*chart).mongodb),
	chartSource("redis", "23.1.1", (*chart).redis),
	chartSource("redis-cluster", "13.0.5", (*chart).redisCluster),
	chartSource("rabbitmq", "16.0.16", (*chart).rabbitmq),
}

// A chart is the values of one release of a chart, which become a spec.
type chart struct {
	*fields
	draft   *Draft
	name    string // of the chart
	version string
	release string
	full    string // what the chart calls its objects
}

func chartSource(name, version string, read func(*chart) bool) *Source {
	return &Source{Name: "values of bitnami/" + name + " " + version, Chart: name, Read: func(in *Input) []*Draft {
		docs := in.Take(func(*source.Document) bool { return true })
		var out []*Draft
		for i, doc := range docs {
			if o := doc.Object(); o.APIVersion != "" && o.Kind != "" {
				in.Errorf(doc, source.UnknownKind, source.Path{}.Field("kind"), "leave out --values to import objects; helm get values RELEASE -o yaml prints the values", "this is an object of kind %s, and not the values of a chart", short(o.Kind))
				continue
			}
			if i > 0 {
				in.Errorf(doc, source.Duplicate, source.Path{}, "merge them into one document: helm get values RELEASE -o yaml prints what the release has", "these are the values of another release, or a second file of the same one")
				continue
			}
			c := &chart{fields: fieldsOf(in, doc), draft: &Draft{}, name: name, version: version}
			c.begin()
			if read(c) {
				out = append(out, c.draft)
			}
		}
		return out
	}}
}

// notInNames is what Helm replaces in the name of a release.
var notInNames = regexp.MustCompile(`(-?[^a-z\d\-])+-?`)

// begin reads the names of the release, and the labels and annotations of all objects.
func (c *chart) begin() {
	c.release = c.in.Name
	if c.release == "" {
		c.release = c.name
		c.draft.Remark(c.doc, nil, "the names are those of a release with the name %s: --name names another one", c.name)
	}
	name := firstText(c.string("nameOverride"), c.name)
	release := notInNames.ReplaceAllString(strings.ToLower(c.release), "-")
	c.full = release
	if !strings.Contains(release, name) {
		c.full += "-" + name
	}
	c.full = firstText(c.string("fullnameOverride"), c.full)
	c.full = strings.TrimSuffix(c.full[:min(len(c.full), 63)], "-")
	c.draft.Access = newAccess(c.in, c.release, c.string("namespaceOverride"))
	if domain := c.string("clusterDomain"); domain != "" && domain != "cluster.local" {
		c.draft.Access.Spec.ClusterDomain = new(domain)
	}
	setAll(&c.draft.Access.Spec.CommonLabels, c.pairsOf(c.fields, "commonLabels"))
}

// called returns the name of an object of the chart, with the name of the spec as placeholder.
func (c *chart) called(rest string) string {
	if after, ok := strings.CutPrefix(c.full, c.release); ok && (after == "" || after[0] == '-') {
		return "$(name)" + literal(after) + rest
	}
	return literal(c.full) + rest
}

// isExposed reports whether a switch of the values is on; if not, there is nothing to import.
func (c *chart) isExposed(f *fields, path ...string) bool {
	at := c.fields
	for _, name := range path[:len(path)-1] {
		at = at.child(name)
	}
	last := path[len(path)-1]
	if at.isOn(last) {
		return true
	}
	c.in.Errorf(c.doc, source.Required, source.Path{}.Field(path...), "write "+strings.Join(path, ".")+": true if clients outside reach the pods through Services of the chart",
		"it is not true: the chart makes no Services for clients outside the cluster, and there is nothing to import")
	return false
}

// helmExpression is an expression in a value that the chart evaluates.
var helmExpression = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)

// helmNames are the expressions that a spec has placeholders for.
var helmNames = map[string]string{"targetPod": "$(pod)", "Release.Name": "$(name)", "Release.Namespace": "$(namespace)"}

// evaluated returns a text whose expressions are placeholders, or false if there are others.
func evaluated(text string) (string, bool) {
	ok := true
	out := helmExpression.ReplaceAllStringFunc(literal(text), func(e string) string {
		name := strings.TrimLeft(helmExpression.FindStringSubmatch(e)[1], "$.")
		placeholder := helmNames[name]
		ok = ok && placeholder != ""
		return placeholder
	})
	return out, ok
}

// pairsOf reads labels or annotations, in which the chart evaluates expressions.
func (c *chart) pairsOf(f *fields, name string) map[string]string {
	out := f.pairs(name)
	for k, v := range out {
		text, ok := evaluated(v)
		if !ok {
			c.draft.Remark(f.doc, f.path(name).MapKey(k), "an expression that only Helm can evaluate: write the text, or one with placeholders such as $(pod)")
			delete(out, k)
			continue
		}
		out[k] = text
	}
	return out
}

// number reads a number that may be in quotes: templates do not mind.
func (c *chart) number(f *fields, name string, otherwise int32) int32 {
	text := f.text(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		f.errorf(source.WrongType, name, "write a whole number", "got %q, want a whole number", short(text))
		return otherwise
	}
	return int32(n)
}

// A chartService is a block of values that describes a Service for each pod, and what the chart does
// with it.
type chartService struct {
	*fields
	component, workload string // after the name of the chart's objects
	replicas            int32
	known               []string // the settings that the chart has here, see settings
}

// pods are the pods of the Services.
func (s *chartService) pods(c *chart) []onePod {
	var out []onePod
	workload := c.full + s.workload
	for i := range min(s.replicas, maxBrokers) {
		out = append(out, onePod{name: fmt.Sprintf("%s-%d", workload, i), workload: workload, id: i})
	}
	return out
}

// knows reports whether the chart has a setting here and the values have it.
func (s *chartService) knows(name string) bool {
	return slices.Contains(s.known, name) && s.has(name)
}

// settings writes the access settings of a block.
func (c *chart) settings(s *chartService, e *v1alpha1.Service) {
	e.Type = new(v1alpha1.ServiceType(firstText(s.oneOf("type", "ClusterIP", "NodePort", "LoadBalancer"), "LoadBalancer")))
	if *e.Type == v1alpha1.LoadBalancer {
		c.balancer(s, e)
	} else {
		s.skip("loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts") // without effect in the chart too
	}
	if s.knows("publishNotReadyAddresses") && s.isOn("publishNotReadyAddresses") {
		e.PublishNotReadyAddresses = new(true)
	}
	if s.knows("ipFamilyPolicy") {
		if policy := s.oneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
			e.IPFamilyPolicy = new(v1alpha1.IPFamilyPolicy(policy))
		}
	}
	if s.knows("ipFamilies") {
		for _, family := range s.texts("ipFamilies") {
			e.IPFamilies = append(e.IPFamilies, v1alpha1.IPFamily(family))
		}
	}
	if s.knows("sessionAffinity") {
		if affinity := s.oneOf("sessionAffinity", v1alpha1.SessionAffinity("").Values()...); affinity != "" && affinity != "None" {
			e.SessionAffinity = new(v1alpha1.SessionAffinity(affinity))
		}
	}
	if config := s.value("sessionAffinityConfig"); config != nil && len(config.Content) > 0 {
		s.remark(c.draft, "sessionAffinityConfig", "a spec cannot set the timeout")
	}
	if s.knows("labels") {
		setAll(&e.Labels, c.pairsOf(s.fields, "labels"))
	}
	setAll(&e.Annotations, c.pairsOf(s.fields, "annotations"))
}

func (c *chart) balancer(s *chartService, e *v1alpha1.Service) {
	class, ranges := s.string("loadBalancerClass"), s.texts("loadBalancerSourceRanges")
	if class != "" {
		balancer(&e.Access).Class = new(class)
	}
	if len(ranges) > 0 {
		balancer(&e.Access).SourceRanges = ranges
	}
	if nodePorts := s.flag("allocateLoadBalancerNodePorts"); s.knows("allocateLoadBalancerNodePorts") && nodePorts != nil && !*nodePorts {
		balancer(&e.Access).AllocateNodePorts = new(false)
	}
}

// policy writes externalTrafficPolicy for the types that have it.
func (s *chartService) policy(e *v1alpha1.Service, otherwise v1alpha1.TrafficPolicy) {
	word := v1alpha1.TrafficPolicy(s.oneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...))
	if word == "" {
		word = otherwise
	}
	if *e.Type != v1alpha1.ClusterIP && word != v1alpha1.PolicyCluster {
		e.ExternalTrafficPolicy = new(word)
	}
}

// labelled gives Services the labels by which people find those of a chart.
func (c *chart) labelled(e *v1alpha1.Service, component string) {
	setKey(&e.Labels, "app.kubernetes.io/instance", "$(name)")
	setKey(&e.Labels, "app.kubernetes.io/name", firstText(c.string("nameOverride"), c.name))
	if component != "" {
		setKey(&e.Labels, "app.kubernetes.io/component", component)
	}
	if e.Mode == v1alpha1.PerPod {
		setKey(&e.Labels, "pod", "$(pod)")
	}
}

// listOf reads a list of texts with one for each pod. If there are others than pods, the chart ignores
// all of them, or fails.
func (s *chartService) listOf(c *chart, name string) []string {
	out := s.texts(name)
	if len(out) > 0 && len(out) < int(s.replicas) {
		s.remark(c.draft, name, "the list has %d entries for %d pods: the chart ignores it or fails, and so it is left out", len(out), s.replicas)
		return nil
	}
	return out
}

// give gives each pod one text of a list.
func give(pods []onePod, list []string, to func(*onePod, string)) {
	for i := range pods {
		if i < len(list) {
			to(&pods[i], list[i])
		}
	}
}

// giveNumbers gives each pod one number of a list.
func giveNumbers(pods []onePod, list []int32) {
	for i := range pods {
		if i < len(list) {
			pods[i].nodePort = new(list[i])
		}
	}
}

// giveMaps gives each pod the annotations of one entry of a list.
func (c *chart) giveMaps(s *chartService, name string, pods []onePod) {
	for i, f := range s.items(name) {
		if i >= len(pods) {
			break
		}
		pods[i].annotations = map[string]string{}
		for j := 0; j+1 < len(f.node.Content); j += 2 {
			key, value := f.node.Content[j].Value, f.node.Content[j+1]
			text, ok := evaluated(value.Value)
			if value.Kind != yaml.ScalarNode || !ok {
				c.draft.Remark(f.doc, f.path(key), "a value that only Helm can evaluate: write the text")
				continue
			}
			pods[i].annotations[key] = text
		}
	}
}

// extraPorts adds the further ports of the Services.
func (c *chart) extraPorts(s *chartService, comp *v1alpha1.Component, e *v1alpha1.Service) {
	for _, f := range s.items("extraPorts") {
		name, target := f.string("name"), f.text("targetPort")
		port := f.port("port")
		number := port
		if n, err := strconv.ParseUint(target, 10, 16); err == nil && n > 0 {
			number = new(int32(n))
		} else if target != "" {
			number = nil
		}
		if name == "" || port == nil || number == nil {
			c.draft.Remark(f.doc, f.at, "a port that has no name, no number, or a targetPort by name: add it to the ports of the component and of the entry, with the number that the container has")
			continue
		}
		comp.Ports = append(comp.Ports, v1alpha1.Port{Name: name, ContainerPort: *number, Protocol: v1alpha1.Protocol(strings.TrimPrefix(f.text("protocol"), "TCP"))})
		own := v1alpha1.ServicePort{Name: name}
		if *port != *number {
			own.Port = port
		}
		own.NodePort = f.port("nodePort")
		e.Ports = append(e.Ports, own)
		f.rest(c.draft, "a port of a spec has no such setting")
	}
}

// discovers adds the remark about pods that ask for their own addresses.
func (c *chart) discovers(f *fields, export string) {
	if f.isOn("enabled") {
		c.draft.Remark(f.doc, f.at, "pods do not ask for addresses with this spec: sallyport export %s prints values for addresses that are known; else see discovery of config", export)
	}
}
