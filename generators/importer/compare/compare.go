// Package compare lists the fields in which the objects that a spec generates differ from those that came
// in, and says which of them mean the same. It knows what the API server and other tools set by themselves.
package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// An object is an object that came in, or one that a spec generates, as a tree.
type object struct {
	source.Object
	tree map[string]any
	doc  *source.Document // nil: it is generated
	live bool             // it was read from a cluster
}

// A Difference is a field in which an object that is generated differs from the one that came in.
type Difference struct {
	Object    source.Object
	Field     string
	Came, Now string // as text; "": absent
	Why       string // why it does not matter, or what to do; "": nothing is known about it
	Meant     bool   // it means the same
}

// cameObject reads a document that came in.
func cameObject(doc *source.Document) (*object, error) {
	o := &object{Object: doc.Object(), doc: doc}
	var err error
	if o.tree, err = source.Tree(doc); err != nil {
		return nil, err
	}
	meta := child(o.tree, "metadata")
	o.live = meta["uid"] != nil || meta["resourceVersion"] != nil
	o.completeAddresses()
	return o, nil
}

// madeObject reads an object that a spec generates.
func madeObject(o encode.Object) (*object, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	gvk := o.GetObjectKind().GroupVersionKind()
	out := &object{Object: source.Object{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()}}
	err = kjson.UnmarshalCaseSensitivePreserveInts(text, &out.tree)
	out.completeAddresses()
	return out, err
}

// A rule is about a field whose difference is none.
type rule struct {
	field  string // a key of a map is in brackets
	live   bool   // only where the object was read from a cluster
	reason string
}

// serverSets are the fields that only the API server, controllers and kubectl set. They are left out
// of an object that came in.
var serverSets = []rule{
	{"status", false, "the cluster reports it"},
	{"metadata.uid", false, "the API server makes it up"},
	{"metadata.resourceVersion", false, "the API server counts it"},
	{"metadata.generation", false, "the API server counts it"},
	{"metadata.creationTimestamp", false, "the API server sets it"},
	{"metadata.managedFields", false, "the API server keeps it"},
	{"metadata.selfLink", false, "old API servers set it"},
	{"metadata.generateName", true, "the name was made from it"},
	{"metadata.finalizers", true, "controllers add and remove it, and kubectl apply keeps it"},
	{"metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]", false, "kubectl apply writes it"},
	{"metadata.annotations[kubernetes.dcos.io/dklb-hash]", false, "dklb writes it"},
	{"metadata.annotations[metallb.io/ip-allocated-from-pool]", true, "MetalLB writes it"},
	{"metadata.annotations[metallb.universe.tf/ip-allocated-from-pool]", true, "MetalLB writes it"},
	{"metadata.annotations[endpoints.kubernetes.io/last-change-trigger-time]", true, "the controller of endpoints writes it"},
	{"spec.clusterIPs", true, "the API server allocates it, and keeps it"},
}

// complete removes what the server sets from an object that came in, and what means the same as its
// absence from any.
func (o *object) complete() {
	for _, r := range serverSets {
		if !r.live || o.live {
			remove(o.tree, r.field)
		}
	}
	meta := child(o.tree, "metadata")
	delete(meta, "name")
	delete(meta, "namespace")
	delete(o.tree, "apiVersion")
	delete(o.tree, "kind")
	if o.Kind == "Service" {
		completeService(child(o.tree, "spec"), o.live)
	}
	prune("", o.tree)
}

// remove removes a field. A key of a map is in brackets.
func remove(tree map[string]any, field string) {
	path, key, _ := strings.Cut(strings.TrimSuffix(field, "]"), "[")
	names := strings.Split(path, ".")
	if key != "" {
		names = append(names, key)
	}
	if m := child(tree, names[:len(names)-1]...); m != nil {
		delete(m, names[len(names)-1])
	}
}

// completeService gives the fields of a Service their defaults, which the API server sets.
func completeService(spec map[string]any, live bool) {
	if spec == nil {
		return
	}
	if live && spec["clusterIP"] != "None" {
		delete(spec, "clusterIP") // the API server allocates it, and keeps it
	}
	set(spec, "type", "ClusterIP")
	set(spec, "sessionAffinity", "None")
	if spec["type"] != "ExternalName" {
		set(spec, "internalTrafficPolicy", "Cluster")
	}
	if spec["type"] == "NodePort" || spec["type"] == "LoadBalancer" || len(list(spec["externalIPs"])) > 0 {
		set(spec, "externalTrafficPolicy", "Cluster")
	}
	if spec["type"] == "LoadBalancer" {
		set(spec, "allocateLoadBalancerNodePorts", true)
	}
	if spec["sessionAffinity"] == "ClientIP" && reflect.DeepEqual(at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds"), int64(10800)) {
		delete(spec, "sessionAffinityConfig")
	}
	if spec["publishNotReadyAddresses"] == false {
		delete(spec, "publishNotReadyAddresses")
	}
	for _, one := range list(spec["ports"]) {
		if port, ok := one.(map[string]any); ok {
			set(port, "protocol", "TCP")
			set(port, "targetPort", port["port"])
			if port["nodePort"] == int64(0) {
				delete(port, "nodePort")
			}
		}
	}
	if live {
		liveFamilies(spec)
	}
}

