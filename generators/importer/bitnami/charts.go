package bitnami

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
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
	access := c.Child("externalAccess")
	services.SetAll(&c.access.Spec.CommonAnnotations, c.common(c.Fields, "commonAnnotations"))
	for _, role := range []string{"controller", "broker"} {
		pods, block := c.Child(role), access.Child(role)
		only := pods.IsOn("controllerOnly") && !block.IsOn("forceExpose")
		replicas := c.number(pods, "replicaCount", map[string]int32{"controller": 3}[role])
		if only || replicas == 0 {
			continue
		}
		if hpa := pods.Under("autoscaling", "hpa"); hpa.IsOn("enabled") {
			hpa.Remark(c.draft, "enabled", "the chart makes Services for replicaCount pods alone: write the most that there may be into replicas")
		}
		s := &chartService{Fields: block.Child("service"), component: role, workload: "-" + role, replicas: replicas,
			known: []string{"allocateLoadBalancerNodePorts", "publishNotReadyAddresses", "labels", "ipFamilies", "ipFamilyPolicy"}}
		c.kafkaRole(s)
		block.Skip("service")
		block.Rest(c.draft, "the chart has no such value")
	}
	c.discovers(access.Child("autoDiscovery"), "bitnami-kafka")
	access.Rest(c.draft, "bitnami/kafka "+c.version+" has no such value: since version 24 the Services are under controller.service and broker.service")
	c.discovers(c.Under("defaultInitContainers", "autoDiscovery"), "bitnami-kafka")
	if len(c.components) == 0 {
		access.Errorf(source.Required, "enabled", "write controller.replicaCount or broker.replicaCount, or externalAccess.controller.forceExpose: true", "no pods are exposed: there are no brokers, and the controllers are controllers only")
		return false
	}
	return true
}

// kafkaRole reads the Services for the pods of a role.
func (c *chart) kafkaRole(s *chartService) {
	listener := c.Under("listeners", "external")
	container := c.number(listener, "containerPort", 9095)
	ports := []v1alpha1.Port{{Name: "external", ContainerPort: container, Listener: &v1alpha1.Listener{
		Name: new(strings.ToUpper(cmp.Or(listener.String("name"), "EXTERNAL"))), Protocol: new(cmp.Or(listener.String("protocol"), "SASL_PLAINTEXT"))}}}
	port := c.number(s.Child("ports"), "external", 9094)
	opened := []v1alpha1.ServicePort{entryPortOf("external", "tcp-kafka", port, container)}
	c.settings(s, "kafka")
	s.pods(c)
	c.kafkaAddresses(s, port)
	more, open := c.extraPorts(s)
	s.Child("ports").Rest(c.draft, "the chart has no such value")
	s.Rest(c.draft, "the chart has no such value")
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
	names, domain := s.listOf(c, "loadBalancerNames"), s.String("domain")
	ips, external := s.listOf(c, "loadBalancerIPs"), s.Texts("externalIPs")
	c.annotations(s, "loadBalancerAnnotations")
	s.nodePorts(s.Numbers("nodePorts"))
	hostIPs, podIPs := s.IsOn("useHostIPs"), s.IsOn("usePodIPs")
	discovers := c.Under("defaultInitContainers", "autoDiscovery").IsOn("enabled")
	switch s.like.Spec.Type {
	case corev1.ServiceTypeLoadBalancer:
		s.addresses(ips)
		s.hosts(names)
	case corev1.ServiceTypeNodePort:
		give(s, external, func(m *services.Made, ip string) { m.Spec.ExternalIPs = []string{ip} })
		switch {
		case domain != "":
			s.hosts(s.everyone(domain))
		case podIPs && discovers:
			s.Remark(c.draft, "usePodIPs", "with type NodePort, the address of a node is advertised, and not that of the pod: type PodIP advertises that, without a Service")
		case !hostIPs && !discovers && len(external) == 0:
			c.draft.Remark(s.Doc, s.Path("type"), "the chart asks a site in the internet for the address under which a node is seen: the spec advertises InternalIP, or what nodeAddressType says")
		}
	default:
		if len(names) == 0 && domain != "" {
			s.hosts(s.everyone(domain))
			for i := range s.all {
				s.all[i].Advertised = port + int32(i)
			}
			return
		}
		s.hosts(names)
		give(s, names, func(m *services.Made, _ string) { m.Advertised = port })
	}
}

