// Package bitnami makes specs of the values of charts of Bitnami.
package bitnami

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Charts are the charts of Bitnami whose values are read. Sources: values.yaml and the templates
// of the Services, of the versions that the rows name.
var Charts = []*draft.Source{
	chartSource("kafka", "32.4.4", (*chart).kafka),
	chartSource("mongodb", "17.0.2", (*chart).mongodb),
	chartSource("redis", "23.1.1", (*chart).redis),
	chartSource("redis-cluster", "13.0.5", (*chart).redisCluster),
	chartSource("rabbitmq", "16.0.16", (*chart).rabbitmq),
}

// A chart is the values of one release of a chart, which become a spec.
type chart struct {
	*fields.Fields
	draft   *draft.Draft // without the spec
	access  *v1alpha1.ExternalAccess
	name    string // of the chart
	version string
	release string
	full    string // what the chart calls its objects

	components []func(plain bool) v1alpha1.Component
}

func chartSource(name, version string, read func(*chart) bool) *draft.Source {
	return &draft.Source{Name: "values of bitnami/" + name + " " + version, Chart: name, Read: func(in *draft.Input) []*draft.Draft {
		docs := in.Take(func(*source.Document) bool { return true })
		var out []*draft.Draft
		for i, doc := range docs {
			if o := doc.Object(); o.APIVersion != "" && o.Kind != "" {
				in.Errorf(doc, source.UnknownKind, source.Path{}.Field("kind"), "leave out --values to import objects; helm get values RELEASE -o yaml prints the values", "this is an object of kind %s, and not the values of a chart", source.Short(o.Kind))
				continue
			}
			if i > 0 {
				in.Errorf(doc, source.Duplicate, source.Path{}, "merge them into one document: helm get values RELEASE -o yaml prints what the release has", "these are the values of another release, or a second file of the same one")
				continue
			}
			c := &chart{Fields: fields.Of(in, doc), draft: &draft.Draft{Of: doc}, name: name, version: version}
			c.begin()
			if read(c) {
				c.draft.SortRemarks()
				out = append(out, c.spec(false))
			}
		}
		return out
	}}
}

// spec writes the spec. If plain is set, annotations stay annotations.
func (c *chart) spec(plain bool) *draft.Draft {
	out := *c.draft
	out.Access = new(*c.access)
	for _, component := range c.components {
		comp := component(plain)
		services.DefaultPorts(&comp)
		out.Access.Spec.Components = append(out.Access.Spec.Components, comp)
	}
	services.Hoist(&out.Access.Spec)
	if !plain {
		out.Simpler = func() *draft.Draft { return c.spec(true) }
	}
	return &out
}

// notInNames is what Helm replaces in the name of a release.
var notInNames = source.Pattern(`(-?[^a-z\d\-])+-?`)

// begin reads the names of the release, and the labels and annotations of all objects.
func (c *chart) begin() {
	c.release = c.In.Name
	if c.release == "" {
		c.release = c.name
		c.draft.Remark(c.Doc, nil, "the names are those of a release with the name %s: --name names another one", c.name)
	}
	name := cmp.Or(c.String("nameOverride"), c.name)
	release := notInNames().ReplaceAllString(strings.ToLower(c.release), "-")
	c.full = release
	if !strings.Contains(release, name) {
		c.full += "-" + name
	}
	c.full = cmp.Or(c.String("fullnameOverride"), c.full)
	c.full = strings.TrimSuffix(c.full[:min(len(c.full), 63)], "-")
	c.access = draft.NewAccess(c.In, c.release, c.String("namespaceOverride"))
	if domain := c.String("clusterDomain"); domain != "" && domain != "cluster.local" {
		c.access.Spec.ClusterDomain = new(domain)
	}
	services.SetAll(&c.access.Spec.CommonLabels, c.common(c.Fields, "commonLabels"))
}

// called returns the name of an object of the chart, with the name of the spec as placeholder.
func (c *chart) called(rest string) string {
	if after, ok := strings.CutPrefix(c.full, c.release); ok && (after == "" || after[0] == '-') {
		return "$(name)" + services.Escaped(after) + rest
	}
	return services.Escaped(c.full) + rest
}

// isExposed reports whether a switch of the values is on; if not, there is nothing to import.
func (c *chart) isExposed(path ...string) bool {
	at := c.Fields
	for _, name := range path[:len(path)-1] {
		at = at.Child(name)
	}
	last := path[len(path)-1]
	if at.IsOn(last) {
		return true
	}
	if at.IsReported(last) {
		return false
	}
	c.In.Errorf(c.Doc, source.Required, source.Path{}.Field(path...), "write "+strings.Join(path, ".")+": true if clients outside reach the pods through Services of the chart",
		"it is not true: the chart makes no Services for clients outside the cluster, and there is nothing to import")
	return false
}

// helmExpression is an expression in a value that the chart evaluates.
var helmExpression = source.Pattern(`\{\{-?\s*(.*?)\s*-?\}\}`)

