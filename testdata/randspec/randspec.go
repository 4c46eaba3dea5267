// Package randspec makes random specs that are right, for the tests that prove promises
// over all specs rather than over examples. The same seed makes the same spec.
package randspec

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// New returns a spec as a user would write it.
func New(seed uint64) string {
	r := &gen{Rand: rand.New(rand.NewPCG(seed, 1))}
	if r.IntN(3) == 0 {
		return r.endpoints()
	}
	return r.access()
}

type gen struct {
	*rand.Rand
	name string // the spec's
	dns  bool   // its names are in a DNSEndpoint
	dual bool   // its Services may have both IP families
}

func pick[T any](r *gen, from ...T) T { return from[r.IntN(len(from))] }

// maybe returns a line every other time.
func (r *gen) maybe(format string, args ...any) string {
	if r.IntN(2) == 0 {
		return ""
	}
	return fmt.Sprintf(format, args...) + "\n"
}

func (r *gen) head(kind string) string {
	r.name = pick(r, "db", "kafka", "a-long-name-for-a-workload")
	return fmt.Sprintf("apiVersion: sallyport.dev/v1alpha1\nkind: %s\nmetadata: {name: %s, namespace: %s}\nspec:\n",
		kind, r.name, pick(r, "data", "x"))
}

var texts = []string{"plain", "with space", "yes", "1e3", "0x1f", "a: b", "#c", "é\u2028", "{a}", "- x", "", "a$$(b)", "~", "01:20", "=", "<<", "null", "a\n\u2028*b\nc", "\u2028", "\ufeffa", "a\u00a0b", "|", "\"q\" 'q'", "\\", "a\n\n b\n", "long " + strings.Repeat("words ", 20)}

// access makes an ExternalAccess of one to three components. Numbers of different
// components and entries lie apart, so that none clash.
func (r *gen) access() string {
	var b strings.Builder
	b.WriteString(r.head("ExternalAccess"))
	if r.IntN(6) == 0 {
		return b.String() + r.pravega()
	}
	b.WriteString("  type: " + pick(r, "ClusterIP", "NodePort", "LoadBalancer") + "\n")
	if domain := r.maybe("  domain: %s", pick(r, "example.com", "$(namespace).example.org.")); domain != "" {
		b.WriteString(domain + r.endpoint())
	}
	b.WriteString(r.maybe("  annotations: {a10: %q, a2: %q, 0_b: %q, A: c}", pick(r, texts...), pick(r, texts...), pick(r, texts...)))
	b.WriteString(r.maybe("  trafficDistribution: %s", pick(r, "PreferSameZone", "PreferSameNode", "PreferClose", `""`)))
	families := pick(r, "", "", "  ipFamilies: [IPv4, IPv6]\n", "  ipFamilies: [IPv6, IPv4]\n  ipFamilyPolicy: RequireDualStack\n", "  ipFamilyPolicy: PreferDualStack\n", "  ipFamilyPolicy: SingleStack\n")
	r.dual = strings.Contains(families, "Dual") || strings.Contains(families, ",")
	b.WriteString(families)
	b.WriteString(r.maybe("  labels: {team: %s}", pick(r, `"1"`, "$(name)", "a.b")))
	b.WriteString(r.maybe("  reservedPorts: [1, %d, %d, 65535]", 9000+r.IntN(20), 9000+r.IntN(20)))
	b.WriteString(r.maybe("  enabled: %t", r.IntN(5) > 0))
	b.WriteString(r.common())
	b.WriteString("  components:\n")
	for i := range 1 + r.IntN(3) {
		r.component(&b, i)
	}
	return b.String()
}

// endpoint publishes names by a DNSEndpoint, every other time. They point at a target where it is not
// said otherwise.
func (r *gen) endpoint() string {
	if r.dns = r.IntN(2) == 0; !r.dns {
		return ""
	}
	return fmt.Sprintf("  externalDNS: {by: DNSEndpoint, ttl: %d, target: %q}\n", r.IntN(2)*60, pick(r, "edge.example.net.", "$(namespace).example.net", "192.0.2.200,2001:DB8::C8", "192.0.2.201, 192.0.2.202"))
}

// common is the metadata of all objects. A Service may have other values for the same keys.
func (r *gen) common() string {
	return r.maybe("  commonLabels: {team: %s, of: $(name)}", pick(r, `"2"`, "$(namespace)", "b")) +
		r.maybe("  commonAnnotations: {a10: %q, t: %q, b: $(name)}", pick(r, texts...), pick(r, texts...))
}

