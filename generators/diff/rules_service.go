package diff

var services = []string{"Service"}

// typeFields are the fields of a Service that some types do not have.
var typeFields = []string{"spec.ports[].nodePort", "spec.healthCheckNodePort", "spec.loadBalancerClass", "spec.externalTrafficPolicy", "spec.allocateLoadBalancerNodePorts",
	"spec.loadBalancerSourceRanges", "spec.loadBalancerIP"}

// serviceRules are those of the API server and of kube-proxy. Sources: ValidateServiceUpdate of
// pkg/apis/core/validation, pkg/registry/core/service.
var serviceRules = []Rule{
	{ID: "NodePortTaken", Kinds: services, Fields: []string{added, "spec.ports[]", "spec.healthCheckNodePort"}, Class: Refused, When: takesNodePort,
		Why:     "{holder}. The API server refuses a node port that is in use, and in one apply this depends on the order",
		Instead: "apply the change that gives the number up first, or choose another number"},
	{ID: "ServiceRemoved", Kinds: services, Fields: []string{removed}, Class: Disruptive,
		Why: "its name, its node ports and its load balancer are deleted with it, where what is no longer in the package is deleted", Who: "{clients}",
		Instead: "move the clients first"},

	{ID: "FieldForbidden", Kinds: services, Fields: typeFields, Class: Refused, When: forbidden,
		Why: "the new type does not have the field", Instead: "leave the field out. A field that keeps its value while the type changes is dropped by the API server"},
	{ID: "Dropped", Kinds: services, Fields: typeFields, Class: Safe, When: func(c *change) bool { return c.after == nil && typeChanges(c) && !typeHas(c, c.is) },
		Why: "the new type does not have the field"},

	{ID: "ClusterIP", Kinds: services, Fields: []string{"spec.clusterIP", "spec.clusterIPs"}, Class: Refused, When: clusterIPRefused,
		Why: "the API server does not change the cluster IP of a Service, nor whether it is headless", Who: "{clients}",
		Instead: "add a Service with another name and move the clients; or delete it and create it again, with an outage"},
	{ID: "HeadlessKept", Kinds: services, Fields: []string{"spec.clusterIP"}, Class: Recreate, When: func(c *change) bool { return str(c.before) == "None" && c.after == nil },
		Why: "the API server keeps clusterIP None, so that the Service stays headless", Instead: "delete it and create it again; or add a Service with another name"},
	{ID: "FirstFamily", Kinds: services, Fields: []string{"spec.ipFamilies"}, Class: Refused, When: firstFamily,
		Why: "the API server does not change the first IP family of a Service", Instead: "keep the first family and add the other as the second one; or add a Service with another name"},
	{ID: "SecondFamily", Kinds: services, Fields: []string{"spec.ipFamilies"}, Class: Refused, When: func(c *change) bool { return dropsFamily(c) && str(c.new("spec", "ipFamilyPolicy")) != "SingleStack" },
		Why: "the API server drops the second IP family only with ipFamilyPolicy SingleStack", Instead: "set ipFamilyPolicy: SingleStack"},
	{ID: "FamilyDropped", Kinds: services, Fields: []string{"spec.ipFamilies", "spec.ipFamilyPolicy"}, Class: Disruptive, When: dropsDualStack,
		Why: "the Service loses its addresses of the second family", Who: "{clients}, over the second family", Instead: "first remove the addresses of the second family from DNS"},
	{ID: "FamilyAdded", Kinds: services, Fields: []string{"spec.ipFamilies", "spec.ipFamilyPolicy"}, Class: Safe, When: func(c *change) bool { return c.after != nil },
		Why: "the Service keeps its addresses and gets one of the second family, if the cluster has two"},

	{ID: "LoadBalancerClass", Kinds: services, Fields: []string{"spec.loadBalancerClass"}, Class: Refused, When: staysBalanced,
		Why: "the API server does not change the class of a load balancer", Who: "{clients}",
		Instead: "add a Service with another name, which gets a load balancer of the new class, and move the clients"},
	{ID: "HealthCheckNodePort", Kinds: services, Fields: []string{"spec.healthCheckNodePort"}, Class: Refused, When: func(c *change) bool { return c.after != nil && local(c.was) && local(c.is) },
		Why: "the API server does not change the health check node port of a load balancer with externalTrafficPolicy Local", Instead: "keep the number; or add a Service with another name"},

	{ID: "ExternalNameSwitch", Kinds: services, Fields: []string{"spec.type"}, Class: Disruptive, When: func(c *change) bool { return str(c.before) == "ExternalName" || str(c.after) == "ExternalName" },
		Why: "the name of the Service leads to something else, and cached DNS answers lead to the old place", Who: "{clients}", Instead: "add a Service with another name and move the clients"},
	{ID: "LoadBalancerDeleted", Kinds: services, Fields: []string{"spec.type"}, Class: Disruptive, When: func(c *change) bool { return str(c.before) == "LoadBalancer" },
		Why: "its load balancer is deleted, and its address is free for others", Who: "{clients}", Instead: "add a Service with another name, move the clients, and then remove this one"},
	{ID: "NodePortsClosed", Kinds: services, Fields: []string{"spec.type"}, Class: Disruptive, When: func(c *change) bool { return str(c.after) == "ClusterIP" },
		Why: "its node ports are closed, and free for others", Who: "{clients}", Instead: "move the clients first"},
	{ID: "TypeWidened", Kinds: services, Fields: []string{"spec.type"}, Class: Safe, Why: "everything that the Service opens stays open"},

	{ID: "TrafficPolicy", Kinds: services, Fields: []string{"spec.externalTrafficPolicy"}, Class: Disruptive, When: func(c *change) bool { return c.before != nil && c.after != nil },
		Why: "with Local, only nodes with a pod answer, and pods see the addresses of clients; with Cluster, every node answers, and pods see those of nodes. The health check node port is assigned or released, and a shared address may be lost",
		Who: "{clients}", Instead: "check source ranges, network policies and shared addresses first"},
	{ID: "InternalPolicy", Kinds: services, Fields: []string{"spec.internalTrafficPolicy"}, Class: Disruptive, When: func(c *change) bool { return str(c.after) == "Local" },
		Why: "clients in the cluster only reach pods on their own node", Who: "clients on nodes without a pod"},

	{ID: "NodePortLost", Kinds: services, Fields: []string{"spec.ports[].nodePort"}, Class: Disruptive, When: losesNodePort,
		Why: "the API server keeps a node port that is no longer written by the name of the port, so that the renamed port gets another one", Who: "{clients}",
		Instead: "keep the name, or keep nodePort"},
	{ID: "PortRenamed", Kinds: services, Fields: []string{"spec.ports[].name"}, Class: Disruptive, When: func(c *change) bool { return losesNodePort(c) && (c.was.live || c.entry[0]["nodePort"] == nil) },
		Why:     "the API server keeps an assigned node port by the name of the port: whatever replaces the whole object, as kubectl replace and many operators do, gives the renamed port another one. kubectl apply keeps it",
		Who:     "{clients}",
		Instead: "keep the name, or write the assigned number as nodePort together with the new name"},
	{ID: "PortName", Kinds: services, Fields: []string{"spec.ports[].name"}, Class: Safe, Why: "numbers stay; whatever refers to the port by its name, such as a ServiceMonitor, must follow"},
	{ID: "NodePortChanged", Kinds: services, Fields: []string{"spec.ports[].nodePort"}, Class: Disruptive, When: func(c *change) bool { return c.after != nil && hasNodePorts(c.was) },
		Why: "the old node port is closed at once", Who: "{clients}", Instead: "add a Service with another name and the new number, move the clients, and then remove this one"},
	{ID: "PortNumber", Kinds: services, Fields: []string{"spec.ports[].port", "spec.ports[].protocol"}, Class: Disruptive,
		Why: "the old port is closed at once", Who: "{clients}", Instead: "add the new port under another name, move the clients, and then remove the old one"},
	{ID: "TargetPortSame", Kinds: services, Fields: []string{"spec.ports[].targetPort"}, Class: Safe, When: sameTarget(false),
		Why: "it is the same port of the containers, by its name or by its number"},
	{ID: "TargetPortAssumed", Kinds: services, Fields: []string{"spec.ports[].targetPort"}, Class: Safe, When: sameTarget(true),
		Why: "it is the same port of the containers, if the workload is the same on both sides: only one of the two inputs has one that the Service selects, and it resolves the name"},
	{ID: "TargetPortUnknown", Kinds: services, Fields: []string{"spec.ports[].targetPort"}, Class: Disruptive, When: unknownTarget,
		Why: "new connections may go to another port of the pods at once: the name cannot be resolved, because the inputs have no workload that the Service selects and whose containers have a port with this name",
		Who: "{clients}, unless it is the same port of the pods", Instead: "add the workload to the input; or let the pods listen on both ports first"},
	{ID: "TargetPort", Kinds: services, Fields: []string{"spec.ports[].targetPort"}, Class: Disruptive,
		Why: "new connections go to another port of the pods at once", Who: "{clients}, unless the pods already listen there", Instead: "let the pods listen on both ports first"},
	{ID: "PortRemoved", Kinds: services, Fields: []string{"spec.ports[]"}, Class: Disruptive, When: func(c *change) bool { return c.wholeEntry() && c.after == nil },
		Why: "port {key} is closed at once", Who: "{clients}", Instead: "move the clients first"},
	{ID: "PortAdded", Kinds: services, Fields: []string{"spec.ports[]"}, Class: Safe, When: func(c *change) bool { return c.wholeEntry() && c.before == nil }, Why: "port {key} is new"},

	{ID: "Selector", Kinds: services, Fields: []string{"spec.selector"}, Class: Disruptive, When: func(c *change) bool { return c.before != nil },
		Why: "new connections go to other pods at once", Who: "{clients}", Instead: "make sure that the new pods are ready"},
	{ID: "Affinity", Kinds: services, Fields: []string{"spec.sessionAffinity"}, Class: Disruptive, When: func(c *change) bool { return c.before == "ClientIP" },
		Why: "clients no longer return to the same pod", Who: "{clients}"},
	{ID: "ExternalName", Kinds: services, Fields: []string{"spec.externalName"}, Class: Disruptive, When: func(c *change) bool { return c.before != nil && c.after != nil },
		Why: "the name of the Service leads to another host", Who: "{clients}"},
	{ID: "ExternalIPs", Kinds: services, Fields: []string{"spec.externalIPs"}, Class: Disruptive, When: func(c *change) bool { return !grows(c.before, c.after) },
		Why: "the Service no longer answers at {gone}", Who: "{clients}", Instead: "keep the old address until the clients have moved"},
	{ID: "SourceRanges", Kinds: services, Fields: []string{"spec.loadBalancerSourceRanges"}, Class: Disruptive, When: func(c *change) bool { return c.after != nil && (c.before == nil || !grows(c.before, c.after)) },
		Why: "clients outside of the new ranges are cut off", Who: "{clients}, from other addresses", Instead: "add the ranges of all clients"},
	{ID: "NodePortsStay", Kinds: services, Fields: []string{"spec.allocateLoadBalancerNodePorts"}, Class: Safe, When: func(c *change) bool { return c.after == false },
		Why: "node ports that are already assigned stay; new ports get none"},
	{ID: "Kept", Kinds: services, Fields: []string{"spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy", "spec.healthCheckNodePort", "spec.ports[].nodePort"}, Class: Safe,
		When: func(c *change) bool { return c.after == nil }, Why: "the API server keeps the value; a Service that is created anew may get another one"},
}

