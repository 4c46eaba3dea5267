package generators_test

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"sallyport.dev/generators"
	"sallyport.dev/generators/emit"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/testdata/randspec"
)

// generate runs the core on a stream of documents.
func generate(stream string) ([]encode.Object, source.Diagnostics) {
	docs, ds := source.Parse("spec.yaml", []byte(stream))
	specs, others, more := generators.Read(docs)
	made := generators.Run(specs, others)
	objs, again := made.AllObjects(), made.Diagnostics
	return objs, slices.Concat(ds, more, again)
}

// right generates objects. It fails on an error.
func right(t *testing.T, stream string) []encode.Object {
	t.Helper()
	objs, ds := generate(stream)
	if ds.Failed() {
		t.Fatalf("%v\n%s", ds.AtLeast(source.Error), stream)
	}
	return objs
}

func yamlOf(t *testing.T, objs []encode.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode.YAML(&b, slices.Values(objs)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Objects that are made in reused memory must have the same bytes as objects that are kept. A
// second iteration must return the same.
func TestObjectsInTurn(t *testing.T) {
	for seed := range randspec.Seeds() {
		docs, _ := source.Parse("", []byte(randspec.New(seed)))
		specs, others, _ := generators.Read(docs)
		kept := generators.Run(specs, others).AllObjects()
		seq := generators.Run(specs, others).Objects()
		for range 2 {
			var b bytes.Buffer
			if err := encode.YAML(&b, seq); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(yamlOf(t, kept), b.String()); diff != "" {
				t.Fatalf("seed %d (-kept +made in turn):\n%s", seed, diff)
			}
		}
	}
}

// Promise 1: the same input gives the same bytes in any order of the specs. If two specs
// collide, the error is the same.
func TestSameInputSameBytes(t *testing.T) {
	fine, seeds := 0, int(randspec.Seeds())
	for seed := range randspec.Seeds() {
		a, _ := source.Parse("a.yaml", []byte(randspec.New(seed)))
		b, _ := source.Parse("b.yaml", []byte(strings.Replace(randspec.New(seed+randspec.Seeds()), "namespace: ", "namespace: other-", 1)))
		outcome := func(docs ...*source.Document) string {
			specs, others, _ := generators.Read(docs)
			made := generators.Run(specs, others)
			objs, ds := made.AllObjects(), made.Diagnostics
			if !ds.Failed() {
				fine++
			}
			return fmt.Sprint(ds) + yamlOf(t, objs)
		}
		want := outcome(a[0], b[0])
		if got := outcome(b[0], a[0]); got != want {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(want, got))
		}
	}
	if fine < seeds {
		t.Errorf("only %d of %d runs came to something", fine, 2*seeds)
	}
}

// Collisions with Services of other tools do not depend on their order in the input either.
func TestForeignInAnyOrder(t *testing.T) {
	foreign := func(name string) *source.Document {
		docs, _ := source.Parse(name+".yaml", fmt.Appendf(nil, `apiVersion: v1
kind: Service
metadata: {name: %s, namespace: n, annotations: {metallb.io/loadBalancerIPs: 192.0.2.1, metallb.io/allow-shared-ip: %s}}
spec: {type: LoadBalancer, ports: [{port: 80, nodePort: 30000}]}
`, name, name))
		return docs[0]
	}
	spec, _ := source.Parse("spec.yaml", []byte(`apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata: {name: a, namespace: n}
spec:
  type: LoadBalancer
  loadBalancer: {provider: MetalLB, address: 192.0.2.1}
  ports: [{port: 81, nodePort: 30000}]
  endpoints: [{addresses: [10.0.0.1]}]
`))
	specs, _, _ := generators.Read(spec)
	one := generators.Run(specs, []*source.Document{foreign("x"), foreign("y")}).Diagnostics
	other := generators.Run(specs, []*source.Document{foreign("y"), foreign("x")}).Diagnostics
	if diff := cmp.Diff(one, other); diff != "" || len(one.AtLeast(source.Error)) != 2 {
		t.Errorf("%v\n%s", one, diff)
	}
}

var lastReplicas = regexp.MustCompile(`(?s)^(.*replicas: )(\d+)(.*)$`)

// Promise 3: scaling up only adds objects. With one more pod in the last pool, every object is
// unchanged.
func TestScaleUpOnlyAdds(t *testing.T) {
	grown := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		m := lastReplicas.FindStringSubmatch(spec)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		before, after := byName(t, right(t, spec)), byName(t, right(t, m[1]+strconv.Itoa(n+1)+m[3]))
		for name, o := range before {
			if !onlyNames(t, o, after[name]) {
				t.Fatalf("seed %d: %s changed: %s", seed, name, cmp.Diff(o, after[name]))
			}
		}
		if len(after) > len(before) {
			grown++
		}
	}
	if grown < int(randspec.Seeds())/4 {
		t.Errorf("only %d specs grew", grown)
	}
}

