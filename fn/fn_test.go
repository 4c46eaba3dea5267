package fn_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn"
	"sallyport.dev/testdata/randspec"
)

// FuzzRun checks that the output is a ResourceList that kyaml can read, whatever the input
// is; that items which were not generated keep their values; and that running the function
// on its own output changes nothing.
func FuzzRun(f *testing.F) {
	for seed := range uint64(20) {
		spec := "  " + strings.ReplaceAll(randspec.New(seed), "\n", "\n  ")
		f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.TrimLeft(spec, " "))
		f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n" + spec)
	}
	f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n  - a: &x >-\n      b\n\n       c\n  # d\n  - *x\n  - {e: [f,\n    g]}\n")
	for _, components := range injecting {
		f.Add("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: apps/v1\n  kind: StatefulSet\n  metadata: {name: db}\n  spec:\n    replicas: 2\n    template:\n      spec:\n        volumes:\n        - {name: data, emptyDir: {}}\n" +
			"        containers:\n        - name: db\n          ports: [{containerPort: 5432}]\n- apiVersion: sallyport.dev/v1alpha1\n  kind: ExternalAccess\n  metadata: {name: db}\n  spec:\n    inject: true\n    components:\n" + indented(components, "  "))
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
		if lost := lost(foreign(in), foreign(out)); lost != "" {
			t.Fatalf("not there any more, or in another order: %s\n%s\n%s", lost, in, out)
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
	ok, err := fn.Run(in, &out, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !ok && stderr.Len() == 0 {
		t.Error("a failure, and nothing on stderr")
	}
	return out.String(), ok
}

// foreign returns the values of the items of a list that were surely not generated, and that
// nothing may be injected into.
func foreign(list string) []string {
	var parsed struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Items      []any
	}
	if yaml.Unmarshal([]byte(list), &parsed) != nil || parsed.Kind != "ResourceList" {
		return nil
	}
	var out []string
	for _, it := range parsed.Items {
		text := fmt.Sprintf("%#v", it)
		ours := strings.Contains(text, "sallyport.dev/owner") || strings.Contains(text, "local-config")
		if patched := strings.Contains(text, "StatefulSet") && strings.Contains(list, "inject"); !ours && !patched {
			out = append(out, text)
		}
	}
	return out
}

// lost returns the first value of before that is not in after, in the same order, or "".
func lost(before, after []string) string {
	if len(after) == 0 {
		return "" // not a list that is read
	}
	for _, value := range before {
		i := slices.Index(after, value)
		if i < 0 {
			return value
		}
		after = after[i+1:]
	}
	return ""
}

func items(list string) string {
	list, _, _ = strings.Cut(list, "\nresults:\n")
	return list
}
