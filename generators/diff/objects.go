package diff

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
)

// An object is an object of one side, as the API server has it: with defaults, and without what the
// server adds.
type object struct {
	source.Object
	tree  map[string]any
	doc   *source.Document
	from  *source.Document
	patch bool
	live  bool // it was read from a cluster

	ingress []string // the addresses of its load balancer, if it is live
}

// kindOf has the API group of each kind that rules are about, in the order of output.
var kindOf = []struct{ kind, group string }{
	{"Service", ""}, {"Endpoints", ""}, {"EndpointSlice", "discovery.k8s.io"},
	{"Gateway", gatewayGroup}, {"ListenerSet", gatewayGroup}, {"TLSRoute", gatewayGroup}, {"TCPRoute", gatewayGroup}, {"UDPRoute", gatewayGroup},
	{"HTTPRoute", gatewayGroup}, {"GRPCRoute", gatewayGroup},
	{"DNSEndpoint", "externaldns.k8s.io"}, {"Certificate", "cert-manager.io"}, {"NetworkPolicy", "networking.k8s.io"},
	{"ConfigMap", ""}, {"StatefulSet", "apps"}, {"Deployment", "apps"}, {"DaemonSet", "apps"},
	{"ServiceAccount", ""}, {"Role", rbacGroup}, {"ClusterRole", rbacGroup}, {"RoleBinding", rbacGroup}, {"ClusterRoleBinding", rbacGroup},
}

const (
	gatewayGroup = "gateway.networking.k8s.io"
	rbacGroup    = "rbac.authorization.k8s.io"
)

// rank returns the place of a kind in the output. Kinds that are not judged come last.
func rank(kind string) int {
	for i, k := range kindOf {
		if k.kind == kind {
			return i
		}
	}
	return len(kindOf)
}

// judged reports whether rules are about the kind.
func (o *object) judged() bool {
	i := rank(o.Kind)
	return i < len(kindOf) && kindOf[i].group == o.Unversioned().APIVersion
}

// readObjects reads the objects of a side. Documents that are no objects, such as the values of a
// chart or a kustomization, are left out.
func readObjects(all []Object) ([]*object, source.Diagnostics) {
	var out []*object
	var ds source.Diagnostics
	first := map[identity]*object{}
	for _, one := range all {
		o := &object{doc: one.Doc, from: one.From, patch: one.Patch}
		var err error
		if one.tree != nil {
			o.take(one.tree)
		} else if o.Object = one.Doc.Object(); o.isObject() {
			o.tree, err = source.Tree(o.doc)
		}
		if err != nil {
			r := source.NewReporter(one.Doc)
			r.Errorf(source.Invalid, source.Path{}, "write it as the API server accepts it", "it cannot be compared: %s", strings.Join(strings.Fields(err.Error()), " "))
			ds = append(ds, r.Diagnostics()...)
		}
		if err != nil || !o.isObject() {
			continue
		}
		if before := first[o.identity()]; before != nil {
			ds = append(ds, duplicate(before, o)...)
			continue
		}
		first[o.identity()] = o
		o.complete()
		out = append(out, o)
	}
	return out, ds
}

// isObject reports whether it is an object of a cluster.
func (o *object) isObject() bool {
	return o.Kind != "" && o.APIVersion != "" && o.Name != "" && !strings.HasPrefix(o.APIVersion, "kustomize.config.k8s.io/")
}

// take takes what is generated. Completing the object changes it.
func (o *object) take(tree map[string]any) {
	o.tree = deepCopy(tree).(map[string]any)
	meta := child(o.tree, "metadata")
	o.Object = source.Object{APIVersion: str(o.tree["apiVersion"]), Kind: str(o.tree["kind"]), Namespace: str(meta["namespace"]), Name: str(meta["name"])}
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = deepCopy(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = deepCopy(inner)
		}
		return out
	}
	return v
}

// An identity is what makes two objects the same one.
type identity struct {
	object source.Object
	patch  bool
}

func (o *object) identity() identity { return identity{o.Unversioned(), o.patch} }

// serverFields are what the API server adds to metadata.
var serverFields = []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "namespace", "name"}

// appliedAnnotation is what kubectl apply adds.
const appliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration"