// onlyNames reports whether an object is unchanged, except for the new pod in keys of a
// ConfigMap, a list over all pods, resourceNames of a Role, the listeners of a Gateway, records of a
// DNSEndpoint, the ports of a NetworkPolicy (the pods may listen on different numbers), addresses of a
// Certificate, or its names if there is no wildcard.
func onlyNames(t *testing.T, before, after encode.Object) bool {
	switch b := before.(type) {
	case *corev1.ConfigMap:
		a, ok := after.(*corev1.ConfigMap)
		for key, text := range b.Data {
			listed := key == "all.txt" || key == "own.conf" // of pods: the new one is the last
			ok = ok && (a.Data[key] == text || listed && strings.HasPrefix(a.Data[key], strings.TrimSuffix(text, " /etc/sallyport/all.txt")))
		}
		return ok
	case *gatewayv1.Gateway:
		a, ok := after.(*gatewayv1.Gateway)
		return ok && contains(a.Spec.Listeners, b.Spec.Listeners)
	case *gatewayv1.ListenerSet:
		a, ok := after.(*gatewayv1.ListenerSet)
		return ok && contains(a.Spec.Listeners, b.Spec.Listeners)
	case *networkingv1.NetworkPolicy:
		a, ok := after.(*networkingv1.NetworkPolicy)
		if !ok {
			return false
		}
		withoutPorts := func(p *networkingv1.NetworkPolicy) *networkingv1.NetworkPolicy {
			p = p.DeepCopy()
			for i := range p.Spec.Ingress {
				p.Spec.Ingress[i].Ports = nil
			}
			return p
		}
		return cmp.Equal(withoutPorts(a), withoutPorts(b)) && opensAll(a, b)
	case *rbacv1.Role:
		a, ok := after.(*rbacv1.Role)
		for i, r := range b.Rules {
			for _, name := range r.ResourceNames {
				ok = ok && slices.Contains(a.Rules[i].ResourceNames, name)
			}
		}
		return ok
	case *emit.Certificate:
		a, ok := after.(*emit.Certificate)
		return ok && onlyNewNames(t, b, a)
	}
	if after == nil {
		return false
	}
	was, is := yamlOf(t, []encode.Object{before}), yamlOf(t, []encode.Object{after})
	return was == is || before.GetObjectKind().GroupVersionKind().Kind == "DNSEndpoint" && hasRecords(is, was)
}

// hasRecords reports whether a DNSEndpoint has all records of another one.
func hasRecords(all, some string) bool {
	for record := range strings.SplitSeq(some, "  - dnsName") {
		if !strings.Contains(all, record) {
			return false
		}
	}
	return true
}

// contains reports whether a list has all items of another one.
func contains[T any](all, some []T) bool {
	return !slices.ContainsFunc(some, func(s T) bool {
		return !slices.ContainsFunc(all, func(a T) bool { return cmp.Equal(a, s) })
	})
}

// opensAll reports whether each rule of a policy has the ports that it has in another one.
func opensAll(a, b *networkingv1.NetworkPolicy) bool {
	for i, rule := range b.Spec.Ingress {
		for _, p := range rule.Ports {
			if !slices.ContainsFunc(a.Spec.Ingress[i].Ports, func(o networkingv1.NetworkPolicyPort) bool {
				return *o.Protocol == *p.Protocol && o.Port.IntVal <= p.Port.IntVal && last(p) <= last(o)
			}) {
				return false
			}
		}
	}
	return true
}