func (r *gen) component(b *strings.Builder, i int) {
	fmt.Fprintf(b, "  - name: c%d\n    workload: $(name)-c%d\n    replicas: %d\n", i, i, pick(r, 0, 1, 2, 2, 3, 3, 11))
	fmt.Fprintf(b, "    selector: {app: c%d}\n", i)
	b.WriteString(r.maybe("    ordinals: {start: %d}", r.IntN(3)))
	if r.IntN(3) == 0 {
		fmt.Fprintf(b, "    pools: [{workload: $(name)-p%d, replicas: %d, idOffset: 20}]\n", i, r.IntN(3))
	}
	way, step := r.IntN(16), ""
	if way != hostPort {
		step = pick(r, "", "", ", step: 1", ", step: 3")
	}
	fmt.Fprintf(b, "    ports:\n    - {name: a, containerPort: %d%s, listener: {protocol: SSL}}\n    - {name: b, containerPort: %d, protocol: %s}\n",
		9000+100*i, step, 9050+100*i, pick(r, "TCP", "UDP"))
	b.WriteString("    services:\n    - {name: peers, mode: Headless")
	b.WriteString(pick(r, "}\n", "}\n", fmt.Sprintf(", domain: c%d.example.net, externalDNS: {enabled: true}}\n", i)))
	r.perPod(b, i, way)
	r.shared(b, i)
	b.WriteString(r.maybe("      ipFamilyPolicy: PreferDualStack"))
	r.config(b, i)
	r.networkPolicy(b, way == hostPort || way == podIP)
	r.certificate(b, i, way)
	b.WriteString(r.maybe("    exports: {own-%d: {for: %q, text: $(replicas) $(list:l), lists: {l: {over: Pods, item: \"$(pod)=$(host:a):$(port:a)\"}}}}", i, pick(r, texts...)))
}

// shared makes an entry for all pods, every other time with numbers and settings that only a Service
// with node ports or a load balancer can have.
func (r *gen) shared(b *strings.Builder, i int) {
	way, numbers := r.IntN(4), ""
	if way < 2 {
		numbers = fmt.Sprintf(", nodePort: %d, advertisedPort: %d", 32000+i, 18000+i)
	}
	fmt.Fprintf(b, "    - name: all\n      mode: Shared\n      ports: [{name: b, portName: %s, port: %d%s}]\n", pick(r, "b", "all-b"), 8000+i, numbers)
	switch way {
	case 0:
		b.WriteString("      type: NodePort\n")
		b.WriteString(r.maybe("      externalTrafficPolicy: Local"))
		b.WriteString(r.maybe("      sessionAffinity: ClientIP"))
	case 1:
		fmt.Fprintf(b, "      type: LoadBalancer\n      externalTrafficPolicy: Local\n      healthCheckNodePort: %d\n", 32100+i)
		b.WriteString(r.maybe("      loadBalancer: {class: example.com/lb, sourceRanges: [198.51.100.0/24], allocateNodePorts: false}"))
		b.WriteString(r.maybe("      externalIPs: [198.51.100.%d]", i+1))
		b.WriteString(r.maybe("      annotations: {example.com/of: $(serviceName)}"))
	}
	b.WriteString(r.maybe("      publishNotReadyAddresses: true"))
}

// networkPolicy says who may connect. direct: the pods see the addresses of clients of port a.
func (r *gen) networkPolicy(b *strings.Builder, direct bool) {
	switch r.IntN(4) {
	case 0:
		b.WriteString("    networkPolicy: {}\n")
	case 1:
		fmt.Fprintf(b, "    networkPolicy:\n      name: %s\n      from:\n", pick(r, "$(component)-clients", "$(name)-$(component)"))
		fmt.Fprintf(b, "      - {namespaces: %s, pods: %s}\n", pick(r, "{}", "{team: $(name)}"), pick(r, "{}", "{app: $(component)-client, a: b}"))
		b.WriteString(r.maybe("      - {ports: [%s]}", pick(r, "a", "b", "a, b")))
		if direct {
			b.WriteString("      - {ports: [a], cidrs: [198.51.100.0/24, \"2001:db8:7::/48\"]}\n")
		}
	}
}

