package strimzi

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A kafkaListener is a listener of a Kafka resource.
type kafkaListener struct {
	*fields.Fields
	cluster *kafkaCluster

	name, kind string
	port       int32
	tls        bool
	conf       *fields.Fields
	boot       *fields.Fields
	brokers    []*fields.Fields

	security string // the name of the protocol in the configuration of Kafka

	like    corev1.Service  // what all its Services have
	access  v1alpha1.Access // what is no field of a Service
	perPod  map[*brokerGroup][]services.Made
	forAll  services.Made // the Service for all brokers
	aliases []string
}

// The types of listeners.
const (
	internalListener     = "internal"
	nodePortListener     = "nodeport"
	loadBalancerListener = "loadbalancer"
	ingressListener      = "ingress"
	routeListener        = "route"
	tlsRouteListener     = "tlsroute"
	clusterIPListener    = "cluster-ip"
)

var listenerKinds = []string{internalListener, routeListener, tlsRouteListener, loadBalancerListener, nodePortListener, ingressListener, clusterIPListener}

// listenerPattern is that of Strimzi's names of listeners: with "tcp-", they name ports.
var listenerPattern = source.Pattern(`^[a-z0-9]{1,11}$`)

// readListeners reads all listeners, and reports whether they can become a spec.
func (k *kafkaCluster) readListeners(kafka *fields.Fields) bool {
	list := kafka.Items("listeners")
	if len(list) == 0 {
		kafka.Errorf(source.Required, "listeners", "write the listeners as a list", "the resource has no listeners")
		return false
	}
	names, ports, right := map[string]bool{}, map[int32]bool{}, true
	for _, f := range list {
		l, ok := readListener(k, f)
		right = right && ok
		if !ok {
			continue
		}
		if names[l.name] || ports[l.port] {
			f.Errorf(source.Duplicate, "name", "give each listener a name and a port of its own", "another listener has the name %s or the port %d", l.name, l.port)
			right = false
		}
		names[l.name], ports[l.port] = true, true
		k.listeners = append(k.listeners, l)
	}
	return right
}

func readListener(k *kafkaCluster, f *fields.Fields) (*kafkaListener, bool) {
	l := &kafkaListener{Fields: f, cluster: k, name: f.String("name"), kind: f.OneOf("type", listenerKinds...), tls: f.IsOn("tls"), conf: f.Child("configuration")}
	port := f.Port("port")
	for _, name := range []string{"name", "type", "port"} {
		if !f.Has(name) {
			f.Errorf(source.Required, name, "a listener must have a name, a port and a type", "the listener has no %s", name)
			return nil, false
		}
	}
	if l.name != "" && !listenerPattern().MatchString(l.name) {
		f.Errorf(source.Invalid, "name", "use up to 11 lower case letters and digits", "%q cannot be the name of a listener", source.Short(l.name))
		return nil, false
	}
	if l.name == "" || l.kind == "" || port == nil {
		return nil, false
	}
	l.security = l.protocol()
	l.port, l.boot, l.brokers = *port, l.conf.Child("bootstrap"), l.conf.Items("brokers")
	l.readSettings()
	return l, true
}

// isLegacy reports whether the names of the listener's objects are those of old versions of Strimzi.
func (l *kafkaListener) isLegacy() bool { return l.name == "external" && l.port == 9094 }

// hasServices reports whether Strimzi makes Services for the listener alone.
func (l *kafkaListener) hasServices() bool { return l.kind != internalListener }

func (l *kafkaListener) portName() string {
	switch {
	case l.kind == internalListener && l.name == "plain" && l.port == 9092:
		return "tcp-clients"
	case l.kind == internalListener && l.name == "tls" && l.port == 9093:
		return "tcp-clientstls"
	}
	return "tcp-" + l.name
}

// listenerName is that of the listener in Kafka's configuration.
func (l *kafkaListener) listenerName() string {
	return fmt.Sprintf("%s-%d", strings.ToUpper(l.name), l.port)
}

// protocol is Kafka's name of the security protocol.
func (l *kafkaListener) protocol() string {
	auth := l.Child("authentication")
	sasl := auth.IsOn("sasl")
	switch auth.Text("type") {
	case "scram-sha-512", "oauth":
		sasl = true
	}
	auth.Skip("listenerConfig")
	return map[bool]string{true: "SASL_", false: ""}[sasl] + map[bool]string{true: "SSL", false: "PLAINTEXT"}[l.tls]
}

// perPodName is the name of the Services of single brokers.
func (l *kafkaListener) perPodName() string {
	if l.isLegacy() {
		return "$(pod)"
	}
	return "$(workload)-" + l.name + "-$(id)"
}

// serviceNames are the names of the Services that Strimzi makes for the listener.
func (l *kafkaListener) serviceNames() []string {
	if !l.hasServices() {
		return nil
	}
	out := []string{l.cluster.name + "-kafka-" + l.name + "-bootstrap"}
	for _, g := range l.cluster.groups {
		for _, p := range g.pods() {
			out = append(out, p.Expand(l.perPodName()))
		}
	}
	return out
}

