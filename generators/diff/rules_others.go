package diff

import (
	"maps"
	"reflect"
	"slices"

	"sallyport.dev/generators/workload"
)

const serviceNameLabel = "kubernetes.io/service-name"

// endpointRules are those of EndpointSlices and Endpoints. Source: ValidateEndpointSliceUpdate of
// pkg/apis/discovery/validation.
var endpointRules = []Rule{
	{ID: "AddressType", Kinds: []string{"EndpointSlice"}, Fields: []string{"addressType"}, Class: Refused,
		Why: "the API server does not change the address type of a slice", Instead: "add a slice with another name, and remove this one"},
	{ID: "SliceMoved", Kinds: []string{"EndpointSlice"}, Fields: []string{"metadata.labels[]"}, Class: Disruptive, When: func(c *change) bool { return c.key == serviceNameLabel },
		Why: "its endpoints leave one Service for another, without a message", Who: "clients of both Services", Instead: "add a slice with another name for the other Service"},
	{ID: "EndpointRemoved", Kinds: []string{"EndpointSlice"}, Fields: []string{"endpoints[]"}, Class: Disruptive, When: func(c *change) bool { return c.after == nil && c.wholeEntry() },
		Why: "new connections no longer go to {key}", Who: "clients with connections to {key}", Instead: "let its connections end first, with ready: false"},
	{ID: "EndpointNotReady", Kinds: []string{"EndpointSlice"}, Fields: []string{"endpoints[].conditions.ready"}, Class: Disruptive, When: func(c *change) bool { return c.after == false },
		Why: "new connections no longer go to {key}", Who: "clients that connect anew"},
	{ID: "EndpointPort", Kinds: []string{"EndpointSlice"}, Fields: []string{"ports"}, Class: Disruptive, When: func(c *change) bool { return c.before != nil },
		Why: "new connections go to another port of the endpoints at once", Who: "clients that connect anew", Instead: "let the endpoints listen on both ports first"},
	{ID: "EndpointsGrow", Kinds: []string{"Endpoints"}, Fields: []string{"subsets"}, Class: Safe, When: subsetsGrow, Why: "there are more addresses"},
	{ID: "EndpointsChanged", Kinds: []string{"Endpoints"}, Fields: []string{"subsets"}, Class: Disruptive,
		Why: "new connections no longer go to the old addresses and ports", Who: "clients of Service {self}", Instead: "keep the old addresses until their connections have ended"},
}

// subsetsGrow reports whether Endpoints keep all addresses with their ports.
func subsetsGrow(c *change) bool {
	flat := func(v any) []any {
		var out []any
		for _, s := range list(v) {
			subset, _ := s.(map[string]any)
			for _, a := range list(subset["addresses"]) {
				for _, p := range list(subset["ports"]) {
					out = append(out, []any{a, p})
				}
			}
		}
		return out
	}
	return grows(flat(c.before), flat(c.after))
}

var (
	routes    = []string{"TLSRoute", "TCPRoute", "UDPRoute", "HTTPRoute", "GRPCRoute"}
	listeners = []string{"Gateway", "ListenerSet"}
)

