package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// accepted checks the codes of the annotation that accepts warnings.
func (v *validator) accepted() {
	known := each(source.Acceptable, func(c source.Code) string { return string(c) })
	for _, code := range v.User.Accepted() {
		if slices.Contains(source.Acceptable, code) {
			continue
		}
		wayOut := "write the code that stands in brackets behind the warning"
		if near := source.Meant(string(code), known); near != "" {
			wayOut = "did you mean " + near + "?"
		}
		v.Errorf(source.Invalid, at("metadata", "annotations").MapKey(source.AcceptAnnotation), wayOut,
			"%q is not the code of a warning, and errors cannot be accepted", code)
	}
}

// annotations warns about annotations that the tool that they are for will ignore.
func (v accessValidator) annotations(a Access, ls Levels) {
	for key := range a.Annotations {
		for _, tool := range readers() {
			for _, prefix := range tool.Prefixes {
				if name, ok := strings.CutPrefix(key, prefix); ok {
					v.annotation(a, tool, prefix, name, v.Where(ls, at("annotations").MapKey(key)))
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
	written := slices.Contains([]string{"hostname", "ttl"}, name) && *a.Domain != "" && *a.ExternalDNS.Enabled
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
