package decide

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// names expands placeholders and checks what comes out. What is wrong is reported where the
// template was written.
type names struct{ found *finding.Findings }

// expand replaces the placeholders of a template, and tells whether all of them have a
// meaning at that place.
func (n names) expand(template string, s scope, at source.Path) (string, bool) {
	out, ok := n.expandText(template, s, at)
	return out.string, ok
}

// expandText is expand for files, which may have values in them that are not known.
func (n names) expandText(template string, s scope, at source.Path) (text, bool) {
	out, err := s.expand(template)
	if err == nil || s.unsure {
		return out, err == nil
	}
	var bad wrongs
	errors.As(err, &bad)
	for _, w := range bad {
		code := source.UnknownPlaceholder
		if w.wrongPlaceholder == tooLong {
			code = source.NumberRange
		}
		n.found.ErrorOnceFor(w.placeholder, code, at, w.wayOut, "%s", w.message)
	}
	return out, false
}

// name expands the placeholders of a name and checks what it comes to.
func (n names) name(template string, s scope, at source.Path, check v1alpha1.Check) string {
	name, ok := n.expand(template, s, at)
	if ok {
		n.check(at, name, check)
	}
	return name
}

// check reports what is wrong with a name that the plan made.
func (n names) check(at source.Path, name string, check v1alpha1.Check) {
	if wrong, wayOut := check.Problem(name); wrong != "" {
		n.found.ErrorOnce(source.NameInvalid, at, wayOut, "%q (%d characters): %s", name, len(name), wrong)
	}
}

// serviceName expands and checks the name of a Service.
func (n names) serviceName(template string, s scope, at source.Path) string {
	name, ok := n.expand(template, s, at)
	if ok && !obviousName(name, validation.DNS1035LabelMaxLength) {
		n.check(at, name, v1alpha1.ServiceName)
	}
	return name
}

// host expands and checks what clients call a Service, and drops the trailing dot.
func (n names) host(template string, s scope, at source.Path) string {
	template, ok := n.expand(template, s, at)
	host := strings.TrimSuffix(template, ".")
	if !ok || host == "" || obviousName(host, validation.DNS1123SubdomainMaxLength) {
		return host
	}
	if host = v1alpha1.Canonical(host); !plan.IsIP(host) {
		n.check(at, host, v1alpha1.HostName)
	}
	return host
}

// obviousName tells whether a text is surely a DNS name: labels of lower-case letters,
// digits and hyphens that begin with a letter, of a length that any rule allows. It spares
// nearly every name the regular expressions of apimachinery's checks, which decide on the
// rest. With the length of a label, there is one label.
func obviousName(s string, longest int) bool {
	const label = validation.DNS1035LabelMaxLength
	length := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
		case length > 0 && (c >= '0' && c <= '9'):
		case length > 0 && c == '-' && i+1 < len(s) && s[i+1] != '.':
		case length > 0 && c == '.' && longest > label && i+1 < len(s):
			length = -1
		default:
			return false
		}
		if length++; length > label {
			return false
		}
	}
	return length > 0 && len(s) <= longest
}

// reservedPrefixes are annotations that mean something to functions and their
// orchestrators: on a generated object they would lead them astray.
var reservedPrefixes = []string{
	v1alpha1.Group + "/", "internal.config.kubernetes.io/", "config.kubernetes.io/local-config",
	"config.kubernetes.io/function", "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/",
}

// meta checks a label or an annotation: its form, and that it is not ours.
func (n names) meta(field, key, value string, at source.Path) {
	wrong, wayOut := v1alpha1.AnnotationKey.Problem(key)
	if field == "labels" {
		wrong, wayOut = v1alpha1.LabelProblem(key, value)
	}
	if wrong != "" {
		n.found.ErrorOnce(source.Invalid, at, wayOut, "%s: %s", strings.Trim(fmt.Sprintf("%s: %q", key, value), " "), wrong)
	}
	ours := field == "labels" && key == plan.ManagedByLabel
	for _, prefix := range reservedPrefixes {
		ours = ours || field == "annotations" && strings.HasPrefix(key, prefix)
	}
	if ours {
		n.found.ErrorOnce(source.ReservedKey, at, "take it out", "%s is not for specs to set: tools tell generated objects by it", key)
	}
}
