// Package apiserver runs the API server's own defaulting and validation over what
// Sallyport makes: every example's expected.yaml, and random specs. It is a module of its
// own, because k8s.io/kubernetes is no library and brings much with it.
package apiserver

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	apiservice "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/discovery"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	discoveryvalidation "k8s.io/kubernetes/pkg/apis/discovery/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// accounted are the warnings that the API server gives, and why we cause them all the
// same. Any other fails.
var accounted = map[string]string{
	"spec.externalIPs is deprecated": "a spec must ask for externalIPs, and gets a warning of ours",
	"v1 Endpoints is deprecated":     "a spec must ask for Endpoints, and gets a warning of ours",

	`spec.trafficDistribution: "PreferClose" is deprecated`: "a spec must ask for PreferClose, and gets a warning of ours",
}

// TestExamples holds promise 4 for what users copy: every object is accepted.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/expected.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples: ", err)
	}
	for _, file := range files {
		stream, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) { accept(t, stream) })
	}
}

// TestRandomSpecs holds promise 4 for all specs.
func TestRandomSpecs(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(2000) {
		spec := randspec.New(seed)
		docs, _ := source.Parse("", []byte(spec))
		specs, others, _ := generators.Read(docs)
		made := generators.Run(specs, others)
		objs, ds := made.AllObjects(), made.Diagnostics
		if ds.Failed() {
			t.Fatalf("%v\n%s", ds, spec)
		}
		var stream bytes.Buffer
		if err := encode.YAML(&stream, slices.Values(objs)); err != nil {
			t.Fatal(err)
		}
		for _, o := range objs {
			kinds[o.GetObjectKind().GroupVersionKind().Kind]++
		}
		if accept(t, stream.Bytes()); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, spec)
		}
	}
	t.Logf("accepted: %v", kinds)
	if len(kinds) < 16 {
		t.Errorf("only %d kinds: %v", len(kinds), slices.Sorted(maps.Keys(kinds)))
	}
}

// TestCarelessSpecs holds the other half: what the API server would refuse, Sallyport does,
// and with a word on why.
func TestCarelessSpecs(t *testing.T) {
	right, wrong := 0, 0
	for seed := range uint64(2000) {
		spec := randspec.Careless(seed)
		docs, ds := source.Parse("", []byte(spec))
		specs, others, more := generators.Read(docs)
		made := generators.Run(specs, others)
		objs, again := made.AllObjects(), made.Diagnostics
		if slices.Concat(ds, more, again).Failed() {
			wrong++
			continue
		}
		right++
		var stream bytes.Buffer
		if err := encode.YAML(&stream, slices.Values(objs)); err != nil {
			t.Fatal(err)
		}
		if accept(t, stream.Bytes()); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, spec)
		}
	}
	t.Logf("%d right, %d wrong", right, wrong)
	if right < 400 || wrong < 400 {
		t.Errorf("%d right and %d wrong specs are too few to tell", right, wrong)
	}
}

// TestRefused checks that the harness rejects what the API server rejects.
func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"policy on ClusterIP":                          "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: d}\nspec: {externalTrafficPolicy: Local, ports: [{port: 1}]}\n",
		"headless LoadBalancer":                        "apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: d}\nspec: {type: LoadBalancer, clusterIP: None, ports: [{port: 1}]}\n",
		"loopback endpoint":                            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x, namespace: d}\naddressType: IPv4\nendpoints: [{addresses: [127.0.0.1]}]\n",
		"two listeners of one port":                    "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: x, namespace: d}\nspec: {gatewayClassName: a, listeners: [{name: a, port: 1, protocol: TCP}, {name: b, port: 1, protocol: TCP}]}\n",
		"route with an unknown field":                  "apiVersion: gateway.networking.k8s.io/v1\nkind: TCPRoute\nmetadata: {name: x, namespace: d}\nspec: {hostnames: [a], rules: [{backendRefs: [{name: a, port: 1}]}]}\n",
		"route without names":                          "apiVersion: gateway.networking.k8s.io/v1\nkind: TLSRoute\nmetadata: {name: x, namespace: d}\nspec: {rules: [{backendRefs: [{name: a, port: 1}]}]}\n",
		"rule without verbs":                           "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x, namespace: d}\nrules: [{apiGroups: [\"\"], resources: [pods]}]\n",
		"dot behind an address":                        "apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata: {name: x, namespace: d}\nspec: {endpoints: [{dnsName: a.example.com, recordType: A, targets: [192.0.2.1.]}]}\n",
		"block with host bits":                         "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: d}\nspec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}\n",
		"certificate without names":                    "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: d}\nspec: {secretName: x, issuerRef: {name: ca}}\n",
		"certificate with a usage that does not exist": "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: d}\nspec: {secretName: x, issuerRef: {name: ca}, dnsNames: [a.example.com], usages: [x]}\n",
		"certificate with a bad name":                  "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: d}\nspec: {secretName: x, issuerRef: {name: ca}, dnsNames: [A.example.com.]}\n",
		"record with an unknown field":                 "apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata: {name: x, namespace: d}\nspec: {endpoints: [{dnsName: a.example.com, ttl: 60, recordType: A, targets: [192.0.2.1]}]}\n",
		"certificate without an issuer":                "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: d}\nspec: {secretName: x, dnsNames: [a.example.com]}\n",
	} {
		if errs, _ := validate(t, decode(t, []byte(text))); len(errs) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}

