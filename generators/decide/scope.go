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

// A scope has the values of placeholders at one position. The syntax is that of Kubernetes:
// $(name), and $$ for $.
type scope struct {
	position    position
	vars        map[string]string // values of the spec, the component or the entry
	pod         *plan.Pod         // nil: there is no single pod
	serviceName string            // "": there is no Service
	domain      string            // "": none
	services    map[string]string // Service names by COMPONENT.ENTRY, in a config
	paths       map[string]string // where pods find the files of a config, by name
	lists       source.Path       // the lists of a config
	inList      bool              // in the item of a list
	byName      bool              // the name of the pod is a variable, and Kubernetes expands the result again
	modeInvalid bool              // the mode of the entry is invalid, so that it may be for single pods

	// fileValue returns the value of a placeholder that can only be used in files, and whether
	// it has one.
	fileValue func(name string) (text, bool, error)
}

// A text is an expanded template. open has the values in it that are not known offline. The
// text contains their tokens, in the same order.
type text struct {
	string
	open []plan.Value
}

// textOf returns a value as files contain it.
func textOf(v plan.Value) text {
	if v.Source == plan.Known {
		return text{string: v.Text}
	}
	return text{v.Token(), []plan.Value{v}}
}

// with returns a scope with further values.
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

// expand expands the placeholders of a template. The error is badPlaceholders.
func (s *scope) expand(template string) (text, error) {
	if !strings.Contains(template, "$") {
		return text{string: template}, nil
	}
	var bad badPlaceholders
	var open []plan.Value
	b := make([]byte, 0, 128)
	for {
		begin, end := v1alpha1.FindPlaceholder(template)
		b = append(b, s.literal(template[:begin])...)
		if begin == len(template) {
			break
		}
		if end == 0 {
			bad = append(bad, badPlaceholder{placeholder: template[begin:], placeholderError: s.unusable("%q is not closed; write $$( for the text $(", template[begin:])})
			break
		}
		value, err := s.lookup(template[begin+2 : end-1])
		if err != nil {
			bad = bad.with(template[begin+2:end-1], err)
		}
		template = template[end:]
		if strings.HasPrefix(template, ":") && plan.IsIPv6(value.string) {
			value.string = "[" + value.string + "]" // as in URLs and in HOST:PORT
		}
		open = append(open, value.open...)
		if b = append(b, value.string...); len(b) > maxConfigMap {
			return text{}, append(bad, badPlaceholder{placeholderError: tooLong})
		}
	}
	if len(bad) > 0 {
		return text{string(b), open}, bad
	}
	return text{string(b), open}, nil
}

// literal returns a text without placeholders as the result has it.
func (s *scope) literal(text string) string {
	if s.byName {
		return text
	}
	return v1alpha1.Literal(text)
}

// again escapes a value that Kubernetes expands again.
func (s *scope) again(value string) string {
	if s.byName {
		return strings.ReplaceAll(value, "$", "$$")
	}
	return value
}

// lookup returns the value of a placeholder.
func (s *scope) lookup(name string) (text, error) {
	v, known := s.value(name)
	if known && s.pod != nil && !s.byName {
		return text{string: v}, nil // check allows it everywhere
	}
	if err := s.check(name); err != nil {
		return text{}, err
	}
	if known {
		return text{string: v}, nil
	}
	if ref, ok := strings.CutPrefix(name, "service:"); ok {
		if v, ok := s.services[ref]; ok {
			return text{string: v}, nil
		}
		return text{}, placeholderError{fmt.Sprintf("$(%s): there is no Shared or Headless entry %s", name, ref),
			cmp.Or(source.Suggest(ref, slices.Sorted(maps.Keys(s.services))), "add one")}
	}
	if file, ok := strings.CutPrefix(name, "path:"); ok {
		if v, ok := s.paths[file]; ok {
			return text{string: s.again(v)}, nil
		}
		return text{}, placeholderError{fmt.Sprintf("$(%s): there is no file %s in config.files", name, file),
			cmp.Or(source.Suggest(file, slices.Sorted(maps.Keys(s.paths))), "add it to files")}
	}
	if s.fileValue != nil {
		if v, ok, err := s.fileValue(name); ok || err != nil {
			return v, err
		}
	}
	return text{}, s.unusable("$(%s) is not a placeholder that can be used here", name)
}

// value returns the value of a placeholder that can be used anywhere, and whether it has one.
func (s *scope) value(name string) (string, bool) {
	if s.pod != nil {
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
	}
	switch {
	case name == "serviceName" && s.serviceName != "":
		return s.serviceName, true
	case name == "domain" && s.domain != "":
		return s.domain, true
	}
	v, ok := s.vars[name]
	return v, ok && (v != "" || name == "enabled")
}

// A placeholderError is the reason why a placeholder cannot be expanded, and the way out.
type placeholderError struct{ message, wayOut string }

func (e placeholderError) Error() string { return e.message }

// badPlaceholders are the placeholders of a template that cannot be expanded.
type badPlaceholders []badPlaceholder

type badPlaceholder struct {
	placeholder string
	placeholderError
	list string // the list whose item has it; "": the template itself
}

func (b badPlaceholders) Error() string { return b[0].message }

// with adds the error of a placeholder. The error of a list has those of its item.
func (b badPlaceholders) with(placeholder string, err error) badPlaceholders {
	var ofItem badPlaceholders
	var one placeholderError
	switch {
	case errors.As(err, &ofItem):
		_, list, _ := strings.Cut(placeholder, ":")
		for _, bad := range ofItem {
			bad.list = list
			b = append(b, bad)
		}
	case errors.As(err, &one):
		return append(b, badPlaceholder{placeholder: placeholder, placeholderError: one})
	}
	return b
}

// perPod reports whether a text can differ between two pods of an entry, which may be of
// different workloads.
func perPod(text string) bool {
	return v1alpha1.MentionsPod(text, "serviceName", "workload", "domain")
}