// last returns the last number of a range of ports.
func last(p networkingv1.NetworkPolicyPort) int32 {
	if p.EndPort != nil {
		return *p.EndPort
	}
	return p.Port.IntVal
}

// onlyNewNames reports whether a Certificate has new addresses only, and new names if it has no
// wildcard.
func onlyNewNames(t *testing.T, before, after *emit.Certificate) bool {
	fine := contains(after.Spec.DNSNames, before.Spec.DNSNames) && contains(after.Spec.IPAddresses, before.Spec.IPAddresses)
	after.Spec.IPAddresses = before.Spec.IPAddresses
	if !slices.ContainsFunc(before.Spec.DNSNames, func(name string) bool { return strings.HasPrefix(name, "*.") }) {
		after.Spec.DNSNames = before.Spec.DNSNames
	}
	return fine && yamlOf(t, []encode.Object{before}) == yamlOf(t, []encode.Object{after})
}

func byName(t *testing.T, objs []encode.Object) map[string]encode.Object {
	t.Helper()
	out := map[string]encode.Object{}
	for _, o := range objs {
		name := fmt.Sprintf("%s %s/%s", o.GetObjectKind().GroupVersionKind().Kind, o.GetNamespace(), o.GetName())
		if _, ok := out[name]; ok {
			t.Fatalf("%s is there twice", name)
		}
		out[name] = o
	}
	return out
}

// Promise 5: every Service of a pod selects exactly that pod, and every pod has one.
func TestPerPodServicesSelectTheirPod(t *testing.T) {
	seen := 0
	for seed := range randspec.Seeds() {
		selected := map[string]string{}
		for _, o := range right(t, randspec.New(seed)) {
			svc, ok := o.(*corev1.Service)
			if !ok {
				continue
			}
			pod, ok := svc.Spec.Selector["statefulset.kubernetes.io/pod-name"]
			if !ok {
				continue
			}
			seen++
			if len(svc.Spec.Selector) != 1 {
				t.Fatalf("seed %d: %s selects %v", seed, svc.Name, svc.Spec.Selector)
			}
			key := svc.Namespace + "/" + pod
			if other := selected[key]; other != "" {
				t.Fatalf("seed %d: %s and %s select %s", seed, other, svc.Name, pod)
			}
			selected[key] = svc.Name
		}
	}
	if seen < int(randspec.Seeds())/2 {
		t.Errorf("only %d Services of pods", seen)
	}
}

// Rendering a spec does not change it, and a second run gives the same bytes.
func TestGenerateIsPure(t *testing.T) {
	for seed := range randspec.Seeds() {
		read := func() ([]*v1alpha1.Spec, []*source.Document) {
			docs, _ := source.Parse("", []byte(randspec.New(seed)))
			specs, others, _ := generators.Read(docs)
			return specs, others
		}
		specs, others := read()
		first := generators.Run(specs, others).AllObjects()
		second := generators.Run(specs, others).AllObjects()
		if a, b := yamlOf(t, first), yamlOf(t, second); a != b {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(a, b))
		}
		want, _ := read()
		if !reflect.DeepEqual(want[0].Access, specs[0].Access) || !reflect.DeepEqual(want[0].Endpoints, specs[0].Endpoints) {
			t.Fatalf("seed %d: the spec changed (-before +after):\n%s", seed, cmp.Diff(*want[0], *specs[0], cmpopts.IgnoreFields(v1alpha1.Spec{}, "Doc")))
		}
	}
}

// Every object has an owner.
func TestEveryObjectIsOwned(t *testing.T) {
	kinds := map[string]int{}
	for seed := range randspec.Seeds() {
		for _, o := range right(t, randspec.New(seed)) {
			if o.GetLabels()[plan.ManagedByLabel] != plan.ManagedBy || o.GetAnnotations()[plan.OwnerAnnotation] == "" {
				t.Fatalf("seed %d: %s is not marked as ours", seed, o.GetName())
			}
			kinds[o.GetObjectKind().GroupVersionKind().Kind]++
		}
	}
	if got := slices.Sorted(maps.Keys(kinds)); len(got) < 10 {
		t.Errorf("the random specs come to %v only", got)
	}
}