// gatewayRules are those of the Gateway API. Nothing is immutable there, but clients know hostnames
// and ports of listeners.
var gatewayRules = []Rule{
	{ID: "RouteRemoved", Kinds: routes, Fields: []string{removed}, Class: Disruptive,
		Why: "the listener no longer leads to the pods", Who: "clients by {hosts}", Instead: "move the clients first"},
	{ID: "HostnameRemoved", Kinds: routes, Fields: []string{"spec.hostnames"}, Class: Disruptive, When: func(c *change) bool { return len(c.gone()) > 0 },
		Why: "the Gateway no longer routes {gone}", Who: "clients that know {gone}", Instead: "keep the old hostname beside the new one until the clients have moved"},
	{ID: "HostnamesLimited", Kinds: routes, Fields: []string{"spec.hostnames"}, Class: Disruptive, When: func(c *change) bool { return c.before == nil },
		Why: "the route took all hostnames of its listeners, and now only takes these", Who: "clients that know another hostname", Instead: "list all hostnames that clients know"},
	{ID: "ParentChanged", Kinds: routes, Fields: []string{"spec.parentRefs"}, Class: Disruptive, When: func(c *change) bool { return !grows(c.before, c.after) },
		Why: "the route leaves a listener, with its address and port", Who: "clients by {hosts}", Instead: "keep the old parentRef beside the new one until the clients have moved"},
	{ID: "BackendChanged", Kinds: routes, Fields: []string{"spec.rules"}, Class: Disruptive,
		Why: "new connections go to other backends at once", Who: "clients by {hosts}", Instead: "make sure that the new backends are ready"},

	{ID: "ListenerPort", Kinds: listeners, Fields: []string{"spec.listeners[].port", "spec.listeners[].protocol"}, Class: Disruptive,
		Why: "listener {key} closes its port", Who: "clients of listener {key}", Instead: "add a listener with the new port, move the clients, and then remove the old one"},
	{ID: "ListenerHostname", Kinds: listeners, Fields: []string{"spec.listeners[].hostname"}, Class: Disruptive,
		Why: "listener {key} no longer takes connections for the old hostname", Who: "clients of listener {key}", Instead: "add a listener with the new hostname beside the old one"},
	{ID: "ListenerRemoved", Kinds: listeners, Fields: []string{"spec.listeners[]"}, Class: Disruptive, When: func(c *change) bool { return c.wholeEntry() && c.after == nil },
		Why: "listener {key} is closed at once", Who: "clients of listener {key}", Instead: "move the clients first"},
	{ID: "ListenerAdded", Kinds: listeners, Fields: []string{"spec.listeners[]"}, Class: Safe, When: func(c *change) bool { return c.wholeEntry() && c.before == nil }, Why: "listener {key} is new"},
	{ID: "ListenerSettings", Kinds: listeners, Fields: []string{"spec.listeners[].tls", "spec.listeners[].allowedRoutes"}, Class: Disruptive,
		Why: "listener {key} may reject connections or routes that it took", Who: "clients of listener {key}"},
	{ID: "GatewayReplaced", Kinds: listeners, Fields: []string{"spec.gatewayClassName", "spec.addresses", "spec.parentRef", "spec.infrastructure"}, Class: Disruptive,
		Why: "the listeners get another address", Who: "all clients of {self}", Instead: "add another Gateway, move the clients, and then remove this one"},
}

// nameRules are those of external-dns and cert-manager.
var nameRules = []Rule{
	{ID: "RecordRemoved", Kinds: []string{"DNSEndpoint"}, Fields: []string{"spec.endpoints[]"}, Class: Disruptive, When: func(c *change) bool { return c.wholeEntry() && c.after == nil },
		Why: "external-dns removes {key}", Who: "clients that know the name", Instead: "keep the record until the clients have moved"},
	{ID: "RecordTarget", Kinds: []string{"DNSEndpoint"}, Fields: []string{"spec.endpoints[].targets"}, Class: Disruptive, When: func(c *change) bool { return len(c.gone()) > 0 },
		Why: "{key} no longer leads to {gone}, once the cached answers have expired", Who: "clients that know the name", Instead: "keep the old place open for as long as the TTL of the record"},
	{ID: "SecretName", Kinds: []string{"Certificate"}, Fields: []string{"spec.secretName"}, Class: Disruptive,
		Why: "cert-manager issues a certificate into a new Secret, and the old one stays and is no longer renewed", Who: "pods that mount the old Secret", Instead: "let the pods mount the new Secret before the old certificate expires"},
	{ID: "CertificateNames", Kinds: []string{"Certificate"}, Fields: []string{"spec.dnsNames", "spec.ipAddresses", "spec.commonName"}, Class: Disruptive, When: func(c *change) bool { return len(c.gone()) > 0 },
		Why: "the certificate is issued again, without {gone}", Who: "clients that connect to {gone}", Instead: "keep the name until the clients have moved"},
	{ID: "Issuer", Kinds: []string{"Certificate"}, Fields: []string{"spec.issuerRef"}, Class: Disruptive,
		Why: "the certificate is issued again, by another issuer", Who: "clients that do not trust the new issuer", Instead: "first let all clients trust both issuers"},
	{ID: "Reissued", Kinds: []string{"Certificate"}, Fields: []string{"spec"}, Class: Safe, Why: "the certificate is issued again where that is necessary; pods read it as they do after a renewal"},
}

var policies = []string{"NetworkPolicy"}

// policyRules are those of network policies.
var policyRules = []Rule{
	{ID: "PolicyAdded", Kinds: policies, Fields: []string{added}, Class: Disruptive, When: firstPolicy,
		Why: "it is the first policy of the pods that it selects: everything that it does not allow is cut off at once", Who: "clients that it does not name", Instead: "check who connects today, and name all of them"},
	{ID: "PolicyPods", Kinds: policies, Fields: []string{"spec.podSelector", "spec.policyTypes"}, Class: Disruptive,
		Why: "other pods, or other directions, are isolated at once", Who: "clients that the policy does not name", Instead: "add a second policy instead, and remove the old one when nothing needs it"},
	{ID: "PolicyGrows", Kinds: policies, Fields: []string{"spec.ingress", "spec.egress"}, Class: Safe, When: func(c *change) bool { return c.before != nil && passesMore(list(c.before), list(c.after)) },
		Why: "the policy allows more"},
	{ID: "PolicyNarrowed", Kinds: policies, Fields: []string{"spec.ingress", "spec.egress"}, Class: Disruptive,
		Why: "what the policy no longer allows is cut off", Who: "clients that it no longer names", Instead: "move these clients first"},
	{ID: "PolicyRemoved", Kinds: policies, Fields: []string{removed}, Class: Disruptive, When: func(c *change) bool { return otherPolicy(c.w.is, c.was) },
		Why: "other policies still select pods, and what only this one allowed is cut off", Who: "clients that only this policy names", Instead: "move its rules to another policy"},
	{ID: "PolicyLifted", Kinds: policies, Fields: []string{removed}, Class: Safe, Why: "the pods are open to everybody again"},
}

