package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// Common has the labels and annotations of all generated objects of a spec.
type Common struct {
	// CommonLabels are labels of all generated objects. Selectors and pod templates do not get
	// them. The labels of a Service override them key by key, and null removes one from it.
	// Values can contain $(name) and $(namespace), and $(enabled) in an ExternalAccess.
	CommonLabels StringMap `json:"commonLabels,omitempty" example:"{team: data}"`

	// CommonAnnotations are annotations of all generated objects. The annotations of a Service
	// override them key by key, and null removes one from it. Values can contain $(name) and
	// $(namespace), and $(enabled) in an ExternalAccess.
	CommonAnnotations StringMap `json:"commonAnnotations,omitempty" example:"{example.com/contact: data@example.com}"`
}

// complete returns the labels and annotations without the keys that a null has removed.
func (c Common) complete() Common {
	return Common{CommonLabels: clean(c.CommonLabels), CommonAnnotations: clean(c.CommonAnnotations)}
}

// commonFields are the paths of the common metadata by that of a Service.
var commonFields = map[string]source.Path{"labels": specPath.Field("commonLabels"), "annotations": specPath.Field("commonAnnotations")}

// CommonPath returns the path of the common labels or annotations, or of one of them. The field is
// labels or annotations.
func CommonPath(field string, key ...string) source.Path {
	out := commonFields[field]
	for _, k := range key {
		out = out.MapKey(k)
	}
	return out
}

// WhereMetadata returns the path of a label or annotation of a Service: at the nearest level at
// which it is written, or among those of all objects.
func (w Written) WhereMetadata(ls Levels, field, key string) source.Path {
	at := w.Where(ls, at(field).MapKey(key))
	if common := CommonPath(field, key); !w.Wrote(at) && w.Wrote(common) {
		return common
	}
	return at
}

// Overrides reports whether a label or annotation is written, or removed, at one of the levels.
func (w Written) Overrides(ls Levels, field, key string) bool {
	return slices.ContainsFunc(ls, func(l source.Path) bool { return w.Wrote(join(l, at(field).MapKey(key))) })
}

// commonMetadata warns about what tools do not read of the metadata of all objects. The plan checks
// keys and values.
func (v accessValidator) commonMetadata(c Common, a Access) {
	for field, m := range map[string]StringMap{"labels": c.CommonLabels, "annotations": c.CommonAnnotations} {
		for key := range m {
			v.misread(key, func() source.Path { return CommonPath(field, key) })
		}
	}
	a = a.Complete()
	a.Annotations = c.CommonAnnotations
	v.read(a, func(key string) source.Path { return CommonPath("annotations", key) })
}
