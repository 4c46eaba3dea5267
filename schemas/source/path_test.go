package source_test

import (
	"testing"

	"sallyport.dev/schemas/source"
)

var paths = map[string]source.Path{
	"":                                    nil,
	"spec.type":                           source.Path{}.Field("spec", "type"),
	"spec.components[broker].ports[0]":    source.Path{}.Field("spec", "components").Item("name", "broker").Field("ports").Index(0),
	"metadata.annotations[example.com/a]": source.Path{}.Field("metadata", "annotations").MapKey("example.com/a"),
	"spec.pods[].host":                    source.Path{}.Field("spec", "pods").Item("pod", "").Field("host"),
}

func TestPathString(t *testing.T) {
	for want, p := range paths {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestPathIsAValue checks that two paths with the same beginning do not overwrite each other.
func TestPathIsAValue(t *testing.T) {
	start := source.Path{}.Field("spec", "components")
	one, two, three, four := start.Field("a"), start.Item("name", "b"), start.Index(3), start.MapKey("d")
	for want, p := range map[string]source.Path{"spec.components": start, "spec.components.a": one, "spec.components[b]": two, "spec.components[3]": three, "spec.components[d]": four} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if one.Name() != "a" || two.Name() != "b" || four.Name() != "d" {
		t.Errorf("the last steps are %q, %q and %q", one.Name(), two.Name(), four.Name())
	}
}
