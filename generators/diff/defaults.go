package diff

import "slices"

// defaults are what the API server adds to objects of a kind, as far as rules look at it.
var defaults = map[string]func(tree map[string]any){
	"Service":       func(tree map[string]any) { completeService(child(tree, "spec")) },
	"Endpoints":     func(tree map[string]any) { each(tree["subsets"], func(s map[string]any) { protocols(s["ports"]) }) },
	"EndpointSlice": func(tree map[string]any) { protocols(tree["ports"]) },
	"NetworkPolicy": completePolicy,
	"StatefulSet":   completeSet,
	"Deployment":    func(tree map[string]any) { set(child(tree, "spec"), "replicas", int64(1)) },
	"Certificate": func(tree map[string]any) {
		ref := child(tree, "spec", "issuerRef")
		set(ref, "kind", "Issuer")
		set(ref, "group", "cert-manager.io")
	},
	"RoleBinding": completeBinding, "ClusterRoleBinding": completeBinding,
	"Gateway": completeListeners, "ListenerSet": completeListeners,
	"TLSRoute": completeRoute, "TCPRoute": completeRoute, "UDPRoute": completeRoute, "HTTPRoute": completeRoute, "GRPCRoute": completeRoute,
}

// set sets a field that is absent.
func set(m map[string]any, key string, value any) {
	if m != nil && m[key] == nil {
		m[key] = value
	}
}

// each calls a function with each mapping of a list.
func each(v any, do func(map[string]any)) {
	for _, one := range list(v) {
		if m, ok := one.(map[string]any); ok {
			do(m)
		}
	}
}

func protocols(ports any) {
	each(ports, func(p map[string]any) { set(p, "protocol", "TCP") })
}

func completeService(spec map[string]any) {
	set(spec, "type", "ClusterIP")
	set(spec, "sessionAffinity", "None")
	if spec["sessionAffinity"] == "ClientIP" {
		set(spec, "sessionAffinityConfig", map[string]any{})
		set(child(spec, "sessionAffinityConfig"), "clientIP", map[string]any{})
		set(child(spec, "sessionAffinityConfig", "clientIP"), "timeoutSeconds", int64(10800))
	}
	typ := str(spec["type"])
	if typ != "ExternalName" {
		set(spec, "internalTrafficPolicy", "Cluster")
	}
	if typ == "NodePort" || typ == "LoadBalancer" || len(list(spec["externalIPs"])) > 0 {
		set(spec, "externalTrafficPolicy", "Cluster")
	}
	if typ == "LoadBalancer" {
		set(spec, "allocateLoadBalancerNodePorts", true)
	}
	protocols(spec["ports"])
	each(spec["ports"], func(p map[string]any) { set(p, "targetPort", p["port"]) })
}

func completePolicy(tree map[string]any) {
	spec := child(tree, "spec")
	if spec == nil {
		return
	}
	types := []any{"Ingress"}
	if spec["egress"] != nil {
		types = append(types, "Egress")
	}
	set(spec, "policyTypes", types)
	for _, direction := range []string{"ingress", "egress"} {
		each(spec[direction], func(rule map[string]any) { protocols(rule["ports"]) })
	}
}

func completeSet(tree map[string]any) {
	spec := child(tree, "spec")
	if spec == nil {
		return
	}
	if spec["selector"] != nil { // it is no patch
		set(spec, "podManagementPolicy", "OrderedReady")
		set(spec, "replicas", int64(1))
	}
	each(spec["volumeClaimTemplates"], func(claim map[string]any) {
		for _, field := range []string{"apiVersion", "kind", "status"} {
			delete(claim, field)
		}
		delete(child(claim, "metadata"), "creationTimestamp")
		set(child(claim, "spec"), "volumeMode", "Filesystem")
	})
}

func completeBinding(tree map[string]any) {
	set(child(tree, "roleRef"), "apiGroup", rbacGroup)
	each(tree["subjects"], func(s map[string]any) {
		if slices.Contains([]string{"User", "Group"}, str(s["kind"])) {
			set(s, "apiGroup", rbacGroup)
		}
	})
}

func completeListeners(tree map[string]any) {
	each(at(tree, "spec", "listeners"), func(l map[string]any) {
		set(l, "allowedRoutes", map[string]any{})
		set(child(l, "allowedRoutes"), "namespaces", map[string]any{})
		set(child(l, "allowedRoutes", "namespaces"), "from", "Same")
		if tls := child(l, "tls"); tls != nil {
			set(tls, "mode", "Terminate")
			each(tls["certificateRefs"], func(ref map[string]any) { reference(ref, "", "Secret") })
		}
	})
	if parent := child(tree, "spec", "parentRef"); parent != nil {
		reference(parent, gatewayGroup, "Gateway")
	}
}

func completeRoute(tree map[string]any) {
	each(at(tree, "spec", "parentRefs"), func(ref map[string]any) { reference(ref, gatewayGroup, "Gateway") })
	each(at(tree, "spec", "rules"), func(rule map[string]any) {
		if tree["kind"] == "HTTPRoute" {
			set(rule, "matches", []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/"}}})
		}
		each(rule["backendRefs"], func(ref map[string]any) {
			reference(ref, "", "Service")
			set(ref, "weight", int64(1))
		})
	})
}

func reference(ref map[string]any, group, kind string) {
	set(ref, "group", group)
	set(ref, "kind", kind)
}