// wholeEntry reports whether the change is about a whole entry of a list.
func (c *change) wholeEntry() bool { return c.steps[len(c.steps)-1] == "[]" }

func takesNodePort(c *change) bool {
	if c.is == nil || c.after == nil && c.was != nil || !c.wholeEntry() && c.was != nil && !c.matches("spec.ports[].nodePort") && !c.matches("spec.healthCheckNodePort") {
		return false
	}
	return c.holder() != ""
}

func serviceType(o *object) string { return str(field(o, []string{"spec", "type"})) }

func typeChanges(c *change) bool {
	return c.was != nil && c.is != nil && serviceType(c.was) != serviceType(c.is)
}

// typeHas reports whether a Service of its type has the field of a change.
func typeHas(c *change, o *object) bool {
	policy := c.matches("spec.externalTrafficPolicy")
	switch serviceType(o) {
	case "LoadBalancer":
		return true
	case "NodePort":
		return policy || c.matches("spec.ports[].nodePort")
	}
	return policy && len(list(field(o, []string{"spec", "externalIPs"}))) > 0
}

// forbidden reports whether the new Service has a field, with a new value, that its type does not have.
func forbidden(c *change) bool {
	return c.after != nil && !typeHas(c, c.is) && !c.matches("spec.loadBalancerIP") && !c.matches("spec.loadBalancerSourceRanges")
}