// liveFamilies removes the families that every cluster with IPv4 gives a Service, and the only family
// of one that prefers both.
func liveFamilies(spec map[string]any) {
	families := list(spec["ipFamilies"])
	if len(families) != 1 {
		return
	}
	switch {
	case spec["ipFamilyPolicy"] == "PreferDualStack":
		delete(spec, "ipFamilies") // the cluster has one
	case spec["ipFamilyPolicy"] == "SingleStack" && families[0] == "IPv4":
		delete(spec, "ipFamilies")
		delete(spec, "ipFamilyPolicy")
	}
}

// completeAddresses gives the fields of a list of addresses their defaults.
func (o *object) completeAddresses() {
	var ports []any
	switch o.Kind {
	case "EndpointSlice":
		ports = list(o.tree["ports"])
		for _, one := range list(o.tree["endpoints"]) {
			if e, ok := one.(map[string]any); ok {
				set(e, "conditions", map[string]any{})
				set(child(e, "conditions"), "ready", true)
			}
		}
	case "Endpoints":
		for _, one := range list(o.tree["subsets"]) {
			subset, _ := one.(map[string]any)
			ports = append(ports, list(subset["ports"])...)
		}
	}
	for _, one := range ports {
		if p, ok := one.(map[string]any); ok {
			set(p, "protocol", "TCP")
			set(p, "name", "")
		}
	}
}

func set(m map[string]any, key string, value any) {
	if m != nil && m[key] == nil {
		m[key] = value
	}
}

// prune removes fields without a value. An empty text of a label or an annotation is one.
func prune(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for inner, value := range v {
			if free := key == "labels" || key == "annotations" || key == "selector"; free && value != nil {
				continue
			}
			if prune(inner, value) == nil {
				delete(v, inner)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for _, inner := range v {
			prune("", inner)
		}
	case string:
		if v == "" {
			return nil
		}
	}
	return v
}

func child(m map[string]any, fields ...string) map[string]any {
	for _, f := range fields {
		m, _ = m[f].(map[string]any)
	}
	return m
}

func at(m map[string]any, fields ...string) any {
	return child(m, fields[:len(fields)-1]...)[fields[len(fields)-1]]
}

func list(v any) []any {
	out, _ := v.([]any)
	return out
}

func str(v any) string {
	out, _ := v.(string)
	return out
}

// compare lists the fields in which two objects differ.
func compare(came, made *object) []Difference {
	var out []Difference
	owned := child(made.tree, "metadata")
	delete(child(owned, "annotations"), plan.OwnerAnnotation) // it is new: it hands the object over
	if at(came.tree, "metadata", "labels", plan.ManagedByLabel) == nil {
		delete(child(owned, "labels"), plan.ManagedByLabel)
	}
	delete(child(came.tree, "metadata", "annotations"), plan.OwnerAnnotation)
	if came.live {
		keepFamilies(child(came.tree, "spec"), child(made.tree, "spec"))
	}
	came.complete()
	made.complete()
	walk("", came.tree, made.tree, func(field string, x, y any) {
		out = append(out, Difference{Object: came.Object, Field: field, Came: text(x), Now: text(y)})
	})
	return out
}

// keepFamilies removes the families of a Service of a cluster, if the one that is generated has the same.
func keepFamilies(came, made map[string]any) {
	if !reflect.DeepEqual(came["ipFamilies"], made["ipFamilies"]) {
		return
	}
	delete(came, "ipFamilies")
	delete(made, "ipFamilies")
	if came["ipFamilyPolicy"] == "SingleStack" {
		set(made, "ipFamilyPolicy", "SingleStack")
	}
}

// walk calls a function for each leaf that differs.
func walk(field string, came, made any, differs func(field string, came, made any)) {
	x, isMap := came.(map[string]any)
	y, isMapToo := made.(map[string]any)
	a, b := list(came), list(made)
	switch {
	case reflect.DeepEqual(came, made):
	case (isMap || came == nil) && (isMapToo || made == nil):
		keys := maps.Clone(x)
		if keys == nil {
			keys = map[string]any{}
		}
		maps.Copy(keys, y)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			walk(join(field, key), x[key], y[key], differs)
		}
	case len(a) > 0 && len(a) == len(b):
		for i := range a {
			walk(fmt.Sprintf("%s[%d]", field, i), a[i], b[i], differs)
		}
	default:
		differs(field, came, made)
	}
}

func join(field, key string) string {
	switch {
	case field == "":
		return key
	case strings.HasSuffix(field, "annotations"), strings.HasSuffix(field, "labels"), strings.HasSuffix(field, "selector"):
		return field + "[" + key + "]"
	}
	return field + "." + key
}

// text returns a value as a line of JSON; "" for none.
func text(v any) string {
	if v == nil {
		return ""
	}
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

// IsServerSet reports whether a tool sets an annotation by itself.
func IsServerSet(key string, live bool) bool {
	return slices.ContainsFunc(serverSets, func(r rule) bool {
		return r.field == "metadata.annotations["+key+"]" && (live || !r.live)
	})
}

// key identifies an object of a draft, whose objects are in one namespace.
func key(o source.Object) source.Object {
	o = o.Unversioned()
	o.Namespace = ""
	return o
}
