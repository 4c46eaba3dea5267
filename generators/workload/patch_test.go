package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// TestReadLeavesPatchesOut holds that a patch is no StatefulSet: beside the StatefulSet that
// it patches, and alone if it looks like the output of render --patch.
func TestReadLeavesPatchesOut(t *testing.T) {
	const head = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: "
	for name, test := range map[string]struct{ in, want string }{
		"beside":          {head + "x}\nspec: {selector: {matchLabels: {app: db}}}\n---\n" + head + "x}\nspec: {replicas: 5}\n", "0"},
		"other namespace": {head + "x}\nspec: {selector: {matchLabels: {app: db}}}\n---\n" + head + "y}\nspec: {replicas: 5}\n", "0 1"},
		"no namespace":    {head + "''}\nspec: {replicas: 5}\n---\n" + head + "x}\nspec: {selector: {matchLabels: {app: db}}}\n", "1"},
		"alone":           {head + "x}\nspec: {template: {spec: {enableServiceLinks: false, initContainers: [{name: a, image: b}], containers: [{name: db, env: []}]}}}\n", ""},
		"host port":       {head + "x}\nspec: {template: {spec: {containers: [{name: db, ports: [{containerPort: 1, hostPort: 1}]}]}}}\n", ""},
		"says nothing":    {head + "x}\n", "0"},
		"with an image":   {head + "x}\nspec: {template: {spec: {enableServiceLinks: false, containers: [{name: db, image: a}]}}}\n", "0"},
		"with replicas":   {head + "x}\nspec: {replicas: 1, template: {spec: {enableServiceLinks: false}}}\n", "0"},
		"with labels":     {head + "x}\nspec: {template: {metadata: {labels: {app: db}}, spec: {enableServiceLinks: false}}}\n", "0"},
	} {
		docs, ds := source.Parse("", []byte(test.in))
		if ds.Failed() {
			t.Fatal(ds)
		}
		var got []string
		for _, s := range workload.Read(docs) {
			for i, doc := range docs {
				if doc == s.Doc {
					got = append(got, string(rune('0'+i)))
				}
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
