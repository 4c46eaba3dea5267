package importer

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

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
	if err != nil || len(files) < len(bitnamiCharts) {
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
		in := &Input{All: values, Options: Options{Values: args[1], Name: args[3], Namespace: args[5]}}
		for _, d := range in.Drafts() {
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

// TestFormulas computes formulas of Strimzi's advertisedPortTemplate.
func TestFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"9000": 9000, "9000 + {nodeId}": 9003, "9000+{nodeId}*10": 9030, "(9000 - {nodeId}) * 2 - -1": 17995, "{nodeId}": 3,
	} {
		if got, ok := portFormula(text, 3); !ok || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "a", "1 +", "(1", "1)", "9000 / 2", "1 2)", "99999999999", "9000 + {pod}", strings.Repeat("(", 300), strings.Repeat("9*", 90) + "9"} {
		if got, ok := portFormula(text, 3); ok {
			t.Errorf("%q is %d, and no formula", text, got)
		}
	}
}

// TestBrokerIDs assigns ids as Strimzi does.
func TestBrokerIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "[]": "", "[0, 10-12, 20-18]": "0, 10-12, 20, 19, 18", "[5]": "5", "x": "", "[1-": ""} {
		if got := runs(nextIDs(text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
