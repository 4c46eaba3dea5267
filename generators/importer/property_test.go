package importer_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/importer"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// imported are the kinds that import reads. The others of a random spec, such as ConfigMaps, are not
// about who reaches the pods from outside: import reads what leads to them.
var imported = map[string]bool{"Service": true, "Endpoints": true, "EndpointSlice": true}

// generated returns the objects of a stream of specs of the kinds that import reads.
func generated(t *testing.T, stream string) []encode.Object {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte(stream))
	specs, others, more := generators.Read(docs)
	r := generators.Run(specs, others)
	if all := append(append(ds, more...), r.Diagnostics...); all.Failed() {
		t.Fatalf("%v\n%s", all.AtLeast(source.Error), stream)
	}
	var out []encode.Object
	for _, o := range r.AllObjects() {
		if imported[o.GetObjectKind().GroupVersionKind().Kind] {
			out = append(out, o)
		}
	}
	return out
}

func yamlOf(t *testing.T, objects []encode.Object) string {
	t.Helper()
	var b strings.Builder
	err := encode.YAML(&b, func(yield func(encode.Object) bool) {
		for _, o := range objects {
			if !yield(o) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is imported from the objects of a spec generates the same objects. The exemptions are two that
// mean nothing (see byName).
func TestImportGeneratesTheSame(t *testing.T) {
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		came := generated(t, spec)
		if len(came) == 0 {
			continue // it makes no Services
		}
		docs, _ := source.Parse("came.yaml", []byte(yamlOf(t, came)))
		result := importer.Run(docs, importer.Options{})
		if result.Diagnostics.Failed() {
			t.Fatalf("seed %d: %v\n%s", seed, result.Diagnostics, spec)
		}
		var texts []string
		for _, s := range result.Specs {
			texts = append(texts, s.Text)
			if len(s.Differences) > 0 {
				t.Fatalf("seed %d: %v\n%s\n%s", seed, s.Differences[0], spec, s.Text)
			}
		}
		text := strings.Join(texts, "---\n")
		if diff := cmp.Diff(byName(came), byName(generated(t, text))); diff != "" {
			t.Fatalf("seed %d (-came +imported):\n%s\n%s\n%s", seed, diff, spec, text)
		}
	}
}

// What a spec cannot say of an object, or says otherwise, is listed: if a field of a Service has another
// value than what is generated, import lists a difference of this Service.
func TestImportListsWhatDiffers(t *testing.T) {
	changed := 0
	for seed := range randspec.Seeds() {
		r := rand.New(rand.NewPCG(seed, 3))
		var stream strings.Builder
		for _, o := range generated(t, randspec.New(seed)) {
			if s, ok := o.(*corev1.Service); ok && len(s.Spec.Ports) > 0 {
				change(r, s)
				stream.WriteString("---\n" + yamlOf(t, []encode.Object{s}))
			}
		}
		docs, _ := source.Parse("came.yaml", []byte(stream.String()))
		result := importer.Run(docs, importer.Options{})
		if result.Diagnostics.Failed() || len(result.Specs) == 0 {
			continue // what nobody can have
		}
		var texts []string
		listed := map[string]bool{}
		for _, s := range result.Specs {
			texts = append(texts, s.Text)
			for _, d := range s.Differences {
				listed["Service/"+d.Object.Namespace+"/"+d.Object.Name] = true
			}
		}
		came, made := byName(objectsOf(t, docs)), byName(generated(t, strings.Join(texts, "---\n")))
		for name, o := range came {
			if diff := cmp.Diff(o, made[name]); diff != "" {
				if changed++; !listed[name] {
					t.Fatalf("seed %d, %s differs, and is not listed (-came +imported):\n%s\n%s", seed, name, diff, strings.Join(texts, "---\n"))
				}
			}
		}
	}
	if changed < int(randspec.Seeds())/4 {
		t.Errorf("only %d Services differ", changed)
	}
}

// change gives a Service a value that a spec may not be able to say.
func change(r *rand.Rand, s *corev1.Service) {
	switch spec := &s.Spec; r.IntN(12) {
	case 0:
		spec.ClusterIPs = []string{"10.0.0.7"}
	case 1:
		spec.SessionAffinity = corev1.ServiceAffinityClientIP
		spec.SessionAffinityConfig = &corev1.SessionAffinityConfig{ClientIP: &corev1.ClientIPConfig{TimeoutSeconds: new(int32(60))}}
	case 2:
		s.Labels["app.kubernetes.io/managed-by"] = "Helm"
	case 3:
		s.Finalizers = []string{"example.com/f"}
	case 4:
		s.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "A", Name: "a", UID: "1"}}
	case 5:
		spec.Ports[0].Name = ""
	case 6:
		spec.LoadBalancerSourceRanges = []string{"10.0.0.1/8"}
	case 7:
		spec.HealthCheckNodePort = 30999
	case 8:
		spec.TrafficDistribution = new("PreferClose")
	case 9:
		spec.PublishNotReadyAddresses = true
	case 10:
		s.Annotations["argocd.argoproj.io/tracking-id"] = "x"
	case 11:
		spec.Ports = append(spec.Ports, corev1.ServicePort{Name: "second", Port: 4321, Protocol: "TCP", TargetPort: spec.Ports[0].TargetPort})
	}
}

// objectsOf reads Services.
func objectsOf(t *testing.T, docs []*source.Document) []encode.Object {
	t.Helper()
	var out []encode.Object
	for _, doc := range docs {
		var tree any
		s := &corev1.Service{}
		if err := doc.Node().Decode(&tree); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(textOf(tree)), s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// byName returns objects by kind, namespace and name, without their owners. A policy Cluster means the
// same as none, so that import leaves it out. The API server packs the subsets of Endpoints as it likes,
// and their order is not that of EndpointSlices beside them.
func byName(all []encode.Object) map[string]encode.Object {
	out := map[string]encode.Object{}
	for _, o := range all {
		annotations := o.GetAnnotations()
		delete(annotations, plan.OwnerAnnotation)
		if len(annotations) == 0 {
			o.SetAnnotations(nil)
		}
		if s, ok := o.(*corev1.Service); ok && s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyCluster {
			s.Spec.ExternalTrafficPolicy = ""
		}
		if e, ok := o.(*corev1.Endpoints); ok { //nolint:staticcheck // SA1019: it is deprecated, and exists
			slices.SortFunc(e.Subsets, func(a, b corev1.EndpointSubset) int { return strings.Compare(textOf(a), textOf(b)) }) //nolint:staticcheck // the same
		}
		out[strings.Join([]string{o.GetObjectKind().GroupVersionKind().Kind, o.GetNamespace(), o.GetName()}, "/")] = o
	}
	return out
}

func textOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Whatever somebody has changed in the objects of a spec, import ends with specs that render, or with an
// error.
func TestImportOfCarelessInput(t *testing.T) {
	for seed := range randspec.Seeds() {
		r := rand.New(rand.NewPCG(seed, 4))
		stream := yamlOf(t, generated(t, randspec.New(seed)))
		lines := strings.Split(stream, "\n")
		for range 1 + r.IntN(4) {
			i, j := r.IntN(len(lines)), r.IntN(len(lines))
			key, value, ok := strings.Cut(lines[i], ": ")
			_, other, okToo := strings.Cut(lines[j], ": ")
			switch {
			case r.IntN(6) == 0:
				lines = slices.Delete(lines, i, i+1)
			case ok && okToo && r.IntN(2) == 0:
				lines[i] = key + ": " + other
			case ok:
				lines[i] = key + ": " + []string{"null", "{}", "[]", "0", "-1", "a b", `"` + strings.Trim(value, `"`) + `"`, "99999999999"}[r.IntN(8)]
			}
		}
		docs, ds := source.Parse("came.yaml", []byte(strings.Join(lines, "\n")))
		if ds.Failed() {
			continue
		}
		result := importer.Run(docs, importer.Options{})
		var texts []string
		for _, s := range result.Specs {
			texts = append(texts, s.Text)
		}
		if !result.Diagnostics.Failed() {
			generated(t, strings.Join(texts, "---\n"))
		}
	}
}
