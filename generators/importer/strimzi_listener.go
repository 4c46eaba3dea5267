package importer

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

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

	settings v1alpha1.Service // what all its Services have
	pods     map[*brokerGroup][]onePod
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
			f.errorf(source.Required, name, "write it", "the listener has no %s", name)
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
			out = append(out, expand(l.perPodName(), p))
		}
	}
	return out
}

// entries are the Services of the listener. The one for all brokers is of the first component alone.
func (l *kafkaListener) entries(g *brokerGroup, first bool) []v1alpha1.Service {
	var out []v1alpha1.Service
	create := l.conf.flag("createBootstrapService")
	if first && l.hasServices() && (create == nil || *create || l.kind != loadBalancerListener) {
		out = append(out, l.bootstrap())
	}
	e := v1alpha1.Service{Name: l.name, Mode: v1alpha1.PerPod, Ports: []v1alpha1.ServicePort{{Name: l.portName()}}, Only: g.only()}
	l.common(&e)
	e.ServiceName = l.perPodName()
	setAll(&e.Selector, g.podSelector(l.cluster))
	fold(&e, l.portName(), l.pods[g])
	if l.hasServices() {
		return append(out, e)
	}
	if e.Host == nil && e.Pods == nil && e.Ports[0].AdvertisedPort == nil {
		return out
	}
	l.cluster.draft.Remark(l.doc, l.at, "Strimzi makes no Services for the brokers of this listener: if something else leads to the addresses that are advertised, "+
		"leave create: false; to have Sallyport make the Services, take it out and choose the type")
	e.Create, e.Selector, e.ServiceName = new(false), nil, ""
	return append(out, e)
}

// bootstrap is the Service for all brokers.
func (l *kafkaListener) bootstrap() v1alpha1.Service {
	e := v1alpha1.Service{Name: l.name + "-bootstrap", Mode: v1alpha1.Shared, Ports: []v1alpha1.ServicePort{{Name: l.portName()}}}
	l.common(&e)
	e.ServiceName = l.cluster.called("-kafka-" + l.name + "-bootstrap")
	e.Ports[0].NodePort = l.boot.port("nodePort")
	if len(l.cluster.groups) > 1 {
		setAll(&e.Selector, l.cluster.selector())
		setKey(&e.Selector, "strimzi.io/broker-role", "true")
	}
	if ip := l.boot.string("loadBalancerIP"); ip != "" {
		balancer(&e.Access).Address = new(ip)
	}
	e.ExternalIPs = l.boot.texts("externalIPs")
	setAll(&e.Annotations, merged(literals(l.boot.pairs("annotations")), l.cluster.shared.annotations))
	setAll(&e.Labels, merged(l.cluster.copied, literals(l.boot.pairs("labels")), l.cluster.shared.labels))
	if host := l.boot.string("host"); host != "" {
		e.Host = new(literal(host))
		l.overRoute(&e)
	}
	for _, name := range l.boot.texts("alternativeNames") {
		e.Aliases = append(e.Aliases, literal(name))
	}
	return e
}

// overRoute says that clients reach the Service through port 443, which an Ingress or a Route opens
// that is not in the spec.
func (l *kafkaListener) overRoute(e *v1alpha1.Service) {
	if l.kind == ingressListener || l.kind == routeListener {
		e.Ports[0].AdvertisedPort = new(int32(443))
	}
}

// common gives an entry the settings that all Services of the listener have.
func (l *kafkaListener) common(e *v1alpha1.Service) {
	e.Type, e.Access = new(*l.settings.Type), l.settings.Access
	if e.LoadBalancer != nil {
		e.LoadBalancer = new(*e.LoadBalancer) // an address is of one entry
	}
}

