package importer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

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

// Charts are the names of the charts whose values are read.
func Charts() []string {
	var out []string
	for _, s := range bitnamiCharts {
		out = append(out, s.Chart)
	}
	return out
}

// A chart is the values of one release of a chart, which become a spec.
type chart struct {
	*fields
	draft   *Draft // without the spec
	access  *v1alpha1.ExternalAccess
	name    string // of the chart
	version string
	release string
	full    string // what the chart calls its objects

	components []func(plain bool) v1alpha1.Component
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
			c := &chart{fields: fieldsOf(in, doc), draft: &Draft{Of: doc}, name: name, version: version}
			c.begin()
			if read(c) {
				c.draft.sortRemarks()
				out = append(out, c.spec(false))
			}
		}
		return out
	}}
}

// spec writes the spec. If plain is set, annotations stay annotations.
func (c *chart) spec(plain bool) *Draft {
	out := *c.draft
	out.Access = new(*c.access)
	for _, component := range c.components {
		comp := component(plain)
		defaultPorts(&comp)
		out.Access.Spec.Components = append(out.Access.Spec.Components, comp)
	}
	hoist(&out.Access.Spec)
	if !plain {
		out.Simpler = func() *Draft { return c.spec(true) }
	}
	return &out
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
	c.access = newAccess(c.in, c.release, c.string("namespaceOverride"))
	if domain := c.string("clusterDomain"); domain != "" && domain != "cluster.local" {
		c.access.Spec.ClusterDomain = new(domain)
	}
	setAll(&c.access.Spec.CommonLabels, c.common(c.fields, "commonLabels"))
}

// called returns the name of an object of the chart, with the name of the spec as placeholder.
func (c *chart) called(rest string) string {
	if after, ok := strings.CutPrefix(c.full, c.release); ok && (after == "" || after[0] == '-') {
		return "$(name)" + escaped(after) + rest
	}
	return escaped(c.full) + rest
}

// isExposed reports whether a switch of the values is on; if not, there is nothing to import.
func (c *chart) isExposed(path ...string) bool {
	at := c.fields
	for _, name := range path[:len(path)-1] {
		at = at.child(name)
	}
	last := path[len(path)-1]
	if at.isOn(last) {
		return true
	}
	if at != nil && at.reported[at.path(last).String()] {
		return false
	}
	c.in.Errorf(c.doc, source.Required, source.Path{}.Field(path...), "write "+strings.Join(path, ".")+": true if clients outside reach the pods through Services of the chart",
		"it is not true: the chart makes no Services for clients outside the cluster, and there is nothing to import")
	return false
}

// helmExpression is an expression in a value that the chart evaluates.
var helmExpression = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)

// evaluated returns a text as the chart makes it for a pod, or false if only Helm can do that.
func (c *chart) evaluated(text string, p pod) (string, bool) {
	known := map[string]string{"targetPod": p.name, "Release.Name": c.release, "Release.Namespace": c.access.Metadata.Namespace}
	ok := true
	out := helmExpression.ReplaceAllStringFunc(text, func(e string) string {
		value := known[strings.TrimLeft(helmExpression.FindStringSubmatch(e)[1], "$.")]
		ok = ok && value != ""
		return value
	})
	return out, ok
}

// template returns a text with expressions for the pod, as a spec has it.
func template(text string) string {
	return helmExpression.ReplaceAllStringFunc(escaped(text), func(e string) string {
		if strings.HasSuffix(helmExpression.FindStringSubmatch(e)[1], ".targetPod") {
			return "$(pod)"
		}
		return e
	})
}

// pairsOf reads labels or annotations of all pods, whose expressions are those of a pod like this one. Those
// that only Helm can evaluate are left out.
func (c *chart) pairsOf(f *fields, name string, p pod) map[string]string {
	out := f.pairs(name)
	for k, v := range out {
		if _, ok := c.evaluated(v, p); !ok {
			c.draft.Remark(f.doc, f.path(name).MapKey(k), "an expression that only Helm can evaluate: write the text, or one with placeholders such as $(pod)")
			delete(out, k)
		}
	}
	return out
}

