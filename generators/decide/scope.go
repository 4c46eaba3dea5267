package decide

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A scope is what placeholders stand for at one place. Kubernetes' own syntax:
// $(name), and $$ for the text $.
type scope struct {
	vars        map[string]string // what holds for the spec, the component or the entry
	pod         *plan.Pod         // nil where no single pod is meant
	serviceName string            // "" where no Service is meant
	domain      string            // "" where there is none
	services    map[string]string // Service names by COMPONENT.ENTRY; nil outside config
	inList      bool              // in an item of a list: lists do not nest
	unsure      bool              // of an entry whose mode was told to be wrong: it may be for pods

	// more knows further names, those of files: it returns the value and whether it knows.
	more func(name string) (text, bool, error)
}

// A text is what a template comes to. open are the values in it that are not known: their
// tokens stand in the text, in this order.
type text struct {
	string
	open []plan.Value
}

// textOf is a value as it stands in a file.
func textOf(v plan.Value) text {
	if v.Source == plan.Known {
		return text{string: v.Text}
	}
	return text{v.Token(), []plan.Value{v}}
}

// with returns a scope that knows more.
func (s scope) with(more map[string]string) scope {
	vars := make(map[string]string, len(s.vars)+len(more))
	for _, m := range []map[string]string{s.vars, more} {
		for k, v := range m {
			vars[k] = v
		}
	}
	s.vars = vars
	return s
}

// What placeholders there are, for messages: everywhere, in config and in files.
const (
	placeholders       = "name namespace component service enabled workload serviceName domain pod ordinal id"
	configPlaceholders = " service:COMPONENT.ENTRY"
	filePlaceholders   = " host:PORT port:PORT address:PORT listener:PORT protocol:PORT podFQDN list:NAME, and in lists listener protocol host port address bindPort"
)

// everyKind lists what stands before the colon of each.
var everyKind = strings.Fields(placeholders + " service host port address listener protocol podFQDN list bindPort")

// known lists the placeholders of a scope's kind.
func (s scope) known() string {
	switch {
	case s.more != nil:
		return placeholders + configPlaceholders + filePlaceholders
	case s.services != nil:
		return placeholders + configPlaceholders
	}
	return placeholders
}

// expand replaces the placeholders of a template. The error is wrongs: all that have no
// meaning here.
func (s scope) expand(template string) (text, error) {
	if !strings.Contains(template, "$") {
		return text{string: template}, nil
	}
	var bad wrongs
	var open []plan.Value
	b := make([]byte, 0, 128)
	for {
		begin, end := v1alpha1.FindPlaceholder(template)
		b = append(b, v1alpha1.Literal(template[:begin])...)
		if begin == len(template) {
			break
		}
		if end == 0 {
			bad = append(bad, wrong{template[begin:], s.unknown("%q is not closed; write $$( for the text $(", template[begin:])})
			break
		}
		value, err := s.lookup(template[begin+2 : end-1])
		if err != nil {
			bad = bad.with(template[begin+2:end-1], err)
		}
		template = template[end:]
		if strings.HasPrefix(template, ":") && plan.IsIPv6(value.string) {
			value.string = "[" + value.string + "]" // as URLs and host:port pairs write it
		}
		open = append(open, value.open...)
		if b = append(b, value.string...); len(b) > maxConfigMap {
			return text{}, append(bad, wrong{wrongPlaceholder: tooLong})
		}
	}
	if len(bad) > 0 {
		return text{string(b), open}, bad
	}
	return text{string(b), open}, nil
}

func (s scope) lookup(name string) (text, error) {
	if value, ok := s.ofPod(name); ok {
		return text{string: value}, nil
	}
	if s.inList && strings.HasPrefix(name, "list:") {
		return text{}, wrongPlaceholder{fmt.Sprintf("$(%s) stands in a list, and lists do not nest", name), "write what that list has here, or both lists into the file"}
	}
	if s.more != nil {
		if v, ok, err := s.more(name); ok || err != nil {
			return v, err
		}
	}
	value, err := s.ofService(name)
	return text{string: value}, err
}

// ofPod is what a name stands for of the pod, and whether it does.
func (s scope) ofPod(name string) (string, bool) {
	if s.pod == nil {
		return "", false
	}
	switch name {
	case "pod":
		return s.pod.Name, true
	case "workload":
		return s.pod.Workload, true
	case "ordinal":
		return strconv.Itoa(int(s.pod.Ordinal)), true
	case "id":
		return strconv.Itoa(int(s.pod.ID)), true
	}
	return "", false
}

// ofService is what a name stands for of the Service, the entry, the component or the spec.
func (s scope) ofService(name string) (string, error) {
	if name == "serviceName" && s.serviceName != "" {
		return s.serviceName, nil
	}
	if name == "domain" && s.domain != "" {
		return s.domain, nil
	}
	if ref, ok := strings.CutPrefix(name, "service:"); ok && s.services != nil {
		if v, ok := s.services[ref]; ok {
			return v, nil
		}
		return "", wrongPlaceholder{fmt.Sprintf("$(%s): there is no Shared or Headless entry %s", name, ref),
			cmp.Or(source.Suggest(ref, slices.Sorted(maps.Keys(s.services))), "add one")}
	}
	if v, ok := s.vars[name]; ok && (v != "" || name == "enabled") {
		return v, nil
	}
	if kind, _, _ := strings.Cut(name, ":"); slices.Contains(everyKind, kind) {
		return "", s.unknown("$(%s) stands for nothing here", name)
	}
	return "", s.unknown("$(%s) is not a placeholder", name)
}

// A wrongPlaceholder says why one cannot be expanded, and the way out.
type wrongPlaceholder struct{ message, wayOut string }

func (w wrongPlaceholder) Error() string { return w.message }

// wrongs are the placeholders of a template that cannot be expanded, and why.
type wrongs []wrong

type wrong struct {
	placeholder string
	wrongPlaceholder
}

func (w wrongs) Error() string { return w[0].message }

// with adds why a placeholder stands for nothing: one mistake, or those of a list.
func (w wrongs) with(placeholder string, err error) wrongs {
	var more wrongs
	var one wrongPlaceholder
	switch {
	case errors.As(err, &more):
		return append(w, more...)
	case errors.As(err, &one):
		return append(w, wrong{placeholder, one})
	}
	return w
}

func (s scope) unknown(format, what string) wrongPlaceholder {
	wayOut := "known here: " + s.known()
	if what == "namespace" {
		wayOut = "set metadata.namespace"
	}
	return wrongPlaceholder{fmt.Sprintf(format, what), wayOut}
}

// perPod tells whether a text may come out differently for two pods of an entry, those
// of different workloads among them.
func perPod(text string) bool {
	return v1alpha1.MentionsPod(text, "serviceName", "workload", "domain")
}
