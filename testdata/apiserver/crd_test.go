package apiserver

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	names "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// crds are where the CustomResourceDefinitions of the kinds are: files of modules, as their
// projects publish them.
var crds = []struct{ module, files string }{
	{"sigs.k8s.io/gateway-api@v1.6.3", "config/crd/standard/gateway.networking.k8s.io_*.yaml"},
	{"github.com/cert-manager/cert-manager@v1.21.2", "deploy/crds/cert-manager.io_*.yaml"},
	{"sigs.k8s.io/external-dns@v0.20.0", "config/crd/standard/*.yaml"}, // as in 0.23, whose module needs Go 1.27
}

// A resource is a version of a kind with a CustomResourceDefinition.
type resource struct {
	structural *structuralschema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator // those in CEL
}

// resources are by apiVersion and kind.
var resources = sync.OnceValues(func() (map[string]resource, error) {
	out := map[string]resource{}
	for _, from := range crds {
		text, err := exec.Command("go", "mod", "download", "-json", from.module).Output()
		var module struct{ Dir, Error string }
		if json.Unmarshal(text, &module) != nil || module.Dir == "" {
			return nil, fmt.Errorf("%s: %v %s", from.module, err, module.Error)
		}
		files, err := filepath.Glob(filepath.Join(module.Dir, from.files))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s has no %s: %v", from.module, from.files, err)
		}
		for _, file := range files {
			if err := addResources(out, file); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return out, nil
})

// addResources adds the served versions of a CustomResourceDefinition.
func addResources(to map[string]resource, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &crd); err != nil || crd.Kind != "CustomResourceDefinition" {
		return err
	}
	for _, v := range crd.Spec.Versions {
		if !v.Served {
			continue
		}
		var props apiextensions.JSONSchemaProps
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(v.Schema.OpenAPIV3Schema, &props, nil); err != nil {
			return err
		}
		r := resource{}
		if r.structural, err = structuralschema.NewStructural(&props); err != nil {
			return err
		}
		if r.schema, _, err = validation.NewSchemaValidator(&props); err != nil {
			return err
		}
		r.rules = cel.NewValidator(r.structural, true, celconfig.PerCallLimit)
		to[crd.Spec.Group+"/"+v.Name+" "+crd.Spec.Names.Kind] = r
	}
	return nil
}

// validateCustom does what the server does with an object of a CustomResourceDefinition: it refuses
// unknown fields, sets defaults, and checks the schema and its rules.
func validateCustom(t *testing.T, o *unstructured.Unstructured) field.ErrorList {
	t.Helper()
	all, err := resources()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := all[o.GetAPIVersion()+" "+o.GetKind()]
	if !ok {
		t.Fatalf("%s %s is not served", o.GetAPIVersion(), o.GetKind())
	}
	var errs field.ErrorList
	for _, unknown := range pruning.PruneWithOptions(o.Object, r.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		errs = append(errs, field.Invalid(field.NewPath(unknown), nil, "unknown field"))
	}
	defaulting.Default(o.Object, r.structural)
	errs = append(errs, validation.ValidateCustomResource(nil, o.Object, r.schema)...)
	for _, why := range names.IsDNS1123Subdomain(o.GetName()) {
		errs = append(errs, field.Invalid(field.NewPath("metadata", "name"), o.GetName(), why))
	}
	switch o.GetKind() {
	case "DNSEndpoint":
		errs = append(errs, validateDNSEndpoint(t, o)...)
	case "Certificate":
		c := &certmanagerv1.Certificate{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, c); err != nil {
			t.Fatal(err)
		}
		errs = append(errs, validateCertificate(c)...)
	}
	more, _ := r.rules.Validate(context.Background(), nil, r.structural, o.Object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, more...)
}