// mongodb has Services for the members of a replica set, and for hidden members.
func (c *chart) mongodb() bool {
	if !c.isExposed("externalAccess", "enabled") {
		return false
	}
	if c.String("architecture") != "replicaset" {
		c.Errorf(source.Required, "architecture", "write architecture: replicaset", "the chart makes Services for single pods with architecture replicaset alone")
		return false
	}
	access := c.Child("externalAccess")
	services.SetAll(&c.access.Spec.CommonAnnotations, c.common(c.Fields, "commonAnnotations"))
	known := []string{"allocateLoadBalancerNodePorts", "sessionAffinity"}
	s := &chartService{Fields: access.Child("service"), component: "mongodb", replicas: c.number(c.Fields, "replicaCount", 2), known: known}
	c.mongodbMembers(s, c.Fields)
	if hidden, block := c.Child("hidden"), access.Child("hidden"); hidden.IsOn("enabled") && block.IsOn("enabled") {
		s := &chartService{Fields: block.Child("service"), component: "hidden", workload: "-hidden", replicas: c.number(hidden, "replicaCount", 1), known: known}
		c.mongodbMembers(s, hidden)
	}
	c.discovers(access.Child("autoDiscovery"), "bitnami-mongodb")
	if access.Child("externalMaster").IsOn("enabled") {
		access.Remark(c.draft, "externalMaster", "the primary outside the cluster stays in the values")
	}
	access.Skip("dnsCheck", "hidden", "service")
	access.Rest(c.draft, "the chart has no such value")
	return true
}

// mongodbMembers reads the Services for the members of a StatefulSet.
func (c *chart) mongodbMembers(s *chartService, pods *fields.Fields) {
	container := c.number(pods.Child("containerPorts"), "mongodb", 27017)
	ports := []v1alpha1.Port{{Name: "mongodb", ContainerPort: container}}
	opened := []v1alpha1.ServicePort{entryPortOf("mongodb", cmp.Or(s.String("portName"), "mongodb"), c.number(s.Child("ports"), "mongodb", 27017), container)}
	c.settings(s, s.component)
	s.like.Spec.PublishNotReadyAddresses = true
	s.policy(corev1.ServiceExternalTrafficPolicyLocal)
	kind := s.like.Spec.Type
	if kind == corev1.ServiceTypeClusterIP {
		s.Remark(c.draft, "type", "the chart makes no Services of type ClusterIP: those of the spec are new")
	}
	s.pods(c)
	names, ips := s.listOf(c, "publicNames"), s.listOf(c, "loadBalancerIPs")
	s.nodePorts(s.Numbers("nodePorts"))
	c.annotations(s, "annotationsList")
	if domain := s.String("domain"); domain != "" && kind == corev1.ServiceTypeNodePort {
		names = s.everyone(domain)
	}
	s.hosts(names)
	if kind == corev1.ServiceTypeLoadBalancer {
		s.addresses(ips)
	}
	more, open := c.extraPorts(s)
	s.Child("ports").Rest(c.draft, "the chart has no such value")
	s.Rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		return c.component(s, append(ports, more...), s.entry("external", plain, append(opened, open...)...))
	})
}

// redisCluster has a Service for each node.
func (c *chart) redisCluster() bool {
	if !c.isExposed("cluster", "externalAccess", "enabled") {
		return false
	}
	cluster := c.Child("cluster")
	access := cluster.Child("externalAccess")
	services.SetAll(&c.access.Spec.CommonAnnotations, c.common(c.Fields, "commonAnnotations"))
	s := &chartService{Fields: access.Child("service"), component: "node", replicas: c.number(cluster, "nodes", 6)}
	ports := c.Under("redis", "containerPorts")
	redis, bus := c.number(ports, "redis", 6379), c.number(ports, "bus", 16379)
	list := []v1alpha1.Port{{Name: "tcp-redis", ContainerPort: redis}, {Name: "tcp-redis-bus", ContainerPort: bus}}
	opened := []v1alpha1.ServicePort{entryPortOf("tcp-redis", "tcp-redis", c.number(s.Fields, "port", 6379), redis), {Name: "tcp-redis-bus"}}
	c.settings(s, "")
	s.pods(c)
	c.announced(s)
	if access.IsOn("hostMode") {
		access.Remark(c.draft, "hostMode", "the nodes announce names: sallyport export bitnami-redis-cluster prints values for addresses; profile redis-cluster-hostnames has files for names")
	}
	access.Skip("service")
	access.Rest(c.draft, "the chart has no such value")
	s.Rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component { return c.component(s, list, s.entry("svc", plain, opened...)) })
	return true
}

// announced reads the addresses that nodes announce, and which load balancers ask for unless a switch
// or an annotation says otherwise.
func (c *chart) announced(s *chartService) {
	addresses, key := s.listOf(c, "loadBalancerIP"), s.String("loadBalancerIPAnnotaion")
	asks := s.like.Spec.Type == corev1.ServiceTypeLoadBalancer && !s.IsOn("disableLoadBalancerIP")
	switch {
	case key == "" && asks:
		s.addresses(addresses)
	case key == "":
		s.hosts(addresses)
	default:
		give(s, addresses, func(m *services.Made, a string) { m.Annotations[key] = a })
		if settings, _ := compare.SettingOf(key); settings != "address" || !asks {
			s.hosts(addresses) // else the setting is advertised
		}
	}
}