// firstPolicy reports whether no policy of OLD selects the pods of a new one.
func firstPolicy(c *change) bool {
	return !slices.ContainsFunc(c.w.was, func(o *object) bool { return isPolicy(o, c.is) && sameSelector(o, c.is) })
}

func otherPolicy(all []*object, than *object) bool {
	return slices.ContainsFunc(all, func(o *object) bool { return isPolicy(o, than) && o.Name != than.Name })
}

func isPolicy(o, like *object) bool { return o.Kind == "NetworkPolicy" && o.sameNamespace(like) }

// sameSelector reports whether a policy selects all pods, or those that another one selects.
func sameSelector(a, b *object) bool {
	x, y := child(a.tree, "spec", "podSelector"), child(b.tree, "spec", "podSelector")
	return len(x) == 0 || reflect.DeepEqual(x, y)
}

// passesMore reports whether every rule of a policy is still there, with at least its ports and peers.
func passesMore(before, after []any) bool {
	covers := func(was, is map[string]any) bool {
		for _, part := range []string{"from", "to"} {
			if is[part] != nil && (was[part] == nil || !grows(was[part], is[part])) {
				return false
			}
		}
		return is["ports"] == nil || was["ports"] != nil && portsGrow(list(was["ports"]), list(is["ports"]))
	}
	return !slices.ContainsFunc(before, func(was any) bool {
		x, _ := was.(map[string]any)
		return !slices.ContainsFunc(after, func(is any) bool {
			y, _ := is.(map[string]any)
			return covers(x, y)
		})
	})
}

// portsGrow reports whether all ports and ranges are inside of ports and ranges of another list.
func portsGrow(before, after []any) bool {
	return !slices.ContainsFunc(before, func(was any) bool {
		x, _ := was.(map[string]any)
		return !slices.ContainsFunc(after, func(is any) bool {
			y, _ := is.(map[string]any)
			if reflect.DeepEqual(x, y) {
				return true
			}
			last := func(m map[string]any) int { return max(number(m["port"]), number(m["endPort"])) }
			first := number(y["port"])
			return x["protocol"] == y["protocol"] && first > 0 && first <= number(x["port"]) && last(y) >= last(x)
		})
	})
}

var (
	workloads = []string{"StatefulSet", "Deployment", "DaemonSet"}
	sets      = []string{"StatefulSet"}
)

