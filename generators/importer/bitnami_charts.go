package importer

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

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
	if !c.isExposed("externalAccess", "enabled") {
		return false
	}
	access := c.child("externalAccess")
	setAll(&c.access.Spec.CommonAnnotations, c.common(c.fields, "commonAnnotations"))
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
		c.kafkaRole(s)
		block.skip("service")
		block.rest(c.draft, "the chart has no such value")
	}
	c.discovers(access.child("autoDiscovery"), "bitnami-kafka")
	access.rest(c.draft, "bitnami/kafka "+c.version+" has no such value: since version 24 the Services are under controller.service and broker.service")
	c.discovers(c.under("defaultInitContainers", "autoDiscovery"), "bitnami-kafka")
	if len(c.components) == 0 {
		access.errorf(source.Required, "enabled", "write controller.replicaCount or broker.replicaCount, or externalAccess.controller.forceExpose: true", "no pods are exposed: there are no brokers, and the controllers are controllers only")
		return false
	}
	return true
}

// kafkaRole reads the Services for the pods of a role.
func (c *chart) kafkaRole(s *chartService) {
	listener := c.under("listeners", "external")
	container := c.number(listener, "containerPort", 9095)
	ports := []v1alpha1.Port{{Name: "external", ContainerPort: container, Listener: &v1alpha1.Listener{
		Name: new(strings.ToUpper(firstText(listener.string("name"), "EXTERNAL"))), Protocol: new(firstText(listener.string("protocol"), "SASL_PLAINTEXT"))}}}
	port := c.number(s.child("ports"), "external", 9094)
	opened := []v1alpha1.ServicePort{entryPortOf("external", "tcp-kafka", port, container)}
	c.settings(s, "kafka")
	s.pods(c)
	c.kafkaAddresses(s, port)
	more, open := c.extraPorts(s)
	s.child("ports").rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		return c.component(s, append(ports, more...), s.entry("external", plain, append(opened, open...)...))
	})
}

// component returns the component of a block with its entry.
func (c *chart) component(s *chartService, ports []v1alpha1.Port, e v1alpha1.Service) v1alpha1.Component {
	return v1alpha1.Component{Name: s.component, Workload: c.called(s.workload), Replicas: new(s.replicas), Ports: ports, Services: []v1alpha1.Service{e}}
}

// kafkaAddresses reads what the chart advertises: see prepareConfig in templates/_init_containers.tpl.
func (c *chart) kafkaAddresses(s *chartService, port int32) {
	names, domain := s.listOf(c, "loadBalancerNames"), s.string("domain")
	ips, external := s.listOf(c, "loadBalancerIPs"), s.texts("externalIPs")
	c.annotations(s, "loadBalancerAnnotations")
	s.nodePorts(s.numbers("nodePorts"))
	hostIPs, podIPs := s.isOn("useHostIPs"), s.isOn("usePodIPs")
	discovers := c.under("defaultInitContainers", "autoDiscovery").isOn("enabled")
	switch s.like.Spec.Type {
	case corev1.ServiceTypeLoadBalancer:
		s.addresses(ips)
		s.hosts(names)
	case corev1.ServiceTypeNodePort:
		give(s, external, func(m *made, ip string) { m.Spec.ExternalIPs = []string{ip} })
		switch {
		case domain != "":
			s.hosts(s.everyone(domain))
		case podIPs && discovers:
			s.remark(c.draft, "usePodIPs", "with type NodePort, the address of a node is advertised, and not that of the pod: type PodIP advertises that, without a Service")
		case !hostIPs && !discovers && len(external) == 0:
			c.draft.Remark(s.doc, s.path("type"), "the chart asks a site in the internet for the address under which a node is seen: the spec advertises InternalIP, or what nodeAddressType says")
		}
	default:
		if len(names) == 0 && domain != "" {
			s.hosts(s.everyone(domain))
			for i := range s.all {
				s.all[i].advertised = port + int32(i)
			}
			return
		}
		s.hosts(names)
		give(s, names, func(m *made, _ string) { m.advertised = port })
	}
}

