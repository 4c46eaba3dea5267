package importer

import (
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// entryPortOf returns the port of an entry: numbers and names that the container's port has are left out.
func entryPortOf(name, portName string, port, containerPort int32) v1alpha1.ServicePort {
	out := v1alpha1.ServicePort{Name: name}
	if portName != name {
		out.PortName = portName
	}
	if port != containerPort {
		out.Port = new(port)
	}
	return out
}

// kafka has Services for the pods of controllers, which are brokers too by default, and for those of
// brokers.
func (c *chart) kafka() bool {
	if !c.isExposed(c.fields, "externalAccess", "enabled") {
		return false
	}
	access, spec := c.child("externalAccess"), &c.draft.Access.Spec
	setAll(&spec.CommonAnnotations, c.pairsOf(c.fields, "commonAnnotations"))
	for _, role := range []string{"controller", "broker"} {
		pods, block := c.child(role), access.child(role)
		only := pods.isOn("controllerOnly") && !block.isOn("forceExpose")
		replicas := c.number(pods, "replicaCount", map[string]int32{"controller": 3}[role])
		if only || replicas == 0 {
			continue
		}
		if hpa := pods.under("autoscaling", "hpa"); hpa.isOn("enabled") {
			hpa.remark(c.draft, "enabled", "the chart makes Services for replicaCount pods alone: write the most that there may be into replicas")
		}
		s := &chartService{fields: block.child("service"), component: role, workload: "-" + role, replicas: replicas,
			known: []string{"allocateLoadBalancerNodePorts", "publishNotReadyAddresses", "labels", "ipFamilies", "ipFamilyPolicy"}}
		spec.Components = append(spec.Components, c.kafkaRole(s))
		block.skip("service")
		block.rest(c.draft, "the chart has no such value")
	}
	access.skip("autoDiscovery")
	access.rest(c.draft, "bitnami/kafka "+c.version+" has no such value: since version 24 the Services are under controller.service and broker.service")
	c.discovers(c.under("defaultInitContainers", "autoDiscovery"), "bitnami-kafka")
	if len(spec.Components) == 0 {
		access.errorf(source.Required, "enabled", "write controller.replicaCount or broker.replicaCount, or externalAccess.controller.forceExpose: true", "no pods are exposed: there are no brokers, and the controllers are controllers only")
		return false
	}
	return true
}

func (c *chart) kafkaRole(s *chartService) v1alpha1.Component {
	comp := v1alpha1.Component{Name: s.component, Workload: c.called(s.workload), Replicas: new(s.replicas)}
	listener := c.under("listeners", "external")
	container := c.number(listener, "containerPort", 9095)
	comp.Ports = []v1alpha1.Port{{Name: "external", ContainerPort: container, Listener: &v1alpha1.Listener{
		Name: new(strings.ToUpper(firstText(listener.string("name"), "EXTERNAL"))), Protocol: new(firstText(listener.string("protocol"), "SASL_PLAINTEXT"))}}}
	port := c.number(s.child("ports"), "external", 9094)
	e := v1alpha1.Service{Name: "external", Mode: v1alpha1.PerPod, Ports: []v1alpha1.ServicePort{entryPortOf("external", "tcp-kafka", port, container)}}
	c.settings(s, &e)
	c.labelled(&e, "kafka")
	pods := s.pods(c)
	c.kafkaAddresses(s, &e, pods, port)
	c.extraPorts(s, &comp, &e)
	s.child("ports").rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	fold(&e, "external", pods)
	comp.Services = []v1alpha1.Service{e}
	return comp
}

// kafkaAddresses reads what the chart advertises: see prepareConfig in templates/_init_containers.tpl.
func (c *chart) kafkaAddresses(s *chartService, e *v1alpha1.Service, pods []onePod, port int32) {
	names, domain := s.listOf(c, "loadBalancerNames"), s.string("domain")
	ips, external, nodePorts := s.listOf(c, "loadBalancerIPs"), s.texts("externalIPs"), s.numbers("nodePorts")
	c.giveMaps(s, "loadBalancerAnnotations", pods)
	giveNumbers(pods, nodePorts)
	hostIPs, podIPs := s.isOn("useHostIPs"), s.isOn("usePodIPs")
	discovers := c.under("defaultInitContainers", "autoDiscovery").isOn("enabled")
	switch *e.Type {
	case v1alpha1.LoadBalancer:
		give(pods, ips, func(p *onePod, ip string) { p.address = ip })
		give(pods, names, func(p *onePod, name string) { p.host = literal(name) })
	case v1alpha1.NodePort:
		give(pods, external, func(p *onePod, ip string) { p.externalIPs = []string{ip} })
		switch {
		case domain != "":
			give(pods, repeat(domain, len(pods)), func(p *onePod, name string) { p.host = literal(name) })
		case podIPs && discovers:
			s.remark(c.draft, "usePodIPs", "the address of a node is advertised with type NodePort, and not that of the pod: type PodIP advertises that, without a Service")
		case !hostIPs && !discovers && len(external) == 0:
			c.draft.Remark(s.doc, s.path("type"), "the chart asks a site in the internet for the address under which a node is seen: the spec advertises InternalIP, or nodeAddressType")
		}
	default:
		give(pods, names, func(p *onePod, name string) { p.host, p.advertisedPort = literal(name), new(port) })
		if len(names) == 0 && domain != "" {
			give(pods, repeat(domain, len(pods)), func(p *onePod, name string) { p.host, p.advertisedPort = literal(name), new(port + p.id) })
		}
	}
}

func repeat(text string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = text
	}
	return out
}