// workloadRules are those of StatefulSets and their like. Source: ValidateStatefulSetUpdate of
// pkg/apis/apps/validation, and the controller.
var workloadRules = []Rule{
	{ID: "StatefulSetField", Kinds: sets, Fields: []string{"spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates", "spec.selector"}, Class: Refused,
		Why:     "the API server only changes replicas, ordinals, template, updateStrategy, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds of a StatefulSet",
		Instead: "delete it with --cascade=orphan, so that its pods keep running, and create it again"},
	{ID: "WorkloadSelector", Kinds: workloads, Fields: []string{"spec.selector"}, Class: Refused, Why: "the API server does not change the selector", Instead: "add one with another name, and remove this one"},
	{ID: "ConfigUnread", Kinds: workloads, Fields: []string{"spec.template", removed}, Class: Disruptive, When: func(c *change) bool { return len(c.unread()) > 0 },
		Why: "the pods restart and no longer read ConfigMap {unread}: they lose what it configures, such as the addresses that they advertise", Who: "{pods}, and their clients",
		Instead: "keep what reads it, such as inject: true; or first write the volume, the mounts and the variables into the workload by hand"},
	{ID: "ConfigHash", Kinds: sets, Fields: []string{"spec.template.metadata.annotations[]"}, Class: Disruptive, When: func(c *change) bool { return c.key == workload.HashAnnotation },
		Why: "what the pods read when they start has changed, and the controller restarts them one after the other", Who: "{pods}"},
	{ID: "Template", Kinds: workloads, Fields: []string{"spec.template"}, Class: Disruptive,
		Why: "the controller restarts the pods, unless updateStrategy is OnDelete", Who: "{pods}", Instead: "apply it when restarts do no harm"},
	{ID: "ScaledUp", Kinds: workloads, Fields: []string{"spec.replicas"}, Class: Safe, When: func(c *change) bool { return number(c.after) > number(c.before) || c.after == nil }, Why: "pods are added"},
	{ID: "ScaledDown", Kinds: workloads, Fields: []string{"spec.replicas"}, Class: Disruptive,
		Why: "pods are removed, for a StatefulSet those with the highest ordinals", Who: "clients of the removed pods", Instead: "move data and clients away from them first"},
	{ID: "Ordinals", Kinds: sets, Fields: []string{"spec.ordinals"}, Class: Disruptive,
		Why: "pods with ordinals outside of the new range are deleted, and pods with new names are created", Who: "{pods}"},
	{ID: "InjectionAdded", Kinds: sets, Fields: []string{added}, Class: Disruptive, When: func(c *change) bool { return c.is.patch && stays(c.w.was, c.w.is, c.is) },
		Why: "the template gets what is injected, and the controller restarts the pods, unless updateStrategy is OnDelete", Who: "{pods}", Instead: "apply it when restarts do no harm"},
	{ID: "InjectionRemoved", Kinds: sets, Fields: []string{removed}, Class: Disruptive, When: func(c *change) bool { return c.was.patch && stays(c.w.is, c.w.was, c.was) },
		Why: "the template loses what was injected, and the controller restarts the pods, unless updateStrategy is OnDelete", Who: "{pods}", Instead: "apply it when restarts do no harm"},
	{ID: "WorkloadRemoved", Kinds: workloads, Fields: []string{removed}, Class: Disruptive, When: func(c *change) bool { return !c.was.patch }, Why: "its pods are deleted", Who: "{pods}, and their clients"},
}

// stays reports whether the StatefulSet of a patch that one side has is on the other side, too. If the side with the patch
// does not have it, another tool makes it.
func stays(other, own []*object, patch *object) bool {
	has := func(o *object) bool { return o.Kind == patch.Kind && !o.patch && sameName(o, patch) }
	return slices.ContainsFunc(other, has) || !slices.ContainsFunc(own, has)
}

var (
	bindings = []string{"RoleBinding", "ClusterRoleBinding"}
	roles    = []string{"Role", "ClusterRole"}
	rbac     = []string{"ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}
)

// permissionRules are those of RBAC. Source: ValidateRoleBindingUpdate of pkg/apis/rbac/validation.
var permissionRules = []Rule{
	{ID: "RoleRef", Kinds: bindings, Fields: []string{"roleRef"}, Class: Refused,
		Why: "the API server does not change the role of a binding", Instead: "add a binding with another name, and remove this one"},
	{ID: "Subjects", Kinds: bindings, Fields: []string{"subjects"}, Class: Disruptive, When: func(c *change) bool { return !grows(c.before, c.after) },
		Why: "accounts lose the permissions of the role", Who: "pods with these accounts"},
	{ID: "PermissionsGrow", Kinds: roles, Fields: []string{"rules"}, Class: Safe, When: permissionsGrow, Why: "permissions are added"},
	{ID: "Permissions", Kinds: roles, Fields: []string{"rules"}, Class: Disruptive,
		Why: "permissions are taken away at once", Who: "pods with the role that start or discover something"},
	{ID: "PermissionsRemoved", Kinds: rbac, Fields: []string{removed}, Class: Disruptive,
		Why: "pods with the account lose permissions, and are not created without the account", Who: "pods with the account", Instead: "remove it when no pod needs it any more"},
}

// permissionsGrow reports whether roles keep everything that they allow.
func permissionsGrow(c *change) bool {
	was, is := permissions(c.before), permissions(c.after)
	for p := range maps.Keys(was) {
		if !is[p] {
			return false
		}
	}
	return true
}

type permission struct{ group, resource, name, verb, url string }

func permissions(v any) map[permission]bool {
	out := map[permission]bool{}
	orAny := func(all []string) []string {
		if len(all) == 0 {
			return []string{""}
		}
		return all
	}
	for _, r := range list(v) {
		rule, _ := r.(map[string]any)
		for _, group := range orAny(strs(rule["apiGroups"])) {
			for _, resource := range orAny(strs(rule["resources"])) {
				for _, name := range orAny(strs(rule["resourceNames"])) {
					for _, verb := range strs(rule["verbs"]) {
						for _, url := range orAny(strs(rule["nonResourceURLs"])) {
							out[permission{group, resource, name, verb, url}] = true
						}
					}
				}
			}
		}
	}
	return out
}
