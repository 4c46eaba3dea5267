package generators

import (
	"errors"
	"fmt"
	"net/netip"
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
	if err != nil && p.once(source.UnknownPlaceholder, at) {
		var wrong wrongPlaceholder
		errors.As(err, &wrong)
		p.Errorf(source.UnknownPlaceholder, at, wrong.wayOut, "%s", wrong.message)
	}
	return out, err == nil
}

// named expands the placeholders of a name and reports what one of apimachinery's checks
// says of what it comes to.
func (p *planner) named(text string, s scope, at source.Path, check func(string) []string) string {
	name, ok := p.expand(text, s, at)
	if ok {
		p.checkName(at, name, check)
	}
	return name
}

// checkName reports what one of apimachinery's checks says of a name that the plan made.
func (p *planner) checkName(at source.Path, name string, check func(string) []string) {
	if msgs := check(name); len(msgs) > 0 && p.once(source.NameInvalid, at) {
		p.Errorf(source.NameInvalid, at, v1alpha1.WayOut(msgs), "%q (%d characters): %s", name, len(name), v1alpha1.Plainly(msgs))
	}
}

// workloadName checks a StatefulSet's name. The pods carry $(name)-$(hash) as a label,
// which leaves 52 characters; the API server's validation does not see it.
func workloadName(name string) []string {
	msgs := validation.IsDNS1123Label(name)
	if len(msgs) == 0 && len(name) > 52 {
		msgs = []string{"a StatefulSet with a name of more than 52 characters cannot make pods"}
	}
	return msgs
}

func isIPv6(s string) bool { return strings.Contains(s, ":") && isIP(s) }

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// texts are the expanded maps and the domain of an entry, kept where they are the same
// for all of its pods.
type texts struct {
	byField map[string]map[string]string

	domainAt   source.Path // where the domain was written
	domain     string      // as it was found to be right
	domainUsed bool
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
		for k, v := range m {
			at := p.Where(levels, setting(field).MapKey(k))
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
	msgs := validation.IsQualifiedName(strings.ToLower(key))
	if field == "labels" {
		msgs = append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...)
	}
	if len(msgs) > 0 && p.once(source.Invalid, at) {
		p.Errorf(source.Invalid, at, v1alpha1.WayOut(msgs), "%s: %s", strings.Trim(fmt.Sprintf("%s: %q", key, value), " "), v1alpha1.Plainly(msgs))
	}
	ours := field == "labels" && key == ManagedByLabel
	for _, prefix := range reservedPrefixes {
		ours = ours || field == "annotations" && strings.HasPrefix(key, prefix)
	}
	if ours && p.once(source.ReservedKey, at) {
		p.Errorf(source.ReservedKey, at, "take it out", "%s is not for specs to set: tools tell generated objects by it", key)
	}
}
