package compare

import (
	"slices"
	"strings"

	"sallyport.dev/generators/provider"
)

// A meaning explains differences of a field.
type meaning struct {
	field string // how the field begins
	holds func(d Difference, came, made *object) bool
	why   string
	meant bool
}

// meanings are why fields differ, the first that holds.
var meanings = []meaning{
	{"spec.ports[", func(d Difference, _, _ *object) bool { return strings.HasSuffix(d.Field, ".name") && d.Came == "" },
		"every port that is generated has a name; clients do not see it", true},
	{"spec.ports[", func(d Difference, _, _ *object) bool {
		return strings.HasSuffix(d.Field, ".targetPort") && strings.HasPrefix(d.Came, `"`)
	},
		"the number that the containers give this name", true},
	{"spec.ports[", func(d Difference, c, _ *object) bool {
		return strings.HasSuffix(d.Field, ".targetPort") && child(c.tree, "spec", "selector") == nil
	},
		"without a selector, nothing reads it", true},
	{"metadata.labels[strimzi.io/", func(Difference, *object, *object) bool { return true },
		"Strimzi deletes Services with its labels that are not those of its own listeners", true},
	{"metadata.annotations[", sameDklb, "dklb reads the same of it", true},
	{"metadata.annotations[", onlyDots, "external-dns drops the dot at the end", true},
	{"metadata.annotations[", otherName, "the provider reads this name of the setting, too", true},
	{"metadata.annotations[", fromField, "the provider reads the address here, and not in spec.loadBalancerIP", true},
	{"spec.loadBalancerIP", inAnnotation, "an annotation of the provider has the address", true},
	{"metadata.annotations[", bookkeeping, "another tool manages its objects by it: take them out there first", true},
	{"metadata.labels[app.kubernetes.io/managed-by]", func(Difference, *object, *object) bool { return true }, "Sallyport manages it now", true},
	{"metadata.labels[endpointslice.kubernetes.io/managed-by]", func(Difference, *object, *object) bool { return true },
		"Sallyport manages it now", true},
	{"metadata.labels[endpointslice.kubernetes.io/skip-mirror]", func(d Difference, _, _ *object) bool { return d.Came == "" },
		"the cluster makes no copy, because there are EndpointSlices", true},
	{"spec.ipFamilies", func(d Difference, _, m *object) bool { return d.Came == "" && child(m.tree, "spec", "selector") == nil },
		"the addresses are of this family", true},
	{"metadata.ownerReferences", func(Difference, *object, *object) bool { return true },
		"a controller makes the object and will change it back: stop it from doing so first", false},
	{"spec.clusterIP", func(_ Difference, c, _ *object) bool { return !c.live },
		"the cluster allocates it, and keeps it as long as the Service exists", false},
	{"spec.sessionAffinityConfig", func(Difference, *object, *object) bool { return true }, "a spec cannot set the timeout", false},
}

// explain adds to a difference why it is one.
func explain(d Difference, came, made *object) Difference {
	for _, m := range meanings {
		if strings.HasPrefix(d.Field, m.field) && m.holds(d, came, made) {
			d.Why, d.Meant = m.why, m.meant
			return d
		}
	}
	return d
}

func annotation(d Difference) string {
	_, key, _ := strings.Cut(strings.TrimSuffix(d.Field, "]"), "[")
	return key
}

func withoutDots(text string) string {
	return strings.Join(HostsIn(text), ",")
}

// HostsIn returns the names in an annotation of external-dns.
func HostsIn(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		out = append(out, strings.TrimSuffix(strings.TrimSpace(part), "."))
	}
	return out
}

func onlyDots(d Difference, came, made *object) bool {
	key := annotation(d)
	x, y := at(came.tree, "metadata", "annotations", key), at(made.tree, "metadata", "annotations", key)
	return strings.HasSuffix(key, "/hostname") && x != nil && y != nil && withoutDots(str(x)) == withoutDots(str(y))
}

// SettingOf returns the setting that a key of a provider carries.
func SettingOf(key string) (of string, p *provider.Provider) {
	for _, p := range provider.All {
		for _, k := range p.Keys {
			if k.Name == key && !k.Label {
				return k.Of, p
			}
		}
	}
	return "", nil
}

// otherName reports whether what came in has the value under another name that the provider reads.
func otherName(d Difference, came, _ *object) bool {
	of, p := SettingOf(annotation(d))
	if p == nil || d.Came != "" {
		return false
	}
	return slices.ContainsFunc(p.Keys, func(k provider.Key) bool {
		return k.Of == of && text(at(came.tree, "metadata", "annotations", k.Name)) == d.Now
	})
}

func fromField(d Difference, came, _ *object) bool {
	of, _ := SettingOf(annotation(d))
	return of == "address" && d.Came == "" && text(at(came.tree, "spec", "loadBalancerIP")) == d.Now
}

func inAnnotation(d Difference, _, made *object) bool {
	for key, value := range child(made.tree, "metadata", "annotations") {
		if of, _ := SettingOf(key); of == "address" && text(value) == d.Came {
			return d.Now == ""
		}
	}
	return false
}

// bookkeepers are the prefixes of annotations by which tools know their objects. They cannot be handed
// over with the object.
var bookkeepers = []string{"meta.helm.sh/", "argocd.argoproj.io/", "objectset.rio.cattle.io/", "config.kubernetes.io/", "internal.config.kubernetes.io/",
	"config.k8s.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "sallyport.dev/"}

// IsBookkeeping reports whether a tool knows its objects by an annotation.
func IsBookkeeping(key string) bool {
	return slices.ContainsFunc(bookkeepers, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func bookkeeping(d Difference, _, _ *object) bool { return d.Now == "" && IsBookkeeping(annotation(d)) }

// sameDklb reports whether the configuration object of dklb means the same.
func sameDklb(d Difference, came, made *object) bool {
	if annotation(d) != provider.DklbAnnotation {
		return false
	}
	var ports []int32
	for _, p := range list(at(came.tree, "spec", "ports")) {
		if p, ok := p.(map[string]any); ok {
			n, _ := p["port"].(int64)
			ports = append(ports, int32(n))
		}
	}
	key := provider.DklbAnnotation
	return provider.SameDklb(str(at(came.tree, "metadata", "annotations", key)), str(at(made.tree, "metadata", "annotations", key)), ports)
}