// certificate makes a certificate, now and then one for each pod: where hosts, names and addresses
// only differ by the name of the pod.
func (r *gen) certificate(b *strings.Builder, i, way int) {
	if r.IntN(2) == 0 {
		return
	}
	b.WriteString("    certificate:\n      issuerRef: " + pick(r, "{name: ca}", "{name: ca, kind: ClusterIssuer}", "{name: pca, kind: AWSPCAClusterIssuer, group: awspca.cert-manager.io}") + "\n")
	b.WriteString(r.maybe("      duration: %s\n      renewBefore: 30m", pick(r, "2h", "8760h", "1h30m")))
	b.WriteString(r.maybe("      usages: [%s]", pick(r, "server auth", "server auth, client auth", "digital signature", "any")))
	b.WriteString(r.maybe("      privateKey: %s", pick(r, "{algorithm: ECDSA, size: 384}", "{size: 4096, encoding: PKCS8}", "{algorithm: Ed25519, rotationPolicy: Never}")))
	if (way == 1 || way == 7) && r.IntN(2) == 0 {
		b.WriteString("      names: Outside\n")
	}
	if csi := way < 7 && way != 2 && way != 3; csi && r.IntN(3) == 0 {
		b.WriteString("      by: CSI\n      container: main\n")
		b.WriteString(r.maybe("      fsGroup: %d", 1000+i))
		b.WriteString(r.maybe("      keystores: {pkcs12: {password: %q}}", texts[0]))
		return
	}
	b.WriteString(r.maybe("      name: $(name)-cert%d\n      secretName: $(component)-tls.%d", i, i))
	b.WriteString(r.maybe("      wildcard: true"))
	b.WriteString(r.maybe("      secretTemplate: {labels: {a: $(name)}, annotations: {t: %q}}", pick(r, texts...)))
	b.WriteString(r.maybe("      additionalOutputFormats: [{type: CombinedPEM}, {type: DER}]"))
	b.WriteString(r.maybe("      keystores: {jks: {alias: a, passwordSecretRef: {name: p, key: %s}}, pkcs12: {password: %q}}", pick(r, "password", "k.1"), texts[0]))
	b.WriteString(r.maybe("      mountPath: /etc/tls\n      container: main"))
}

// config makes files that mention one pod, all pods, or none.
func (r *gen) config(b *strings.Builder, i int) {
	if r.IntN(2) == 0 {
		return
	}
	fmt.Fprintf(b, "    config:\n      env: {A10: %q, A2: x, _0: y, B: $(service:c%d.all)}\n      discovery: {image: kubectl}\n", pick(r, texts...), i)
	b.WriteString("      lists:\n        pods: {over: Pods, item: $(pod)@$(podFQDN)}\n        first: {over: Pods, component: c0, limit: 2, item: $(id) $(podFQDN)}\n        l: {over: Advertised, item: \"$(listener)://$(host):$(port)\"}\n        bind: {over: Listeners, item: $(listener):$(bindPort)}\n")
	b.WriteString(r.maybe("      containerEnv: {E: %q, F: $(pod) $(path:all.txt) $(listener:a)}", pick(r, texts...)))
	b.WriteString("      files:\n")
	b.WriteString(r.maybe("        own.conf: %q", pick(r, "$(list:l)\n", "$(list:bind) $(bindPort:a)", "$(host:a):$(port:a)", "$(port:a) $(id)", "at $(podFQDN)\n\n", "$(list:first) $(path:all.txt)", "$(pod) $(port:c0.b)")))
	fmt.Fprintf(b, "        all.txt: %q\n", pick(r, "$(list:pods)", "$(listener:a)", texts[0]))
}

// The ways of PerPod entries without Services. Pods with a host port share a number.
const (
	hostPort = 4
	podIP    = 8
)

