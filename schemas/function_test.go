package schemas_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas"
	"sallyport.dev/schemas/v1alpha1"
)

// definition is the schema that the function framework finds for a kind.
func definition(t *testing.T, kind string) *spec.Schema {
	t.Helper()
	text, ok := schemas.FunctionDefinition(kind)
	if !ok {
		t.Fatalf("no definition of %s", kind)
	}
	schema, err := framework.SchemaFromFunctionDefinition(resid.NewGvk(v1alpha1.Group, version(), kind), text)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestFunctionDefinition checks that the function framework finds the schemas of both kinds, and
// that it accepts the examples with them and rejects a field that does not exist.
func TestFunctionDefinition(t *testing.T) {
	files, err := filepath.Glob("../examples/*/spec.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	definitions := map[string]*spec.Schema{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var example map[string]any
		if err := yaml.Unmarshal(data, &example); err != nil {
			t.Fatal(err)
		}
		kind, _ := example["kind"].(string)
		if definitions[kind] == nil {
			definitions[kind] = definition(t, kind)
		}
		if err := validate.AgainstSchema(definitions[kind], example, strfmt.Default); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		example["spec"].(map[string]any)["nonsense"] = true
		if err := validate.AgainstSchema(definitions[kind], example, strfmt.Default); err == nil || !strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%s with a field that is not there: %v", file, err)
		}
	}
}
