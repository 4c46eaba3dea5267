package schemas_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/schemas/v1alpha1"
)

const (
	gvkKey      = "x-kubernetes-group-version-kind"
	strategyKey = "x-kubernetes-patch-strategy"
	mergeKey    = "x-kubernetes-patch-merge-key"
	mapKeys     = "x-kubernetes-list-map-keys"
)

// mergeKeys is what kustomize must know to patch a type: its lists that merge by key, and
// the way to them. It is nil where there are none. A list whose entries may lack the key
// is replaced whole: kustomize would drop such an entry of a patch, and say nothing.
func mergeKeys(t reflect.Type) object {
	switch t.Kind() {
	case reflect.Pointer:
		return mergeKeys(t.Elem())
	case reflect.Slice:
		if items := mergeKeys(t.Elem()); items != nil {
			return object{{"type", "array"}, {"items", items}}
		}
	case reflect.Struct:
		var fields object
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				continue
			}
			way := mergeKeys(f.Type)
			if key, opt, _ := strings.Cut(f.Tag.Get("patchMergeKey"), ","); key != "" && opt == "" {
				if way == nil {
					way = object{{"type", "array"}, {"items", object{{"type", "object"}}}}
				}
				way = append(way, member{mergeKey, key}, member{strategyKey, "merge"})
			}
			if way != nil {
				fields = append(fields, member{name, way})
			}
		}
		if fields != nil {
			return object{{"type", "object"}, {"properties", fields}}
		}
	}
	return nil
}

// kustomizeOpenAPI is the document for a kustomization's openapi field. kustomize takes it
// in place of its own, and would replace the containers of a Deployment whole, so that it
// has the merge keys of Kubernetes too. A definition is a line.
func kustomizeOpenAPI(t *testing.T) []byte {
	t.Helper()
	definitions := kubernetesDefinitions()
	for _, kind := range []any{v1alpha1.ExternalAccess{}, v1alpha1.ExternalEndpoints{}, v1alpha1.ExternalAccessProfile{}} {
		typ := reflect.TypeOf(kind)
		keys := mergeKeys(typ)
		if keys == nil {
			continue
		}
		gvk := []object{{{"group", v1alpha1.Group}, {"version", version()}, {"kind", typ.Name()}}}
		definitions["dev.sallyport."+version()+"."+typ.Name()] = append(keys, member{gvkKey, gvk})
	}
	var b strings.Builder
	b.WriteString("{\"swagger\":\"2.0\",\"info\":{\"title\":\"Merge keys of Sallyport and Kubernetes\",\"version\":\"" + version() + "\"},\"paths\":{},\"definitions\":{")
	for i, name := range slices.Sorted(maps.Keys(definitions)) {
		line, err := json.Marshal(definitions[name])
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n\"" + name + "\":" + string(line))
	}
	b.WriteString("\n}}\n")
	return []byte(b.String())
}

func version() string { return strings.TrimPrefix(v1alpha1.APIVersion, v1alpha1.Group+"/") }

// kubernetesDefinitions are kustomize's own, without all that does not lead to a merge
// key.
func kubernetesDefinitions() map[string]any {
	openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: "v1", Kind: "Pod"}) // reads them
	k := kubernetes{all: openapi.Schema().Definitions, out: map[string]any{}, leads: map[string]bool{}}
	for name, d := range k.all {
		if _, ok := d.Extensions[gvkKey]; ok && !strings.HasSuffix(name, "List") && k.merges(d) {
			k.keep(name)
		}
	}
	return k.out
}

type kubernetes struct {
	all   spec.Definitions
	out   map[string]any
	leads map[string]bool // whether a definition leads to a merge key, as far as is known
}

func refName(s spec.Schema) string {
	return strings.TrimPrefix(s.Ref.String(), "#/definitions/")
}

// merges reports whether a schema leads to a list that merges.
func (k kubernetes) merges(s spec.Schema) bool {
	if name := refName(s); name != "" {
		known, ok := k.leads[name]
		if !ok {
			k.leads[name] = false // a schema that contains itself
			known = k.merges(k.all[name])
			k.leads[name] = known
		}
		return known
	}
	if _, ok := s.Extensions[strategyKey]; ok {
		return true
	}
	for _, p := range s.Properties {
		if k.merges(p) {
			return true
		}
	}
	return s.Items != nil && k.merges(*s.Items.Schema)
}

// keep adds a definition, and those that it refers to.
func (k kubernetes) keep(name string) {
	if _, ok := k.out[name]; !ok {
		k.out[name] = nil
		k.out[name] = k.strip(k.all[name])
	}
}

func (k kubernetes) strip(s spec.Schema) object {
	var out object
	if name := refName(s); name != "" {
		k.keep(name)
		out = object{{"$ref", s.Ref.String()}}
	} else if len(s.Type) > 0 {
		out = object{{"type", s.Type[0]}}
	}
	var fields object
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if k.merges(s.Properties[name]) {
			fields = append(fields, member{name, k.strip(s.Properties[name])})
		}
	}
	if fields != nil {
		out = append(out, member{"properties", fields})
	}
	if s.Items != nil && k.merges(*s.Items.Schema) {
		out = append(out, member{"items", k.strip(*s.Items.Schema)})
	}
	for _, key := range []string{mergeKey, strategyKey, mapKeys, gvkKey} {
		if value, ok := s.Extensions[key]; ok {
			out = append(out, member{key, value})
		}
	}
	return out
}