// mongodb has Services for the members of a replica set, and for hidden members.
func (c *chart) mongodb() bool {
	if !c.isExposed("externalAccess", "enabled") {
		return false
	}
	if c.string("architecture") != "replicaset" {
		c.errorf(source.Required, "architecture", "write architecture: replicaset", "the chart makes Services for single pods with architecture replicaset alone")
		return false
	}
	access := c.child("externalAccess")
	setAll(&c.access.Spec.CommonAnnotations, c.common(c.fields, "commonAnnotations"))
	known := []string{"allocateLoadBalancerNodePorts", "sessionAffinity"}
	s := &chartService{fields: access.child("service"), component: "mongodb", replicas: c.number(c.fields, "replicaCount", 2), known: known}
	c.mongodbMembers(s, c.fields)
	if hidden, block := c.child("hidden"), access.child("hidden"); hidden.isOn("enabled") && block.isOn("enabled") {
		s := &chartService{fields: block.child("service"), component: "hidden", workload: "-hidden", replicas: c.number(hidden, "replicaCount", 1), known: known}
		c.mongodbMembers(s, hidden)
	}
	c.discovers(access.child("autoDiscovery"), "bitnami-mongodb")
	if access.child("externalMaster").isOn("enabled") {
		access.remark(c.draft, "externalMaster", "the primary outside the cluster stays in the values")
	}
	access.skip("dnsCheck", "hidden", "service")
	access.rest(c.draft, "the chart has no such value")
	return true
}

// mongodbMembers reads the Services for the members of a StatefulSet.
func (c *chart) mongodbMembers(s *chartService, pods *fields) {
	container := c.number(pods.child("containerPorts"), "mongodb", 27017)
	ports := []v1alpha1.Port{{Name: "mongodb", ContainerPort: container}}
	opened := []v1alpha1.ServicePort{entryPortOf("mongodb", firstText(s.string("portName"), "mongodb"), c.number(s.child("ports"), "mongodb", 27017), container)}
	c.settings(s, s.component)
	s.like.Spec.PublishNotReadyAddresses = true
	s.policy(corev1.ServiceExternalTrafficPolicyLocal)
	kind := s.like.Spec.Type
	if kind == corev1.ServiceTypeClusterIP {
		s.remark(c.draft, "type", "the chart makes no Services of type ClusterIP: those of the spec are new")
	}
	s.pods(c)
	names, ips := s.listOf(c, "publicNames"), s.listOf(c, "loadBalancerIPs")
	s.nodePorts(s.numbers("nodePorts"))
	c.annotations(s, "annotationsList")
	if domain := s.string("domain"); domain != "" && kind == corev1.ServiceTypeNodePort {
		names = s.everyone(domain)
	}
	s.hosts(names)
	if kind == corev1.ServiceTypeLoadBalancer {
		s.addresses(ips)
	}
	more, open := c.extraPorts(s)
	s.child("ports").rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		return c.component(s, append(ports, more...), s.entry("external", plain, append(opened, open...)...))
	})
}

// redisCluster has a Service for each node.
func (c *chart) redisCluster() bool {
	if !c.isExposed("cluster", "externalAccess", "enabled") {
		return false
	}
	cluster := c.child("cluster")
	access := cluster.child("externalAccess")
	setAll(&c.access.Spec.CommonAnnotations, c.common(c.fields, "commonAnnotations"))
	s := &chartService{fields: access.child("service"), component: "node", replicas: c.number(cluster, "nodes", 6)}
	ports := c.under("redis", "containerPorts")
	redis, bus := c.number(ports, "redis", 6379), c.number(ports, "bus", 16379)
	list := []v1alpha1.Port{{Name: "tcp-redis", ContainerPort: redis}, {Name: "tcp-redis-bus", ContainerPort: bus}}
	opened := []v1alpha1.ServicePort{entryPortOf("tcp-redis", "tcp-redis", c.number(s.fields, "port", 6379), redis), {Name: "tcp-redis-bus"}}
	c.settings(s, "")
	s.pods(c)
	c.announced(s)
	if access.isOn("hostMode") {
		access.remark(c.draft, "hostMode", "the nodes announce names: sallyport export bitnami-redis-cluster prints values for addresses; profile redis-cluster-hostnames has files for names")
	}
	access.skip("service")
	access.rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component { return c.component(s, list, s.entry("svc", plain, opened...)) })
	return true
}

