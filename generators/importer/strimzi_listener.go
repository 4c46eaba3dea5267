package importer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A kafkaListener is a listener of a Kafka resource.
type kafkaListener struct {
	*fields
	cluster *kafkaCluster

	name, kind string
	port       int32
	tls        bool
	conf       *fields
	boot       *fields
	brokers    []*fields

	security string // the name of the protocol in the configuration of Kafka

	like    corev1.Service  // what all its Services have
	access  v1alpha1.Access // what is no field of a Service
	perPod  map[*brokerGroup][]made
	forAll  made // the Service for all brokers
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
var listenerPattern = regexp.MustCompile(`^[a-z0-9]{1,11}$`)

// readListeners reads all listeners, and reports whether they can become a spec.
func (k *kafkaCluster) readListeners(kafka *fields) bool {
	list := kafka.items("listeners")
	if len(list) == 0 {
		kafka.errorf(source.Required, "listeners", "write the listeners as a list", "the resource has no listeners")
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
			f.errorf(source.Duplicate, "name", "give each listener a name and a port of its own", "another listener has the name %s or the port %d", l.name, l.port)
			right = false
		}
		names[l.name], ports[l.port] = true, true
		k.listeners = append(k.listeners, l)
	}
	return right
}

func readListener(k *kafkaCluster, f *fields) (*kafkaListener, bool) {
	l := &kafkaListener{fields: f, cluster: k, name: f.string("name"), kind: f.oneOf("type", listenerKinds...), tls: f.isOn("tls"), conf: f.child("configuration")}
	port := f.port("port")
	for _, name := range []string{"name", "type", "port"} {
		if !f.has(name) {
			f.errorf(source.Required, name, "a listener must have a name, a port and a type", "the listener has no %s", name)
			return nil, false
		}
	}
	if l.name != "" && !listenerPattern.MatchString(l.name) {
		f.errorf(source.Invalid, "name", "use up to 11 lower case letters and digits", "%q cannot be the name of a listener", short(l.name))
		return nil, false
	}
	if l.name == "" || l.kind == "" || port == nil {
		return nil, false
	}
	l.security = l.protocol()
	l.port, l.boot, l.brokers = *port, l.conf.child("bootstrap"), l.conf.items("brokers")
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
	auth := l.child("authentication")
	sasl := auth.isOn("sasl")
	switch auth.text("type") {
	case "scram-sha-512", "oauth":
		sasl = true
	}
	auth.skip("listenerConfig")
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
			out = append(out, p.expand(l.perPodName()))
		}
	}
	return out
}

// hasBootstrap reports whether there is a Service for all brokers.
func (l *kafkaListener) hasBootstrap() bool {
	create := l.conf.flag("createBootstrapService")
	return l.hasServices() && (create == nil || *create || l.kind != loadBalancerListener)
}

// entries are the Services of the listener. The one for all brokers is of the first component alone.
func (l *kafkaListener) entries(g *brokerGroup, plain bool) []v1alpha1.Service {
	var out []v1alpha1.Service
	if g == l.cluster.groups[0] && l.hasBootstrap() {
		out = append(out, l.bootstrap(plain))
	}
	e := v1alpha1.Service{Name: l.name, Mode: v1alpha1.PerPod, ServiceName: l.perPodName(), Ports: []v1alpha1.ServicePort{{Name: l.portName()}}, Only: g.only()}
	perPod(&e, l.perPod[g], plain)
	if l.hasServices() {
		setAll(&e.Selector, g.podSelector(l.cluster))
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
	l.forAll.shared(&e, plain)
	l.complete(&e)
	if len(l.cluster.groups) > 1 {
		setAll(&e.Selector, l.cluster.selector())
		setKey(&e.Selector, "strimzi.io/broker-role", "true")
	}
	for _, name := range l.aliases {
		e.Aliases = append(e.Aliases, escaped(name))
	}
	return e
}

// readBootstrap reads the Service for all brokers.
func (l *kafkaListener) readBootstrap() {
	m := newMade(pod{}, l.like)
	m.Name = l.cluster.name + "-kafka-" + l.name + "-bootstrap"
	m.Annotations = merged(l.boot.pairs("annotations"), l.cluster.shared.annotations)
	m.Labels = merged(l.cluster.copied, l.boot.pairs("labels"), l.cluster.shared.labels)
	m.Spec.LoadBalancerIP, m.Spec.ExternalIPs = l.boot.string("loadBalancerIP"), l.boot.texts("externalIPs")
	m.nodePort, m.host = numberOf(l.boot.port("nodePort")), l.boot.string("host")
	if m.host != "" && l.isBehindRoute() {
		m.advertised = 443
	}
	l.keepNodePort(&m)
	l.forAll, l.aliases = m, l.boot.texts("alternativeNames")
}

// keepNodePort takes the node port of the Service that the operator has made, if it is in the input and
// the resource does not choose one: clients know it.
func (l *kafkaListener) keepNodePort(m *made) {
	if l.kind != nodePortListener || m.nodePort != 0 {
		return
	}
	var s corev1.Service
	if doc := l.cluster.serviceNamed(m.Name); doc != nil && l.in.decode(doc, &s) && len(s.Spec.Ports) > 0 {
		m.nodePort = s.Spec.Ports[0].NodePort
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
	spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicy(l.conf.oneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...))
	if policy := l.conf.oneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
		spec.IPFamilyPolicy = new(corev1.IPFamilyPolicy(policy))
	}
	for _, family := range l.conf.texts("ipFamilies") {
		spec.IPFamilies = append(spec.IPFamilies, corev1.IPFamily(family))
	}
	spec.PublishNotReadyAddresses = l.conf.isOn("publishNotReadyAddresses")
	if kind := l.conf.oneOf("preferredNodePortAddressType", v1alpha1.NodeAddressType("").Values()...); kind != "" && kind != string(v1alpha1.InternalIP) {
		l.access.NodeAddressType = new(v1alpha1.NodeAddressType(kind))
	}
	switch l.kind {
	case loadBalancerListener:
		if class := l.conf.string("class"); class != "" {
			spec.LoadBalancerClass = new(class)
		}
		spec.LoadBalancerSourceRanges = l.conf.texts("loadBalancerSourceRanges")
		spec.AllocateLoadBalancerNodePorts = l.conf.flag("allocateLoadBalancerNodePorts")
	case tlsRouteListener:
		l.access.Gateway = &v1alpha1.GatewaySettings{ParentRefs: l.parentRefs(), Port: new(int32(443))}
	}
}

