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

// A resolver expands the placeholders of names and checks the results. It reports errors where
// the template is written.
type resolver struct {
	found *finding.Findings
	wrong map[string]bool // invalid names of StatefulSets: names of pods and hosts that contain one are not reported
}

// expand expands the placeholders of a template. It reports whether it succeeded.
func (n resolver) expand(template string, s scope, at source.Path) (string, bool) {
	out, ok := n.expandText(template, s, at)
	return out.string, ok
}

// expandText is expand for files, which can contain values that are not known offline.
func (n resolver) expandText(template string, s scope, at source.Path) (text, bool) {
	out, err := s.expand(template)
	if err == nil || s.modeInvalid {
		return out, err == nil
	}
	var bad badPlaceholders
	errors.As(err, &bad)
	for _, b := range bad {
		code := source.UnknownPlaceholder
		if b.placeholderError == tooLong {
			code = source.NumberRange
		}
		where := at
		if b.list != "" && s.lists != nil {
			where = s.lists.MapKey(b.list).Field("item")
		}
		n.found.ErrorOnceFor(b.placeholder, code, where, b.wayOut, "%s", b.message)
	}
	return out, false
}

// name expands and checks a name.
func (n resolver) name(template string, s scope, at source.Path, check v1alpha1.Check) string {
	name, ok := n.expand(template, s, at)
	if ok {
		n.check(at, name, check)
	}
	return name
}

// check reports an invalid name.
func (n resolver) check(at source.Path, name string, check v1alpha1.Check) {
	wrong, wayOut := check.Problem(name)
	for part := range n.wrong {
		if strings.Contains(name, part) && name != part {
			return
		}
	}
	if wrong != "" {
		n.found.ErrorOnce(source.NameInvalid, at, wayOut, "%q (%d characters): %s", name, len(name), wrong)
	}
}

// serviceName expands and checks the name of a Service.
func (n resolver) serviceName(template string, s scope, at source.Path) string {
	name, ok := n.expand(template, s, at)
	if ok && !obviousName(name, validation.DNS1035LabelMaxLength) {
		n.check(at, name, v1alpha1.ServiceName)
	}
	return name
}

// host expands and checks a host, and removes the trailing dot.
func (n resolver) host(template string, s scope, at source.Path) string {
	template, ok := n.expand(template, s, at)
	host := strings.TrimSuffix(template, ".")
	if ok && (!v1alpha1.IsLocal(s.domain) || !under(host, s.domain)) { // that of the domain is reported
		n.reachable(host, at)
	}
	if !ok || host == "" || obviousName(host, validation.DNS1123SubdomainMaxLength) {
		return host
	}
	if host = v1alpha1.Canonical(host); !plan.IsIP(host) {
		n.check(at, host, v1alpha1.HostName)
	}
	return host
}

// reachable reports a host that clients on other machines cannot connect to. A local one is only a
// warning: a cluster may run on the machine of its clients.
func (n resolver) reachable(host string, at source.Path) {
	if v1alpha1.IsLocal(host) {
		n.found.WarnOnce(source.LocalHost, at, "write a name or an address that clients on other machines can reach, or accept the warning if the clients run where the ports are forwarded",
			"%s leads each client to its own machine", host)
	} else if why := v1alpha1.UnusableHost(host); why != "" {
		n.found.ErrorOnce(source.Invalid, at, "write an address that clients can reach", "%s cannot be used here: %s", host, why)
	}
}

// knownOutside warns about a host of a Service for clients outside that only machines of one network know: a name
// without a domain, or one of the cluster.
func knownOutside(d *decider, s *plan.Service, host string, at source.Path) {
	const wayOut = "write a name that all clients can resolve, or accept the warning if theirs can"
	ofService, qualified := strings.CutPrefix(host, s.Name) // NAME.NAMESPACE, which pods may leave the rest out of
	qualified = qualified && len(ofService) > 1 && ofService[0] == '.' && ofService[1:] == d.plan.Namespace
	ofCluster := qualified || strings.Contains(host, "svc") && (under(host, "svc") || under(host, "svc."+d.plan.ClusterDomain))
	switch single := !strings.Contains(host, "."); {
	case !single && !ofCluster || plan.IsIP(host) || v1alpha1.IsLocal(host) || !v1alpha1.HostName.Passes(host): // most names are neither
	case ofCluster:
		d.found.WarnOnce(source.LocalHost, at, wayOut, "%s is a name in the DNS of the cluster, which clients outside do not ask", host)
	default:
		d.found.WarnOnce(source.LocalHost, at, wayOut, "%s is a name without a domain: only machines with the right search domain resolve it", host)
	}
}

// obviousName reports whether a text is certainly a valid DNS name: labels of lower-case
// letters, digits and hyphens that begin with a letter, and not too long for any rule. Nearly
// all names are, and need not be checked with the regular expressions of apimachinery, which
// decide on the others. If longest is that of a label, dots are not allowed.
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

// reservedPrefixes are prefixes of annotations that functions and their orchestrators
// interpret. They must not be on generated objects.
var reservedPrefixes = []string{
	v1alpha1.Group + "/", "internal.config.kubernetes.io/", "config.kubernetes.io/local-config",
	"config.kubernetes.io/function", "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/",
}

// checkMetadata checks the syntax of a label or annotation, and that it is not reserved.
func (n resolver) checkMetadata(field, key, value string, at source.Path) {
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
		n.reserved(key, at)
	}
}

func (n resolver) reserved(key string, at source.Path) {
	n.found.ErrorOnce(source.ReservedKey, at, "take it out", "%s is reserved: tools identify generated objects with it", key)
}

// namesOf returns the names of all elements.
func namesOf[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = name(v)
	}
	return out
}