// common reads the labels or annotations of all objects.
func (c *chart) common(f *fields, name string) map[string]string {
	out := c.pairsOf(f, name, pod{})
	for k, v := range out {
		v, _ = c.evaluated(v, pod{})
		out[k] = escaped(v)
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

// A chartService is a block of values that describes Services, and what the chart does with it.
type chartService struct {
	*fields
	component, workload string // after the name of the chart's objects
	replicas            int32
	known               []string // the settings that the chart has here, of those that not all charts have

	like corev1.Service // what all Services have; labels and annotations have expressions
	all  []made
}

// pods makes the Services of the pods.
func (s *chartService) pods(c *chart) {
	var known []string
	for _, m := range []map[string]string{s.like.Annotations, s.like.Labels} {
		for _, v := range m {
			if t := template(v); t != escaped(v) {
				known = append(known, t)
			}
		}
	}
	slices.Sort(known)
	for i := range min(s.replicas, v1alpha1.MaxReplicas) {
		p := podOf(c.full+s.workload, i)
		p.known = known
		m := newMade(p, s.like)
		for _, pairs := range []map[string]string{m.Annotations, m.Labels} {
			for k, v := range pairs {
				pairs[k], _ = c.evaluated(v, p)
			}
		}
		s.all = append(s.all, m)
	}
}

// knows reports whether the chart has a setting here and the values have it.
func (s *chartService) knows(name string) bool {
	return slices.Contains(s.known, name) && s.has(name)
}

// settings reads the access settings of a block.
func (c *chart) settings(s *chartService, component string) {
	spec := &s.like.Spec
	spec.Type = corev1.ServiceType(firstText(s.oneOf("type", "ClusterIP", "NodePort", "LoadBalancer"), "LoadBalancer"))
	if spec.Type == corev1.ServiceTypeLoadBalancer {
		s.balancer(spec)
	} else {
		s.skip("loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts") // without effect in the chart too
	}
	spec.PublishNotReadyAddresses = s.knows("publishNotReadyAddresses") && s.isOn("publishNotReadyAddresses")
	if s.knows("ipFamilyPolicy") {
		if policy := s.oneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
			spec.IPFamilyPolicy = new(corev1.IPFamilyPolicy(policy))
		}
	}
	if s.knows("ipFamilies") {
		for _, family := range s.texts("ipFamilies") {
			spec.IPFamilies = append(spec.IPFamilies, corev1.IPFamily(family))
		}
	}
	if s.knows("sessionAffinity") {
		spec.SessionAffinity = corev1.ServiceAffinity(s.oneOf("sessionAffinity", v1alpha1.SessionAffinity("").Values()...))
		if config := s.value("sessionAffinityConfig"); config != nil && len(config.Content) > 0 {
			s.remark(c.draft, "sessionAffinityConfig", "a spec cannot set the timeout")
		}
	}
	s.like.Labels = c.labels(s, component)
	s.like.Annotations = c.pairsOf(s.fields, "annotations", podOf("pod", 0))
}

// labels are those by which people find Services of a chart. helm.sh/chart and the version of the
// engine change with each release of the chart, and so they are left out.
func (c *chart) labels(s *chartService, component string) map[string]string {
	out := map[string]string{"app.kubernetes.io/instance": c.release, "app.kubernetes.io/name": firstText(c.string("nameOverride"), c.name)}
	if component != "" {
		out["app.kubernetes.io/component"] = component
	}
	if s.knows("labels") {
		out = merged(out, c.pairsOf(s.fields, "labels", podOf("pod", 0)))
	}
	return out
}

func (s *chartService) balancer(spec *corev1.ServiceSpec) {
	if class := s.string("loadBalancerClass"); class != "" {
		spec.LoadBalancerClass = new(class)
	}
	spec.LoadBalancerSourceRanges = s.texts("loadBalancerSourceRanges")
	if nodePorts := s.flag("allocateLoadBalancerNodePorts"); s.knows("allocateLoadBalancerNodePorts") && nodePorts != nil && !*nodePorts {
		spec.AllocateLoadBalancerNodePorts = nodePorts
	}
}

// policy reads externalTrafficPolicy for the types that have it.
func (s *chartService) policy(otherwise corev1.ServiceExternalTrafficPolicy) {
	word := corev1.ServiceExternalTrafficPolicy(firstText(s.oneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...), string(otherwise)))
	if s.like.Spec.Type != corev1.ServiceTypeClusterIP {
		s.like.Spec.ExternalTrafficPolicy = word
	}
}