func hasClusterIP(o *object) bool { return serviceType(o) != "ExternalName" }

func clusterIPRefused(c *change) bool {
	if !hasClusterIP(c.was) || !hasClusterIP(c.is) {
		return false
	}
	first := func(v any) string {
		if l := strs(v); len(l) > 0 {
			return l[0]
		}
		return str(v)
	}
	if c.after == nil {
		return first(c.before) == "None" && serviceType(c.is) != "ClusterIP"
	}
	return first(c.before) != first(c.after)
}

func headless(o *object) bool { return str(field(o, []string{"spec", "clusterIP"})) == "None" }

func firstFamily(c *change) bool {
	before, after := strs(c.before), strs(c.after)
	switch {
	case len(after) == 0 || headless(c.is) || !hasClusterIP(c.was):
		return false
	case len(before) == 0:
		return after[0] == "IPv6" // of a cluster whose first family is IPv4
	}
	return before[0] != after[0]
}

func dropsFamily(c *change) bool {
	return c.matches("spec.ipFamilies") && len(list(c.before)) == 2 && len(list(c.after)) == 1 && !headless(c.is)
}

func dropsDualStack(c *change) bool {
	if c.matches("spec.ipFamilies") {
		return len(list(c.before)) > len(list(c.after)) && c.after != nil
	}
	return c.after == "SingleStack" && c.before != nil
}

func staysBalanced(c *change) bool {
	return c.was != nil && c.is != nil && serviceType(c.was) == "LoadBalancer" && serviceType(c.is) == "LoadBalancer"
}

func local(o *object) bool {
	return serviceType(o) == "LoadBalancer" && field(o, []string{"spec", "externalTrafficPolicy"}) == "Local"
}

// hasNodePorts reports whether the ports of a Service get node ports.
func hasNodePorts(o *object) bool {
	switch serviceType(o) {
	case "NodePort":
		return true
	case "LoadBalancer":
		return field(o, []string{"spec", "allocateLoadBalancerNodePorts"}) != false
	}
	return false
}

// losesNodePort reports whether a port gets another node port because it is renamed.
func losesNodePort(c *change) bool {
	before, after := c.entry[0], c.entry[1]
	if before == nil || after == nil || before["name"] == after["name"] || !hasNodePorts(c.was) || !hasNodePorts(c.is) {
		return false
	}
	return after["nodePort"] == nil
}
