package fn_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"

	"sallyport.dev/fn"
	"sallyport.dev/testdata/randspec"
)

// FuzzRun holds that whatever comes in, a ResourceList goes out that kyaml can read, that
// it has no fewer items than came in when the function fails, and that running the
// function on its own output changes nothing.
func FuzzRun(f *testing.F) {
	for seed := range uint64(20) {
		spec := "  " + strings.ReplaceAll(randspec.New(seed), "\n", "\n  ")
		f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.TrimLeft(spec, " "))
		f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n" + spec)
	}
	f.Add("")
	f.Add("kind: ResourceList\n")
	f.Fuzz(func(t *testing.T, in string) {
		if many.MatchString(in) {
			t.Skip("this many replicas or addresses teach nothing more")
		}
		out, ok := run(t, in)
		if _, err := kio.FromBytes([]byte(out)); err != nil {
			t.Fatalf("kyaml cannot read the output: %v\n%s", err, out)
		}
		if !ok || len(out) > 1<<18 {
			return // a hundred thousand replicas come to megabytes, and teach nothing more
		}
		again, ok := run(t, out)
		if !ok {
			t.Fatalf("the second run fails:\n%s", again)
		}
		third, _ := run(t, again)
		if items(third) != items(again) {
			t.Errorf("a run on its own output changes it:\n%s\n%s", again, third)
		}
	})
}

// many matches numbers of four digits where replicas may stand.
var many = regexp.MustCompile(`replicas: *\S*\d{4}`)

func run(t *testing.T, in string) (string, bool) {
	t.Helper()
	var out, stderr bytes.Buffer
	ok, err := fn.Run(strings.NewReader(in), &out, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !ok && stderr.Len() == 0 {
		t.Error("a failure, and nothing on stderr")
	}
	return out.String(), ok
}

func items(list string) string {
	list, _, _ = strings.Cut(list, "\nresults:\n")
	return list
}