func (l *kafkaListener) parentRefs() []v1alpha1.ParentRef {
	var out []v1alpha1.ParentRef
	for _, f := range l.conf.items("parentRefs") {
		kind := f.oneOf("kind", v1alpha1.GatewayKind("").Values()...)
		ref := v1alpha1.ParentRef{Kind: v1alpha1.GatewayKind(kind), Name: f.string("name"), Namespace: f.string("namespace"), SectionName: escaped(f.string("sectionName"))}
		if ref.Kind == v1alpha1.KindGateway {
			ref.Kind = ""
		}
		f.skip("group")
		f.remark(l.cluster.draft, "port", "a parentRef of a spec has no port: sectionName says which listener it is")
		f.rest(l.cluster.draft, "a parentRef of a spec has no such field")
		out = append(out, ref)
	}
	return out
}

// readPods reads what the listener says of each broker.
func (l *kafkaListener) readPods() {
	overrides := map[int32]*fields{}
	for _, f := range l.brokers {
		if id := f.number("broker"); id != nil {
			overrides[*id] = f
		}
	}
	t := brokerTemplates{
		annotations: l.conf.pairs("perBrokerAnnotationsTemplate"), labels: l.conf.pairs("perBrokerLabelsTemplate"),
		host: firstText(l.conf.string("advertisedHostTemplate"), l.conf.string("hostTemplate")),
	}
	l.perPod = map[*brokerGroup][]made{}
	for _, g := range l.cluster.groups {
		for _, p := range g.pods() {
			p.known = t.known()
			m := l.readPod(p, overrides[p.ordinal], t)
			g.labelled(&m)
			l.perPod[g] = append(l.perPod[g], m)
		}
	}
}

// readPod reads the settings of a broker, or those of all.
func (l *kafkaListener) readPod(p pod, f *fields, t brokerTemplates) made {
	m := newMade(p, l.like)
	m.host = firstText(f.string("advertisedHost"), nodeText(t.host, p))
	if host := f.string("host"); host != "" && !f.has("advertisedHost") && !l.conf.has("advertisedHostTemplate") {
		m.host = host
	}
	m.Spec.LoadBalancerIP, m.Spec.ExternalIPs = f.string("loadBalancerIP"), f.texts("externalIPs")
	m.nodePort = numberOf(f.port("nodePort"))
	m.Name = p.expand(l.perPodName())
	l.keepNodePort(&m)
	if m.advertised = numberOf(f.port("advertisedPort")); m.advertised == 0 {
		m.advertised = l.portOf(p.ordinal)
	}
	if m.advertised == 0 && m.host != "" && l.isBehindRoute() {
		m.advertised = 443
	}
	m.Annotations, m.Labels = merged(f.pairs("annotations")), merged(f.pairs("labels"))
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
		if template := strings.NewReplacer("{nodeId}", "$(id)", "{nodePodName}", "$(pod)").Replace(escaped(text)); template != text {
			out = append(out, template)
		}
	}
	return out
}

// nodeText is what a template of Strimzi is for a broker.
func nodeText(text string, p pod) string {
	return strings.NewReplacer("{nodeId}", strconv.Itoa(int(p.ordinal)), "{nodePodName}", p.name).Replace(text)
}

func nodeTexts(m map[string]string, p pod) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = nodeText(v, p)
	}
	return out
}
