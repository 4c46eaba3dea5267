package strimzi

import (
	"slices"
	"strings"

	"sallyport.dev/generators/importer/services"
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
	l.Remark(d, "networkPolicyPeers", "Strimzi's own NetworkPolicy lets these peers in; networkPolicy.from of the component is for pods without one")
	l.conf.Remark(d, "finalizers", "the Services have no finalizers: if they are there already, they keep theirs")
	l.conf.Remark(d, "brokerCertChainAndKey", "the certificate stays with Strimzi: it must have the hosts of the brokers and of the bootstrap Service, which sallyport export sans prints")
	for _, name := range []string{"maxConnections", "maxConnectionCreationRate"} {
		l.conf.Remark(d, name, "a limit of the broker itself, which stays in the Kafka resource")
	}
	l.conf.Remark(d, "useServiceDnsDomain", "names of Services always end with the cluster domain in a spec")
	auth := l.Child("authentication")
	if kind := auth.Text("type"); kind == "oauth" || kind == "custom" {
		l.Remark(d, "authentication", "it stays in the Kafka resource: the spec has the protocol alone")
	} else {
		auth.Rest(d, "a spec has no such setting of authentication")
	}
	l.addresses()
	l.routes()
	l.boot.Rest(d, "the bootstrap Service of a spec has no such setting")
	known := map[int32]bool{}
	for _, g := range l.cluster.groups {
		for _, p := range g.pods() {
			known[p.Ordinal] = true
		}
	}
	for _, f := range l.brokers {
		switch id := f.Number("broker"); {
		case id == nil:
			d.Remark(l.Doc, f.At, "an entry without the field broker, which Strimzi ignores")
		case !known[*id]:
			d.Remark(l.Doc, f.At, "there is no broker %d: its settings are left out", *id)
		default:
			f.Rest(d, "a pod of a spec has no such setting")
		}
	}
	l.conf.Rest(d, "a spec has no such setting")
	l.Rest(d, "a spec has no such setting of a listener")
}

// misused reports the fields that Strimzi does not take for a listener of this type: its operator stops.
func (l *kafkaListener) misused() {
	for name, kinds := range usedBy {
		if l.conf.Has(name) && !slices.Contains(kinds, l.kind) {
			l.conf.Errorf(source.Contradiction, name, "take it out", "Strimzi takes it for listeners of type %s, and this one has type %s", strings.Join(kinds, " or "), l.kind)
		}
	}
}

// addresses are remarks about what is advertised.
func (l *kafkaListener) addresses() {
	d := l.cluster.draft
	if l.kind == nodePortListener {
		if l.conf.Has("preferredNodePortAddressType") {
			l.conf.Remark(d, "preferredNodePortAddressType", "Strimzi advertises another type of address for a node that has none of this type; a spec does not")
		} else if l.nodeAddresses() {
			d.Remark(l.Doc, l.Path("type"), "Strimzi advertises the first address that a node has of ExternalDNS, ExternalIP, InternalDNS, InternalIP, Hostname; "+
				"a spec has one nodeAddressType, by default InternalIP")
		}
	}
	template := l.conf.Text("advertisedPortTemplate")
	if _, ok := portFormula(template, 0); template != "" && !ok {
		l.conf.Errorf(source.Invalid, "advertisedPortTemplate", "write numbers, {nodeId}, +, -, * and parentheses", "%q is no formula", source.Short(template))
	}
}

// routes are remarks about the objects that lead to a ClusterIP Service from outside.
func (l *kafkaListener) routes() {
	d := l.cluster.draft
	switch l.kind {
	case ingressListener:
		d.Remark(l.Doc, l.Path("type"), "a spec makes no Ingress: write those of Strimzi yourself, as it deletes them with the listener; or use type: TLSRoute, with gateway.parentRefs")
		l.conf.Remark(d, "class", "the class of the Ingresses, which the spec does not make")
	case routeListener:
		d.Remark(l.Doc, l.Path("type"), "a spec makes no Route of OpenShift: write those of Strimzi yourself, as it deletes them with the listener; or use type: TLSRoute, with gateway.parentRefs")
		if !l.boot.Has("host") || !l.conf.Has("hostTemplate", "advertisedHostTemplate", "brokers") {
			d.Remark(l.Doc, l.At, "OpenShift chooses the hosts of Routes without one: kubectl get routes prints them, and host of the entry or of a pod takes them")
		}
	case tlsRouteListener:
		if l.isLegacy() {
			d.Remark(l.Doc, l.Path("name"), "the TLSRoute for all brokers has the name of its Service, and not %s-kafka-bootstrap as with Strimzi", l.cluster.name)
		}
	}
}

// portOf returns the number of the formula for a broker; 0: there is none, or it is wrong.
func (l *kafkaListener) portOf(id int32) int32 {
	text := l.conf.Text("advertisedPortTemplate")
	n, ok := portFormula(text, id)
	if text == "" || !ok {
		return 0 // addresses reports it
	}
	if n < 1 || n > 65535 {
		l.conf.Errorf(source.NumberRange, "advertisedPortTemplate", "write a formula whose results are 1 to 65535", "for broker %d, %q is %d, which is not the number of a port", id, source.Short(text), n)
		return 0
	}
	return int32(n)
}

// nodeAddresses reports whether a broker is advertised at the address of its node.
func (l *kafkaListener) nodeAddresses() bool {
	return slices.ContainsFunc(l.cluster.groups, func(g *brokerGroup) bool {
		return slices.ContainsFunc(l.perPod[g], func(m services.Made) bool { return m.Host == "" })
	})
}
