package generators

import (
	"fmt"
	"strconv"
	"strings"
)

// A scope is what placeholders stand for at one place. Kubernetes' own syntax:
// $(name), and $$(name) for the text $(name).
type scope struct {
	vars        map[string]string // what holds for the spec, the component or the entry
	pod         *pod              // nil where no single pod is meant
	serviceName string            // "" where no Service is meant
	services    map[string]string // Service names by COMPONENT.ENTRY; nil outside config
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

// placeholders lists all that there are, for messages.
const placeholders = "name namespace component service enabled workload serviceName domain pod ordinal id service:COMPONENT.ENTRY"

// expand replaces the placeholders of a text.
func (s scope) expand(text string) (string, error) {
	if !strings.Contains(text, "$(") {
		return text, nil
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "$(")
		if i < 0 {
			return b.String() + text, nil
		}
		if i > 0 && text[i-1] == '$' {
			b.WriteString(text[:i-1] + "$(")
			text = text[i+2:]
			continue
		}
		end := strings.IndexByte(text[i:], ')')
		if end < 0 {
			return "", fmt.Errorf("%q is not closed; write $$( for the text $(", text[i:])
		}
		value, err := s.lookup(text[i+2 : i+end])
		if err != nil {
			return "", err
		}
		b.WriteString(text[:i] + value)
		text = text[i+end+1:]
	}
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
	if name == "serviceName" && s.serviceName != "" {
		return s.serviceName, nil
	}
	if ref, ok := strings.CutPrefix(name, "service:"); ok && s.services != nil {
		if v, ok := s.services[ref]; ok {
			return v, nil
		}
		return "", fmt.Errorf("$(%s): there is no Shared or Headless entry %s", name, ref)
	}
	if v, ok := s.vars[name]; ok && (v != "" || name == "enabled") {
		return v, nil
	}
	if strings.Contains(" "+placeholders+" ", " "+name+" ") || strings.HasPrefix(name, "service:") {
		return "", fmt.Errorf("$(%s) stands for nothing here", name)
	}
	return "", fmt.Errorf("$(%s) is not a placeholder", name)
}

// varies tells whether a text depends on the pod, or on the name of its Service.
func varies(text string) bool {
	for _, p := range []string{"$(pod)", "$(ordinal)", "$(id)", "$(workload)", "$(serviceName)"} {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