// mongodb has Services for the members of a replica set, and for hidden members.
func (c *chart) mongodb() bool {
	if !c.isExposed(c.fields, "externalAccess", "enabled") {
		return false
	}
	if c.string("architecture") != "replicaset" {
		c.errorf(source.Required, "architecture", "write architecture: replicaset", "the chart makes Services for single pods with architecture replicaset alone")
		return false
	}
	access, spec := c.child("externalAccess"), &c.draft.Access.Spec
	setAll(&spec.CommonAnnotations, c.pairsOf(c.fields, "commonAnnotations"))
	known := []string{"allocateLoadBalancerNodePorts", "sessionAffinity"}
	s := &chartService{fields: access.child("service"), component: "mongodb", replicas: c.number(c.fields, "replicaCount", 2), known: known}
	spec.Components = append(spec.Components, c.mongodbMembers(s, c.fields))
	if hidden, block := c.child("hidden"), access.child("hidden"); hidden.isOn("enabled") && block.isOn("enabled") {
		s := &chartService{fields: block.child("service"), component: "hidden", workload: "-hidden", replicas: c.number(hidden, "replicaCount", 1), known: known}
		spec.Components = append(spec.Components, c.mongodbMembers(s, hidden))
	}
	c.discovers(access.child("autoDiscovery"), "bitnami-mongodb")
	if access.child("externalMaster").isOn("enabled") {
		access.remark(c.draft, "externalMaster", "the primary outside the cluster stays in the values")
	}
	access.skip("dnsCheck", "hidden", "service")
	access.rest(c.draft, "the chart has no such value")
	return true
}

func (c *chart) mongodbMembers(s *chartService, pod *fields) v1alpha1.Component {
	comp := v1alpha1.Component{Name: s.component, Workload: c.called(s.workload), Replicas: new(s.replicas)}
	container := c.number(pod.child("containerPorts"), "mongodb", 27017)
	comp.Ports = []v1alpha1.Port{{Name: "mongodb", ContainerPort: container}}
	port := c.number(s.child("ports"), "mongodb", 27017)
	e := v1alpha1.Service{Name: "external", Mode: v1alpha1.PerPod,
		Ports: []v1alpha1.ServicePort{entryPortOf("mongodb", firstText(s.string("portName"), "mongodb"), port, container)}}
	c.settings(s, &e)
	e.PublishNotReadyAddresses = new(true)
	s.policy(&e, v1alpha1.PolicyLocal)
	c.labelled(&e, s.component)
	if *e.Type == v1alpha1.ClusterIP {
		s.remark(c.draft, "type", "the chart makes no Services of type ClusterIP: those of the spec are new")
	}
	pods, names, ips := s.pods(c), s.listOf(c, "publicNames"), s.listOf(c, "loadBalancerIPs")
	giveNumbers(pods, s.numbers("nodePorts"))
	c.giveMaps(s, "annotationsList", pods)
	if domain := s.string("domain"); domain != "" && *e.Type == v1alpha1.NodePort {
		names = repeat(domain, len(pods))
	}
	give(pods, names, func(p *onePod, name string) { p.host = literal(name) })
	if *e.Type == v1alpha1.LoadBalancer {
		give(pods, ips, func(p *onePod, ip string) { p.address = ip })
	}
	c.extraPorts(s, &comp, &e)
	s.child("ports").rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	fold(&e, "mongodb", pods)
	comp.Services = []v1alpha1.Service{e}
	return comp
}