// redis has a Service for each node with a sentinel.
func (c *chart) redis() bool {
	if !c.isExposed("sentinel", "enabled") || !c.isExposed("sentinel", "externalAccess", "enabled") {
		return false
	}
	sentinel := c.Child("sentinel")
	access := sentinel.Child("externalAccess")
	services.SetAll(&c.access.Spec.CommonAnnotations, c.common(sentinel, "commonAnnotations"))
	s := &chartService{Fields: access.Child("service"), component: "node", workload: "-node", replicas: c.number(c.Child("replica"), "replicaCount", 3)}
	list := []v1alpha1.Port{{Name: "redis", ContainerPort: 6379}, {Name: "redis-sentinel", ContainerPort: 26379}}
	opened := []v1alpha1.ServicePort{
		entryPortOf("redis", "tcp-redis", c.number(s.Fields, "redisPort", 6379), 6379),
		entryPortOf("redis-sentinel", "tcp-sentinel", c.number(s.Fields, "sentinelPort", 26379), 26379)}
	for i, name := range []string{"redisPort", "sentinelPort"} {
		if opened[i].Port != nil {
			s.Remark(c.draft, name, "with this number, the chart's sentinels still look for the servers at the port of the container")
		}
	}
	c.settings(s, "")
	s.pods(c)
	c.announced(s)
	access.Skip("service")
	access.Rest(c.draft, "the chart has no such value")
	s.Rest(c.draft, "the chart has no such value")
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
	s := &chartService{Fields: c.Child("service"), component: "node", replicas: c.number(c.Fields, "replicaCount", 1),
		known: []string{"allocateLoadBalancerNodePorts", "sessionAffinity", "labels"}}
	if kind := s.Text("type"); kind == "" || kind == "ClusterIP" {
		c.In.Errorf(c.Doc, source.Required, source.Path{}.Field("service", "type"), "write service.type: LoadBalancer or NodePort if clients outside reach the pods through the Service of the chart",
			"its type is ClusterIP: no Service is for clients outside the cluster, and there is nothing to import")
		return false
	}
	services.SetAll(&c.access.Spec.CommonAnnotations, c.common(c.Fields, "commonAnnotations"))
	name := cmp.Or(c.String("nameOverride"), c.name)
	selector := map[string]string{"app.kubernetes.io/instance": "$(name)", "app.kubernetes.io/name": name}
	c.settings(s, "")
	s.policy(corev1.ServiceExternalTrafficPolicyCluster)
	m := services.NewMade(services.Pod{}, s.like)
	m.Name, m.Spec.ExternalIPs = c.full, s.Texts("externalIPs")
	if ip := s.String("loadBalancerIP"); m.Spec.Type == corev1.ServiceTypeLoadBalancer {
		m.Spec.LoadBalancerIP = ip
	}
	ports, opened := c.rabbitmqPorts(s)
	more, open := c.extraPorts(s)
	if s.String("clusterIP") != "" {
		s.Remark(c.draft, "clusterIP", "a spec cannot choose the address inside the cluster: the Service keeps its own as long as it exists")
	}
	if c.Child("ingress").IsOn("enabled") {
		c.Remark(c.draft, "ingress", "the Ingress of the management interface stays in the chart")
	}
	s.Skip("headless", "annotationsHeadless", "extraPortsHeadless", "trafficDistribution", "nameOverride")
	s.Rest(c.draft, "the chart has no such value")
	c.components = append(c.components, func(plain bool) v1alpha1.Component {
		e := v1alpha1.Service{Name: "client", Mode: v1alpha1.Shared, ServiceName: c.called(""), Ports: slices.Concat(opened, open)}
		m.Shared(&e, plain)
		comp := c.component(s, slices.Concat(ports, more), e)
		comp.Workload, comp.Replicas = "", nil // there is nothing for single pods
		services.SetAll(&comp.Selector, selector)
		return comp
	})
	return true
}

// rabbitmqPorts reads the ports, each with a switch, a name and numbers of its own.
func (c *chart) rabbitmqPorts(s *chartService) (ports []v1alpha1.Port, opened []v1alpha1.ServicePort) {
	unless := func(name string) bool { v := s.Flag(name); return v == nil || *v }
	tls := c.Under("auth", "tls").IsOn("enabled")
	names, numbers, nodePorts, containers := s.Child("portNames"), s.Child("ports"), s.Child("nodePorts"), c.Child("containerPorts")
	for _, p := range []rabbitmqPort{
		{"amqp", "amqp", "amqp", 5672, unless("portEnabled") || !tls},
		{"amqpTls", "amqp-tls", "amqp-tls", 5671, tls},
		{"epmd", "epmd", "epmd", 4369, unless("epmdPortEnabled")},
		{"dist", "dist", "dist", 25672, unless("distPortEnabled")},
		{"manager", "http-stats", "stats", 15672, unless("managerPortEnabled")},
		{"metrics", "metrics", "metrics", 9419, c.Child("metrics").IsOn("enabled")},
	} {
		container, port := c.number(containers, p.value, p.number), c.number(numbers, p.value, p.number)
		portName, nodePort := cmp.Or(names.String(p.value), p.portName), c.number(nodePorts, p.value, 0)
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
	for _, f := range []*fields.Fields{names, numbers, nodePorts} {
		f.Rest(c.draft, "the chart has no such value")
	}
	return ports, opened
}
