package importer

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// usedBy are the fields of a listener's configuration that Strimzi takes for some types only.
var usedBy = map[string][]string{
	"class":                         {loadBalancerListener, ingressListener},
	"externalTrafficPolicy":         {loadBalancerListener, nodePortListener},
	"loadBalancerSourceRanges":      {loadBalancerListener},
	"finalizers":                    {loadBalancerListener},
	"allocateLoadBalancerNodePorts": {loadBalancerListener},
	"createBootstrapService":        {loadBalancerListener},
	"preferredNodePortAddressType":  {nodePortListener},
	"hostTemplate":                  {ingressListener, routeListener, tlsRouteListener},
	"parentRefs":                    {tlsRouteListener},
	"useServiceDnsDomain":           {internalListener, clusterIPListener},
}

// remarks are what the spec cannot say of a listener, and the fields that are not known.
func (l *kafkaListener) remarks() {
	d := l.cluster.draft
	l.misused()
	l.remark(d, "networkPolicyPeers", "Strimzi's own NetworkPolicy lets these peers in; networkPolicy.from of the component is for pods without one")
	l.conf.remark(d, "finalizers", "the Services have no finalizers: if they are there already, they keep theirs")
	l.conf.remark(d, "brokerCertChainAndKey", "the certificate stays with Strimzi: it must have the hosts of the brokers and of the bootstrap Service, which sallyport export sans prints")
	for _, name := range []string{"maxConnections", "maxConnectionCreationRate"} {
		l.conf.remark(d, name, "a limit of the broker itself, which stays in the Kafka resource")
	}
	l.conf.remark(d, "useServiceDnsDomain", "names of Services always end with the cluster domain in a spec")
	auth := l.child("authentication")
	if kind := auth.text("type"); kind == "oauth" || kind == "custom" {
		l.remark(d, "authentication", "it stays in the Kafka resource: the spec has the protocol alone")
	} else {
		auth.rest(d, "a spec has no such setting of authentication")
	}
	l.addresses()
	l.routes()
	l.boot.rest(d, "the bootstrap Service of a spec has no such setting")
	known := map[int32]bool{}
	for _, g := range l.cluster.groups {
		for _, p := range g.pods() {
			known[p.ordinal] = true
		}
	}
	for _, f := range l.brokers {
		switch id := f.number("broker"); {
		case id == nil:
			d.Remark(l.doc, f.at, "an entry without the field broker, which Strimzi ignores")
		case !known[*id]:
			d.Remark(l.doc, f.at, "there is no broker %d: its settings are left out", *id)
		default:
			f.rest(d, "a pod of a spec has no such setting")
		}
	}
	l.conf.rest(d, "a spec has no such setting")
	l.rest(d, "a spec has no such setting of a listener")
}

// misused reports the fields that Strimzi does not take for a listener of this type: its operator stops.
func (l *kafkaListener) misused() {
	for name, kinds := range usedBy {
		if l.conf.has(name) && !slices.Contains(kinds, l.kind) {
			l.conf.errorf(source.Contradiction, name, "take it out", "Strimzi takes it for listeners of type %s, and this one has type %s", strings.Join(kinds, " or "), l.kind)
		}
	}
}

// addresses are remarks about what is advertised.
func (l *kafkaListener) addresses() {
	d := l.cluster.draft
	if l.kind == nodePortListener {
		if l.conf.has("preferredNodePortAddressType") {
			l.conf.remark(d, "preferredNodePortAddressType", "Strimzi advertises another type of address for a node that has none of this type; a spec does not")
		} else if l.nodeAddresses() {
			d.Remark(l.doc, l.path("type"), "Strimzi advertises the first address that a node has of ExternalDNS, ExternalIP, InternalDNS, InternalIP, Hostname; "+
				"a spec has one nodeAddressType, by default InternalIP")
		}
	}
	template := l.conf.text("advertisedPortTemplate")
	if _, ok := portFormula(template, 0); template != "" && !ok {
		l.conf.errorf(source.Invalid, "advertisedPortTemplate", "write numbers, {nodeId}, +, -, * and parentheses", "%q is no formula", short(template))
	}
}

// routes are remarks about the objects that lead to a ClusterIP Service from outside.
func (l *kafkaListener) routes() {
	d := l.cluster.draft
	switch l.kind {
	case ingressListener:
		d.Remark(l.doc, l.path("type"), "a spec makes no Ingress: write those of Strimzi yourself, as it deletes them with the listener; or use type: TLSRoute, with gateway.parentRefs")
		l.conf.remark(d, "class", "the class of the Ingresses, which the spec does not make")
	case routeListener:
		d.Remark(l.doc, l.path("type"), "a spec makes no Route of OpenShift: write those of Strimzi yourself, as it deletes them with the listener; or use type: TLSRoute, with gateway.parentRefs")
		if !l.boot.has("host") || !l.conf.has("hostTemplate", "advertisedHostTemplate", "brokers") {
			d.Remark(l.doc, l.at, "OpenShift chooses the hosts of Routes without one: kubectl get routes prints them, and host of the entry or of a pod takes them")
		}
	case tlsRouteListener:
		if l.isLegacy() {
			d.Remark(l.doc, l.path("name"), "the TLSRoute for all brokers has the name of its Service, and not %s-kafka-bootstrap as with Strimzi", l.cluster.name)
		}
	}
}

// portOf returns the number of the formula for a broker; 0: there is none, or it is wrong.
func (l *kafkaListener) portOf(id int32) int32 {
	text := l.conf.text("advertisedPortTemplate")
	n, ok := portFormula(text, id)
	if text == "" || !ok {
		return 0 // addresses reports it
	}
	if n < 1 || n > 65535 {
		l.conf.errorf(source.NumberRange, "advertisedPortTemplate", "write a formula whose results are 1 to 65535", "for broker %d, %q is %d, which is not the number of a port", id, short(text), n)
		return 0
	}
	return int32(n)
}

// nodeAddresses reports whether a broker is advertised at the address of its node.
func (l *kafkaListener) nodeAddresses() bool {
	return slices.ContainsFunc(l.cluster.groups, func(g *brokerGroup) bool {
		return slices.ContainsFunc(l.perPod[g], func(m made) bool { return m.host == "" })
	})
}