// accept fails where an object is refused, or warned of without an account.
func accept(t *testing.T, stream []byte) {
	t.Helper()
	for _, doc := range bytes.Split(bytes.TrimSuffix(stream, []byte("\n")), []byte("\n---\n")) {
		if len(bytes.TrimSpace(doc)) == 0 {
			continue
		}
		errs, warnings := validate(t, decode(t, doc))
		if len(errs) > 0 {
			t.Errorf("refused: %v\n%s", errs, doc)
		}
		for _, w := range warnings {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(accounted)), func(k string) bool { return strings.HasPrefix(w, k) }) {
				t.Errorf("warning without an account: %s\n%s", w, doc)
			} else if strings.HasPrefix(t.Name(), "TestExamples") {
				t.Log("warning:", w)
			}
		}
	}
}

// decode reads a document strictly, as server-side field validation does.
func decode(t *testing.T, doc []byte) runtime.Object {
	t.Helper()
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(doc, &head); err != nil {
		t.Fatal(err)
	}
	if all, err := resources(); err != nil {
		t.Fatal(err)
	} else if _, ok := all[head.APIVersion+" "+head.Kind]; ok {
		o := &unstructured.Unstructured{}
		text, err := yaml.YAMLToJSONStrict(doc)
		if err == nil {
			err = o.UnmarshalJSON(text)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		return o
	}
	o, err := legacyscheme.Scheme.New(schema.FromAPIVersionAndKind(head.APIVersion, head.Kind))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(doc, o); err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	legacyscheme.Scheme.Default(o)
	return o
}

// internal converts to the type that the validators take. An object without a namespace
// gets one from whoever applies it.
func internal[T runtime.Object](t *testing.T, in runtime.Object, out T) T {
	t.Helper()
	if o, ok := in.(*appsv1.StatefulSet); ok {
		o.Namespace = cmp.Or(o.Namespace, "default")
	}
	if err := legacyscheme.Scheme.Convert(in, out, nil); err != nil {
		t.Fatal(err)
	}
	return out
}

func validate(t *testing.T, o runtime.Object) (field.ErrorList, []string) {
	t.Helper()
	switch o := o.(type) {
	case *corev1.Service:
		s := internal(t, o, &core.Service{})
		allocate(s)
		return corevalidation.ValidateServiceCreate(s), apiservice.GetWarningsForService(s, nil)
	case *corev1.Endpoints: //nolint:staticcheck // SA1019: what the examples have must be accepted
		return corevalidation.ValidateEndpointsCreate(internal(t, o, &core.Endpoints{})), []string{"v1 Endpoints is deprecated in v1.33+"}
	case *appsv1.StatefulSet:
		return appsvalidation.ValidateStatefulSet(internal(t, o, &apps.StatefulSet{}), corevalidation.PodValidationOptions{}), nil
	case *corev1.ConfigMap:
		return corevalidation.ValidateConfigMap(internal(t, o, &core.ConfigMap{})), nil
	case *corev1.ServiceAccount:
		return corevalidation.ValidateServiceAccount(internal(t, o, &core.ServiceAccount{})), nil
	case *discoveryv1.EndpointSlice:
		return discoveryvalidation.ValidateEndpointSliceCreate(internal(t, o, &discovery.EndpointSlice{})), nil
	case *networkingv1.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicy(internal(t, o, &networking.NetworkPolicy{}), networkingvalidation.NetworkPolicyValidationOptions{}), nil
	case *rbacv1.Role:
		return rbacvalidation.ValidateRole(internal(t, o, &rbac.Role{})), nil
	case *rbacv1.ClusterRole:
		return rbacvalidation.ValidateClusterRole(internal(t, o, &rbac.ClusterRole{}), rbacvalidation.ClusterRoleValidationOptions{}), nil
	case *rbacv1.RoleBinding:
		return rbacvalidation.ValidateRoleBinding(internal(t, o, &rbac.RoleBinding{})), nil
	case *rbacv1.ClusterRoleBinding:
		return rbacvalidation.ValidateClusterRoleBinding(internal(t, o, &rbac.ClusterRoleBinding{})), nil
	case *unstructured.Unstructured:
		switch o.GetKind() {
		case "Certificate", "DNSEndpoint", "Gateway", "ListenerSet", "TCPRoute", "TLSRoute", "UDPRoute":
			return validateCustom(t, o), nil
		}
	}
	t.Fatalf("no validator for %T", o)
	return nil, nil
}

// allocate does what the server does before it validates a Service.
func allocate(s *core.Service) {
	if s.Spec.ClusterIP != "" {
		s.Spec.ClusterIPs = []string{s.Spec.ClusterIP}
	}
	if s.Spec.Type == core.ServiceTypeLoadBalancer && s.Spec.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal {
		s.Spec.HealthCheckNodePort = 32000
	}
}
