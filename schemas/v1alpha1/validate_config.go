package v1alpha1

import (
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/api/resource"

	"sallyport.dev/schemas/source"
)

// reservedVariables is what the variables begin with that patches add to the user's container.
const reservedVariables = "SALLYPORT_"

// A configValidator checks the ConfigMap of a component and the discovery of its addresses.
type configValidator struct{ *validator }

var duration = source.Pattern(`^([0-9]{1,2}h)?([0-9]{1,4}m)?([0-9]{1,5}s)?$`)

func (v configValidator) config(c Config, p source.Path) {
	v.variables(c.Env, p.Field("env"))
	v.variables(c.ContainerEnv, p.Field("containerEnv"))
	for k := range c.ContainerEnv {
		if _, ok := c.Env[k]; ok {
			v.Errorf(source.Duplicate, p.Field("containerEnv").MapKey(k), "take it out of one of the two", "the container would get the variable %s from env and from containerEnv", k)
		}
	}
	v.key(c.Key, p.Field("key"))
	for k, text := range c.Files {
		v.form(p.Field("files").MapKey(k), k, ConfigMapKey)
		v.text(*text, p.Field("files").MapKey(k))
	}
	v.lists(c.Lists, p)
	if t := *c.Discovery.Timeout; t == "" || !duration().MatchString(t) {
		v.Errorf(source.Invalid, p.Field("discovery", "timeout"), "write 90s, 5m or 1h30m", "%q is not a duration", t)
	}
	if image := *c.Discovery.Image; strings.ContainsFunc(image, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		v.Errorf(source.Invalid, p.Field("discovery", "image"), "write it as registry.example/kubectl:1.36", "%q is not the name of an image", image)
	}
	v.resources(*c.Discovery.Resources, p.Field("discovery", "resources"))
	v.mountPath(c.MountPath, p.Field("mountPath"), "/etc/sallyport")
	if c.Container != "" {
		v.form(p.Field("container"), c.Container, DNSLabel)
	}
}

// mountPath checks a path in a container.
func (v *validator) mountPath(path string, p source.Path, example string) {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, ":") || strings.ContainsFunc(path, unicode.IsControl) {
		v.Errorf(source.Invalid, p, "write it as "+example, "%q is not an absolute path", path)
	}
}

// variables checks variables of the container.
func (v configValidator) variables(all StringMap, p source.Path) {
	for k, text := range all {
		at := p.MapKey(k)
		v.form(at, k, EnvName)
		v.misread(k, func() source.Path { return at })
		if strings.HasPrefix(k, reservedVariables) {
			v.Errorf(source.ReservedKey, at, "give it another name", "variables that begin with %s are those of inject and render --patch", reservedVariables)
		}
		v.text(*text, at)
	}
}

// lists checks texts that repeat.
func (v configValidator) lists(all map[string]*List, p source.Path) {
	for k, l := range all {
		at := p.Field("lists").MapKey(k)
		v.limit(*l, at.Field("limit"))
		if !word().MatchString(k) {
			v.Errorf(source.Invalid, at, "use letters, digits, '_', '-' and '.', a letter first", "%q is not a name for a list: files refer to it as $(list:NAME)", k)
		}
		v.text(l.Item, at.Field("item"))
		v.text(*l.Separator, at.Field("separator"))
		if l.Over == "" {
			v.Errorf(source.Required, at.Field("over"), "write Listeners, Advertised or Pods", "over is required in list %s", k)
		}
		if l.Item == "" {
			v.Errorf(source.Required, at.Field("item"), "write the text for one, such as $(pod)", "item is required in list %s", k)
		}
	}
}

// DefaultKey is the key of a pod's file by default.
const DefaultKey = "$(pod).$(file)"

// keyText is the text of a key without its placeholders.
var keyText = source.Pattern(`^[-._a-zA-Z0-9]*$`)

// key checks the key of the files of pods.
func (v configValidator) key(key string, p source.Path) {
	const wayOut = "write it as " + DefaultKey + ", or $(pod) if pods have one file"
	switch plain := strings.NewReplacer("$(pod)", "", "$(file)", "").Replace(key); {
	case !keyText().MatchString(plain):
		v.Errorf(source.Invalid, p, wayOut, "%q is not a key of a ConfigMap: besides $(pod) and $(file), it can contain letters, digits, '-', '_' and '.'", key)
	case !strings.Contains(key, "$(pod)"):
		v.Errorf(source.Invalid, p, wayOut, "%q does not contain $(pod): all pods would have one file", key)
	}
}

// limit checks the number of pods in a list.
func (v configValidator) limit(l List, p source.Path) {
	switch {
	case *l.Limit < 0:
		v.Errorf(source.NumberRange, p, "write 0 or more", "%d is negative", *l.Limit)
	case *l.Limit > 0 && l.Over != OverPods:
		v.Errorf(source.UnusableSetting, p, "take it out, or write over: Pods", "only lists over Pods have a limit")
	}
}

// resources checks what the API server would reject in resources.
func (v configValidator) resources(r Resources, p source.Path) {
	limits, requests := v.quantities(r.Limits, p.Field("limits")), v.quantities(r.Requests, p.Field("requests"))
	for name, request := range requests {
		if limit, ok := limits[name]; ok && request.Cmp(limit) > 0 {
			v.Errorf(source.Contradiction, p.Field("requests").MapKey(name), "request less, or raise the limit", "the container requests %s of %s, and its limit is %s", request.String(), name, limit.String())
		}
	}
}

// containerResources are those that every container has.
var containerResources = []string{"cpu", "memory", "ephemeral-storage"}

// quantities reads the quantities of resources. It leaves out those that are not valid.
func (v configValidator) quantities(texts StringMap, p source.Path) map[string]resource.Quantity {
	out := map[string]resource.Quantity{}
	for name, text := range texts {
		if !slices.Contains(containerResources, name) {
			v.Errorf(source.UnknownName, p.MapKey(name), "", "a shell and kubectl need no %q", name).OneOf(name, containerResources)
			continue
		}
		q, err := resource.ParseQuantity(*text)
		if err != nil || q.Sign() < 0 {
			v.Errorf(source.Invalid, p.MapKey(name), `write it as 100m, "1" or 64Mi`, "%q is not a quantity", *text)
			continue
		}
		out[name] = q
	}
	return out
}

// text checks that a shell and the environment of a process can hold a text.
func (v configValidator) text(s string, p source.Path) {
	if strings.ContainsRune(s, 0) {
		v.Errorf(source.Invalid, p, "take it out", "the text contains a NUL character, at which an environment or a shell would cut it off")
	}
}