// complete removes what the server adds and adds what it completes.
func (o *object) complete() {
	meta := child(o.tree, "metadata")
	o.live = meta["uid"] != nil || meta["resourceVersion"] != nil
	for _, field := range serverFields {
		delete(meta, field)
	}
	delete(child(meta, "annotations"), appliedAnnotation)
	for _, one := range list(at(o.tree, "status", "loadBalancer", "ingress")) {
		place, _ := one.(map[string]any)
		o.ingress = append(o.ingress, cmp.Or(str(place["hostname"]), str(place["ip"])))
	}
	delete(o.tree, "status")
	delete(o.tree, "apiVersion")
	if complete := defaults[o.Kind]; complete != nil && o.judged() {
		complete(o.tree)
	}
}

// pairs pairs the objects of two sides. An object without a namespace may be of any, so that it
// pairs with the only one of its kind and name.
func pairs(was, is []*object) [][2]*object {
	index := map[identity]*object{}
	for _, o := range is {
		index[o.identity()] = o
	}
	var out [][2]*object
	var left []*object
	for _, o := range was {
		if other := index[o.identity()]; other != nil {
			out = append(out, [2]*object{o, other})
			delete(index, o.identity())
		} else {
			left = append(left, o)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(is), func(o *object) bool { return index[o.identity()] == nil })
	wasOf, isOf := byName(left), byName(rest)
	for _, o := range left {
		other := isOf[o.nowhere()]
		if len(other) == 1 && len(wasOf[o.nowhere()]) == 1 && o.sameNamespace(other[0]) {
			out = append(out, [2]*object{o, other[0]})
			delete(index, other[0].identity())
		} else {
			out = append(out, [2]*object{o, nil})
		}
	}
	for _, o := range rest {
		if index[o.identity()] != nil {
			out = append(out, [2]*object{nil, o})
		}
	}
	return out
}

// nowhere returns the identity without the namespace.
func (o *object) nowhere() identity {
	out := o.identity()
	out.object.Namespace = ""
	return out
}

func byName(all []*object) map[identity][]*object {
	out := map[identity][]*object{}
	for _, o := range all {
		out[o.nowhere()] = append(out[o.nowhere()], o)
	}
	return out
}

// child returns a mapping in a mapping, or nil.
func child(m map[string]any, fields ...string) map[string]any {
	for _, f := range fields {
		m, _ = m[f].(map[string]any)
	}
	return m
}

// at returns a value in a mapping, or nil.
func at(m map[string]any, fields ...string) any {
	last := len(fields) - 1
	return child(m, fields[:last]...)[fields[last]]
}

func list(v any) []any {
	out, _ := v.([]any)
	return out
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

// texts returns the texts of a mapping.
func texts(m map[string]any) map[string]string {
	out := make(map[string]string, len(m))
	for key, v := range m {
		if s, ok := v.(string); ok {
			out[key] = s
		}
	}
	return out
}

// number returns an integer, or 0.
func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

// strs returns the texts of a list.
func strs(v any) []string {
	var out []string
	for _, one := range list(v) {
		out = append(out, str(one))
	}
	return out
}

// labels returns a map of texts as "a=b,c=d".
func labels(m map[string]any) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, key+"="+str(m[key]))
	}
	return strings.Join(out, ",")
}

// compareNames compares names so that kafka-2 comes before kafka-10.
func compareNames(a, b string) int {
	x, y := digits(a), digits(b)
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		if c := cmp.Compare(m, n); errM == nil && errN == nil && c != 0 {
			return c
		}
		if c := cmp.Compare(x[i], y[i]); c != 0 && (errM != nil || errN != nil) {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits splits a name into runs of digits and of other characters.
func digits(name string) []string {
	var out []string
	for i, r := range name {
		isDigit := r >= '0' && r <= '9'
		if i == 0 || isDigit != (name[i-1] >= '0' && name[i-1] <= '9') {
			out = append(out, "")
		}
		out[len(out)-1] += string(r)
	}
	return out
}

// grows reports whether a list of any values only gets more of them.
func grows(before, after any) bool {
	now := list(after)
	return !slices.ContainsFunc(list(before), func(v any) bool {
		return !slices.ContainsFunc(now, func(x any) bool { return reflect.DeepEqual(v, x) })
	})
}
