package generators_test

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// seeds is how many random specs every property is held against.
const seeds = 500

// generate runs the core over a stream of documents.
func generate(stream string) ([]generators.Object, source.Diagnostics) {
	docs, ds := source.Parse("spec.yaml", []byte(stream))
	specs, others, more := generators.Read(docs)
	objs, again := generators.Generate(specs, others)
	return objs, slices.Concat(ds, more, again)
}

// right generates, and fails on an error.
func right(t *testing.T, stream string) []generators.Object {
	t.Helper()
	objs, ds := generate(stream)
	if ds.Failed() {
		t.Fatalf("%v\n%s", ds.AtLeast(source.Error), stream)
	}
	return objs
}

func encode(t *testing.T, objs []generators.Object) string {
	t.Helper()
	var b bytes.Buffer
	if err := generators.Encode(&b, objs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Promise 1: the same input gives the same bytes, whatever the order of the specs. Where
// two of them clash, it is the same mistake.
func TestSameInputSameBytes(t *testing.T) {
	fine := 0
	for seed := range uint64(seeds) {
		a, _ := source.Parse("a.yaml", []byte(randspec.New(seed)))
		b, _ := source.Parse("b.yaml", []byte(strings.Replace(randspec.New(seed+seeds), "namespace: ", "namespace: other-", 1)))
		outcome := func(docs ...*source.Document) string {
			specs, others, _ := generators.Read(docs)
			objs, ds := generators.Generate(specs, others)
			if !ds.Failed() {
				fine++
			}
			return fmt.Sprint(ds) + encode(t, objs)
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

var lastReplicas = regexp.MustCompile(`(?s)^(.*replicas: )(\d+)(.*)$`)

// Promise 3: scaling up only adds. The last pool gets one more pod, and every object
// that was there stays as it is.
func TestScaleUpOnlyAdds(t *testing.T) {
	grown := 0
	for seed := range uint64(seeds) {
		spec := randspec.New(seed)
		m := lastReplicas.FindStringSubmatch(spec)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		before, after := byName(t, right(t, spec)), byName(t, right(t, m[1]+strconv.Itoa(n+1)+m[3]))
		for name, text := range before {
			if after[name] != text {
				t.Fatalf("seed %d: %s changed: %s", seed, name, cmp.Diff(text, after[name]))
			}
		}
		if len(after) > len(before) {
			grown++
		}
	}
	if grown < seeds/4 {
		t.Errorf("only %d specs grew", grown)
	}
}

func byName(t *testing.T, objs []generators.Object) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, o := range objs {
		name := fmt.Sprintf("%s %s/%s", o.GetObjectKind().GroupVersionKind().Kind, o.GetNamespace(), o.GetName())
		if _, ok := out[name]; ok {
			t.Fatalf("%s is there twice", name)
		}
		out[name] = encode(t, []generators.Object{o})
	}
	return out
}

// Promise 5: every Service of a pod selects exactly that pod, and all pods have one.
func TestPerPodServicesSelectTheirPod(t *testing.T) {
	seen := 0
	for seed := range uint64(seeds) {
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
	if seen < seeds/2 {
		t.Errorf("only %d Services of pods", seen)
	}
}

// A spec is not changed by being rendered, and a second time comes to the same.
func TestGenerateIsPure(t *testing.T) {
	for seed := range uint64(seeds) {
		docs, _ := source.Parse("", []byte(randspec.New(seed)))
		specs, others, _ := generators.Read(docs)
		before := fmt.Sprintf("%#v", specs[0].Access) + fmt.Sprintf("%#v", specs[0].Endpoints)
		first, _ := generators.Generate(specs, others)
		second, _ := generators.Generate(specs, others)
		if a, b := encode(t, first), encode(t, second); a != b {
			t.Fatalf("seed %d: %s", seed, cmp.Diff(a, b))
		}
		if after := fmt.Sprintf("%#v", specs[0].Access) + fmt.Sprintf("%#v", specs[0].Endpoints); after != before {
			t.Fatalf("seed %d: the spec changed", seed)
		}
	}
}

// Every object says whose it is.
func TestEveryObjectIsOwned(t *testing.T) {
	kinds := map[string]int{}
	for seed := range uint64(seeds) {
		for _, o := range right(t, randspec.New(seed)) {
			if o.GetLabels()[generators.ManagedByLabel] != generators.ManagedBy || o.GetAnnotations()[generators.OwnerAnnotation] == "" {
				t.Fatalf("seed %d: %s is not marked as ours", seed, o.GetName())
			}
			kinds[o.GetObjectKind().GroupVersionKind().Kind]++
		}
	}
	if got := slices.Sorted(maps.Keys(kinds)); len(got) != 9 {
		t.Errorf("the random specs come to %v only", got)
	}
}

// FuzzGenerate holds that no input makes the core panic, and that what it refuses comes
// to nothing.
func FuzzGenerate(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(randspec.New(seed))
	}
	f.Add("apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: &a {name: *a}\n")
	f.Fuzz(func(t *testing.T, stream string) {
		objs, ds := generate(stream)
		if ds.Failed() && len(objs) > 0 {
			docs, parse := source.Parse("", []byte(stream))
			_, _, read := generators.Read(docs)
			if !parse.Failed() && !read.Failed() {
				t.Error("errors, and objects all the same")
			}
		}
		encode(t, objs)
	})
}