// redisCluster has a Service for each node.
func (c *chart) redisCluster() bool {
	if !c.isExposed(c.fields, "cluster", "externalAccess", "enabled") {
		return false
	}
	cluster := c.child("cluster")
	access, spec := cluster.child("externalAccess"), &c.draft.Access.Spec
	setAll(&spec.CommonAnnotations, c.pairsOf(c.fields, "commonAnnotations"))
	s := &chartService{fields: access.child("service"), component: "node", replicas: c.number(cluster, "nodes", 6)}
	ports := c.under("redis", "containerPorts")
	redis, bus := c.number(ports, "redis", 6379), c.number(ports, "bus", 16379)
	comp := v1alpha1.Component{Name: s.component, Workload: c.called(""), Replicas: new(s.replicas),
		Ports: []v1alpha1.Port{{Name: "tcp-redis", ContainerPort: redis}, {Name: "tcp-redis-bus", ContainerPort: bus}}}
	e := v1alpha1.Service{Name: "svc", Mode: v1alpha1.PerPod,
		Ports: []v1alpha1.ServicePort{entryPortOf("tcp-redis", "tcp-redis", c.number(s.fields, "port", 6379), redis), {Name: "tcp-redis-bus"}}}
	c.settings(s, &e)
	c.labelled(&e, "")
	pods := s.pods(c)
	c.announced(s, &e, pods)
	if access.isOn("hostMode") {
		access.remark(c.draft, "hostMode", "the nodes announce names: sallyport export bitnami-redis-cluster prints values for addresses; profile redis-cluster-hostnames has files for names")
	}
	access.skip("service")
	access.rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	fold(&e, "tcp-redis", pods)
	comp.Services = []v1alpha1.Service{e}
	spec.Components = []v1alpha1.Component{comp}
	return true
}

// announced reads the addresses that nodes announce, and which load balancers ask for unless a switch
// or an annotation says otherwise.
func (c *chart) announced(s *chartService, e *v1alpha1.Service, pods []onePod) {
	addresses, key := s.listOf(c, "loadBalancerIP"), s.string("loadBalancerIPAnnotaion")
	give(pods, addresses, func(p *onePod, a string) {
		switch {
		case *e.Type != v1alpha1.LoadBalancer || s.isOn("disableLoadBalancerIP") && key == "":
			p.host = literal(a)
		case key == "":
			p.address = a
		default:
			p.annotations = map[string]string{key: literal(a)}
			p.host = literal(a)
		}
	})
	if provider := addressKeys[key]; provider != "" && len(addresses) > 0 && *e.Type == v1alpha1.LoadBalancer {
		balancer(&e.Access).Provider = new(provider)
		for i := range pods {
			pods[i].annotations, pods[i].host, pods[i].address = nil, "", addresses[i]
		}
	}
}

// addressKeys are annotations by which a load balancer asks for an address.
var addressKeys = map[string]v1alpha1.Provider{
	"metallb.io/loadBalancerIPs": "MetalLB", "metallb.universe.tf/loadBalancerIPs": "MetalLB",
	"lbipam.cilium.io/ips": "Cilium", "io.cilium/lb-ipam-ips": "Cilium",
	"kube-vip.io/loadbalancerIPs": "KubeVIP",
}

// redis has a Service for each node with a sentinel.
func (c *chart) redis() bool {
	if !c.isExposed(c.fields, "sentinel", "enabled") || !c.isExposed(c.fields, "sentinel", "externalAccess", "enabled") {
		return false
	}
	sentinel := c.child("sentinel")
	access, spec := sentinel.child("externalAccess"), &c.draft.Access.Spec
	setAll(&spec.CommonAnnotations, c.pairsOf(sentinel, "commonAnnotations"))
	s := &chartService{fields: access.child("service"), component: "node", workload: "-node", replicas: c.number(c.child("replica"), "replicaCount", 3)}
	comp := v1alpha1.Component{Name: s.component, Workload: c.called("-node"), Replicas: new(s.replicas),
		Ports: []v1alpha1.Port{{Name: "redis", ContainerPort: 6379}, {Name: "redis-sentinel", ContainerPort: 26379}}}
	e := v1alpha1.Service{Name: "svc", Mode: v1alpha1.PerPod, ServiceName: c.called("-$(ordinal)-svc"), Ports: []v1alpha1.ServicePort{
		entryPortOf("redis", "tcp-redis", c.number(s.fields, "redisPort", 6379), 6379),
		entryPortOf("redis-sentinel", "tcp-sentinel", c.number(s.fields, "sentinelPort", 26379), 26379)}}
	c.settings(s, &e)
	c.labelled(&e, "")
	pods := s.pods(c)
	c.announced(s, &e, pods)
	for i, name := range []string{"redisPort", "sentinelPort"} {
		if e.Ports[i].Port != nil {
			s.remark(c.draft, name, "with this number, the chart's sentinels still look for the servers at the port of the container")
		}
	}
	access.skip("service")
	access.rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	fold(&e, "redis", pods)
	comp.Services = []v1alpha1.Service{e}
	spec.Components = []v1alpha1.Component{comp}
	return true
}