// hasBootstrap reports whether there is a Service for all brokers.
func (l *kafkaListener) hasBootstrap() bool {
	create := l.conf.Flag("createBootstrapService")
	return l.hasServices() && (create == nil || *create || l.kind != loadBalancerListener)
}

// entries are the Services of the listener. The one for all brokers is of the first component alone.
func (l *kafkaListener) entries(g *brokerGroup, plain bool) []v1alpha1.Service {
	var out []v1alpha1.Service
	if g == l.cluster.groups[0] && l.hasBootstrap() {
		out = append(out, l.bootstrap(plain))
	}
	e := v1alpha1.Service{Name: l.name, Mode: v1alpha1.PerPod, ServiceName: l.perPodName(), Ports: []v1alpha1.ServicePort{{Name: l.portName()}}, Only: g.only()}
	services.PerPod(&e, l.perPod[g], plain)
	if l.hasServices() {
		services.SetAll(&e.Selector, g.podSelector(l.cluster))
		l.complete(&e)
		return append(out, e)
	}
	if !l.advertises(&e) {
		return out
	}
	e.Create, e.ServiceName = new(false), ""
	return append(out, e)
}

// advertises reports whether a listener without Services has addresses of its own.
func (l *kafkaListener) advertises(e *v1alpha1.Service) bool {
	return e.Host != nil || e.Pods != nil || e.Ports[0].AdvertisedPort != nil
}

// complete writes what is no field of a Service.
func (l *kafkaListener) complete(e *v1alpha1.Service) {
	e.NodeAddressType = l.access.NodeAddressType
	if l.kind == tlsRouteListener {
		e.Type, e.Gateway = new(v1alpha1.TLSRoute), l.access.Gateway
	}
}

// bootstrap is the Service for all brokers.
func (l *kafkaListener) bootstrap(plain bool) v1alpha1.Service {
	e := v1alpha1.Service{Name: l.name + "-bootstrap", Mode: v1alpha1.Shared, Ports: []v1alpha1.ServicePort{{Name: l.portName()}},
		ServiceName: l.cluster.called("-kafka-" + l.name + "-bootstrap")}
	l.forAll.Shared(&e, plain)
	l.complete(&e)
	if len(l.cluster.groups) > 1 {
		services.SetAll(&e.Selector, l.cluster.selector())
		services.SetKey(&e.Selector, "strimzi.io/broker-role", "true")
	}
	for _, name := range l.aliases {
		e.Aliases = append(e.Aliases, services.Escaped(name))
	}
	return e
}

// readBootstrap reads the Service for all brokers.
func (l *kafkaListener) readBootstrap() {
	m := services.NewMade(services.Pod{}, l.like)
	m.Name = l.cluster.name + "-kafka-" + l.name + "-bootstrap"
	m.Annotations = services.Merged(l.boot.Pairs("annotations"), l.cluster.shared.annotations)
	m.Labels = services.Merged(l.cluster.copied, l.boot.Pairs("labels"), l.cluster.shared.labels)
	m.Spec.LoadBalancerIP, m.Spec.ExternalIPs = l.boot.String("loadBalancerIP"), l.boot.Texts("externalIPs")
	m.NodePort, m.Host = numberOf(l.boot.Port("nodePort")), l.boot.String("host")
	if m.Host != "" && l.isBehindRoute() {
		m.Advertised = 443
	}
	l.keepNodePort(&m)
	l.forAll, l.aliases = m, l.boot.Texts("alternativeNames")
}

// keepNodePort takes the node port of the Service that the operator has made, if it is in the input and
// the resource does not choose one: clients know it.
func (l *kafkaListener) keepNodePort(m *services.Made) {
	if l.kind != nodePortListener || m.NodePort != 0 {
		return
	}
	var s corev1.Service
	if doc := l.cluster.serviceNamed(m.Name); doc != nil && l.In.Decode(doc, &s) && len(s.Spec.Ports) > 0 {
		m.NodePort = s.Spec.Ports[0].NodePort
	}
}

// numberOf returns a number; 0: it is absent.
func numberOf(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

// isBehindRoute reports whether clients reach the Services through port 443, which an Ingress or a Route
// opens that is not in the spec.
func (l *kafkaListener) isBehindRoute() bool {
	return l.kind == ingressListener || l.kind == routeListener
}

// readSettings reads what all Services of the listener have.
func (l *kafkaListener) readSettings() {
	spec := &l.like.Spec
	spec.Type = map[string]corev1.ServiceType{nodePortListener: corev1.ServiceTypeNodePort, loadBalancerListener: corev1.ServiceTypeLoadBalancer}[l.kind]
	spec.Ports = []corev1.ServicePort{{Name: l.portName(), Port: l.port}}
	spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicy(l.conf.OneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...))
	if policy := l.conf.OneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
		spec.IPFamilyPolicy = new(corev1.IPFamilyPolicy(policy))
	}
	for _, family := range l.conf.Texts("ipFamilies") {
		spec.IPFamilies = append(spec.IPFamilies, corev1.IPFamily(family))
	}
	spec.PublishNotReadyAddresses = l.conf.IsOn("publishNotReadyAddresses")
	if kind := l.conf.OneOf("preferredNodePortAddressType", v1alpha1.NodeAddressType("").Values()...); kind != "" && kind != string(v1alpha1.InternalIP) {
		l.access.NodeAddressType = new(v1alpha1.NodeAddressType(kind))
	}
	switch l.kind {
	case loadBalancerListener:
		if class := l.conf.String("class"); class != "" {
			spec.LoadBalancerClass = new(class)
		}
		spec.LoadBalancerSourceRanges = l.conf.Texts("loadBalancerSourceRanges")
		spec.AllocateLoadBalancerNodePorts = l.conf.Flag("allocateLoadBalancerNodePorts")
	case tlsRouteListener:
		l.access.Gateway = &v1alpha1.GatewaySettings{ParentRefs: l.parentRefs(), Port: new(int32(443))}
	}
}