// evaluated returns a text as the chart makes it for a pod, or false if only Helm can do that.
func (c *chart) evaluated(text string, p services.Pod) (string, bool) {
	known := map[string]string{"targetPod": p.PodName, "Release.Name": c.release, "Release.Namespace": c.access.Metadata.Namespace}
	ok := true
	out := helmExpression().ReplaceAllStringFunc(text, func(e string) string {
		value := known[strings.TrimLeft(helmExpression().FindStringSubmatch(e)[1], "$.")]
		ok = ok && value != ""
		return value
	})
	return out, ok
}

// template returns a text with expressions for the pod, as a spec has it.
func template(text string) string {
	return helmExpression().ReplaceAllStringFunc(services.Escaped(text), func(e string) string {
		if strings.HasSuffix(helmExpression().FindStringSubmatch(e)[1], ".targetPod") {
			return "$(pod)"
		}
		return e
	})
}

// pairsOf reads labels or annotations of all pods, whose expressions are those of a pod like this one. Those
// that only Helm can evaluate are left out.
func (c *chart) pairsOf(f *fields.Fields, name string, p services.Pod) map[string]string {
	out := f.Pairs(name)
	for k, v := range out {
		if _, ok := c.evaluated(v, p); !ok {
			c.draft.Remark(f.Doc, f.Path(name).MapKey(k), "an expression that only Helm can evaluate: write the text, or one with placeholders such as $(pod)")
			delete(out, k)
		}
	}
	return out
}

// common reads the labels or annotations of all objects.
func (c *chart) common(f *fields.Fields, name string) map[string]string {
	out := c.pairsOf(f, name, services.Pod{})
	for k, v := range out {
		v, _ = c.evaluated(v, services.Pod{})
		out[k] = services.Escaped(v)
	}
	return out
}

// number reads a number that may be in quotes: templates do not mind.
func (c *chart) number(f *fields.Fields, name string, otherwise int32) int32 {
	text := f.Text(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		f.Errorf(source.WrongType, name, "write a whole number", "got %q, want a whole number", source.Short(text))
		return otherwise
	}
	return int32(n)
}

// A chartService is a block of values that describes Services, and what the chart does with it.
type chartService struct {
	*fields.Fields
	component, workload string // after the name of the chart's objects
	replicas            int32
	known               []string // the settings that the chart has here, of those that not all charts have

	like corev1.Service // what all Services have; labels and annotations have expressions
	all  []services.Made
}

// pods makes the Services of the pods.
func (s *chartService) pods(c *chart) {
	var known []string
	for _, m := range []map[string]string{s.like.Annotations, s.like.Labels} {
		for _, v := range m {
			if t := template(v); t != services.Escaped(v) {
				known = append(known, t)
			}
		}
	}
	slices.Sort(known)
	for i := range min(s.replicas, v1alpha1.MaxReplicas) {
		p := services.PodOf(c.full+s.workload, i)
		p.Known = known
		m := services.NewMade(p, s.like)
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
	return slices.Contains(s.known, name) && s.Has(name)
}

// settings reads the access settings of a block.
func (c *chart) settings(s *chartService, component string) {
	spec := &s.like.Spec
	spec.Type = corev1.ServiceType(cmp.Or(s.OneOf("type", "ClusterIP", "NodePort", "LoadBalancer"), "LoadBalancer"))
	if spec.Type == corev1.ServiceTypeLoadBalancer {
		s.balancer(spec)
	} else {
		s.Skip("loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts") // without effect in the chart too
	}
	spec.PublishNotReadyAddresses = s.knows("publishNotReadyAddresses") && s.IsOn("publishNotReadyAddresses")
	if s.knows("ipFamilyPolicy") {
		if policy := s.OneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
			spec.IPFamilyPolicy = new(corev1.IPFamilyPolicy(policy))
		}
	}
	if s.knows("ipFamilies") {
		for _, family := range s.Texts("ipFamilies") {
			spec.IPFamilies = append(spec.IPFamilies, corev1.IPFamily(family))
		}
	}
	if s.knows("sessionAffinity") {
		spec.SessionAffinity = corev1.ServiceAffinity(s.OneOf("sessionAffinity", v1alpha1.SessionAffinity("").Values()...))
		if config := s.Value("sessionAffinityConfig"); config != nil && len(config.Content) > 0 {
			s.Remark(c.draft, "sessionAffinityConfig", "a spec cannot set the timeout")
		}
	}
	s.like.Labels = c.labels(s, component)
	s.like.Annotations = c.pairsOf(s.Fields, "annotations", services.PodOf("pod", 0))
}