// listOf reads a list of texts with one for each pod. If there are others than pods, the chart ignores
// all of them, or fails.
func (s *chartService) listOf(c *chart, name string) []string {
	out := s.texts(name)
	if len(out) > 0 && len(out) < int(s.replicas) {
		s.remark(c.draft, name, "the list is shorter than the number of pods, which is %d: the chart ignores it or fails, and so it is left out", s.replicas)
		return nil
	}
	return out
}

// give gives each pod one entry of a list.
func give[T any](s *chartService, list []T, to func(*made, T)) {
	for i := range s.all {
		if i < len(list) {
			to(&s.all[i], list[i])
		}
	}
}

// hosts are advertised to clients.
func (s *chartService) hosts(list []string) {
	give(s, list, func(m *made, host string) { m.host = host })
}

// addresses are those that load balancers ask for in their fields.
func (s *chartService) addresses(list []string) {
	give(s, list, func(m *made, ip string) { m.Spec.LoadBalancerIP = ip })
}

func (s *chartService) nodePorts(list []int32) {
	give(s, list, func(m *made, n int32) { m.nodePort = n })
}

// everyone returns a text for each pod.
func (s *chartService) everyone(text string) []string {
	out := make([]string, len(s.all))
	for i := range out {
		out[i] = text
	}
	return out
}

// annotations gives each pod the annotations of one entry of a list.
func (c *chart) annotations(s *chartService, name string) {
	give(s, s.items(name), func(m *made, f *fields) {
		for i := 0; i+1 < len(f.node.Content); i += 2 {
			key, value := f.node.Content[i].Value, f.node.Content[i+1]
			text, ok := c.evaluated(value.Value, m.pod)
			if value.Kind != yaml.ScalarNode || !ok {
				c.draft.Remark(f.doc, f.path(key), "a value that only Helm can evaluate: write the text")
				continue
			}
			m.Annotations[key] = text
		}
	})
}

// entry returns the entry of a service for each pod.
func (s *chartService) entry(name string, plain bool, ports ...v1alpha1.ServicePort) v1alpha1.Service {
	e := v1alpha1.Service{Name: name, Mode: v1alpha1.PerPod, Ports: slices.Clone(ports)}
	perPod(&e, s.all, plain)
	setKey(&e.Labels, "pod", "$(pod)")
	return e
}

// extraPorts reads the further ports of the Services.
func (c *chart) extraPorts(s *chartService) (ports []v1alpha1.Port, opened []v1alpha1.ServicePort) {
	for _, f := range s.items("extraPorts") {
		name, target, port := f.string("name"), f.text("targetPort"), f.port("port")
		number := port
		if n, err := strconv.ParseUint(target, 10, 16); err == nil && n > 0 {
			number = new(int32(n))
		} else if target != "" {
			number = nil
		}
		if name == "" || port == nil || number == nil {
			c.draft.Remark(f.doc, f.at, "a port without a name or a number, or with a targetPort by name: add it to the ports of the component and of the entry, with the number that the container has")
			continue
		}
		p := v1alpha1.Port{Name: name, ContainerPort: *number}
		if protocol := v1alpha1.Protocol(f.text("protocol")); protocol != v1alpha1.TCP {
			p.Protocol = protocol
		}
		own := entryPortOf(name, name, *port, *number)
		own.NodePort = f.port("nodePort")
		ports, opened = append(ports, p), append(opened, own)
		f.rest(c.draft, "a port of a spec has no such setting")
	}
	return ports, opened
}

// discovers adds the remark about pods that ask for their own addresses.
func (c *chart) discovers(f *fields, export string) {
	if f.isOn("enabled") {
		c.draft.Remark(f.doc, f.at, "pods do not ask for addresses with this spec: sallyport export %s prints values for addresses that are known; else see discovery of config", export)
	}
}