func (l *kafkaListener) parentRefs() []v1alpha1.ParentRef {
	var out []v1alpha1.ParentRef
	for _, f := range l.conf.Items("parentRefs") {
		kind := f.OneOf("kind", v1alpha1.GatewayKind("").Values()...)
		ref := v1alpha1.ParentRef{Kind: v1alpha1.GatewayKind(kind), Name: f.String("name"), Namespace: f.String("namespace"), SectionName: services.Escaped(f.String("sectionName"))}
		if ref.Kind == v1alpha1.KindGateway {
			ref.Kind = ""
		}
		f.Skip("group")
		f.Remark(l.cluster.draft, "port", "a parentRef of a spec has no port: sectionName says which listener it is")
		f.Rest(l.cluster.draft, "a parentRef of a spec has no such field")
		out = append(out, ref)
	}
	return out
}

// readPods reads what the listener says of each broker.
func (l *kafkaListener) readPods() {
	overrides := map[int32]*fields.Fields{}
	for _, f := range l.brokers {
		if id := f.Number("broker"); id != nil {
			overrides[*id] = f
		}
	}
	t := brokerTemplates{
		annotations: l.conf.Pairs("perBrokerAnnotationsTemplate"), labels: l.conf.Pairs("perBrokerLabelsTemplate"),
		host: cmp.Or(l.conf.String("advertisedHostTemplate"), l.conf.String("hostTemplate")),
	}
	l.perPod = map[*brokerGroup][]services.Made{}
	for _, g := range l.cluster.groups {
		for _, p := range g.pods() {
			p.Known = t.known()
			m := l.readPod(p, overrides[p.Ordinal], t)
			g.labelled(&m)
			l.perPod[g] = append(l.perPod[g], m)
		}
	}
}

// readPod reads the settings of a broker, or those of all.
func (l *kafkaListener) readPod(p services.Pod, f *fields.Fields, t brokerTemplates) services.Made {
	m := services.NewMade(p, l.like)
	m.Host = cmp.Or(f.String("advertisedHost"), nodeText(t.host, p))
	if host := f.String("host"); host != "" && !f.Has("advertisedHost") && !l.conf.Has("advertisedHostTemplate") {
		m.Host = host
	}
	m.Spec.LoadBalancerIP, m.Spec.ExternalIPs = f.String("loadBalancerIP"), f.Texts("externalIPs")
	m.NodePort = numberOf(f.Port("nodePort"))
	m.Name = p.Expand(l.perPodName())
	l.keepNodePort(&m)
	if m.Advertised = numberOf(f.Port("advertisedPort")); m.Advertised == 0 {
		m.Advertised = l.portOf(p.Ordinal)
	}
	if m.Advertised == 0 && m.Host != "" && l.isBehindRoute() {
		m.Advertised = 443
	}
	m.Annotations, m.Labels = services.Merged(f.Pairs("annotations")), services.Merged(f.Pairs("labels"))
	if len(m.Annotations) == 0 {
		m.Annotations = nodeTexts(t.annotations, p)
	}
	if len(m.Labels) == 0 {
		m.Labels = nodeTexts(t.labels, p)
	}
	return m
}

// brokerTemplates are the templates of a listener for all brokers.
type brokerTemplates struct {
	annotations, labels map[string]string
	host                string
}

// known are the templates in the words of a spec.
func (t brokerTemplates) known() []string {
	var out []string
	for _, text := range append(slices.Concat(slices.Sorted(maps.Values(t.annotations)), slices.Sorted(maps.Values(t.labels))), t.host) {
		if template := strings.NewReplacer("{nodeId}", "$(id)", "{nodePodName}", "$(pod)").Replace(services.Escaped(text)); template != text {
			out = append(out, template)
		}
	}
	return out
}

// nodeText is what a template of Strimzi is for a broker.
func nodeText(text string, p services.Pod) string {
	return strings.NewReplacer("{nodeId}", strconv.Itoa(int(p.Ordinal)), "{nodePodName}", p.PodName).Replace(text)
}

func nodeTexts(m map[string]string, p services.Pod) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = nodeText(v, p)
	}
	return out
}
