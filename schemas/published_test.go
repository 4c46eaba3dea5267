package schemas_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/v1alpha1"
)

var update = flag.Bool("update", false, "write the published files; then read the diff")

// TestPublished checks that the published files agree with the types and their comments, or
// writes them.
func TestPublished(t *testing.T) {
	c := readComments(t)
	for _, kind := range []any{v1alpha1.ExternalAccess{}, v1alpha1.ExternalEndpoints{}} {
		typ := reflect.TypeOf(kind)
		file := strings.ToLower(typ.Name()) + "_" + version()
		published(t, file+".schema.json", render(t, generator{comments: c}.kind(typ.Name(), typ)))
		published(t, file+".krmfunction.yaml", functionDefinition(t, c, typ))
	}
	profile := reflect.TypeFor[v1alpha1.ExternalAccessProfile]()
	published(t, strings.ToLower(profile.Name())+"_"+version()+".schema.json", render(t, generator{comments: c, partial: true}.kind(profile.Name(), profile)))
	published(t, "openapi.json", kustomizeOpenAPI(t))
}

// TestComments checks that every field has a sentence that begins with its name.
func TestComments(t *testing.T) {
	c := readComments(t)
	for key, text := range c {
		_, field, ok := strings.Cut(key, ".")
		if ok && (!strings.HasPrefix(text, field+" ") || !strings.HasSuffix(text, ".")) {
			t.Errorf("%s: %q", key, text)
		}
	}
	var walk func(typ reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(typ.Elem())
		case reflect.Struct:
			for _, f := range reflect.VisibleFields(typ) {
				if f.Anonymous {
					continue
				}
				if (generator{comments: c}).field(typ, f, f.Name) == "" {
					t.Errorf("%s.%s has no comment", typ.Name(), f.Name)
				}
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[v1alpha1.ExternalAccess]())
	walk(reflect.TypeFor[v1alpha1.ExternalAccessProfile]())
	walk(reflect.TypeFor[v1alpha1.ExternalEndpoints]())
}

func published(t *testing.T, file string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what it is made from: make generate (-want +got)\n%s", file, diff)
	}
}

// functionDefinition is KEP-2906's description of the function under a kind.
func functionDefinition(t *testing.T, c comments, typ reflect.Type) []byte {
	t.Helper()
	version := object{
		{"name", version()},
		{"schema", object{{"openAPIV3Schema", generator{comments: c, openAPI: true}.kind(typ.Name(), typ)}}},
		{"idempotent", true},
		{"usage", "examples/REFERENCE.md"},
		{"examples", examplesOf(t, typ.Name())},
		{"license", "Apache-2.0"},
		{"runtime", object{{"exec", object{{"path", "sallyport"}}}}},
	}
	doc := object{
		{"apiVersion", framework.FunctionDefinitionGroupVersion},
		{"kind", framework.FunctionDefinitionKind},
		{"metadata", object{{"name", strings.ToLower(typ.Name()) + "." + v1alpha1.Group}}},
		{"spec", object{
			{"group", v1alpha1.Group},
			{"names", object{{"kind", typ.Name()}}},
			{"description", c[typ.Name()]},
			{"publisher", v1alpha1.Group},
			{"tags", []string{"generator", "service", "endpoints"}},
			{"versions", []object{version}},
		}},
	}
	data, err := yaml.JSONToYAML(render(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// examplesOf lists the pages of the examples of a kind, from the top of the repository.
func examplesOf(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob("../examples/*/spec.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var pages []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "\nkind: "+kind+"\n") {
			pages = append(pages, strings.TrimPrefix(filepath.Join(filepath.Dir(file), "README.md"), "../"))
		}
	}
	return pages
}
