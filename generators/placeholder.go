package generators

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A scope is what placeholders stand for at one place. Kubernetes' own syntax:
// $(name), and $$ for the text $.
type scope struct {
	vars        map[string]string // what holds for the spec, the component or the entry
	pod         *pod              // nil where no single pod is meant
	serviceName string            // "" where no Service is meant
	domain      string            // "" where there is none
	services    map[string]string // Service names by COMPONENT.ENTRY; nil outside config
	inList      bool              // in an item of a list: lists do not nest
	unsure      bool              // of an entry whose mode was told to be wrong: it may be for pods

	// more knows further names, those of files: it tells the value and whether it knows.
	more func(name string) (string, bool, error)
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

// expand replaces the placeholders of a text. The error is wrongs: all that stand for
// nothing.
func (s scope) expand(text string) (string, error) {
	if !strings.Contains(text, "$") {
		return text, nil
	}
	var bad wrongs
	b := make([]byte, 0, 128)
	for {
		begin, end := v1alpha1.FindPlaceholder(text)
		b = append(b, v1alpha1.Literal(text[:begin])...)
		if begin == len(text) {
			break
		}
		if end == 0 {
			bad = append(bad, wrong{text[begin:], s.unknown("%q is not closed; write $$( for the text $(", text[begin:])})
			break
		}
		value, err := s.lookup(text[begin+2 : end-1])
		if err != nil {
			bad = bad.with(text[begin+2:end-1], err)
		}
		text = text[end:]
		if strings.HasPrefix(text, ":") && isIPv6(value) {
			value = "[" + value + "]" // as URLs and host:port pairs write it
		}
		if b = append(b, value...); len(b) > maxConfigMap {
			return "", append(bad, wrong{wrongPlaceholder: tooLong})
		}
	}
	if len(bad) > 0 {
		return string(b), bad
	}
	return string(b), nil
}

func (s scope) lookup(name string) (string, error) {
	if s.pod != nil {
		switch name {
		case "pod":
			return s.pod.name, nil
		case "workload":
			return s.pod.workload, nil
		case "ordinal":
			return strconv.Itoa(int(s.pod.ordinal)), nil
		case "id":
			return strconv.Itoa(int(s.pod.id)), nil
		}
	}
	if s.inList && strings.HasPrefix(name, "list:") {
		return "", wrongPlaceholder{fmt.Sprintf("$(%s) stands in a list, and lists do not nest", name), "write what that list has here, or both lists into the file"}
	}
	if s.more != nil {
		if v, ok, err := s.more(name); ok || err != nil {
			return v, err
		}
	}
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

// wrongs are the placeholders of a text that cannot be expanded, and why.
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
