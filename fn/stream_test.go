package fn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn"
	"sallyport.dev/schemas/source"
)

const alias = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db}\nspec: {externalName: db.example.com}\n"

// FuzzFilter checks that the filter writes its input byte for byte and new objects after it,
// that the output has the documents of the input, and that a second run changes nothing.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"", "a: 1", "a: 1\n", "---\na: 1\n---\n# no more\n", "%YAML 1.1\n---\na: |\n  ---\n...\n", "a\r\n---\r\nb\r\n",
		"\ufeff--- a\n--- b", "a: \u0085---\nb: 1\n", "- &x a\n- *x\n", "'a\n\n b'\n---\n\"c\u2028---\"", alias + "---\na: 1\n", "a: 1\n---\n" + alias + "...\n%YAML 1.1\n---\nb: 1\n",
		"a: 1\n---\nk: |\n  tok", "k: |+\n  tok", "--- >\n tok", "# c\n%YAML 1.1\n---\nk: |\n  tok", "\ufeffk: |\n  tok"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if strings.LastIndex(in, "\ufeff") > 0 {
			t.Skip("a byte order mark that is not at the start confuses the YAML library")
		}
		out, ok := filter(t, in)
		if !ok {
			return
		}
		if !strings.Contains(in, "sallyport.dev") {
			if !keepsBytes(in, out) {
				t.Errorf("the bytes that came in are not those that go out:\n%q\n%q", in, out)
			}
			after := slices.DeleteFunc(documents(t, out), func(v any) bool { return strings.Contains(fmt.Sprint(v), "sallyport.dev/owner") })
			if diff := cmp.Diff(documents(t, in), after, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("documents before and after (-before +after):\n%s", diff)
			}
		}
		again, _ := filter(t, out)
		if out != again {
			t.Errorf("a second run changes what the first made:\n%q\n%q", out, again)
		}
	})
}

// keepsBytes reports whether a text is another one with something added, behind it or at one
// place in it. A byte order mark may go.
func keepsBytes(in, out string) bool {
	in = strings.TrimPrefix(in, "\ufeff")
	out = strings.TrimPrefix(out, "\ufeff")
	n := 0
	for n < min(len(in), len(out)) && in[n] == out[n] {
		n++
	}
	return strings.HasSuffix(out, in[n:])
}

func filter(t *testing.T, in string) (string, bool) {
	t.Helper()
	spec, ds := source.Parse("spec.yaml", []byte(alias))
	var out bytes.Buffer
	ds, err := fn.Filter(&out, "-", in, spec, ds)
	if err != nil {
		t.Fatal(err)
	}
	if ds.Failed() && out.Len() > 0 {
		t.Errorf("a failure, and on stdout: %q", out.String())
	}
	return out.String(), !ds.Failed()
}

// documents returns the values of a stream, as kubectl reads it.
func documents(t *testing.T, stream string) []any {
	t.Helper()
	var all []any
	for dec := yaml.NewDecoder(bytes.NewReader([]byte(stream))); ; {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %q", err, stream)
		}
		var v any
		if n.Decode(&v) == nil && v != nil {
			all = append(all, v)
		}
	}
}

// TestFilterRefusesCheaply checks that input which is too large is not split into lines.
func TestFilterRefusesCheaply(t *testing.T) {
	in := strings.Repeat("\n", source.MaxInput+1)
	start := time.Now()
	if ds, err := fn.Filter(io.Discard, "", in, nil, nil); err != nil || !ds.Failed() {
		t.Errorf("%v, %v", ds, err)
	}
	if took := time.Since(start); took > time.Second { // a hundredth of it is enough
		t.Errorf("it takes %v", took)
	}
}