// many matches replicas with four digits.
var many = regexp.MustCompile(`replicas: *\S*\d{4}`)

// FuzzGenerate checks that no input makes the core panic, and that rejected input makes no
// objects.
func FuzzGenerate(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(randspec.New(seed))
	}
	f.Add("apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: &a {name: *a}\n")
	f.Fuzz(func(t *testing.T, stream string) {
		if many.MatchString(stream) {
			t.Skip("this many replicas teach nothing more; TestLimits has them")
		}
		objs, ds := generate(stream)
		if ds.Failed() && len(objs) > 0 {
			docs, parse := source.Parse("", []byte(stream))
			_, _, read := generators.Read(docs)
			if !parse.Failed() && !read.Failed() {
				t.Error("errors, and objects all the same")
			}
		}
		yamlOf(t, objs)
	})
}

// Promise 6, for generated rules: they name the Services whose addresses are discovered, and
// allow to get nodes if a file contains an address that only the node has. There are no other
// rules, and none if all addresses are known: now, and with more replicas, which must not change
// templates.
func TestRBACIsTheLeast(t *testing.T) {
	with, without := 0, 0
	for seed := range 2 * randspec.Seeds() {
		spec := randspec.New(seed)
		if strings.Contains(spec, "profile: pravega") {
			continue // it has rules of its own
		}
		services, node := map[string]bool{}, false
		var role, clusterRole []rbacv1.PolicyRule
		for _, o := range right(t, spec) {
			switch o := o.(type) {
			case *corev1.ConfigMap:
				node = discovered(o, services) || node
			case *rbacv1.Role:
				role = o.Rules
			case *rbacv1.ClusterRole:
				clusterRole = o.Rules
			}
		}
		named := map[string]bool{}
		for _, r := range role {
			if !slices.Equal(r.Verbs, []string{"get"}) || !slices.Equal(r.Resources, []string{"services"}) || len(r.ResourceNames) == 0 {
				t.Fatalf("seed %d: %v", seed, r)
			}
			for _, n := range r.ResourceNames {
				named[n] = true
			}
		}
		now := maps.Clone(services)
		nodeLater := node
		if !maps.Equal(named, services) || node != (clusterRole != nil) {
			nodeLater = discoveredLater(t, spec, services) || node
		}
		if !maps.Equal(named, now) {
			t.Fatalf("seed %d: the Role names %v, and the files ask for %v", seed, named, now)
		}
		if want := []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get"}}}; clusterRole != nil && !cmp.Equal(clusterRole, want) || node && clusterRole == nil || clusterRole != nil && !nodeLater {
			t.Fatalf("seed %d: node %t, later %t, and %v", seed, node, nodeLater, clusterRole)
		}
		if node || len(services) > 0 {
			with++
		} else {
			without++
		}
	}
	if least := int(randspec.Seeds()) / 40; with < least || without < least {
		t.Errorf("%d specs discover, %d do not", with, without)
	}
}

var anyReplicas = regexp.MustCompile(`replicas: (\d+)`)

// discoveredLater is discovered for the files of a spec with more replicas.
func discoveredLater(t *testing.T, spec string, services map[string]bool) bool {
	t.Helper()
	node := false
	more := anyReplicas.ReplaceAllStringFunc(spec, func(text string) string {
		n, _ := strconv.Atoi(strings.TrimPrefix(text, "replicas: "))
		return "replicas: " + strconv.Itoa(n+3)
	})
	for _, o := range right(t, more) {
		if cm, ok := o.(*corev1.ConfigMap); ok {
			node = discovered(cm, services) || node
		}
	}
	return node
}

var discoveryToken = regexp.MustCompile(`@sallyport:(ingress|ingressIP|nodePort|node|nodeIP):([^@/]*)`)

// discovered adds the Services that the files of a ConfigMap leave open, and reports whether
// they leave an address of a node open.
func discovered(cm *corev1.ConfigMap, services map[string]bool) bool {
	node := false
	for _, m := range discoveryToken.FindAllStringSubmatch(fmt.Sprint(cm.Data), -1) {
		if strings.HasPrefix(m[1], "node") && m[1] != "nodePort" {
			node = true
		} else {
			services[m[2]] = true
		}
	}
	return node
}
