package generators

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const podNameLabel = appsv1.StatefulSetPodNameLabel

func podName(workload string, ordinal int32) string {
	return workload + "-" + strconv.Itoa(int(ordinal))
}

// text expands placeholders, and reports those that stand for nothing at that place.
func (p *planner) text(text string, s scope, at source.Path) string {
	out, _ := p.expand(text, s, at)
	return out
}

// expand is text, and tells whether all placeholders stand for something.
func (p *planner) expand(text string, s scope, at source.Path) (string, bool) {
	out, err := s.expand(text)
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
		p.found.ErrorOnceFor(w.placeholder, code, at, w.wayOut, "%s", w.message)
	}
	return out, false
}

// named expands the placeholders of a name and reports what one of apimachinery's checks
// says of what it comes to.
func (p *planner) named(text string, s scope, at source.Path, check v1alpha1.Check) string {
	name, ok := p.expand(text, s, at)
	if ok {
		p.checkName(at, name, check)
	}
	return name
}

// checkName reports what one of apimachinery's checks says of a name that the plan made.
func (p *planner) checkName(at source.Path, name string, check v1alpha1.Check) {
	if wrong, wayOut := check.Problem(name); wrong != "" {
		p.found.ErrorOnce(source.NameInvalid, at, wayOut, "%q (%d characters): %s", name, len(name), wrong)
	}
}

func isIPv6(s string) bool { return strings.Contains(s, ":") && isIP(s) }

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

// isIP tells whether a text is an address. A zone makes it none: it may be any text, and
// means something on one node only.
func isIP(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Zone() == ""
}

// texts are the expanded maps, the places and the domain of an entry, kept where they are
// the same for all of its pods.
type texts struct {
	byField map[string]map[string]string
	where   *places
	last    []port

	domain     string // as it was found to be right
	domainUsed bool
}

// ports keeps a list of ports, one for all pods as long as nothing counts.
func (t *texts) ports(ports []port) []port {
	if !slices.Equal(ports, t.last) {
		t.last = slices.Clone(ports)
	}
	return t.last
}

// places are where what a Service is made of was written, or would be.
type places struct {
	levels v1alpha1.Levels

	entry, serviceName, domain, host source.Path
}

// places returns those of an entry, or of the one pod that has something otherwise.
func (t *texts) places(p *planner, component, entry, pod string) *places {
	if t.where == nil {
		levels := v1alpha1.LevelsOf(component, entry, pod)
		at := levels.Entry()
		t.where = &places{
			levels:      levels,
			entry:       at,
			serviceName: at.Field("serviceName"),
			domain:      p.found.Where(levels, setting("domain")),
			host:        p.found.Where(levels.Own(), setting("host")),
		}
	}
	return t.where
}

// keep returns what was kept under a name, or makes it. It is made anew for each pod
// where a value depends on the pod.
func (t *texts) keep(field string, m v1alpha1.StringMap, expand func() map[string]string) map[string]string {
	if kept, ok := t.byField[field]; ok {
		return kept
	}
	out := expand()
	for _, v := range m {
		if perPod(*v) {
			return out
		}
	}
	if t.byField == nil {
		t.byField = map[string]map[string]string{}
	}
	t.byField[field] = out
	return out
}

// expand returns the labels or annotations of a Service, ours among them.
func (t *texts) expand(p *planner, field string, m v1alpha1.StringMap, s scope, levels v1alpha1.Levels) map[string]string {
	return t.keep(field, m, func() map[string]string {
		out := make(map[string]string, len(m)+1)
		if !p.weigh(field, weightOf(m), levels) {
			return out
		}
		for k, v := range m {
			at := p.found.Where(levels, setting(field).MapKey(k))
			value := p.text(*v, s, at)
			p.checkMeta(field, k, value, at)
			out[k] = value
		}
		if field == "labels" {
			out[ManagedByLabel] = ManagedBy
		} else {
			out[OwnerAnnotation] = p.owner
		}
		return out
	})
}

func (t *texts) selector(p *planner, m v1alpha1.StringMap, s scope, at source.Path) map[string]string {
	return t.keep("selector", m, func() map[string]string {
		out := make(map[string]string, len(m))
		for k, v := range m {
			at := at.MapKey(k)
			out[k] = p.text(*v, s, at)
			p.checkMeta("labels", k, out[k], at)
		}
		return out
	})
}

// reservedPrefixes are annotations that mean something to functions and their
// orchestrators: on a generated object they would lead them astray.
var reservedPrefixes = []string{
	v1alpha1.Group + "/", "internal.config.kubernetes.io/", "config.kubernetes.io/local-config",
	"config.kubernetes.io/function", "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/",
}

// checkMeta checks a label or an annotation: its form, and that it is not ours.
func (p *planner) checkMeta(field, key, value string, at source.Path) {
	wrong, wayOut := v1alpha1.AnnotationKey.Problem(key)
	if field == "labels" {
		wrong, wayOut = v1alpha1.LabelProblem(key, value)
	}
	if wrong != "" {
		p.found.ErrorOnce(source.Invalid, at, wayOut, "%s: %s", strings.Trim(fmt.Sprintf("%s: %q", key, value), " "), wrong)
	}
	ours := field == "labels" && key == ManagedByLabel
	for _, prefix := range reservedPrefixes {
		ours = ours || field == "annotations" && strings.HasPrefix(key, prefix)
	}
	if ours {
		p.found.ErrorOnce(source.ReservedKey, at, "take it out", "%s is not for specs to set: tools tell generated objects by it", key)
	}
}