// A rabbitmqPort is a port of the only Service of bitnami/rabbitmq that is not headless.
type rabbitmqPort struct {
	value, portName, target string
	number                  int32
	on                      bool
}

// rabbitmq has one Service for all nodes.
func (c *chart) rabbitmq() bool {
	s := &chartService{fields: c.child("service"), component: "node", replicas: c.number(c.fields, "replicaCount", 1),
		known: []string{"allocateLoadBalancerNodePorts", "sessionAffinity", "labels"}}
	if kind := s.text("type"); kind == "" || kind == "ClusterIP" {
		c.in.Errorf(c.doc, source.Required, source.Path{}.Field("service", "type"), "write service.type: LoadBalancer or NodePort if clients outside reach the pods through the Service of the chart",
			"its type is ClusterIP: no Service is for clients outside the cluster, and there is nothing to import")
		return false
	}
	spec := &c.draft.Access.Spec
	setAll(&spec.CommonAnnotations, c.pairsOf(c.fields, "commonAnnotations"))
	comp := v1alpha1.Component{Name: s.component, Workload: c.called(""), Replicas: new(s.replicas)}
	setAll(&comp.Selector, merged(c.pairsOf(c.fields, "podLabels"), map[string]string{
		"app.kubernetes.io/instance": "$(name)", "app.kubernetes.io/name": firstText(c.string("nameOverride"), c.name)}))
	e := v1alpha1.Service{Name: "client", Mode: v1alpha1.Shared, ServiceName: c.called("")}
	c.settings(s, &e)
	s.policy(&e, v1alpha1.PolicyCluster)
	c.labelled(&e, "")
	e.ExternalIPs = s.texts("externalIPs")
	if ip := s.string("loadBalancerIP"); ip != "" && *e.Type == v1alpha1.LoadBalancer {
		balancer(&e.Access).Address = new(ip)
	}
	c.rabbitmqPorts(s, &comp, &e)
	c.extraPorts(s, &comp, &e)
	if s.string("clusterIP") != "" {
		s.remark(c.draft, "clusterIP", "a spec cannot choose the address inside the cluster: the Service keeps its own as long as it exists")
	}
	if c.child("ingress").isOn("enabled") {
		c.remark(c.draft, "ingress", "the Ingress of the management interface stays in the chart")
	}
	s.skip("headless", "annotationsHeadless", "extraPortsHeadless", "trafficDistribution", "nameOverride")
	s.rest(c.draft, "the chart has no such value")
	comp.Services = []v1alpha1.Service{e}
	spec.Components = []v1alpha1.Component{comp}
	return true
}

// rabbitmqPorts reads the ports, each with a switch, a name and numbers of its own.
func (c *chart) rabbitmqPorts(s *chartService, comp *v1alpha1.Component, e *v1alpha1.Service) {
	unless := func(name string) bool { v := s.flag(name); return v == nil || *v }
	tls := c.under("auth", "tls").isOn("enabled")
	names, numbers, nodePorts, containers := s.child("portNames"), s.child("ports"), s.child("nodePorts"), c.child("containerPorts")
	for _, p := range []rabbitmqPort{
		{"amqp", "amqp", "amqp", 5672, unless("portEnabled") || !tls},
		{"amqpTls", "amqp-tls", "amqp-tls", 5671, tls},
		{"epmd", "epmd", "epmd", 4369, unless("epmdPortEnabled")},
		{"dist", "dist", "dist", 25672, unless("distPortEnabled")},
		{"manager", "http-stats", "stats", 15672, unless("managerPortEnabled")},
		{"metrics", "metrics", "metrics", 9419, c.child("metrics").isOn("enabled")},
	} {
		container, port := c.number(containers, p.value, p.number), c.number(numbers, p.value, p.number)
		portName, nodePort := firstText(names.string(p.value), p.portName), c.number(nodePorts, p.value, 0)
		if !p.on {
			continue
		}
		comp.Ports = append(comp.Ports, v1alpha1.Port{Name: p.target, ContainerPort: container})
		own := entryPortOf(p.target, portName, port, container)
		if nodePort != 0 {
			own.NodePort = new(nodePort)
		}
		e.Ports = append(e.Ports, own)
	}
	for _, f := range []*fields{names, numbers, nodePorts} {
		f.rest(c.draft, "the chart has no such value")
	}
}
