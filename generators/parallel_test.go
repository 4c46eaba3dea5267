package generators_test

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// onProcessors calls a function with several numbers of processors.
func onProcessors(t *testing.T, call func(processors int)) {
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	for _, n := range []int{1, 2, 16} {
		runtime.GOMAXPROCS(n)
		call(n)
	}
}

// encoders are what is encoded in runs.
var encoders = map[string]func(io.Writer, ...iter.Seq[encode.Object]) error{"YAML": encode.YAML, "JSON": encode.JSON}

// Promise 1: the same bytes on any number of processors, however the objects are divided. A bench
// spec has more runs than sixteen processors hold at a time.
func TestSameBytesOnAnyProcessors(t *testing.T) {
	inputs := []string{string(benchSpec(5000)), overrides(1000)}
	for seed := range randspec.Seeds() {
		inputs = append(inputs, randspec.New(seed))
	}
	for _, text := range inputs {
		docs, _ := source.Parse("", []byte(text))
		specs, others, _ := generators.Read(docs)
		made := generators.Run(specs, others)
		objs := made.AllObjects()
		for name, write := range encoders {
			var want bytes.Buffer
			if err := write(&want, slices.Values(objs)); err != nil {
				t.Fatal(err)
			}
			onProcessors(t, func(processors int) {
				var few []iter.Seq[encode.Object]
				for part := range slices.Chunk(objs, 1+len(objs)/50) {
					few = append(few, slices.Values(part))
				}
				for _, runs := range [][]iter.Seq[encode.Object]{made.Runs(), few} {
					var got bytes.Buffer
					if err := write(&got, runs...); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(got.Bytes(), want.Bytes()) {
						t.Fatalf("%s with %d processors (-want +got):\n%s\nof\n%s", name, processors, cmp.Diff(want.String(), got.String()), text)
					}
				}
			})
		}
	}
}

// Promise 1: the same plan and messages on any number of processors. Many pods are planned in runs. The
// mistakes are in pods of different runs.
func TestSamePlanOnAnyProcessors(t *testing.T) {
	inputs := []string{string(benchSpec(1000)), overrides(500), manyPods("  type: NodePort", "nodePort: 30000"), manyPods("  type: NodePort", "nodePort: 32500"),
		manyPods("  domain: $(pod).example.com", "port: 65000"), manyPods("  annotations: {a: $(pod), b: $(domain)}\n  domain: example.com", "port: 1"),
		strings.Replace(manyPods("  type: NodePort", "port: 1"), "host: $", "pods: [{pod: w-500, domain: unused.example.com}], host: $", 1)}
	for seed := range randspec.Seeds() / 10 {
		inputs = append(inputs, replicas.ReplaceAllString(randspec.New(seed), "replicas: 70${1}"))
	}
	failed, fine := 0, 0
	for _, text := range inputs {
		var want string
		onProcessors(t, func(processors int) {
			docs, _ := source.Parse("", []byte(text))
			specs, others, _ := generators.Read(docs)
			made := generators.Run(specs, others)
			var out strings.Builder
			for _, d := range made.Diagnostics {
				out.WriteString(d.String() + "\n")
			}
			if made.Diagnostics.Failed() {
				failed++
			} else if fine++; encode.YAML(&out, made.Runs()...) != nil {
				t.Fatal("not written")
			}
			if processors == 1 {
				want = out.String()
			} else if out.String() != want {
				t.Fatalf("%d processors (-1 +%[1]d):\n%s\nof\n%s", processors, cmp.Diff(want, out.String()), text)
			}
		})
	}
	if failed < 3 || fine < 3*len(inputs)/4 {
		t.Errorf("%d runs failed and %d did not", failed, fine)
	}
}

// replicas is how many pods a component of a random spec has.
var replicas = regexp.MustCompile(`replicas: ([0-9])\b`)

// manyPods is a spec with 600 pods, settings of the spec and of the port of the entry.
func manyPods(settings, port string) string {
	return "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: a, namespace: b}\nspec:\n" + settings +
		"\n  components:\n  - name: c\n    workload: w\n    replicas: 600\n    ports: [{name: p, containerPort: 80}]\n    services: [{name: e, mode: PerPod, host: $(pod).example.com, ports: [{name: p, " + port + ", steps: {port: 1}}]}]\n"
}

// narrow is a writer that takes a number of bytes.
type narrow struct{ left int }

var errNarrow = errors.New("no space left")

func (w *narrow) Write(text []byte) (int, error) {
	n := min(w.left, len(text))
	if w.left -= n; n < len(text) {
		return n, errNarrow
	}
	return n, nil
}

// An error of writing is returned, wherever it comes, and ends the encoders.
func TestWriteErrorOnAnyProcessors(t *testing.T) {
	docs, _ := source.Parse("", benchSpec(3000))
	specs, others, _ := generators.Read(docs)
	made := generators.Run(specs, others)
	running := runtime.NumGoroutine()
	onProcessors(t, func(processors int) {
		for name, write := range encoders {
			for _, left := range []int{0, 1, 100, 200_000, 1_000_000} {
				if err := write(&narrow{left}, made.Runs()...); !errors.Is(err, errNarrow) {
					t.Errorf("%s with %d processors after %d bytes: %v", name, processors, left, err)
				}
			}
		}
	})
	for range 100 {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > running+1 {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, and %d before:\n%s", n, running, strings.TrimSpace(string(buf[:runtime.Stack(buf, true)])))
	}
}
