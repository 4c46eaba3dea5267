package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/schemas"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/testdata/randspec"
)

// validators are the published schemas in a standard validator.
type validators map[string]*jsonschema.Schema

func compiled(t *testing.T) validators {
	t.Helper()
	all := validators{}
	for _, kind := range documented {
		text, ok := schemas.JSONSchema(kind)
		if !ok {
			t.Fatalf("%s has no schema", kind)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(kind, doc); err != nil {
			t.Fatal(err)
		}
		all[kind] = c.MustCompile(kind)
		if err := c.MustCompile("http://json-schema.org/draft-07/schema#").Validate(doc); err != nil {
			t.Errorf("%s is not a draft-07 schema: %v", kind, err)
		}
	}
	return all
}

// validate checks the specs in a stream, as an editor would.
func (v validators) validate(stream string) error {
	dec := yaml.NewDecoder(strings.NewReader(stream))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := v.validateDocument(&doc); err != nil {
			return err
		}
	}
}

// validateDocument does the same to one document.
func (v validators) validateDocument(n *yaml.Node) error {
	var doc any
	if err := n.Decode(&doc); err != nil {
		return err
	}
	object, ok := doc.(map[string]any)
	if !ok {
		return nil
	}
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	if v[kind] == nil && !strings.HasPrefix(version, v1alpha1.Group) {
		return nil
	}
	schema, ok := v[kind]
	if !ok {
		return errors.New("no schema has kind " + kind)
	}
	return schema.Validate(object)
}

// TestSchemaHasEveryField compares the fields of the schemas with those of the types.
func TestSchemaHasEveryField(t *testing.T) {
	for _, kind := range []any{v1alpha1.ExternalAccess{}, v1alpha1.ExternalEndpoints{}} {
		typ := reflect.TypeOf(kind)
		var want, got []string
		for _, leaf := range leavesOf(typ, typ.Name()) {
			want = append(want, strings.NewReplacer("[]", "", "{}", "").Replace(leaf))
		}
		for _, l := range fieldsOf(typ.Name()).leaves(typ.Name()) {
			got = append(got, l.path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-types +schema)\n%s", typ.Name(), diff)
		}
	}
}

type leaf struct {
	path string
	*field
}

// leaves lists the nodes without fields.
func (f *field) leaves(at string) []leaf {
	var out []leaf
	for _, p := range f.Properties {
		if path, inner := at+"."+p.name, p.inner(); len(inner.Properties) == 0 {
			out = append(out, leaf{path, p.field})
		} else {
			out = append(out, inner.leaves(path)...)
		}
	}
	return out
}

// TestSchemaAccepts checks that the schemas accept everything that the program accepts: all
// examples and golden cases, and these with a field removed or altered.
func TestSchemaAccepts(t *testing.T) {
	t.Parallel()
	v, accepted, tried := compiled(t), 0, map[string]int{}
	for _, spec := range corpus(t) {
		if _, fine := outcome(spec); !fine {
			continue
		}
		accepted++
		if err := v.validate(spec); err != nil {
			t.Errorf("%v\n%s", err, spec)
		}
		v.acceptsAltered(t, spec, tried)
	}
	if accepted < 30 {
		t.Errorf("only %d specs are fine", accepted)
	}
}

// acceptsAltered alters the leaves of a spec in all ways, each way in one spec, and in more with more seeds.
func (v validators) acceptsAltered(t *testing.T, spec string, tried map[string]int) {
	t.Helper()
	all := newVariants(spec)
	for _, l := range all.leaves {
		if _, field, _ := strings.Cut(l.path, "."); field == "kind" || field == "apiVersion" {
			continue // it would be another kind of document
		}
		for way := range l.ways() {
			key := fmt.Sprint(l.path, way)
			if tried[key]++; tried[key] > max(1, int(randspec.Seeds()/100)) {
				continue
			}
			all.alter(l, way, func() {
				if err := v.validateDocument(l.doc); err != nil { // the other documents are as before
					if accepted(all.documents()) {
						t.Errorf("the program accepts %s with this value: %v\n%s", l.path, err, all.text())
					}
				}
			})
		}
	}
}

// accepted reports whether the program accepts documents. Most errors of this test are found by
// decoding alone.
func accepted(docs []*source.Document, ds source.Diagnostics) bool {
	specs, others, more := generators.Read(docs)
	return !ds.Failed() && !more.Failed() && !generators.Run(specs, others).Diagnostics.Failed()
}

var shapeCodes = regexp.MustCompile(`(?m)^(UnknownField|WrongType|UnknownValue|Null|UnknownKind|DuplicateKey|Syntax) `)

// beyondSchema are wrong inputs with errors of structure that JSON Schema cannot express.
var beyondSchema = map[string]string{
	"shape/twice": "entries that a key identifies",
}

// TestSchemaRefuses checks that the schemas reject wrong inputs with errors of structure too.
func TestSchemaRefuses(t *testing.T) {
	v := compiled(t)
	refused := 0
	for _, file := range glob(t, "testdata", "bad", "*.txtar") {
		for _, f := range parseCase(t, file).Files {
			name := caseName(file) + "/" + strings.TrimSuffix(f.Name, ".yaml")
			if filepath.Ext(f.Name) != ".yaml" {
				continue
			}
			reported, _ := outcome(string(f.Data))
			err := v.validate(string(f.Data))
			switch _, beyond := beyondSchema[name]; {
			case beyond && err != nil:
				t.Errorf("%s is no longer beyond the schema: %v", name, err)
			case beyond, !strings.HasPrefix(name, "shape/") && !shapeCodes.MatchString(reported):
			case err == nil:
				t.Errorf("%s passes, and the program reports\n%s", name, reported)
			default:
				refused++
			}
		}
	}
	if refused < 15 {
		t.Errorf("only %d inputs are about shape", refused)
	}
}

// TestSchemaExamples checks that the examples of fields are valid.
func TestSchemaExamples(t *testing.T) {
	found := 0
	for _, kind := range kinds {
		text, _ := schemas.JSONSchema(kind)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		found += checkExamples(t, kind, doc.(map[string]any))
	}
	if found < 40 {
		t.Errorf("only %d examples", found)
	}
}

// checkExamples validates the examples of a schema, and of those in it.
func checkExamples(t *testing.T, at string, schema map[string]any) int {
	t.Helper()
	examples, _ := schema["examples"].([]any)
	found := len(examples)
	if found > 0 {
		c := jsonschema.NewCompiler()
		if err := c.AddResource(at, schema); err != nil {
			t.Fatal(err)
		}
		for _, e := range examples {
			if err := c.MustCompile(at).Validate(e); err != nil {
				t.Errorf("%s: %v", at, err)
			}
		}
	}
	fields, _ := schema["properties"].(map[string]any)
	for name, field := range fields {
		found += checkExamples(t, at+"/"+name, field.(map[string]any))
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := schema[key].(map[string]any); ok {
			found += checkExamples(t, at+"/"+key, inner)
		}
	}
	return found
}