// readSettings reads the settings that all Services of the listener have.
func (l *kafkaListener) readSettings() {
	e := &l.settings
	e.Type = new(map[string]v1alpha1.ServiceType{
		nodePortListener: v1alpha1.NodePort, loadBalancerListener: v1alpha1.LoadBalancer, tlsRouteListener: v1alpha1.TLSRoute,
	}[l.kind])
	if *e.Type == "" {
		*e.Type = v1alpha1.ClusterIP
	}
	if policy := l.conf.oneOf("externalTrafficPolicy", v1alpha1.TrafficPolicy("").Values()...); policy != "" {
		e.ExternalTrafficPolicy = new(v1alpha1.TrafficPolicy(policy))
	}
	if policy := l.conf.oneOf("ipFamilyPolicy", v1alpha1.IPFamilyPolicy("").Values()...); policy != "" {
		e.IPFamilyPolicy = new(v1alpha1.IPFamilyPolicy(policy))
	}
	for _, family := range l.conf.texts("ipFamilies") {
		e.IPFamilies = append(e.IPFamilies, v1alpha1.IPFamily(family))
	}
	e.PublishNotReadyAddresses = l.conf.flag("publishNotReadyAddresses")
	if kind := l.conf.oneOf("preferredNodePortAddressType", v1alpha1.NodeAddressType("").Values()...); kind != "" {
		e.NodeAddressType = new(v1alpha1.NodeAddressType(kind))
	}
	switch l.kind {
	case loadBalancerListener:
		l.readBalancer(e)
	case tlsRouteListener:
		e.Gateway = &v1alpha1.GatewaySettings{ParentRefs: l.parentRefs(), Port: new(int32(443))}
	}
}

func (l *kafkaListener) readBalancer(e *v1alpha1.Service) {
	class, ranges, nodePorts := l.conf.string("class"), l.conf.texts("loadBalancerSourceRanges"), l.conf.flag("allocateLoadBalancerNodePorts")
	if class == "" && len(ranges) == 0 && nodePorts == nil {
		return
	}
	b := balancer(&e.Access)
	b.SourceRanges, b.AllocateNodePorts = ranges, nodePorts
	if class != "" {
		b.Class = new(class)
	}
}

func (l *kafkaListener) parentRefs() []v1alpha1.ParentRef {
	var out []v1alpha1.ParentRef
	for _, f := range l.conf.items("parentRefs") {
		kind := f.oneOf("kind", v1alpha1.GatewayKind("").Values()...)
		ref := v1alpha1.ParentRef{Kind: v1alpha1.GatewayKind(kind), Name: f.string("name"), Namespace: f.string("namespace"), SectionName: literal(f.string("sectionName"))}
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
	all := onePod{
		annotations: nodeTemplates(l.conf.pairs("perBrokerAnnotationsTemplate")), labels: nodeTemplates(l.conf.pairs("perBrokerLabelsTemplate")),
		host: firstText(nodeTemplate(l.conf.string("advertisedHostTemplate")), nodeTemplate(l.conf.string("hostTemplate"))),
	}
	l.pods = map[*brokerGroup][]onePod{}
	for _, g := range l.cluster.groups {
		pods := g.pods()
		for i := range pods {
			l.readPod(&pods[i], overrides[pods[i].id], all)
			g.labelled(&pods[i])
		}
		l.pods[g] = pods
	}
}

// readPod completes a broker with its own settings, or those of all.
func (l *kafkaListener) readPod(p *onePod, f *fields, all onePod) {
	p.host = firstText(literal(f.string("advertisedHost")), all.host)
	if host := literal(f.string("host")); host != "" && !f.has("advertisedHost") && !l.conf.has("advertisedHostTemplate") {
		p.host = host
	}
	p.nodePort, p.address, p.externalIPs = f.port("nodePort"), f.string("loadBalancerIP"), f.texts("externalIPs")
	if p.advertisedPort = f.port("advertisedPort"); p.advertisedPort == nil {
		p.advertisedPort = l.portOf(p.id)
	}
	if p.advertisedPort == nil && p.host != "" && (l.kind == ingressListener || l.kind == routeListener) {
		p.advertisedPort = new(int32(443))
	}
	p.annotations, p.labels = literals(f.pairs("annotations")), literals(f.pairs("labels"))
	if len(p.annotations) == 0 {
		p.annotations = all.annotations
	}
	if len(p.labels) == 0 {
		p.labels = all.labels
	}
}

// merged returns all pairs; those of later maps win.
func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

// firstText returns the first text that is not empty.
func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// nodeTemplate rewrites the placeholders of Strimzi's templates.
func nodeTemplate(text string) string {
	return strings.NewReplacer("{nodeId}", "$(id)", "{nodePodName}", "$(pod)").Replace(literal(text))
}

func nodeTemplates(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = nodeTemplate(v)
	}
	return out
}
