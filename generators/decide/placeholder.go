package decide

import (
	"cmp"
	"fmt"
	"strings"
)

// A position is a kind of template. A placeholder that can be used at a position can be used at
// those after it as well.
type position int

const (
	anywhere    position = iota // names, hosts, labels, annotations and selectors
	inConfig                    // the name and the variables of a config
	inFile                      // the files of a config, and the items of its lists
	inListeners                 // the items of lists over listeners
)

// A placeholder is a row of the table of placeholders.
type placeholder struct {
	name     string
	arg      string   // the argument after the colon, for messages; "": it has none
	position position // the first place at which it can be used
	ofPod    bool     // it needs a single pod
}

const ofComponent = "COMPONENT.PORT"

// placeholders is the table of placeholders. One that is not here is unknown, whatever lookup
// does with it.
var placeholders = []placeholder{
	{"name", "", anywhere, false},
	{"namespace", "", anywhere, false},
	{"component", "", anywhere, false},
	{"service", "", anywhere, false},
	{"enabled", "", anywhere, false},
	{"workload", "", anywhere, false},
	{"serviceName", "", anywhere, false},
	{"domain", "", anywhere, false},
	{"replicas", "", anywhere, false}, // only exports have it: files that contain it would change with every pod
	{"pod", "", anywhere, true},
	{"ordinal", "", anywhere, true},
	{"id", "", anywhere, true},
	{"service", "COMPONENT.ENTRY", inConfig, false},
	{"path", "FILE", inConfig, false},
	{"host", "PORT", inFile, true},
	{"port", "PORT", inFile, true},
	{"address", "PORT", inFile, true},
	{"host", ofComponent, inFile, false},
	{"port", ofComponent, inFile, false},
	{"address", ofComponent, inFile, false},
	{"bindPort", "PORT", inFile, false},
	{"listener", "PORT", inFile, false},
	{"protocol", "PORT", inFile, false},
	{"index", "PORT", inFile, false}, // of the port among those of the component, from 0
	{"podFQDN", "", inFile, true},
	{"list", "NAME", inFile, false},
	{"listener", "", inListeners, false},
	{"protocol", "", inListeners, false},
	{"host", "", inListeners, true},
	{"port", "", inListeners, true},
	{"address", "", inListeners, true},
	{"bindPort", "", inListeners, false},
}

// differs reports whether a placeholder differs from pod to pod in a text in which Kubernetes only
// expands the name of the pod.
func (s *scope) differs(p placeholder) bool {
	return s.byName && p.ofPod && p.name != "pod" && p.name != "podFQDN"
}

// String returns the placeholder as messages show it.
func (p placeholder) String() string {
	if p.arg == "" {
		return p.name
	}
	return p.name + ":" + p.arg
}

// takes reports whether the placeholder can have an argument. A component in front of a port is
// optional where the value is not that of a single pod.
func (p placeholder) takes(arg string, hasArg bool) bool {
	dotted := strings.Contains(arg, ".")
	switch {
	case (p.arg != "") != hasArg:
		return false
	case p.arg == ofComponent:
		return dotted
	}
	return p.arg != "PORT" || !p.ofPod || !dotted
}

// check reports a placeholder that the table does not have, or not at this position.
func (s *scope) check(name string) error {
	kind, arg, hasArg := strings.Cut(name, ":")
	known, forPod, differs, takesArg := false, false, false, ""
	for _, p := range placeholders {
		switch {
		case p.name != kind:
			continue
		case p.arg != "" && !hasArg && s.inList && p.position <= s.position && (!p.ofPod || s.pod != nil):
			known, takesArg = true, cmp.Or(takesArg, p.String())
		case p.ofPod && s.pod == nil && p.arg == "" && !hasArg && p.position == anywhere && s.position == anywhere:
			known, forPod = true, true
		case !p.takes(arg, hasArg) || p.position > s.position || p.ofPod && s.pod == nil:
			known = true
		case s.differs(p):
			differs = true
		case s.inList && kind == "list":
			return placeholderError{fmt.Sprintf("$(%s) cannot be used in the item of a list: lists do not nest", name), "write its text here, or use both lists in the file"}
		default:
			return nil
		}
	}
	const notHere = "$(%s) is not a placeholder that can be used here"
	switch {
	case differs:
		return differsFromPodToPod(name)
	case takesArg != "":
		return placeholderError{fmt.Sprintf(notHere, name), "write $(" + takesArg + "), with the name of a port"}
	case forPod:
		bad := s.unusable("$(%s) has a value for a single pod only, and this is for all pods", name)
		bad.wayOut = "write it on an entry with mode PerPod, or " + bad.wayOut
		return bad
	case known:
		return s.unusable(notHere, name)
	}
	return s.unusable("$(%s) is not a placeholder", name)
}

// differsFromPodToPod returns the error of a placeholder in a variable of the container.
func differsFromPodToPod(name string) placeholderError {
	return placeholderError{fmt.Sprintf("$(%s) differs from pod to pod, and a variable of the container is the same for all: Kubernetes only knows $(pod)", name),
		"write it in config.files, and let the container read the file at $(path:FILE)"}
}

// usable lists the placeholders that have a value in the scope.
func (s *scope) usable() string {
	var out []string
	for _, p := range placeholders {
		if p.position > s.position || p.ofPod && s.pod == nil || s.differs(p) || s.inList && p.name == "list" || p.name == "path" && s.paths == nil {
			continue
		}
		if _, ok := s.value(p.name); ok || p.position > anywhere {
			out = append(out, p.String())
		}
	}
	return strings.Join(out, " ")
}

// unusable returns the error of a placeholder that has no value in the scope.
func (s *scope) unusable(format, name string) placeholderError {
	wayOut := "use one of: " + s.usable()
	if name == "namespace" {
		wayOut = "set metadata.namespace"
	}
	return placeholderError{fmt.Sprintf(format, name), wayOut}
}
