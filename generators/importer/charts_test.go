package importer

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sallyport.dev/generators/importer/bitnami"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
)

// known are the fields in which Services of a spec differ from those of a chart: labels that change with
// each release of the chart, a selector with the pod's name alone, and numbers for names of ports.
var known = []string{"metadata.labels[app.kubernetes.io/managed-by]", "metadata.labels[app.kubernetes.io/version]", "metadata.labels[helm.sh/chart]",
	"spec.selector[app.kubernetes.io/"}

// TestCharts compares the Services of specs from values with those that the chart renders from the same
// values: section chart of testdata/import/values-NAME.txtar.
func TestCharts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/import/values-*.txtar")
	if err != nil || len(files) < len(bitnami.Charts) {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sections := map[string]string{}
		for _, f := range ar.Files {
			sections[f.Name] = string(f.Data)
		}
		if sections["chart"] == "" {
			continue
		}
		args := strings.Fields(sections["args"]) // --values CHART --name RELEASE -n NAMESPACE
		values, _ := source.Parse("values.yaml", []byte(sections["values.yaml"]))
		in := &draft.Input{Options: draft.Options{Values: args[1], Name: args[3], Namespace: args[5]}}
		in.Begin(values)
		for _, d := range drafts(in) {
			d.Came, _ = source.Parse("chart.yaml", []byte(sections["chart"]))
			trial := try(d)
			if trial.found.Failed() {
				t.Errorf("%s: %v", file, trial.found)
			}
			for _, diff := range trial.differences {
				expected := slices.ContainsFunc(known, func(field string) bool { return strings.HasPrefix(diff.Field, field) })
				if !expected && diff.Why == "" {
					t.Errorf("%s: %+v", filepath.Base(file), diff)
				}
			}
		}
	}
}