// announced reads the addresses that nodes announce, and which load balancers ask for unless a switch
// or an annotation says otherwise.
func (c *chart) announced(s *chartService) {
	addresses, key := s.listOf(c, "loadBalancerIP"), s.string("loadBalancerIPAnnotaion")
	asks := s.like.Spec.Type == corev1.ServiceTypeLoadBalancer && !s.isOn("disableLoadBalancerIP")
	switch {
	case key == "" && asks:
		s.addresses(addresses)
	case key == "":
		s.hosts(addresses)
	default:
		give(s, addresses, func(m *made, a string) { m.Annotations[key] = a })
		if settings, _ := settingOf(key); settings != "address" || !asks {
			s.hosts(addresses) // else the setting is advertised
		}
	}
}

// redis has a Service for each node with a sentinel.
func (c *chart) redis() bool {
	if !c.isExposed("sentinel", "enabled") || !c.isExposed("sentinel", "externalAccess", "enabled") {
		return false
	}
	sentinel := c.child("sentinel")
	access := sentinel.child("externalAccess")
	setAll(&c.access.Spec.CommonAnnotations, c.common(sentinel, "commonAnnotations"))
	s := &chartService{fields: access.child("service"), component: "node", workload: "-node", replicas: c.number(c.child("replica"), "replicaCount", 3)}
	list := []v1alpha1.Port{{Name: "redis", ContainerPort: 6379}, {Name: "redis-sentinel", ContainerPort: 26379}}
	opened := []v1alpha1.ServicePort{
		entryPortOf("redis", "tcp-redis", c.number(s.fields, "redisPort", 6379), 6379),
		entryPortOf("redis-sentinel", "tcp-sentinel", c.number(s.fields, "sentinelPort", 26379), 26379)}
	for i, name := range []string{"redisPort", "sentinelPort"} {
		if opened[i].Port != nil {
			s.remark(c.draft, name, "with this number, the chart's sentinels still look for the servers at the port of the container")
		}
	}
	c.settings(s, "")
	s.pods(c)
	c.announced(s)
	access.skip("service")
	access.rest(c.draft, "the chart has no such value")
	s.rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		e := s.entry("svc", plain, opened...)
		e.ServiceName = c.called("-$(ordinal)-svc")
		return c.component(s, list, e)
	})
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
	setAll(&c.access.Spec.CommonAnnotations, c.common(c.fields, "commonAnnotations"))
	name := firstText(c.string("nameOverride"), c.name)
	selector := map[string]string{"app.kubernetes.io/instance": "$(name)", "app.kubernetes.io/name": name}
	c.settings(s, "")
	s.policy(corev1.ServiceExternalTrafficPolicyCluster)
	m := newMade(pod{}, s.like)
	m.Name, m.Spec.ExternalIPs = c.full, s.texts("externalIPs")
	if ip := s.string("loadBalancerIP"); m.Spec.Type == corev1.ServiceTypeLoadBalancer {
		m.Spec.LoadBalancerIP = ip
	}
	ports, opened := c.rabbitmqPorts(s)
	more, open := c.extraPorts(s)
	if s.string("clusterIP") != "" {
		s.remark(c.draft, "clusterIP", "a spec cannot choose the address inside the cluster: the Service keeps its own as long as it exists")
	}
	if c.child("ingress").isOn("enabled") {
		c.remark(c.draft, "ingress", "the Ingress of the management interface stays in the chart")
	}
	s.skip("headless", "annotationsHeadless", "extraPortsHeadless", "trafficDistribution", "nameOverride")
	s.rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		e := v1alpha1.Service{Name: "client", Mode: v1alpha1.Shared, ServiceName: c.called(""), Ports: slices.Concat(opened, open)}
		m.shared(&e, plain)
		comp := c.component(s, slices.Concat(ports, more), e)
		comp.Workload, comp.Replicas = "", nil // there is nothing for single pods
		setAll(&comp.Selector, selector)
		return comp
	})
	return true
}

// rabbitmqPorts reads the ports, each with a switch, a name and numbers of its own.
func (c *chart) rabbitmqPorts(s *chartService) (ports []v1alpha1.Port, opened []v1alpha1.ServicePort) {
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
		ports = append(ports, v1alpha1.Port{Name: p.target, ContainerPort: container})
		own := entryPortOf(p.target, portName, port, container)
		if nodePort != 0 {
			own.NodePort = new(nodePort)
		}
		opened = append(opened, own)
	}
	for _, f := range []*fields{names, numbers, nodePorts} {
		f.rest(c.draft, "the chart has no such value")
	}
	return ports, opened
}