// perPod makes a PerPod entry in one of ten ways, or two for different pods.
func (r *gen) perPod(b *strings.Builder, i, way int) {
	b.WriteString("    - name: each\n      mode: PerPod\n")
	switch way {
	case hostPort:
		fmt.Fprintf(b, "      type: HostPort\n      ports: [{name: a, hostPort: %d}]\n", 5000+i)
		b.WriteString(r.maybe("      nodeAddressType: %s", pick(r, "ExternalIP", "Hostname", "InternalIP")))
		if r.dns {
			b.WriteString(r.maybe("      externalDNS: {target: $(pod).example.net}"))
		}
	case 5:
		fmt.Fprintf(b, "      type: LoadBalancer\n      ports: [{name: a, advertisedPort: 15000}]\n      loadBalancer: {provider: EdgeLB, edgeLB: {name: pool-%d, cpus: 0.5}}\n", i)
	case 7:
		var all []string
		family := r.IntN(3)
		for n := range 40 { // for ids up to 22, and those of three more pods
			all = append(all, r.address(family, fmt.Sprintf("198.51.%d.%d", i, n+1), fmt.Sprintf("2001:db8:%d::%x", i+1, n+1)))
		}
		fmt.Fprintf(b, "      type: LoadBalancer\n      ports: [{name: a}]\n      loadBalancer: {provider: MetalLB, addresses: [%s]}\n", strings.Join(all, ", "))
		if r.dns {
			b.WriteString(r.maybe("      externalDNS: {target: \"\"}"))
		}
	case 6, 14, 15: // more often than the others: files discover its node ports
		fmt.Fprintf(b, "      type: NodePort\n      ports: [{name: a, portName: %s}]\n", pick(r, "a", "grpc-a"))
		b.WriteString(r.maybe("      nodeAddressType: %s", pick(r, "ExternalIP", "InternalDNS")))
	case 0:
		fmt.Fprintf(b, "      type: NodePort\n      ports: [{name: a, portName: %s, nodePort: %d}]\n", pick(r, "a", "tls-a"), 30000+25*i)
		b.WriteString(r.maybe("      externalTrafficPolicy: %s", pick(r, "Local", "Cluster")))
	case 1:
		fmt.Fprintf(b, "      type: LoadBalancer\n      ports: [{name: a}]\n      loadBalancer: {provider: MetalLB, address: %s}\n", r.address(r.IntN(3), fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:DB8::%d", i+1)))
	case 2:
		fmt.Fprintf(b, "      type: LoadBalancer\n      ports: [{name: a, port: %d}]\n      loadBalancer: {class: example.com/lb, allocateNodePorts: false, sourceRanges: [10.0.0.0/8]}\n", 7000+i)
		b.WriteString(r.maybe("      externalTrafficPolicy: Local\n      healthCheckNodePort: %d", 30100+25*i))
		b.WriteString(r.maybe("      host: h$(id)-%d.example.com", i))
		b.WriteString(r.maybe("      aliases: [a$(id)-%d.example.com, $(pod).c%d.example.net]", i, i))
	case 3:
		fmt.Fprintf(b, "      only: [%s-c%d-1, %s-c%d-2]\n      ports: [{name: a}, {name: b}]\n", r.name, i, r.name, i)
		b.WriteString(r.maybe("      pods: [{pod: %s-c%d-2, publishNotReadyAddresses: true}]", r.name, i))
		fmt.Fprintf(b, "    - name: first\n      mode: PerPod\n      only: [%s-c%d-0]\n      ports: [{name: b}]\n", r.name, i)
	case 10, 11, 12, 13:
		r.route(b, i, way)
	case podIP:
		b.WriteString("      type: PodIP\n      ports: [{name: a}]\n")
		b.WriteString(r.maybe("      host: h$(id)-%d.example.net", i))
	default:
		b.WriteString("      ports: [{name: a}, {name: b}]\n")
		b.WriteString(r.maybe("      pods: [{pod: %s-c%d-1, ports: [{name: a, port: 900}, {name: b, port: 901}]}]", r.name, i))
		b.WriteString(r.maybe("      sessionAffinity: ClientIP"))
		b.WriteString(r.maybe("      serviceName: s%d-$(ordinal)-$(id)", i))
	}
}

// provided makes load balancers of clouds.
func (r *gen) provided(b *strings.Builder) {
	b.WriteString("      type: LoadBalancer\n      ports: [{name: a}]\n")
	fmt.Fprintf(b, "      loadBalancer:\n        provider: %s\n        internal: %t\n", pick(r, "AWS", "DigitalOcean", "Hetzner", "Alibaba"), r.IntN(2) == 0)
	b.WriteString(r.maybe("        proxyProtocol: true"))
	b.WriteString(r.maybe("        name: $(pod)"))
}

// route makes load balancers of clouds, and routes to pods: by name, by port, or to a listener that exists. One Gateway of our own
// has the listeners of all components.
func (r *gen) route(b *strings.Builder, i, way int) {
	switch way {
	case 13:
		r.provided(b)
	case 10:
		fmt.Fprintf(b, "      type: TLSRoute\n      ports: [{name: a}]\n      domain: c%d.example.org\n      gateway: {listenerSet: {name: $(name)-%s, parentRef: {name: edge, namespace: infra}}, port: %d}\n", i, pick(r, "c", "$(component)"), pick(r, 443, 9094))
		b.WriteString(r.maybe("      aliases: [h$(id)-%d.example.net]", i))
		b.WriteString(r.maybe("      externalDNS: {by: DNSEndpoint, target: t%d.example.com}", i))
	case 11:
		fmt.Fprintf(b, "      type: TCPRoute\n      ports: [{name: a}]\n      domain: c%d.example.org\n      gateway: {className: edge, port: %d}\n", i, 20000+100*i)
		b.WriteString(r.maybe("      pods: [{pod: %s-c%d-1, gateway: {port: %d}}]", r.name, i, 30+i))
	default:
		fmt.Fprintf(b, "      type: TCPRoute\n      ports: [{name: a}]\n      gateway: {parentRefs: [{name: edge, sectionName: $(pod)-%s}], port: %d, address: 192.0.2.%d}\n", pick(r, "a", "b.c"), 21000+100*i, 100+i)
	}
}

// address returns one of two addresses in quotes, or both if the Services have both families.
func (r *gen) address(family int, v4, v6 string) string {
	switch {
	case r.dual:
		return `"` + v4 + "," + v6 + `"`
	case family > 0:
		return `"` + v4 + `"`
	}
	return `"` + v6 + `"`
}

func (r *gen) pravega() string {
	return fmt.Sprintf("  profile: pravega\n%s%s  components:\n  - {name: segmentstore, replicas: %d}\n",
		r.maybe("  type: %s", pick(r, "NodePort", "LoadBalancer")), r.maybe("  enabled: false"), r.IntN(4))
}

// endpoints makes an ExternalEndpoints; no address stands in two groups.
func (r *gen) endpoints() string {
	var b strings.Builder
	b.WriteString(r.head("ExternalEndpoints"))
	if r.IntN(6) == 0 {
		return b.String() + "  externalName: db.example.com\n"
	}
	headless, hinted := r.IntN(4) == 0, r.IntN(3) == 0
	if headless {
		b.WriteString("  headless: true\n")
	} else {
		b.WriteString(r.maybe("  type: %s", pick(r, "NodePort", "LoadBalancer", "ClusterIP")))
	}
	if !headless && r.IntN(2) == 0 {
		b.WriteString("  domain: example.com\n  externalDNS: {by: DNSEndpoint, target: edge.example.net}\n")
	}
	b.WriteString(r.maybe("  annotations: {t: %q}", pick(r, texts...)))
	b.WriteString(r.common())
	b.WriteString(r.maybe("  networkPolicy: {pods: %s}", pick(r, "{}", "{app: $(name)-client}")))
	b.WriteString(r.maybe("  emit: [%s]", pick(r, "EndpointSlice", "Endpoints", "EndpointSlice, Endpoints")))
	fmt.Fprintf(&b, "  ports:\n  - {name: a, port: 80, targetPorts: [8080, %d]}\n", 8081+r.IntN(9))
	b.WriteString(r.maybe("  - {name: b, port: 53, protocol: UDP}"))
	b.WriteString("  endpoints:\n")
	for i := range 1 + r.IntN(3) {
		address := pick(r, "192.0.%d.1-192.0.%d.9", `"2001:db8:%d::1", "2001:DB8:%d::2"`, "10.%d.0.1-10.%d.0.250")
		fmt.Fprintf(&b, "  - addresses: ["+address+"]\n", i, i)
		b.WriteString(r.maybe("    ready: false"))
		b.WriteString(r.maybe("    zone: z%d", i))
		b.WriteString(r.maybe("    nodeName: node-%d", i))
		if hinted && !headless {
			fmt.Fprintf(&b, "    hints: {forZones: [z%d, z9]}\n", i)
		}
		if r.IntN(3) == 0 {
			b.WriteString("    ports: {a: [9999]}\n")
		}
	}
	switch {
	case headless:
		b.WriteString("  - addresses: [203.0.113.1, \"2001:db8:ff::1\"]\n    hostname: m-1\n")
	case r.IntN(3) == 0:
		b.WriteString("  - addresses: [203.0.113.2]\n    nodeName: node-9\n")
		if hinted {
			b.WriteString("    hints: {forZones: [z9]}\n")
		}
		b.WriteString("  internalTrafficPolicy: Local\n")
	}
	return withoutZones(b.String())
}

// withoutZones takes out what Endpoints cannot have, where there are no EndpointSlices.
func withoutZones(spec string) string {
	if strings.Contains(spec, "EndpointSlice") || !strings.Contains(spec, "emit") {
		return spec
	}
	return strings.NewReplacer("    zone: z", "    # zone: z", "    hints: ", "    # hints: ").Replace(spec)
}