// labels are those by which people find Services of a chart. helm.sh/chart and the version of the
// engine change with each release of the chart, and so they are left out.
func (c *chart) labels(s *chartService, component string) map[string]string {
	out := map[string]string{"app.kubernetes.io/instance": c.release, "app.kubernetes.io/name": cmp.Or(c.String("nameOverride"), c.name)}
	if component != "" {
		out["app.kubernetes.io/component"] = component
	}
	if s.knows("labels") {
		out = services.Merged(out, c.pairsOf(s.Fields, "labels", services.PodOf("pod", 0)))
	}
	return out
}

func (s *chartService) balancer(spec *corev1.ServiceSpec) {
	if class := s.String("loadBalancerClass"); class != "" {
		spec.LoadBalancerClass = new(class)
	}
	spec.LoadBalancerSourceRanges = s.Texts("loadBalancerSourceRanges")
	if nodePorts := s.Flag("allocateLoadBalancerNodePorts"); s.knows("allocateLoadBalancerNodePorts") && nodePorts != nil && !*nodePorts {
		spec.AllocateLoadBalancerNodePorts = nodePorts
	}
}

// policy reads externalTrafficPolicy for the types that have it.
func (s *chartService) policy(otherwise corev1.ServiceExternalTrafficPolicy) {
	word := corev1.ServiceExternalTrafficPolicy(cmp.Or(s.OneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...), string(otherwise)))
	if s.like.Spec.Type != corev1.ServiceTypeClusterIP {
		s.like.Spec.ExternalTrafficPolicy = word
	}
}

// listOf reads a list of texts with one for each pod. If there are others than pods, the chart ignores
// all of them, or fails.
func (s *chartService) listOf(c *chart, name string) []string {
	out := s.Texts(name)
	if len(out) > 0 && len(out) < int(s.replicas) {
		s.Remark(c.draft, name, "the list is shorter than the number of pods, which is %d: the chart ignores it or fails, and so it is left out", s.replicas)
		return nil
	}
	return out
}

// give gives each pod one entry of a list.
func give[T any](s *chartService, list []T, to func(*services.Made, T)) {
	for i := range s.all {
		if i < len(list) {
			to(&s.all[i], list[i])
		}
	}
}

// hosts are advertised to clients.
func (s *chartService) hosts(list []string) {
	give(s, list, func(m *services.Made, host string) { m.Host = host })
}

// addresses are those that load balancers ask for in their fields.
func (s *chartService) addresses(list []string) {
	give(s, list, func(m *services.Made, ip string) { m.Spec.LoadBalancerIP = ip })
}

func (s *chartService) nodePorts(list []int32) {
	give(s, list, func(m *services.Made, n int32) { m.NodePort = n })
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
	give(s, s.Items(name), func(m *services.Made, f *fields.Fields) {
		for i := 0; i+1 < len(f.Node.Content); i += 2 {
			key, value := f.Node.Content[i].Value, f.Node.Content[i+1]
			text, ok := c.evaluated(value.Value, m.Pod)
			if value.Kind != yaml.ScalarNode || !ok {
				c.draft.Remark(f.Doc, f.Path(key), "a value that only Helm can evaluate: write the text")
				continue
			}
			m.Annotations[key] = text
		}
	})
}

// entry returns the entry of a service for each pod.
func (s *chartService) entry(name string, plain bool, ports ...v1alpha1.ServicePort) v1alpha1.Service {
	e := v1alpha1.Service{Name: name, Mode: v1alpha1.PerPod, Ports: slices.Clone(ports)}
	services.PerPod(&e, s.all, plain)
	services.SetKey(&e.Labels, "pod", "$(pod)")
	return e
}

// extraPorts reads the further ports of the Services.
func (c *chart) extraPorts(s *chartService) (ports []v1alpha1.Port, opened []v1alpha1.ServicePort) {
	for _, f := range s.Items("extraPorts") {
		name, target, port := f.String("name"), f.Text("targetPort"), f.Port("port")
		number := port
		if n, err := strconv.ParseUint(target, 10, 16); err == nil && n > 0 {
			number = new(int32(n))
		} else if target != "" {
			number = nil
		}
		if name == "" || port == nil || number == nil {
			c.draft.Remark(f.Doc, f.At, "a port without a name or a number, or with a targetPort by name: add it to the ports of the component and of the entry, with the number that the container has")
			continue
		}
		p := v1alpha1.Port{Name: name, ContainerPort: *number}
		if protocol := v1alpha1.Protocol(f.Text("protocol")); protocol != v1alpha1.TCP {
			p.Protocol = protocol
		}
		own := entryPortOf(name, name, *port, *number)
		own.NodePort = f.Port("nodePort")
		ports, opened = append(ports, p), append(opened, own)
		f.Rest(c.draft, "a port of a spec has no such setting")
	}
	return ports, opened
}

// discovers adds the remark about pods that ask for their own addresses.
func (c *chart) discovers(f *fields.Fields, export string) {
	if f.IsOn("enabled") {
		c.draft.Remark(f.Doc, f.At, "pods do not ask for addresses with this spec: sallyport export %s prints values for addresses that are known; else see discovery of config", export)
	}
}
