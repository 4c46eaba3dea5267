package v1alpha1

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// accepted checks the codes of the annotation that accepts warnings.
func (v *validator) accepted() {
	known := each(source.Acceptable, func(c source.Code) string { return string(c) })
	for _, code := range v.User.Accepted() {
		if slices.Contains(source.Acceptable, code) {
			continue
		}
		wayOut := "write the code in brackets at the end of the warning"
		if near := source.Meant(string(code), known); near != "" {
			wayOut = "did you mean " + near + "?"
		}
		v.Errorf(source.Invalid, at("metadata", "annotations").MapKey(source.AcceptAnnotation), wayOut,
			"%q is not the code of a warning, and errors cannot be accepted", code)
	}
}

// misread warns about a key that kustomize 5 takes for a number, a boolean or null, whether it is in
// quotes or not: it fails with "unsupported type: map[interface {}]interface {}".
func (v *validator) misread(key string, p func() source.Path) {
	if letter := key != "" && (key[0]|0x20 >= 'a' && key[0]|0x20 <= 'z'); letter && !slices.Contains([]string{"null", "true", "false"}, strings.ToLower(key)) {
		return // nearly all keys: the library need not be asked
	}
	var n yaml.Node
	if yaml.Unmarshal([]byte(key), &n) == nil && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode && n.Content[0].ShortTag() != "!!str" {
		v.Warnf(source.MisreadKey, p(), "write another key, or do without kustomize", "kustomize does not read the key %q as text, and fails", key)
	}
}

// annotations warns about annotations that the tool that they are for will ignore.
func (v accessValidator) annotations(a Access, ls Levels) {
	for field, m := range map[string]StringMap{"annotations": a.Annotations, "labels": a.Labels} {
		for key := range m {
			v.misread(key, func() source.Path { return v.Where(ls, at(field).MapKey(key)) })
		}
	}
	where := func(key string) source.Path { return v.Where(ls, at("annotations").MapKey(key)) }
	v.read(a, where)
	v.otherProvider(a, where)
}

// otherProvider warns about annotations that the provider does not read, because they are for another one. It
// does not know what a provider without a list of annotations reads.
func (v accessValidator) otherProvider(a Access, where func(key string) source.Path) {
	row := a.LoadBalancer.Provider.Row()
	if len(a.Annotations) == 0 || len(row.Reads) == 0 {
		return
	}
	for key := range a.Annotations {
		if row.reads(key) != nil {
			continue
		}
		for i := range providers {
			if tool := providers[i].reads(key); tool != nil {
				v.Warnf(source.IgnoredKey, where(key), "take it out, or write loadBalancer.provider: "+string(providers[i].Name)+", if that is what you have",
					"%s does not read %s: it is for %s", row.Name, key, tool.Name)
			}
		}
	}
}

// reads returns the tool of the provider that an annotation is for, or nil.
func (row *ProviderRow) reads(key string) *Reader {
	for i := range row.Reads {
		if slices.ContainsFunc(row.Reads[i].Prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			return &row.Reads[i]
		}
	}
	return nil
}

// read checks the annotations that are for a known tool.
func (v accessValidator) read(a Access, where func(key string) source.Path) {
	tools := readers()
	for key := range a.Annotations {
		for _, tool := range tools {
			for _, prefix := range tool.Prefixes {
				if name, ok := strings.CutPrefix(key, prefix); ok {
					v.annotation(a, tool, prefix, name, where(key))
				}
			}
		}
	}
}

func (v accessValidator) annotation(a Access, tool Reader, prefix, name string, p source.Path) {
	if !slices.Contains(tool.Keys, name) {
		if near := source.Meant(name, tool.Keys); near != "" {
			v.Warnf(source.IgnoredKey, p, "did you mean "+prefix+near+"?", "%s does not read %s%s", tool.Name, prefix, name)
		}
		return
	}
	if set := a.ExternalDNS.Prefixes; tool.OnePrefix && !slices.Contains(set, prefix) && slices.ContainsFunc(set, func(p string) bool { return slices.Contains(tool.Prefixes, p) }) {
		v.Warnf(source.IgnoredKey, p, "write it under the prefix that externalDNS.prefixes names", "externalDNS.prefixes does not have the prefix %s", prefix)
		return
	}
	written := a.ExternalDNS.writes(name) && *a.Domain != "" && *a.ExternalDNS.Enabled
	if !tool.OnePrefix || len(a.ExternalDNS.Prefixes) < 2 || written {
		return
	}
	for _, other := range tool.Prefixes {
		if a.Annotations[other+name] == nil {
			v.Warnf(source.IgnoredKey, p, "write "+other+name+" too, or name the one prefix in externalDNS.prefixes",
				"some releases of %s read the prefix %s only", tool.Name, other)
		}
	}
}
